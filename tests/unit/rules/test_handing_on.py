"""The packets with which a contact is handed on: the newest first, and none offered but the last."""

from typing import Any

import pytest

from chalicelib.rules.handing_on import (
    ACCEPTED,
    DECLINED,
    KEPT,
    OFFERED,
    TAKEN,
    WITHDRAWN,
    find,
    hand_on,
    joined,
    replaced,
)


def packet(transfer_id: str, status: str = TAKEN, *, on: str = "CALL", at: str | None = None) -> dict[str, Any]:
    return {"transfer_id": transfer_id, "status": status, "contact_id": on, "at": at or transfer_id}


def ids(packets: list[dict[str, Any]]) -> list[str]:
    return [one["transfer_id"] for one in packets]


@pytest.mark.parametrize(
    ("status", "then"),
    [(OFFERED, WITHDRAWN), (TAKEN, TAKEN), (ACCEPTED, ACCEPTED), (DECLINED, DECLINED), (WITHDRAWN, WITHDRAWN)],
)
def test_who_was_offered_it_before_is_offered_it_no_more(status: str, then: str) -> None:
    before = packet("1", status)
    assert hand_on([before], packet("2", OFFERED)) == [packet("2", OFFERED), packet("1", then)]
    assert before["status"] == status


def test_so_many_are_kept_the_newest_ones() -> None:
    packets = [packet(str(n)) for n in range(KEPT, 0, -1)]
    assert ids(hand_on(packets, packet("11"))) == [str(n) for n in range(11, 1, -1)]


def test_one_is_found_and_put_in_its_place() -> None:
    packets = [packet("2", OFFERED), packet("1")]
    assert find(packets, "1") == packet("1")
    assert find(packets, "3") is None
    assert replaced(packets, packet("2", ACCEPTED)) == [packet("2", ACCEPTED), packet("1")]
    assert replaced(packets, packet("3")) == packets


def test_those_of_the_contact_that_it_goes_on_from_are_among_them_newest_first() -> None:
    own, earlier = [packet("3", on="LEG-2"), packet("1", on="LEG-2")], [packet("2"), packet("0")]
    assert ids(joined(own, earlier, "LEG-2")) == ["3", "2", "1", "0"]
    # at one moment, in one order
    assert ids(joined([packet("a", at="9")], [packet("b", at="9")], "CALL")) == ["b", "a"]
    assert ids(joined([packet("b", at="9")], [packet("a", at="9")], "CALL")) == ["b", "a"]


@pytest.mark.parametrize(("on", "known"), [("LEG-2", ACCEPTED), ("CALL", DECLINED)])
def test_each_knows_best_what_became_of_its_own(on: str, known: str) -> None:
    own, earlier = packet("1", ACCEPTED, on=on), packet("1", DECLINED, on=on)
    assert joined([own], [earlier], "LEG-2") == [packet("1", known, on=on)]


def test_so_many_of_both_are_kept() -> None:
    own = [packet(f"{n:02d}", on="LEG-2") for n in range(KEPT)]
    earlier = [packet(f"{n:02d}") for n in range(10, 15)]
    assert ids(joined(own, earlier, "LEG-2")) == [f"{n:02d}" for n in range(14, 4, -1)]
