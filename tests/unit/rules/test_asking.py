"""Which facts were asked for on a contact, by whom, and which were known to whoever asked."""

from typing import Any

from chalicelib.rules.asking import fact_of, note


def asked(*, repeated: bool = False, at: str = "now", team: str | None = None) -> dict[str, Any]:
    return {"at": at, "team": team, "repeated": repeated}


def test_who_saves_a_fact_asked_for_it_and_again_where_it_was_known() -> None:
    assert note({}, ["name", "reason"], "ivr", {"reason", "postcode"}, at="now", team="billing") == {
        "ivr:name": asked(team="billing"),
        "ivr:reason": asked(team="billing", repeated=True),
    }


def test_what_another_asked_for_on_the_contact_is_asked_again() -> None:
    before = {"ivr:name": asked(at="before")}
    after = note(before, ["name", "reason"], "agent", (), at="now", team=None)
    assert after == before | {"agent:name": asked(repeated=True), "agent:reason": asked()}


def test_each_asks_once_for_a_fact() -> None:
    before = {"ivr:name": asked(at="before", team="billing")}
    assert note(before, ["name"], "ivr", {"name"}, at="now", team="sales") == before
    # and one whose name begins alike is another
    assert note(before, ["name"], "iv", (), at="now", team=None)["iv:name"] == asked(repeated=True)


def test_the_fact_that_was_asked_for() -> None:
    assert fact_of("ivr:account_number") == "account_number"
