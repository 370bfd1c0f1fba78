"""What was said on one contact of a conversation, as the next one of it knows it.

An entry that was taken over is as one said on the contact itself, with `carried_from`: on which it was said.
"""

from chalicelib.rules.survivorship import Entries, Entry


def carried(facts: Entries, contact_id: str) -> Entries:
    """What was said on another contact of the conversation, as this one's."""
    return {name: [_as_said_on(entry, contact_id) for entry in kept] for name, kept in facts.items()}


def own(facts: Entries) -> Entries:
    """What was said on a contact itself."""
    return _only(facts, carried=False)


def taken_over(facts: Entries) -> Entries:
    """What a contact knows from the one that it goes on from."""
    return _only(facts, carried=True)


def _only(facts: Entries, *, carried: bool) -> Entries:
    said = {name: [one for one in kept if ("carried_from" in one) is carried] for name, kept in facts.items()}
    return {name: kept for name, kept in said.items() if kept}


def said_on(contact_id: str, facts: Entries) -> set[str]:
    """The contacts of the conversation on which anything of this was said, and the contact itself."""
    return {contact_id, *(entry.get("carried_from", contact_id) for kept in facts.values() for entry in kept)}


def _as_said_on(entry: Entry, contact_id: str) -> Entry:
    return entry | {"contact_id": contact_id, "carried_from": entry.get("carried_from", entry["contact_id"])}
