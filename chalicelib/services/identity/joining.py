"""A contact comes to a customer, or leaves one that it was thought to be: it, and what it said."""

from chalicelib.models import changes
from chalicelib.models.changes import Change
from chalicelib.models.items import Contact
from chalicelib.models.store import CustomerHead
from chalicelib.rules import survivorship
from chalicelib.rules.survivorship import Entries
from chalicelib.services.cases.casework import Work

LIVE_SHOWN = 5
"""Live contacts in the head of a customer's collection; older ones are filed under past contacts."""
MOST_DEMOTED = 20


def place(contact: Contact, head: CustomerHead) -> list[Change]:
    """Puts a contact where its customer's contacts are: among the live ones, or the past.

    The caller writes the customer's profile, with one live contact more if it is live.
    """
    if contact.status == "live":
        return show_among_live(contact, head)
    return [changes.file_past(contact, head.customer_id)]


def show_among_live(contact: Contact, head: CustomerHead) -> list[Change]:
    """Shows a live contact in the head of its customer's collection, within the cap."""
    over = head.contacts[LIVE_SHOWN - 1 :][:MOST_DEMOTED]
    demoted = [
        change
        for old in over
        for change in (changes.hide_live(old, head.customer_id), changes.file_past(old, head.customer_id))
    ]
    return [changes.show_live(contact), *demoted]


def remember(head: CustomerHead, news: Entries) -> list[Change]:
    """What was said is known of the customer from now on."""
    if not news:
        return []
    head.facts.entries = survivorship.merge(head.facts.entries, news)
    return [changes.replace(head.facts)]


def leave(
    contact: Contact, wrong: CustomerHead, *, content: bool = False, case: Work | None = None
) -> list[Change]:
    """Takes the contact, and what it said, from the customer that it was thought to be.

    `content`: the profile's content has changed as well and is to be written with it. `case`: what takes away
    the case that goes along.
    """
    wrong.facts.entries = survivorship.forget_contact(wrong.facts.entries, contact.contact_id)
    contact.customer_id = contact.case_id = contact.case_found = None
    contact.earlier_cases = []
    live = contact.status == "live"
    dropped = bool(wrong.profile.dropped_call and wrong.profile.dropped_call["contact_id"] == contact.contact_id)
    if dropped:
        wrong.profile.dropped_call = None
    left = (
        [changes.hide_live(contact, wrong.customer_id)]
        if live
        else [changes.unfile_past(contact, wrong.customer_id)]
    )
    left += [changes.replace(wrong.facts)] if wrong.facts.version else []
    gone = -1 if live else 0
    if case and case.moves_profile:
        left.append(case.change_profile(live_contacts=gone, dropped=dropped))
    elif live or content or dropped:
        left.append(changes.change_profile(wrong.profile, live_contacts=gone, content=content, dropped=dropped))
    return [*left, *(case.made if case else [])]
