"""A portal's token that says who is signed in acts for them alone: it may be in their own hands."""

from chalicelib.errors import Forbidden
from chalicelib.models.items import Contact
from chalicelib.rules.access import Caller
from chalicelib.services.customers import records
from chalicelib.services.customers.records import Record


def require_customer(caller: Caller, record: Record | None) -> None:
    """Raises `Forbidden` where it turned out to be somebody else, or nobody: neither is told from the other."""
    if not caller.acts_for(record.member_ids if record else ()):
        raise Forbidden("the token acts for the customer that it names, and for nobody else")


def may_touch(caller: Caller, contact: Contact) -> bool:
    """Whether a contact is the customer's, or has none yet and was started with a token of the same portal.

    Costs a read where it is with a record that the token does not name.
    """
    if not caller.is_bound:
        return True
    if contact.customer_id is None:
        return bool(contact.started_by == caller.named)
    return contact.customer_id == caller.customer_id or caller.acts_for(records.read_members(contact.customer_id))
