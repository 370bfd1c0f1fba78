"""What is told of a contact after it was over counts as if it had been told before.

Whose it is may be told late, or corrected; so may what was keyed in or said, and how it went. Off the table's
stream its case is found or opened then, and learns, as it would have when the contact ended.
"""

from chalicelib.models import store
from chalicelib.models.changes import commit
from chalicelib.models.items import Contact
from chalicelib.services.cases import contact_cases
from chalicelib.services.contacts import ending, ringing_back
from chalicelib.services.customers import records
from chalicelib.services.deps import Deps
from chalicelib.services.settle import settled

TELLS = ("customer_id", "case_id", "facts", "gist", "references", "summary", "disposition", "phase", "ended_by")
"""What of a contact that is over says which case it belongs to, and how it left that."""


@settled
def catch_up(deps: Deps, contact_id: str) -> bool:
    """Whether it changed anything; done again it changes nothing.

    Two reads and, where a case is found or learns, at most three more, one to show it, and a transaction.
    """
    contact = store.find_contact(contact_id)
    if contact is None or contact.status != "ended" or contact.customer_id is None or _is_said(contact):
        return False
    record, before = records.read_head(contact.customer_id), (contact.case_id, contact.case_found)
    work = contact_cases.catch_up(deps, contact, record)
    made = [
        *ending.counted(deps, contact, record, work),
        *ringing_back.tell_who_rang_back(deps, contact, record),
    ]
    if not made and before == (contact.case_id, contact.case_found):
        return False
    commit([*made, *ending.show_again(contact, contact.started_at)])
    return True


def _is_said(contact: Contact) -> bool:
    """Whether somebody said which case it belongs to: no rule says otherwise then."""
    return bool(contact.case_found) and contact.case_found["by"] in contact_cases.BY_SOMEBODY
