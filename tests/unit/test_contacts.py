"""A contact begins: what is kept of it, what is told of it again, and whose it is to touch."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import BadInput, Forbidden, NotFound
from chalicelib.models import keys, store
from chalicelib.models.items import Contact
from chalicelib.models.requests.contacts import ReportContact, StartContact
from chalicelib.rules.access import Caller, Role
from chalicelib.services.contacts import chain, contacts, progress
from chalicelib.services.customers.situation import Situation
from chalicelib.services.deps import Deps
from tests.conftest import Api, Clock, Spy
from tests.factories import a_contact
from tests.settings import NOW

IVR, VISITOR = Caller(Role.IVR, "ivr-1"), Caller(Role.VISITOR, "V-1")
MOBILE, OURS = "+447700900123", "+441632960000"
LINK = "https://meet.example.com/rooms/1"
ADA, JONAS = ({"name": name, "role": "guest", "joined_at": None, "left_at": None} for name in ("Ada", "Jonas"))

Start = Callable[..., tuple[Situation, bool]]


def a_number(value: str) -> dict[str, str]:
    return {"type": "phone", "value": value}


@pytest.fixture
def start(deps: Deps) -> Start:
    """Begins a contact: how it stands, and whether it is a new one."""

    def start(by: Caller = IVR, caller: str | None = MOBILE, **body: Any) -> tuple[Situation, bool]:
        request = StartContact.model_validate(
            a_contact(caller, **{"provider_contact_id": "1"} | body), strict=False
        )
        return contacts.start_contact(deps, by, request, "trace")

    return start


def contact_of(started: tuple[Situation, bool]) -> Contact:
    """The contact as it is kept."""
    assert started[0].contact
    return store.get_contact(started[0].contact.contact_id)


def tells(deps: Deps, phase: str = "ringing", **body: Any) -> Contact:
    """What the provider tells of it."""
    told = {
        "provider": "amazon-connect",
        "provider_contact_id": "1",
        "channel": "other",
        "at": NOW,
        "phase": phase,
    }
    request = ReportContact.model_validate(told | body, strict=False)
    return progress.report_contact(deps, IVR, request, "told", archive_key="A1")


def a_customer(agent: Api, *identifiers: dict[str, str]) -> str:
    return str(agent.post("/customers", {"name": "Ada", "identifiers": list(identifiers)}).json["customer_id"])


# What is kept


def test_it_is_kept_whole(start: Start, clock: Clock) -> None:
    begun = NOW - timedelta(minutes=1)
    started = start(
        attributes={"language": "en-GB", "menu": "2"},
        need=["reason"],
        link=LINK,
        participants=[ADA],
        started_at=begun,
        previous_provider_contact_id="0",
    )
    contact = contact_of(started)
    assert started[1]
    assert (contact.contact_id, contact.PK, contact.SK) == (
        contacts.contact_id_for("amazon-connect", "1"),
        keys.contact(contact.contact_id),
        keys.CONTACT,
    )
    assert (contact.channel, contact.direction, contact.status) == ("voice", "inbound", "live")
    assert (contact.provider, contact.provider_contact_id) == ("amazon-connect", "1")
    assert (contact.sender, contact.recipient) == (
        a_number(MOBILE) | {"scope": ""},
        a_number(OURS) | {"scope": ""},
    )
    assert (contact.started_at, contact.received_at) == (begun, clock())
    assert (contact.attributes, contact.need) == ({"language": "en-GB", "menu": "2"}, ["reason"])
    assert (contact.link, contact.participants) == (LINK, [ADA])
    assert contact.previous_contact_id == contacts.contact_id_for("amazon-connect", "0")
    assert (contact.started_by, contact.correlation_id) == ({"role": "ivr", "subject": "ivr-1"}, "trace")
    # and whoever is new has it among their live ones, and its number from when it began
    profile = store.get_profile(contact.customer_id)
    (known,) = profile.identifiers
    assert (profile.live_contacts, profile.language) == (1, "en-GB")
    assert (known["value"], known["how"], known["contact_id"]) == (MOBILE, "came_from", contact.contact_id)
    assert (known["since"], known["verified"]) == (begun.isoformat(), False)
    # on the first contact of what goes on as another
    assert profile.met_on == contact.previous_contact_id
    (evidence,) = contact.evidence
    assert (evidence["type"], evidence["owners"]) == ("phone", [[contact.customer_id, False]])


def test_it_goes_by_an_id_that_no_release_may_change() -> None:
    ids = [contacts.contact_id_for("amazon-connect", "1", by) for by in (None, IVR, VISITOR)]
    assert ids == ["A567GOAL73NF5HEDQN4YTKZZ2J", "A567GOAL73NF5HEDQN4YTKZZ2J", "DTHWJ6N7KQEXTAWIJPP7T6AZAK"]


def test_who_is_known_has_one_more_and_was_heard_of_then(start: Start, agent: Api, clock: Clock) -> None:
    ada = a_customer(agent, a_number(MOBILE))
    clock.forward(hours=1)
    contact = contact_of(start(started_at=NOW + timedelta(minutes=1)))
    assert (contact.customer_id, contact.evidence[0]["owners"]) == (ada, [[ada, False]])
    profile = store.get_profile(ada)
    assert (profile.live_contacts, profile.version) == (1, 1)
    (known,) = agent.get(f"/customers/{ada}/identifiers").json["items"]
    assert known["last_seen_at"] == "2026-11-22T09:01:00.000000Z"


def test_the_first_contact_is_where_somebody_was_met(start: Start) -> None:
    contact = contact_of(start())
    assert store.get_profile(contact.customer_id).met_on == contact.contact_id


@pytest.mark.parametrize(
    ("named", "goes_on_from"),
    [
        ({}, None),
        ({"previous_provider_contact_id": "1", "initial_provider_contact_id": "1"}, None),
        ({"initial_provider_contact_id": "0"}, "0"),
        ({"previous_provider_contact_id": "1", "initial_provider_contact_id": "0"}, "0"),
        ({"previous_provider_contact_id": "2", "initial_provider_contact_id": "0"}, "2"),
    ],
)
def test_what_it_goes_on_from(start: Start, named: Any, goes_on_from: str | None) -> None:
    expected = contacts.contact_id_for("amazon-connect", goes_on_from) if goes_on_from else None
    assert contact_of(start(**named)).previous_contact_id == expected


@pytest.mark.parametrize("of_account", [True, False])
def test_the_portal_says_who_is_signed_in_and_nobody_else_does(start: Start, of_account: Any) -> None:
    # Given an account that is nobody's yet, or a number
    identifier = {"type": "account", "value": "A-1"} if of_account else a_number(MOBILE)
    for role in (Role.PORTAL, Role.IVR):
        told = contact_of(start(Caller(role, "1"), None, provider_contact_id=role.value, **{"from": identifier}))
        assert told.evidence[0]["verified"] is (of_account and role is Role.PORTAL)


def test_when_somebody_joined_is_kept(start: Start) -> None:
    (ada,) = contact_of(start(participants=[ADA | {"joined_at": "2026-11-22T08:59:00Z"}])).participants
    assert ada["joined_at"] == "2026-11-22T08:59:00Z"


# What is told again


def test_it_begins_once_and_may_need_something_else(start: Start) -> None:
    first, made = start(need=["reason"])
    again, anew = start(need=["postcode"], attributes={"menu": "2"}, link=LINK, participants=[ADA])
    assert (made, anew, first.need, again.need) == (True, False, ["reason"], ["postcode"])
    assert start(need=[])[0].need == ["reason"]
    # where to meet whom may be told later, but not otherwise, and what else is told again says nothing new
    contact = contact_of(start(link="https://meet.example.com/other", participants=[JONAS]))
    assert (contact.need, contact.attributes) == (["reason"], {})
    assert (contact.link, contact.participants) == (LINK, [ADA])


def test_what_it_needs_may_be_told_later(start: Start) -> None:
    start()
    assert contact_of(start(need=["reason"])).need == ["reason"]


def test_what_it_goes_on_from_may_be_told_later(start: Start) -> None:
    start()
    before, first = (contacts.contact_id_for("amazon-connect", one) for one in ("0", "first"))
    contact = contact_of(start(initial_provider_contact_id="first"))
    assert contact.previous_contact_id == first
    # the one before says more than the first of all, which says no more then
    started = start(previous_provider_contact_id="0", initial_provider_contact_id="first", need=["reason"])
    assert (contact_of(started).previous_contact_id, started[0].need) == (before, ["reason"])
    assert contact_of(start(initial_provider_contact_id="first")).previous_contact_id == before
    assert store.list_next_contacts(before) == [contact.contact_id]


def test_what_was_only_heard_of_begins_when_it_is_told_between_whom(start: Start, deps: Deps) -> None:
    # Given a contact of which its provider has told that there is one
    heard = tells(deps, attributes={"menu": "1", "trunk": "7"})
    assert contacts.was_only_heard_of(heard)
    # When it begins
    started = start(direction="outbound", need=["reason"], attributes={"menu": "2", "queue": "A"})
    contact = contact_of(started)
    # Then it is the same, with what both told; what the provider told stands
    assert (started[1], contact.contact_id, contact.started_at) == (False, heard.contact_id, NOW)
    assert (contact.channel, contact.direction, contact.need) == ("voice", "outbound", ["reason"])
    assert contact.attributes == {"menu": "1", "trunk": "7", "queue": "A"}
    assert (contact.sender["value"], contact.recipient["value"]) == (MOBILE, OURS)
    # and it is somebody's, from when it began
    assert store.get_profile(contact.customer_id).live_contacts == 1
    assert not contacts.was_only_heard_of(contact)


@pytest.mark.parametrize(
    ("known", "heard"),
    [
        ({}, True),
        ({"facts": {"reason": [{"carried_from": "another"}]}}, True),
        ({"facts": {"reason": [{"value": "billing"}]}}, False),
        ({"sender": {}}, True),
        ({"sender": a_number(MOBILE)}, False),
        ({"recipient": a_number(OURS)}, False),
        ({"customer_id": "A"}, False),
        ({"evidence": [{"type": "account"}]}, False),
    ],
)
def test_of_what_anything_is_known_it_was_not_only_heard(known: Any, heard: Any) -> None:
    assert contacts.was_only_heard_of(Contact(**known)) is heard


def test_one_end_that_is_known_stays_alone(start: Start) -> None:
    start(to=None)
    contact = contact_of(start(caller="+447700900999"))
    assert (contact.sender["value"], contact.recipient) == (MOBILE, None)


def test_whence_it_comes_may_be_told_of_what_goes_on_from_another(start: Start, deps: Deps, agent: Api) -> None:
    # Given a contact of which its provider told, and which took over from one of Ada's
    a_customer(agent, a_number(MOBILE))
    start(provider_contact_id="0")
    heard = tells(deps, previous_provider_contact_id="0")
    chain.go_on(heard.contact_id)
    # When it is told whence it comes, but not where to
    contact = contact_of(start(caller="+447700900999", to=None))
    # Then that is known, and it is hers
    assert (contact.contact_id, contact.sender["value"]) == (heard.contact_id, "+447700900999")
    assert contact.customer_id == store.get_contact(contacts.contact_id_for("amazon-connect", "0")).customer_id


def test_what_is_told_again_is_not_written_again(start: Start, spy: Spy) -> None:
    start()
    spy.reset()
    start()
    assert spy.operations.count("TransactWriteItems") == 1  # which does not go through


def test_the_first_of_a_visitors_chain_is_its_own(start: Start) -> None:
    contact = contact_of(start(VISITOR, None, to=None, initial_provider_contact_id="0"))
    first, own, before = (contacts.contact_id_for("amazon-connect", one, VISITOR) for one in ("0", "1", "2"))
    assert (contact.contact_id, contact.previous_contact_id) == (own, first)
    # and so is one that is told later
    again = contact_of(start(VISITOR, None, to=None, previous_provider_contact_id="2"))
    assert (again.contact_id, again.previous_contact_id) == (own, before)


def test_what_it_goes_on_from_is_what_it_begins_with(start: Start, deps: Deps) -> None:
    tells(deps, previous_provider_contact_id="as the provider told")
    contact = contact_of(start(previous_provider_contact_id="0"))
    assert contact.previous_contact_id == contacts.contact_id_for("amazon-connect", "0")


@pytest.mark.parametrize("known", [True, False])
def test_what_was_over_before_it_was_told_between_whom_is_a_past_one(
    start: Start, deps: Deps, agent: Api, *, known: bool
) -> None:
    # Given a contact that is over, and of which nobody told between whom it was
    ada = a_customer(agent, a_number(MOBILE)) if known else None
    tells(deps, "ended")
    # When that is told, then it is theirs, and no live one
    contact = contact_of(start())
    assert (contact.status, contact.customer_id == ada) == ("ended", known)
    assert store.get_head(contact.customer_id).contacts == []
    assert store.get_profile(contact.customer_id).live_contacts == 0
    (past,) = store.list_band(keys.customer(contact.customer_id), keys.PAST_CONTACTS, limit=9).items
    assert past.contact_id == contact.contact_id


def test_what_its_provider_tells_is_noted_up_to_a_limit(start: Start, deps: Deps) -> None:
    start(attributes={f"a{number}": "x" for number in range(48)})
    tells(deps)
    contact = contact_of(start(attributes={"a1": "y"} | {f"b{number}": "x" for number in range(5)}))
    assert list(contact.attributes)[48:] == ["b0", "b1"]
    assert contact.attributes["a1"] == "x"
    assert contact_of(start(attributes={"c": "x"})).attributes == contact.attributes


# Whose it is to touch


def test_a_visitor_comes_from_its_own_browser(start: Start, deps: Deps) -> None:
    web: dict[str, Any] = {"channel": "portal", "provider": "web", "to": None}
    itself = contact_of(start(VISITOR, None, **web))
    named = contact_of(start(VISITOR, None, **web, **{"from": {"type": "visitor", "value": "V-1"}}))
    assert itself.contact_id == named.contact_id
    assert itself.sender == {"type": "visitor", "value": "V-1", "scope": ""}
    device = start(
        VISITOR, None, **web | {"provider_contact_id": "2"}, **{"from": {"type": "device", "value": "D"}}
    )
    assert contact_of(device).sender == {"type": "device", "value": "D", "scope": "V-1"}
    other = start(
        VISITOR, None, **web | {"provider_contact_id": "3"}, **{"from": {"type": "visitor", "value": "V-2"}}
    )
    assert contact_of(other).sender == {"type": "visitor", "value": "V-2", "scope": "V-1"}
    for direction, field in (("inbound", "from"), ("outbound", "to")):
        only = f"^{field}: a visitor comes from its own visitor or device id only$"
        with pytest.raises(Forbidden, match=only):
            start(VISITOR, None, **web | {"direction": direction, field: a_number(MOBILE)})
    out = start(VISITOR, None, **web | {"provider_contact_id": "4", "direction": "outbound"})
    assert (contact_of(out).sender, contact_of(out).recipient["value"]) == (None, "V-1")
    # and so is the end of one that is to begin
    request = StartContact.model_validate(a_contact(None, **web), strict=False)
    end = contacts.own_end(deps, VISITOR, request)
    assert end
    assert (end.type, end.value) == ("visitor", "V-1")
    assert contacts.own_end(deps, IVR, request) is None


@pytest.mark.parametrize("said", [{"link": LINK}, {"participants": [ADA]}])
def test_a_visitor_does_not_say_where_to_meet_whom(start: Start, said: Any) -> None:
    with pytest.raises(Forbidden, match=r"^link, participants: a visitor does not say where to meet whom$"):
        start(VISITOR, None, to=None, **said)


def test_a_contact_is_touched_by_who_may(start: Start, agent: Api) -> None:
    theirs = contact_of(start())
    assert contacts.get_own_contact(IVR, theirs.contact_id, "facts:write").contact_id == theirs.contact_id
    with pytest.raises(Forbidden, match=r"^this contact was started by somebody else$"):
        contacts.require_own(VISITOR, theirs, "contacts:start")
    other = Caller(Role.PORTAL, "portal", a_customer(agent, a_number("+447700900124")))
    with pytest.raises(Forbidden, match=r"^this contact is not of the customer that the token names$"):
        contacts.require_own(other, theirs, "contacts:start")
    # of what is not one's own it is told that it is not there
    for caller in (VISITOR, other):
        with pytest.raises(NotFound, match=r"^no such contact$"):
            contacts.get_own_contact(caller, theirs.contact_id, "contacts:start")


def test_a_token_acts_for_its_own_customer(start: Start, agent: Api) -> None:
    ada, bob = (a_customer(agent, a_number(f"+44770090012{number}")) for number in (3, 4))
    with pytest.raises(Forbidden):
        start(Caller(Role.PORTAL, "portal", bob))
    assert contact_of(start(Caller(Role.PORTAL, "portal", ada))).customer_id == ada


def test_an_end_of_ours_is_one(start: Start) -> None:
    with pytest.raises(BadInput) as error:
        start(to=a_number("+"))
    assert [one.field for one in error.value.fields] == ["to.value"]
    with pytest.raises(BadInput) as error:
        start(caller="x")
    assert [one.field for one in error.value.fields] == ["from.value"]


@pytest.mark.parametrize(
    ("direction", "ends", "region"),
    [
        ("inbound", {"from": a_number(MOBILE), "to": a_number("+12015550100")}, "US"),
        ("outbound", {"from": a_number("+12015550100"), "to": a_number(MOBILE)}, "US"),
        ("inbound", {"from": a_number(MOBILE), "to": None}, None),
        ("inbound", {"from": None, "to": {"type": "email", "value": "help@throughline.test"}}, None),
    ],
)
def test_where_numbers_that_are_said_are_read(start: Start, direction: str, ends: Any, region: str | None) -> None:
    assert contacts.region_for(contact_of(start(direction=direction, **ends))) == region
