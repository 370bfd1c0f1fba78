"""What was said on one contact of a conversation, as the next one of it knows it."""

from chalicelib.rules.legs import carried, own, said_on, taken_over
from chalicelib.rules.survivorship import Entries, Entry


def said(value: str, contact_id: str = "LEG-1", **more: str) -> Entry:
    return {"value": value, "contact_id": contact_id, **more}


def test_it_is_as_said_on_the_next_and_tells_on_which_it_was() -> None:
    first: Entries = {"reason": [said("billing"), said("a parcel")], "name": [said("Ada")]}
    second = carried(first, "LEG-2")
    assert second == {
        "reason": [said(value, "LEG-2", carried_from="LEG-1") for value in ("billing", "a parcel")],
        "name": [said("Ada", "LEG-2", carried_from="LEG-1")],
    }
    # and so on the one after, whatever came between
    assert carried(second, "LEG-3")["name"] == [said("Ada", "LEG-3", carried_from="LEG-1")]
    assert first["name"] == [said("Ada")]


def test_what_was_said_here_and_what_was_taken_over_are_told_apart() -> None:
    before = said("Ada", "LEG-2", carried_from="LEG-1")
    facts: Entries = {
        "name": [before, said("Ada King", "LEG-2")],
        "reason": [said("billing", "LEG-2")],
        "postcode": [before],
    }
    assert own(facts) == {"name": [said("Ada King", "LEG-2")], "reason": [said("billing", "LEG-2")]}
    assert taken_over(facts) == {"name": [before], "postcode": [before]}


def test_on_which_contacts_of_the_conversation_it_was_said() -> None:
    assert said_on("LEG-3", {}) == {"LEG-3"}
    facts: Entries = {
        "name": [said("Ada", "LEG-3", carried_from="LEG-1"), said("Ada King", "LEG-3")],
        "reason": [said("billing", "LEG-3", carried_from="LEG-2")],
    }
    assert said_on("LEG-3", facts) == {"LEG-1", "LEG-2", "LEG-3"}
