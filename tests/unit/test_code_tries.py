"""Guessing codes: who tries is counted before anything is looked up, and is let off where it was right."""

import pytest

from chalicelib.errors import TooManyTries
from chalicelib.models import codes
from chalicelib.models.changes import commit
from chalicelib.models.identifiers import Identifier
from chalicelib.rules.continuation import OVERALL, PER_SOURCE, Form
from chalicelib.rules.windows import windows
from chalicelib.services.continuation import code_tries
from chalicelib.services.continuation.code_tries import Charged, charge, refund, sources
from chalicelib.services.deps import Deps
from tests.conftest import Clock, Spy
from tests.settings import NOW, SETTINGS

DEPS = Deps(SETTINGS, now=lambda: NOW)
PHONE = Identifier("phone", "", "+447700900123", "+447700900123")
WHATSAPP = Identifier("whatsapp", "", "+447700900123", "+447700900123")
MAIL = Identifier("email", "", "ada@example.com", "ada@example.com")
LIFE = SETTINGS.code_life


def failed(deps: Deps, whose: str) -> int:
    return codes.read_counts([whose], deps.now(), LIFE)[whose][0].both


def test_a_number_is_the_same_by_phone_and_on_whatsapp() -> None:
    assert code_tries.number_of(PHONE) == code_tries.number_of(WHATSAPP) == PHONE.value
    assert (code_tries.number_of(MAIL), code_tries.number_of(None)) == (None, None)
    by_phone, on_whatsapp = (sources(DEPS, end, "CALL", None, None) for end in (PHONE, WHATSAPP))
    assert by_phone == on_whatsapp == [code_tries.number_counter(DEPS, PHONE.value)]


def test_whoever_tries_is_counted_by_all_that_says_who_it_is() -> None:
    # Given a visitor with a number, when it tries
    whose = sources(DEPS, PHONE, "CALL", "visitor-1", "192.0.2.1")
    # Then it is counted by number, token and address, and not by its contact
    assert len(set(whose)) == 3
    assert whose[1:] == sources(DEPS, None, "OTHER", "visitor-1", "192.0.2.1")
    assert whose[2:] == sources(DEPS, None, "CALL", None, "192.0.2.1")
    assert sources(DEPS, MAIL, "CALL", None, None) != sources(DEPS, PHONE, "CALL", None, None)
    # and where nothing says who it is, by that
    assert sources(DEPS, None, "CALL", None, None) == sources(DEPS, None, "CALL", None, "no address")
    assert sources(DEPS, None, "CALL", None, None) != sources(DEPS, None, "OTHER", None, None)
    # what is the same word stands for something else each time
    assert len({*sources(DEPS, None, "x", "x", None), *sources(DEPS, None, "x", None, None)}) == 2


def test_a_household_has_one_address() -> None:
    def of(address: str) -> list[str]:
        return sources(DEPS, None, "CALL", None, address)

    assert of("2001:db8:1:2::1") == of("2001:db8:1:2:ffff::9") != of("2001:db8:1:3::1")
    assert of("192.0.2.1") != of("192.0.2.2")


def test_a_counter_is_the_same_in_every_release(deps: Deps) -> None:
    """What was guessed before a deployment counts after it."""
    charged = charge(deps, Form.OPEN, ["a"], "keyed")
    assert charged is not None
    assert charged.counters == ("a", "ETH77IJVHW5ZG4GSUWBZAJNLHK")
    whose = [*sources(DEPS, PHONE, "CALL", "visitor-1", "192.0.2.1"), *sources(DEPS, None, "CALL", None, None)]
    assert [*whose, *sources(DEPS, MAIL, "CALL", None, None), code_tries.open_counter(DEPS)] == [
        "H3QLZRG427DTIY7K2K637JXJBH",
        "FTT2X7A5WMLAG6WMQDT4GUPCFD",
        "QGTXYVCI3WZGKFPDRFJEAS4X67",
        "MHZVDTNV3NBEJWWWR5T6ZHPABW",
        "PBVWHKHDK6JFKBOCC6XVFBRKIB",
        "LORRHBJIFYX2PAUEBKXKIZQOI6",
    ]


def test_a_try_counts_until_it_turns_out_to_be_right(deps: Deps, clock: Clock, spy: Spy) -> None:
    # When a code of nine digits is tried
    charged = charge(deps, Form.OPEN, ["a", "b"], "keyed")
    # Then that counts for each source, and for all together, at one read and one transaction
    assert spy.operations == ["BatchGetItem", "TransactWriteItems"]
    assert charged is not None
    assert (charged.counters[:2], charged.window) == (("a", "b"), windows(clock(), LIFE)[0])
    assert [failed(deps, one) for one in charged.counters] == [1, 1, 1]
    # and no more once it was right
    commit(refund(deps, charged))
    assert [failed(deps, one) for one in charged.counters] == [0, 0, 0]
    assert refund(deps, None) == []


def test_after_so_many_in_two_windows_no_more_is_looked_at(deps: Deps, clock: Clock) -> None:
    for _ in range(PER_SOURCE):
        charge(deps, Form.OPEN, ["a"], "keyed")
    with pytest.raises(TooManyTries, match="too many codes were tried"):
        charge(deps, Form.OPEN, ["b", "a"], "keyed")
    # which costs nobody else anything, nor whoever tries in another way
    assert failed(deps, "b") == 0
    assert charge(deps, Form.OPEN, ["b"], "keyed")
    # until both windows are over
    clock.forward(seconds=LIFE.total_seconds())
    with pytest.raises(TooManyTries):
        charge(deps, Form.OPEN, ["a"], "keyed")
    clock.forward(seconds=LIFE.total_seconds())
    assert charge(deps, Form.OPEN, ["a"], "keyed")


def test_all_together_are_counted_in_each_way_by_itself(deps: Deps) -> None:
    for n in range(OVERALL):
        charge(deps, Form.OPEN, [f"source-{n}"], "keyed")
    for form in (Form.OPEN, Form.CROWDED):
        with pytest.raises(TooManyTries):
            charge(deps, form, ["another"], "keyed")
    # what is written is not what is keyed in, and six digits are counted whichever way they come
    assert charge(deps, Form.OPEN, ["another"], "written")
    commit([codes.count_issued("number", windows(deps.now(), LIFE)[0], LIFE)])
    keyed, written = (charge(deps, Form.BOUND, ["number"], way) for way in ("keyed", "written"))
    assert keyed is not None
    assert written is not None
    assert keyed.counters == written.counters
    assert failed(deps, keyed.counters[-1]) == 2


def test_six_digits_are_counted_only_where_there_is_something_to_find(deps: Deps, clock: Clock) -> None:
    # Given a number for which no code was given out, when six digits are tried, then nothing is counted
    assert charge(deps, Form.BOUND, ["number", "visitor"], "keyed") is None
    assert failed(deps, "number") == failed(deps, "visitor") == 0
    # but where there is one, in this window or the one before, they are
    commit([codes.count_issued("number", windows(deps.now(), LIFE)[0], LIFE)])
    for times in (1, 2):
        assert isinstance(charge(deps, Form.BOUND, ["number", "visitor"], "keyed"), Charged)
        assert failed(deps, "visitor") == times
        clock.forward(seconds=LIFE.total_seconds())
    assert charge(deps, Form.BOUND, ["number"], "keyed") is None
