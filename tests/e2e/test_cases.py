"""A case over channels on the running stack: found, changed by two at once, waited for, opened again, listed."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx

from tests.e2e.test_main_job import a_number
from tests.e2e.test_one_record import call, eventually

Role = Callable[[str], httpx.Client]
LATE = "My parcel is late, the courier never came"


def write(ivr: httpx.Client, number: str, body: str, **more: Any) -> dict[str, Any]:
    event = {
        "channel": "sms",
        "from": {"type": "phone", "value": number},
        "occurred_at": datetime.now(UTC).isoformat(),
        "source": "e2e",
        "source_event_id": str(uuid4()),
        "kind": "message",
        "body": body,
    }
    answer: dict[str, Any] = ivr.post("/interactions", json=event | more).json()
    return answer


def change(agent: httpx.Client, case_id: str, tag: str, **body: Any) -> httpx.Response:
    return agent.patch(f"/cases/{case_id}", json=body, headers={"If-Match": tag})


def test_one_case_over_sms_call_and_whatsapp(api: Role) -> None:
    ivr, agent = api("ivr"), api("agent")
    number = a_number()
    # Given somebody who writes, and rings about it
    first = write(ivr, number, LATE)
    contact_id = call(ivr, number)["contact_id"]
    case = agent.get(f"/cases/{first['case_id']}").json()
    keyed = {"facts": {"case_number": {"value": case["number"]}}}
    saved = ivr.patch(f"/contacts/{contact_id}/facts", json=keyed).json()
    assert (saved["case_id"], saved["case"]["by"]) == (first["case_id"], "fact")
    # When the call resolves it, and they write of it again on another channel
    agent.post(f"/contacts/{contact_id}/end", json={"resolved": True})
    again = write(ivr, number, "The courier never came with the parcel", channel="whatsapp")
    # Then it is the same case, open again, with its history
    assert again["case_id"] == first["case_id"]
    case = agent.get(f"/cases/{first['case_id']}").json()
    assert (case["status"], case["reopened"], case["last_channel"]) == ("open", 1, "whatsapp")
    history = agent.get(f"/cases/{first['case_id']}/history").json()["items"]
    assert [change["changed"]["status"]["after"] for change in history] == ["open", "resolved"]


def test_two_agents_on_one_case_and_the_list_of_its_team(api: Role) -> None:
    ivr, agent, support = api("ivr"), api("agent"), api("support")
    team = f"team-{uuid4().hex[:8]}"
    case_id = write(ivr, a_number(), LATE)["case_id"]
    tag = agent.get(f"/cases/{case_id}").headers["ETag"]

    def queue(status: str) -> list[str]:
        listed = agent.get("/cases", params={"team": team, "status": status}).json()["items"]
        return [case["case_id"] for case in listed]

    # When both change what they read, one is told what the other did
    assert change(agent, case_id, tag, team=team).status_code == 200
    refused = change(support, case_id, tag, owner="me")
    assert refused.status_code == 412
    assert "changed team" in refused.json()["detail"]
    # Then nothing is lost, and the team has it on its list, by how it stands
    eventually(lambda: queue("open"), [case_id])
    tag = support.get(f"/cases/{case_id}").headers["ETag"]
    assert change(support, case_id, tag, status="pending", pending_on="customer").status_code == 200
    eventually(lambda: (queue("open"), queue("pending")), ([], [case_id]))


def test_a_message_is_put_right_and_taken_back(api: Role) -> None:
    ivr, agent = api("ivr"), api("agent")
    made = write(ivr, a_number(), LATE)
    path = f"/interactions/{made['interaction_id']}"
    moved = agent.post(f"{path}/case", json={"new_subject": "A rude courier", "reason": "not the parcel"}).json()
    assert (moved["case_id"] != made["case_id"], moved["case"]["by"]) == (True, "corrected")
    assert agent.delete(f"{path}/case").json()["case_id"] == made["case_id"]
