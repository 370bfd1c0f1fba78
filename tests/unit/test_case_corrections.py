"""Somebody says which case a contact or a message belongs to, and takes it back."""

from typing import Any

from chalicelib.models import store
from tests.conftest import Api, Clock, Reply
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
    assert (decided["decided_by"], decided["contact_id"]) == ({"role": "agent", "subject": "agent-1"}, None)
    # and it can be taken back, once
    assert placed(agent.delete(f"{path}/case")) == (200, late, "opened")
    assert on_timeline(agent, whole["customer_id"])[message] == late
    back = agent.get(f"/customers/{whole['customer_id']}/decisions").json["items"]
    assert [one["reason"] for one in back] == [None, "Meant the bill"]
    again = agent.delete(f"{path}/case")
    assert (again.status, again.json["detail"]) == (
        409,
        "nobody said which case this belongs to, or it was taken back",
    )


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
    for two in ({"none": True}, {"new_subject": "x"}):
        assert refused(path, {"case_id": theirs} | two)[0] == 422
    assert refused(path, {})[0] == 422
    assert refused(f"/contacts/{withheld}/case", {"none": True}) == (409, [])
    nobodys = agent.post(f"/contacts/{withheld}/case", {"none": True}).json["detail"]
    assert nobodys == "what has no customer yet has no case"
    assert refused("/interactions/01ARZ3NDEKTSV4RRFFQ69G5FAV/case", {"none": True}) == (404, [])


def test_what_a_rule_found_and_somebody_confirms_is_said_by_them(ivr: Api, agent: Api) -> None:
    message, late = a_case(ivr, LATE)
    path = f"/interactions/{message}/case"
    assert placed(agent.post(path, {"case_id": late})) == (200, late, "corrected")
    assert placed(agent.delete(path)) == (200, late, "opened")


def test_what_is_said_again_is_said_once(ivr: Api, agent: Api) -> None:
    # Given a message of which it was said, twice each, that it is of no case, of a new one, and of another new one
    message, late = a_case(ivr, LATE)
    path, found = f"/interactions/{message}/case", []
    for body in ({"none": True}, {"new_subject": "Rude"}, {"new_subject": "Loud"}):
        twice = [placed(agent.post(path, body)) for _ in range(2)]
        assert twice[0] == twice[1]
        found.append(twice[0][1])
    assert (found[0], len({late, *found})) == (None, 4)
    # Then it takes as many steps back
    for expected in (found[1], None, late):
        assert agent.delete(path).json["case_id"] == expected
    assert agent.delete(path).status == 409


def test_the_ten_latest_are_remembered(ivr: Api, agent: Api) -> None:
    message, late = a_case(ivr, LATE)
    _, bill = a_case(ivr, BILL)
    path = f"/interactions/{message}/case"
    for n in range(11):
        agent.post(path, {"case_id": (bill, late)[n % 2]})
    back = [agent.delete(path) for _ in range(11)]
    assert [one.status for one in back] == [200] * 10 + [409]
    assert back[9].json["case_id"] == bill


def test_a_case_learns_what_is_put_to_it(ivr: Api, agent: Api, clock: Clock) -> None:
    # Given a case that nobody worked on, and a call and a message, each with a number
    message, _ = a_case(ivr, "The sofa WM-2023 is broken, it came so")
    customer_id = agent.get(f"/interactions/{message}").json["customer_id"]
    call = ivr.post("/contacts", a_contact(ADA)).json["contact_id"]
    ivr.patch(f"/contacts/{call}/facts", facts(order_number="AB-10023"))
    lamp = agent.post(f"/customers/{customer_id}/cases", {"subject": "A lamp"}).json["case_id"]
    clock.forward(minutes=1)
    # When they are put to it, then it knows both, and where it was worked on last
    for path, channel, number in (
        (f"/interactions/{message}/case", "sms", "WM2023"),
        (f"/contacts/{call}/case", "voice", "AB10023"),
    ):
        assert agent.post(path, {"case_id": lamp}).json["case_id"] == lamp
        case = agent.get(f"/cases/{lamp}").json
        assert (case["last_channel"], case["references"][-1]) == (channel, number)
        assert case["updated_at"] == "2026-11-22T09:01:00Z"
    # and so does a new one
    new = agent.post(f"/contacts/{call}/case", {"new_subject": "Another"}).json["case_id"]
    case = agent.get(f"/cases/{new}").json
    assert (case["last_channel"], case["references"]) == ("voice", ["AB10023"])
    assert (case["opened_by"], case["status"]) == ({"role": "agent", "subject": "agent-1"}, "open")
    assert store.get_case(new).last_event_at == store.get_case(new).began_at == store.get_contact(call).started_at
    # that is one of the open ones
    assert store.get_profile(customer_id).open_cases == 3
    assert agent.get(f"/customers/{customer_id}/cases").json["items"][0]["case_id"] == new


def test_who_said_it_of_a_contact_is_known(ivr: Api, agent: Api) -> None:
    _, late = a_case(ivr, LATE)
    contact = ivr.post("/contacts", a_contact(ADA)).json
    path = f"/contacts/{contact['contact_id']}/case"
    agent.post(path, {"case_id": late, "reason": "She said so"})
    agent.as_("admin").delete(path)
    decisions = agent.get(f"/customers/{contact['customer_id']}/decisions").json["items"]
    assert [(one["decided"], one["contact_id"], one["reason"]) for one in decisions[:2]] == [
        ("case_corrected", contact["contact_id"], None),
        ("case_corrected", contact["contact_id"], "She said so"),
    ]
    assert [one["decided_by"]["role"] for one in decisions[:2]] == ["admin", "agent"]


def test_who_said_it_of_a_message_on_a_contact_is_known(ivr: Api, agent: Api) -> None:
    contact = ivr.post("/contacts", a_contact(ADA, channel="chat")).json
    said = an_interaction(channel="chat", contact_id=contact["contact_id"])
    path = f"/interactions/{ivr.post('/interactions', said).json['interaction_id']}/case"
    _, bill = a_case(ivr, BILL)
    assert agent.post(path, {"case_id": bill, "reason": "Meant the bill"}).status == 200
    assert agent.as_("admin").delete(path).status == 200
    decisions = agent.get(f"/customers/{contact['customer_id']}/decisions").json["items"]
    assert [(one["contact_id"], one["reason"], one["decided_by"]["role"]) for one in decisions[:2]] == [
        (contact["contact_id"], None, "admin"),
        (contact["contact_id"], "Meant the bill", "agent"),
    ]


def test_all_of_it_is_of_who_was_merged(ivr: Api, agent: Api) -> None:
    # Given a message and a call of a record that was merged into another
    message, late = a_case(ivr, LATE)
    contact = ivr.post("/contacts", a_contact(ADA)).json
    kept = agent.post("/customers", {"name": "Ada"}).json["customer_id"]
    agent.post(f"/customers/{kept}/merges", {"other_customer_id": contact["customer_id"]})
    hers = agent.post(f"/customers/{kept}/cases", {"subject": "Hers"}).json["case_id"]
    # Then it is put to a case of either, and answered by the id of the person
    for path in (f"/interactions/{message}/case", f"/contacts/{contact['contact_id']}/case"):
        for case_id in (hers, hers, late):
            said = agent.post(path, {"case_id": case_id}).json
            assert (said["case_id"], said["customer_id"]) == (case_id, kept)
        assert agent.delete(path).json["customer_id"] == kept
