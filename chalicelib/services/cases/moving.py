"""The case that a contact opened goes with the contact to the customer that it turned out to be.

Where something else is on the case, it stays where it is: off the stream the contact finds or opens one with whom
it is (`contact_cases.catch_up`).
"""

from chalicelib.models import changes, store
from chalicelib.models.changes import Change
from chalicelib.models.items import Case, Contact
from chalicelib.models.store import CustomerHead
from chalicelib.services.cases import case_history, case_joins, casework
from chalicelib.services.cases.case_history import Named
from chalicelib.services.cases.casework import Work
from chalicelib.services.deps import Deps


def of_contact(contact: Contact, home: CustomerHead | None) -> Case | None:
    """The case of this customer that the contact opened, if nothing else is on it. A read where it has a case."""
    if home is None or contact.case_id is None:
        return None
    case = store.find_case(contact.case_id)
    is_its_own = case and case.only_contact == contact.contact_id and case.customer_id == home.customer_id
    return case if is_its_own else None


def take_away(home: CustomerHead, case: Case) -> Work:
    """The changes that take a case off its customer's; whoever has it then writes the case itself."""
    step = -1 if casework.is_open(case) else 0
    return Work(home, [changes.unfile_case(case), *casework.no_more_shown(home, case)], step=step)


def bring(  # noqa: PLR0917 - one step of an attribution
    deps: Deps, home: CustomerHead, case: Case, by: Named, reason: str | None, into: str | None = None
) -> Work:
    """The changes that make it another customer's, as it stands; its history says who said so and why.

    `into`: the case of that customer that the contact goes back to. Then it is a part of that.
    """
    before, contact_id = casework.as_read(case), case.only_contact
    case.customer_id, case.edition = home.customer_id, int(case.edition) + 1
    if into and into != case.case_id:
        case_joins.mark_joined(deps, case, into)
    made: list[Change] = [
        changes.replace(case),
        changes.file_case(case),
        *case_history.noted(deps, before, case, by=by, reason=reason, contact_id=contact_id),
    ]
    if not casework.is_open(case):
        return Work(home, made, resolved_at=case.status_at)
    return Work(home, [*made, *casework.shown_first(home, case)], step=1)
