"""Somebody says which case a contact or a message belongs to, and takes it back."""

from typing import Any

from tests.conftest import Api, Reply
from tests.factories import a_contact, an_interaction, facts

ADA, BOB = "+447700900123", "+447700900777"
LATE, BILL = "My parcel is late, the courier never came", "The bill has a wrong sum in it"


def a_case(ivr: Api, text: str, phone: str = ADA) -> tuple[str, str]:
    """A message, and the case that it opened."""
    made = ivr.post("/interactions", an_interaction(body=text, **{"from": {"type": "phone", "value": phone}})).json
    return made["interaction_id"], made["case_id"]


def placed(reply: Reply) -> tuple[int, str | None, str]:
    return reply.status, reply.json["case_id"], reply.json["case"]["by"]


def on_timeline(agent: Api, customer_id: str) -> dict[str, str | None]:
    items = agent.get(f"/customers/{customer_id}/timeline").json["items"]
    return {item["interaction_id"]: item["case_id"] for item in items}


def test_a_message_is_put_to_another_case_and_back(ivr: Api, agent: Api) -> None:
    message, late = a_case(ivr, LATE)
    _, bill = a_case(ivr, BILL)
    path = f"/interactions/{message}"
    # When an agent says that it is of the other case, and says so again
    for _ in range(2):
        assert placed(agent.post(f"{path}/case", {"case_id": bill, "reason": "Meant the bill"})) == (
            200,
            bill,
            "corrected",
        )
    # Then it is, wherever it is shown, and it is known who said so
    whole = agent.get(path).json
    assert on_timeline(agent, whole["customer_id"])[message] == whole["case_id"] == bill
    decided = agent.get(f"/customers/{whole['customer_id']}/decisions").json["items"][0]
    assert (decided["decided"], decided["reason"]) == ("case_corrected", "Meant the bill")
    # and it can be taken back, once
    assert placed(agent.delete(f"{path}/case")) == (200, late, "opened")
    assert on_timeline(agent, whole["customer_id"])[message] == late
    assert agent.delete(f"{path}/case").status == 409


def test_a_message_is_put_to_a_new_case_or_to_none(ivr: Api, agent: Api) -> None:
    message, late = a_case(ivr, LATE)
    status, new, by = placed(agent.post(f"/interactions/{message}/case", {"new_subject": "The courier was rude"}))
    assert (status, new != late, by) == (200, True, "corrected")
    case = agent.get(f"/cases/{new}").json
    assert (case["subject"], case["status"], case["opened_by"]["role"]) == (
        "The courier was rude",
        "open",
        "agent",
    )
    assert placed(agent.post(f"/interactions/{message}/case", {"none": True})) == (200, None, "corrected")
    assert placed(agent.delete(f"/interactions/{message}/case")) == (200, new, "corrected")
    assert placed(agent.delete(f"/interactions/{message}/case")) == (200, late, "opened")


def test_a_contact_is_put_to_a_case_while_it_is_live_and_when_it_is_over(ivr: Api, agent: Api) -> None:
    _, late = a_case(ivr, LATE)
    _, bill = a_case(ivr, BILL)
    contact_id = ivr.post("/contacts", a_contact(ADA)).json["contact_id"]
    path = f"/contacts/{contact_id}"
    assert placed(agent.post(f"{path}/case", {"case_id": late})) == (200, late, "corrected")
    pop = agent.get(f"{path}/screen-pop").json
    assert [live["case_id"] for live in pop["live_contacts"]] == [pop["contact"]["case_id"]] == [late]
    # what it is about by then does not count against what was said
    ivr.patch(f"{path}/facts", facts(reason="billing"))
    assert agent.post(f"{path}/end", {}).json["case_id"] == late
    # and it may be said afterwards as well
    assert placed(agent.post(f"{path}/case", {"case_id": bill})) == (200, bill, "corrected")
    ended = agent.get(f"{path}/screen-pop").json["timeline"][0]
    assert (ended["kind"], ended["case_id"]) == ("contact", bill)
    assert placed(agent.delete(f"{path}/case")) == (200, late, "corrected")
    assert agent.get(f"{path}/screen-pop").json["timeline"][0]["case_id"] == late
    reply = agent.delete(f"{path}/case")
    assert (reply.status, reply.json["case_id"], reply.json["case"]) == (200, None, None)


def test_what_cannot_be(ivr: Api, agent: Api) -> None:
    message, _ = a_case(ivr, LATE)
    _, theirs = a_case(ivr, BILL, BOB)
    withheld = ivr.post("/contacts", a_contact(None)).json["contact_id"]

    def refused(path: str, body: Any) -> tuple[int, list[str]]:
        reply = agent.post(path, body)
        return reply.status, [error["field"] for error in reply.json.get("errors", [])]

    path = f"/interactions/{message}/case"
    assert refused(path, {"case_id": theirs}) == (422, ["case_id"])
    assert refused(path, {"case_id": theirs, "none": True})[0] == 422
    assert refused(path, {})[0] == 422
    assert refused(f"/contacts/{withheld}/case", {"none": True}) == (409, [])
    assert refused("/interactions/01ARZ3NDEKTSV4RRFFQ69G5FAV/case", {"none": True}) == (404, [])
