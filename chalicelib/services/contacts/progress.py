"""A provider reports how a contact goes on: it begins, moves forward and ends, in whatever order it is told."""

from datetime import datetime

from chalicelib.models import keys, store
from chalicelib.models.changes import Change, commit
from chalicelib.models.items import Contact
from chalicelib.models.requests.contacts import ReportContact, StartContact
from chalicelib.models.requests.kinds import Channel
from chalicelib.rules.access import Caller
from chalicelib.rules.progress import PHASE, advance, over_since, phase_of
from chalicelib.services.contacts import contacts, ending
from chalicelib.services.customers import records
from chalicelib.services.deps import Deps
from chalicelib.services.settle import settled


@settled
def report_contact(
    deps: Deps, caller: Caller, request: ReportContact, correlation_id: str, *, archive_key: str
) -> Contact:
    """Takes a report in: (the contact as it is then). What is no news changes nothing.

    Of a contact that is known one read and, where it is news, at most two reads and a transaction more; where it
    is news what the contact goes on from, it takes over from that first.
    """
    contact_id = contacts.contact_id_for(request.provider, request.provider_contact_id)
    contact = store.find_contact(contact_id)
    if contact is None or _tells_between_whom(request, contact) or _tells_of_chain(request, contact):
        contact = _begin(deps, caller, request, correlation_id)
    news = request.attributes | ({PHASE: request.phase} if request.phase else {})
    reported = advance(contact.reported, keys.instant(request.at), news)
    started_at = min(request.started_at or request.at, contact.started_at)
    channel = contact.channel if contact.channel != Channel.OTHER else request.channel
    if (reported, started_at, channel) == (contact.reported, contact.started_at, contact.channel):
        return contact
    contact.channel = channel  # who told first may not have known it
    contact.reported, contact.phase = reported, phase_of(reported)
    contact.attributes |= {name: value for name, (_, value) in reported.items() if name != PHASE}
    contact.summary = contact.summary or ending.handed_over(contact)
    contact.archive_key = contact.archive_key or archive_key
    commit(_moved(deps, contact, started_at, correlation_id))
    return contact


def _tells_between_whom(request: ReportContact, contact: Contact) -> bool:
    return bool(request.sender or request.recipient) and not (contact.sender or contact.recipient)


def _tells_of_chain(request: ReportContact, contact: Contact) -> bool:
    """Whether it names what the contact goes on from, and that is news."""
    previous, initial = request.previous_provider_contact_id, request.initial_provider_contact_id
    if previous in {None, request.provider_contact_id}:
        return contact.previous_contact_id is None and initial not in {None, request.provider_contact_id}
    return bool(contact.previous_contact_id != contacts.contact_id_for(request.provider, str(previous)))


def _begin(deps: Deps, caller: Caller, request: ReportContact, correlation_id: str) -> Contact:
    """Of a contact that nobody told of before, the first report begins it."""
    start = StartContact.model_construct(
        channel=request.channel,
        direction=request.direction,
        provider=request.provider,
        provider_contact_id=request.provider_contact_id,
        previous_provider_contact_id=request.previous_provider_contact_id,
        initial_provider_contact_id=request.initial_provider_contact_id,
        sender=request.sender,
        recipient=request.recipient,
        started_at=request.started_at or request.at,
    )
    contacts.start_contact(deps, caller, start, correlation_id)
    return store.get_contact(contacts.contact_id_for(request.provider, request.provider_contact_id))


def _moved(deps: Deps, contact: Contact, started_at: datetime, correlation_id: str) -> list[Change]:
    """The contact as it is now, in each place where it is shown."""
    over_at = over_since(contact.reported)
    if over_at is None:
        return ending.show_again(contact, started_at)
    ended_at = datetime.fromisoformat(over_at)
    if contact.status == "live":
        record = records.read_head(contact.customer_id) if contact.customer_id else None
        return ending.close(deps, contact, record, ended_at, correlation_id, started_at=started_at)
    contact.ended_at, contact.ended_by = max(ended_at, started_at), None
    return ending.show_again(contact, started_at)
