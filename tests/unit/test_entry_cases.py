"""What was said on a contact before it had its case is of the case, too: off the table's stream, once."""

from typing import Any

import pytest
from chalice.test import Client

from chalicelib.models import store
from chalicelib.services.cases.entry_cases import AT_ONCE, put_entries
from chalicelib.services.contacts.follow import follow_contact
from chalicelib.services.deps import Deps
from tests.conftest import Api, Spy, put_under
from tests.factories import a_contact, an_interaction, facts
from tests.unit.test_stream import Faulty, Stream

ADA = "+447700900123"


@pytest.fixture
def stream(client: Client) -> Stream:
    return Stream(client)


@pytest.fixture
def ada(agent: Api) -> str:
    made = agent.post("/customers", {"name": "Ada", "identifiers": [{"type": "phone", "value": ADA}]})
    return str(made.json["customer_id"])


def a_case(agent: Api, ada: str, subject: str = "Something") -> str:
    return str(agent.post(f"/customers/{ada}/cases", {"subject": subject}).json["case_id"])


def a_chat(ivr: Api) -> str:
    return str(ivr.post("/contacts", a_contact(ADA, channel="chat")).json["contact_id"])


def said(ivr: Api, contact_id: str, text: str, **more: Any) -> str:
    message = an_interaction(contact_id=contact_id, channel="chat", body=text, **more)
    return str(ivr.post("/interactions", message).json["interaction_id"])


def cases_on(agent: Api, ada: str) -> set[str | None]:
    return {one["case_id"] for one in agent.get(f"/customers/{ada}/timeline").json["items"]}


def test_messages_are_of_the_case_that_their_contact_gets(agent: Api, ivr: Api, ada: str, stream: Stream) -> None:
    # Given a chat on which something was said, that ends with a case of its own
    contact_id = a_chat(ivr)
    first = said(ivr, contact_id, "Hello there")
    said(ivr, contact_id, "My washing machine leaks water")
    ended = stream.told(contact_id, lambda: agent.post(f"/contacts/{contact_id}/end", {}).json)
    assert ended["case"]["by"] == "opened"
    # When the stream tells
    assert stream.deliver() == []
    # Then all that was said is of the case, and says why
    assert cases_on(agent, ada) == {ended["case_id"]}
    found = agent.get(f"/interactions/{first}").json["case"]
    assert (found["by"], found["reason"]) == ("sign", "its contact is about this case")
    # and told again, nothing is left to do
    assert put_entries(contact_id, None) == 0


def test_they_go_with_it_when_somebody_says_another_case(agent: Api, ivr: Api, ada: str, stream: Stream) -> None:
    # Given a chat that is about a case, and a message on it that was put to another by hand, one to none
    lamp, boiler, garden = (a_case(agent, ada, subject) for subject in ("Lamp", "Boiler", "Garden"))
    contact_id = a_chat(ivr)
    stream.told(contact_id, lambda: agent.post(f"/contacts/{contact_id}/case", {"case_id": lamp}))
    texts = ("It is broken", "And the garden?", "Thanks")
    ids = [said(ivr, contact_id, text) for text in texts]
    agent.post(f"/interactions/{ids[1]}/case", {"case_id": garden})
    agent.post(f"/interactions/{ids[2]}/case", {"none": True})
    # and one of which it was said when it was captured, that it is about the same case
    ids.append(said(ivr, contact_id, "The lamp is blue", case_id=lamp))
    # When somebody says that it was about another, takes it back, and says that it is about none
    for change, expected in (
        (lambda: agent.post(f"/contacts/{contact_id}/case", {"case_id": boiler}), boiler),
        (lambda: agent.delete(f"/contacts/{contact_id}/case"), lamp),
        (lambda: agent.post(f"/contacts/{contact_id}/case", {"none": True}), None),
    ):
        stream.told(contact_id, change)
        assert stream.deliver() == []
        # Then what had its case by the contact goes, what was said by hand stays
        now = [agent.get(f"/interactions/{one}").json for one in ids]
        assert [one["case_id"] for one in now] == [expected, garden, None, lamp]
    assert now[0]["case"] is None


def test_what_we_noted_on_it_goes_with_it(agent: Api, ivr: Api, ada: str, stream: Stream) -> None:
    # Given a chat that is about a case, and was handed on and ended
    lamp, boiler = (a_case(agent, ada, subject) for subject in ("Lamp", "Boiler"))
    contact_id = a_chat(ivr)
    agent.post(f"/contacts/{contact_id}/case", {"case_id": lamp})
    agent.post(f"/contacts/{contact_id}/transfer", {"to_team": "repairs", "reason": "Broken", "kind": "cold"})
    agent.post(f"/contacts/{contact_id}/end", {})
    assert cases_on(agent, ada) == {lamp}
    # When it was about another case, then all of that is of the other
    stream.told(contact_id, lambda: agent.post(f"/contacts/{contact_id}/case", {"case_id": boiler}))
    assert stream.deliver() == []
    assert cases_on(agent, ada) == {boiler}


def test_what_changes_hands_while_its_end_is_told_again_stays_there(
    agent: Api, ivr: Api, ada: str, deps: Deps
) -> None:
    # Given a chat of Ada's that is over and turns out to be Bob's
    contact_id = a_chat(ivr)
    agent.post(f"/contacts/{contact_id}/end", {})
    bob = agent.post("/customers", {"name": "Bob"}).json["customer_id"]
    attributed = {"customer_id": bob, "reason": "her neighbour"}
    agent.post(f"/contacts/{contact_id}/attribution", attributed)
    his = a_case(agent, bob)
    # When what hangs on it is carried over while somebody says which case it is about
    seam = put_under(Faulty, deps)
    seam.interloper = lambda: follow_contact(deps, contact_id, ada)
    assert agent.post(f"/contacts/{contact_id}/case", {"case_id": his}).status == 200
    # Then what tells of its end is Bob's
    kinds = [
        [one["kind"] for one in agent.get(f"/customers/{whose}/timeline").json["items"]] for whose in (ada, bob)
    ]
    assert [("contact" in one) for one in kinds] == [False, True]


def test_a_long_chat_takes_some_transactions(agent: Api, ivr: Api, ada: str, stream: Stream, spy: Spy) -> None:
    contact_id = a_chat(ivr)
    for n in range(AT_ONCE + 1):
        said(ivr, contact_id, f"washing machine {n}")
    case_id = a_case(agent, ada)
    put: dict[str, Any] = {"case_id": case_id}
    stream.told(contact_id, lambda: agent.post(f"/contacts/{contact_id}/case", put))
    spy.reset()
    assert put_entries(contact_id, None) == AT_ONCE + 1
    read, written = ["GetItem"] * AT_ONCE, ["TransactWriteItems"]
    assert spy.operations == ["GetItem", "Query", *read, *written, "GetItem", *written]
    spy.reset()
    assert put_entries(contact_id, case_id) == 0
    assert spy.operations == ["GetItem"]


def test_a_long_history_costs_no_more(
    agent: Api, ivr: Api, ada: str, spy: Spy, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given somebody who wrote a lot in earlier years, and on a chat now
    monkeypatch.setattr(store, "EXAMINED", 2)
    for year in range(2019, 2026):
        ivr.post("/interactions", an_interaction(customer_id=ada, occurred_at=f"{year}-11-22T08:00:00Z"))
    contact_id = a_chat(ivr)
    said(ivr, contact_id, "My washing machine leaks water")
    case_id = agent.post(f"/contacts/{contact_id}/end", {}).json["case_id"]
    # When what was said on it is put to its case, then what is years old is not read
    spy.reset()
    assert put_entries(contact_id, None) == 1
    assert spy.operations.count("Query") == 2  # of two entries each: the chat's, and its end
    assert cases_on(agent, ada) >= {case_id}


def test_what_was_said_within_a_week_of_it_is_of_its_case(agent: Api, ivr: Api, ada: str) -> None:
    # Given a chat of the first, and what was said on it by clocks that go wrong by days, and by more
    began, ended = "2026-11-01T09:00:00Z", "2026-11-01T10:00:00Z"
    contact_id = str(ivr.post("/contacts", a_contact(ADA, channel="chat", started_at=began)).json["contact_id"])
    agent.post(f"/contacts/{contact_id}/end", {"ended_at": ended})
    days = ("10-26", "11-07", "10-20", "11-10")
    ids = [said(ivr, contact_id, "Thanks", occurred_at=f"2026-{day}T09:00:00Z") for day in days]
    # When it gets a case, then so does what was said within a week of it
    case_id = a_case(agent, ada)
    agent.post(f"/contacts/{contact_id}/case", {"case_id": case_id})
    assert put_entries(contact_id, None) == 2
    assert [agent.get(f"/interactions/{one}").json["case_id"] for one in ids] == [case_id, case_id, None, None]


def test_what_hangs_on_nobodys_contact_has_no_case(ivr: Api, spy: Spy) -> None:
    anonymous = {"from": {"type": "phone", "value": "anonymous"}}
    contact_id = str(ivr.post("/contacts", a_contact(ADA) | anonymous).json["contact_id"])
    ivr.patch(f"/contacts/{contact_id}/facts", facts("ivr", verified=False, reason="billing"))
    spy.reset()
    for contact, left_case_id in ((contact_id, None), (contact_id, "LEFT"), ("NOBODY", None)):
        assert put_entries(contact, left_case_id) == 0
    assert spy.operations == ["GetItem"] * 3
