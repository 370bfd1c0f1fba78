"""A code and a link are given out for a contact: which kind, for how long, and the same when it is asked again."""

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.errors import BadInput, Conflict, FieldError, NotFound, TooManyTries
from chalicelib.models import codes, keys
from chalicelib.models.changes import commit
from chalicelib.models.items import ContinuationCode, Item, Tries
from chalicelib.models.requests.contacts import StartContact
from chalicelib.models.requests.continuation import ContinueContact
from chalicelib.rules.access import Caller, Role
from chalicelib.rules.continuation import MOST_OPEN, TRIED, Form, hashed
from chalicelib.rules.windows import windows
from chalicelib.services.contacts import contacts
from chalicelib.services.continuation import code_tries
from chalicelib.services.continuation.continuation_codes import Issued, issue
from chalicelib.services.deps import Deps
from tests.conftest import Clock, Spy
from tests.factories import a_contact
from tests.settings import NOW, SETTINGS

ADA, BOB = Caller(Role.VISITOR, "ada"), Caller(Role.VISITOR, "bob")
NUMBER = "+447700900123"
SECRET, LIFE = SETTINGS.continuation_secret, SETTINGS.code_life


def a_visit(deps: Deps, visit: str = "visit-1") -> str:
    body = a_contact(None, channel="portal", provider="web", provider_contact_id=visit, to=None)
    now, _ = contacts.start_contact(deps, ADA, StartContact.model_validate_json(json.dumps(body)), "r")
    assert now.contact is not None
    return str(now.contact.contact_id)


def asked(number: str | None = None, type_: str = "phone", **more: Any) -> ContinueContact:
    body = more | ({"from": {"type": type_, "value": number}} if number else {})
    return ContinueContact.model_validate_json(json.dumps(body))


def given(deps: Deps, contact_id: str, number: str | None = None) -> Issued:
    return issue(deps, ADA, contact_id, asked(number))[0]


def kept(deps: Deps, form: Form, *what: str) -> Any:
    return codes.find_code(hashed(SECRET, form, *what), deps.now())


def count(deps: Deps, counter: str) -> int:
    return codes.read_counts([counter], deps.now(), LIFE)[counter][1].both


def test_who_announces_a_number_is_given_six_digits_that_are_good_from_there(deps: Deps, spy: Spy) -> None:
    contact_id = a_visit(deps)
    spy.reset()
    # When a visitor says from which number they will call
    issued, made = issue(deps, ADA, contact_id, asked("07700 900123", to="voice"))
    # Then there is a code and a link, at three reads and one transaction
    assert made
    assert spy.operations == ["GetItem", "BatchGetItem", "BatchGetItem", "TransactWriteItems"]
    assert (issued.expires_at, issued.link_expires_at) == (NOW + LIFE, NOW + SETTINGS.link_life)
    assert issued.link is not None
    prefix, _, token = issued.link.partition("#")
    assert (len(issued.code), prefix) == (6, "https://www.example.com/continue")
    # kept under keyed hashes, each of which names the other
    code, link = kept(deps, Form.BOUND, NUMBER, issued.code), kept(deps, Form.LINK, token)
    for one, other, form in ((code, link, "bound"), (link, code, "link")):
        assert (one.contact_id, one.form, one.towards, one.redeemed_by) == (contact_id, form, "voice", None)
        assert keys.continuation(one.twin) == other.PK
        assert (one.twin_expires_at, one.issued_at) == (other.expires_at, NOW)
        assert one.issued_by == {"role": "visitor", "subject": "ada"}
    assert (code.expires_at, link.expires_at) == (issued.expires_at, issued.link_expires_at)
    # and it is counted for that number only
    assert count(deps, code_tries.number_counter(deps, NUMBER)) == 1
    assert count(deps, code_tries.open_counter(deps)) == 0
    # a code is good from no other number, and for no other use
    assert kept(deps, Form.OPEN, issued.code) is None


def test_without_a_number_there_are_nine_digits_that_are_good_from_anywhere(deps: Deps) -> None:
    contact_id = a_visit(deps)
    issued = given(deps, contact_id)
    code = kept(deps, Form.OPEN, issued.code)
    assert (len(issued.code), code.contact_id, code.towards) == (9, contact_id, None)
    assert count(deps, code_tries.open_counter(deps)) == 1


def test_what_is_told_is_the_same_in_every_release(deps: Deps) -> None:
    """What was given out before a deployment is told again after it."""
    contact_id = a_visit(deps)
    assert [given(deps, contact_id, NUMBER).code, given(deps, contact_id).code] == ["244099", "856758017"]
    assert given(deps, contact_id).link == "https://www.example.com/continue#YEOWUBX7OGMX5C3SVERVWUAWN5"


def test_asked_again_it_is_told_again_while_half_of_its_life_is_left(deps: Deps, clock: Clock, spy: Spy) -> None:
    contact_id = a_visit(deps)
    first = given(deps, contact_id)
    clock.forward(seconds=LIFE.total_seconds() / 2 - 1)
    spy.reset()
    assert issue(deps, ADA, contact_id, asked()) == (first, False)
    assert spy.operations == ["GetItem", "BatchGetItem"]
    # but not when it is soon over
    clock.forward(seconds=1)
    later, made = issue(deps, ADA, contact_id, asked())
    assert made
    assert later.code != first.code
    # nor when somebody has redeemed it
    code = kept(deps, Form.OPEN, later.code)
    commit(codes.use_up(code, "CALL"))
    assert given(deps, contact_id).code not in {first.code, later.code}


def test_what_has_expired_gives_way_before_it_is_deleted(deps: Deps) -> None:
    # Given a code and a link that have expired, and are in the table still
    contact_id = a_visit(deps)
    first = given(deps, contact_id)
    code = kept(deps, Form.OPEN, first.code)
    for key in (code.PK, keys.continuation(code.twin)):
        item = ContinuationCode.get(key, keys.CODE)
        item.update(actions=[Item.expires_at.set(NOW)])
    # When the contact asks again, then the same are given out anew
    assert issue(deps, ADA, contact_id, asked()) == (first, True)
    assert kept(deps, Form.OPEN, first.code).expires_at == first.expires_at


def test_another_contact_has_another_code_of_nine_digits_where_the_number_has_one(deps: Deps) -> None:
    first, other = (given(deps, a_visit(deps, visit), NUMBER).code for visit in ("visit-1", "visit-2"))
    assert (len(first), len(other)) == (6, 9)


def test_where_too_many_are_open_the_next_has_twelve_digits(deps: Deps) -> None:
    window, _ = windows(deps.now(), LIFE)
    full = Tries(PK=keys.tries(code_tries.open_counter(deps)), SK=keys.instant(window), issued=MOST_OPEN)
    full.expires_at = NOW + 3 * LIFE
    full.save()
    issued = given(deps, a_visit(deps))
    assert len(issued.code) == 12
    assert kept(deps, Form.CROWDED, issued.code)
    # which is counted as well
    assert count(deps, code_tries.open_counter(deps)) == MOST_OPEN + 1


def test_a_contact_has_so_many_and_no_more(deps: Deps) -> None:
    contact_id, had = a_visit(deps), list[str]()
    # Given one whose codes are used up, each at once
    for _ in range(2 * TRIED):
        had.append(given(deps, contact_id).code)
        form = {9: Form.OPEN, 12: Form.CROWDED}[len(had[-1])]
        commit(codes.use_up(kept(deps, form, had[-1]), "CALL"))
    assert sorted(len(one) for one in set(had)) == [9] * TRIED + [12] * TRIED
    # When it asks for another one, then it has to wait
    with pytest.raises(TooManyTries, match="this contact has as many codes as it may"):
        given(deps, contact_id)


def test_a_moment_is_of_whole_seconds(deps: Deps, clock: Clock) -> None:
    clock.forward(microseconds=7)
    issued = given(deps, a_visit(deps))
    assert (issued.expires_at, issued.link_expires_at) == (NOW + LIFE, NOW + SETTINGS.link_life)
    assert kept(deps, Form.OPEN, issued.code).issued_at == NOW


def test_where_there_is_no_page_there_is_no_link_and_without_a_secret_nothing(deps: Deps) -> None:
    contact_id = a_visit(deps)
    without = Deps(replace(SETTINGS, continue_url=""), now=deps.now)
    assert given(without, contact_id).link is None
    with pytest.raises(Conflict, match="there is no CONTINUATION_SECRET"):
        given(Deps(replace(SETTINGS, continuation_secret=""), now=deps.now), contact_id)


@pytest.mark.parametrize(("type_", "value"), [("email", "ada@example.com"), ("phone", "anonymous")])
def test_what_is_announced_is_a_number(deps: Deps, type_: str, value: str) -> None:
    contact_id = a_visit(deps)
    with pytest.raises(BadInput) as refused:
        issue(deps, ADA, contact_id, asked(value, type_))
    told = "must be a phone number, or the one of a WhatsApp account"
    assert refused.value.fields == (FieldError("from", told),)
    # and one that can be none is refused at the same field
    with pytest.raises(BadInput) as odd:
        issue(deps, ADA, contact_id, asked("12", "phone"))
    assert [error.field for error in odd.value.fields] == ["from.value"]


def test_a_visitor_gives_out_codes_of_its_own_contacts_only(deps: Deps) -> None:
    contact_id = a_visit(deps)
    with pytest.raises(NotFound):
        issue(deps, BOB, contact_id, asked())
    assert issue(deps, Caller(Role.AGENT, "amara"), contact_id, asked())[1]
