"""Taking in what happened, once: an interaction, whole, and its preview on somebody's timeline."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from chalicelib.errors import BadInput, Forbidden, NotFound, WriteConflict
from chalicelib.models import changes, chats, keys, store
from chalicelib.models.changes import Change, commit
from chalicelib.models.chats import Room
from chalicelib.models.items import Contact, Event
from chalicelib.models.requests.interactions import Attached, CaptureInteraction
from chalicelib.models.store import CustomerHead
from chalicelib.rules.access import Caller, Scope
from chalicelib.rules.consent import hides_journeys
from chalicelib.rules.disclosure import is_campaign
from chalicelib.rules.matching import Assurance, Decision
from chalicelib.services.cases import cases, message_cases
from chalicelib.services.cases.casework import Work
from chalicelib.services.cases.message_cases import OF_CONTACT, Sign
from chalicelib.services.contacts import contacts
from chalicelib.services.customers import records, situation
from chalicelib.services.customers.customer_items import new_profile
from chalicelib.services.customers.records import Record
from chalicelib.services.deps import Deps
from chalicelib.services.identity import acting, binding, weighing
from chalicelib.services.identity.hearing import hear, hear_on
from chalicelib.services.identity.identify import Checked, Claim, check, customers_end, read_identifier, to_stored
from chalicelib.services.inbound import attachments, keeping
from chalicelib.services.settle import settled


@dataclass(slots=True)
class _Whose:
    """Whose interaction it is, how that is known, and what must be written or hold for it to be so."""

    decision: Decision
    record: Record | None = None
    contact: Contact | None = None
    made: list[Change] = field(default_factory=list)
    is_required: bool = False
    """Whether the customer must still be there, and nothing else of it is written."""
    is_new: bool = False
    """Whether the customer is met for the first time."""

    def guarded(self, work: Work | None) -> list[Change]:
        """What must hold of the profiles, or be written to them with the work that was done on a case."""
        moves = work if work and work.moves_profile else None
        home = self.record.home if self.record else None
        if moves and moves.home is home:
            if self.is_new:  # is added in this transaction, with the case counted
                moves.home.profile.open_cases = 1
                return []
            return [moves.change_profile()]
        required = [changes.require_customer(home.customer_id)] if home and self.is_required else []
        return [*required, *([moves.change_profile()] if moves else [])]

    @property
    def customer_id(self) -> str | None:
        """The member of whose record it is."""
        if self.record:
            return self.record.home.customer_id
        return self.contact.customer_id if self.contact else None


def interaction_id_for(caller: Caller, source: str, source_event_id: str) -> str:
    """The id that the same event of the same source always has; a visitor's events are its own."""
    own = (caller.subject,) if caller.scope("interactions:capture") is Scope.OWN else ()
    return keys.derived_id("event", source, source_event_id, *own)


def take_in(
    deps: Deps,
    caller: Caller,
    request: CaptureInteraction,
    correlation_id: str,
    *,
    archive_key: str | None = None,
    thread_case: str | None = None,
    beside: Sequence[Change] = (),
    own_address: bool = False,
    attached: Sequence[Attached] = (),
    room: Room | None = None,
) -> tuple[Event, bool]:
    """Takes an interaction in, or gives what its first delivery made: (event, created).

    `archive_key` is where that which it is made from is kept; without one it is kept off the stream. `thread_case`
    is the case that it names by our own token, and `beside` is written in the same transaction. `own_address`: it
    was shown that it comes from the address that it names, so one that was verified before corroborates who it is
    (D9). `room`: the chat that it is a message of, as the caller has read it and may; it gets the next place,
    and costs no read unless its contact is about a case. Raises `WriteConflict` where somebody else wrote what it
    stands on meanwhile.

    Costs at most two reads and one transaction; a read more where it replies to another event. A redelivery
    costs a read more, and another where the event has gone to somebody else meanwhile.
    """
    _require_allowed(caller, request)
    event = _event_from(deps, caller, request, correlation_id)
    event.attachments = attachments.listed(event.interaction_id, attached)
    event.archive_key = archive_key or keeping.key_of(event)
    whose = _in_room(room, event) if room else _whose(deps, caller, request, event)
    if room is None:
        acting.require_customer(caller, whose.record)
    event.customer_id = whose.customer_id
    event.contact_id = whose.contact.contact_id if whose.contact else None
    event.match, event.assurance = whose.decision.match, whose.decision.assurance
    if own_address and any(reason.get("verified") for reason in whose.decision.reasons):
        event.assurance = max(event.assurance, Assurance.CORROBORATED)
    work = message_cases.work_on(deps, event, whose.record, _sign(caller, request, whose, thread_case))
    worked_on = work.made if work else []
    said = chats.add_message(room, event) if room else []
    try:
        commit([*changes.record(event), *whose.made, *whose.guarded(work), *worked_on, *said, *beside])
    except WriteConflict:
        earlier = store.find_event(event.interaction_id)
        if earlier is None:
            raise
        return (earlier if room else _told(earlier, whose.record)), False
    return (event if room else _told(event, whose.record)), True


capture = settled(take_in)
"""The same, and again where somebody else wrote what it stands on meanwhile."""


def get_interaction(interaction_id: str) -> Event:
    """An event, by the id by which its customer goes; two reads where it has one. Raises `NotFound`.

    Of a journey a read more where several records are the customer's: any of them may say that it is not shown.
    """
    event = store.get_event(interaction_id)
    if event.journey and event.customer_id:
        whole = records.compose_profile(records.read_profiles(event.customer_id))
        if hides_journeys(whole.consent):
            raise NotFound("no such interaction")
        return records.told_as(event, whole.customer_id)
    return _told(event, None)


def _told(event: Event, record: Record | None) -> Event:
    """The event, by the id by which its customer goes: that of the record, if it is theirs."""
    if event.customer_id is None:
        return event
    if record and event.customer_id in record.member_ids:
        return records.told_as(event, record.customer_id)
    return records.told_as(event, records.read_members(event.customer_id)[0])


def _require_allowed(caller: Caller, request: CaptureInteraction) -> None:
    scope = caller.scope("interactions:capture")
    if scope is Scope.CAMPAIGNS and not is_campaign(request.kind):
        raise Forbidden("kind: this role captures campaign touches only")
    if scope is Scope.OWN and (request.customer_id or request.case_id):
        raise Forbidden("customer_id, case_id: a visitor names its own contact, or nothing")


def _whose(deps: Deps, caller: Caller, request: CaptureInteraction, event: Event) -> _Whose:
    if request.contact_id or request.customer_id:
        _check_ends(deps, request)
    if request.contact_id:
        return _of_contact(caller, request.contact_id, request.customer_id, event)
    hear(event)
    if request.customer_id:
        record = records.read_named(request.customer_id)
        named = Decision("one", record.customer_id, (), 1.0, Assurance.CLAIMED, NAMED)
        return _Whose(named, record, is_required=True)
    return _of_identifier(deps, event, check(deps, _claims(deps, caller, request)))


NAMES = {"customer_id", "contact_id", "case_id"}
NAMED: list[dict[str, object]] = [{"customer_id": "named by the caller"}]


def _of_contact(caller: Caller, contact_id: str, customer_id: str | None, event: Event) -> _Whose:
    try:
        contact = contacts.get_own_contact(caller, contact_id, "interactions:capture")
    except NotFound as error:
        raise BadInput.at("contact_id", "there is no such contact") from error
    record = records.read_head(contact.customer_id) if contact.customer_id else None
    if customer_id and (record is None or customer_id not in record.member_ids):
        raise BadInput.at("customer_id", "is not the customer of this contact")
    return _Whose(situation.recorded(contact), record, contact, [hear_on(contact, event)])


def _in_room(room: Room, event: Event) -> _Whose:
    """Who the contact is with was read with it; more is read where it is about a case, which a message moves."""
    contact = room.contact
    record = records.read_head(contact.customer_id) if contact.case_id and contact.customer_id else None
    return _Whose(situation.recorded(contact), record, contact, [hear_on(contact, event, as_read=True)])


def _of_identifier(deps: Deps, event: Event, checked: list[Checked]) -> _Whose:
    """One customer has it, or nobody (who is then met for the first time), or it cannot be said."""
    now = weighing.weigh(deps, [item.evidence for item in checked], [], {})
    if now.record:
        home = now.record.home.customer_id
        owners = (binding.owner_among(item, home) for item in checked)
        seen = [changes.seen(owner, event.occurred_at) for owner in owners if owner]
        return _Whose(now.decision, now.record, made=seen, is_required=True)
    if now.decision.result == "none" and checked:
        profile = new_profile(deps)
        bound = binding.bind(profile, checked, event.occurred_at, how="came_from")
        made = [*bound, changes.add(profile)]
        record = Record(CustomerHead(profile, store.no_facts(profile.customer_id)))
        return _Whose(now.decision, record, made=made, is_new=True)
    contact = _home_for(event, now.decision, checked)
    return _Whose(now.decision, contact=contact, made=[changes.add(contact)])


def home_id(interaction_id: str) -> str:
    """The id of the contact that is only there to hold what nobody could be named for."""
    return keys.derived_id("contact-of", interaction_id)


def _home_for(event: Event, decision: Decision, checked: list[Checked]) -> Contact:
    """A contact that is already over, to hold what nobody can be named for until a fact says who it is."""
    contact_id = home_id(event.interaction_id)
    contact = Contact(
        PK=keys.contact(contact_id),
        SK=keys.CONTACT,
        contact_id=contact_id,
        channel=event.channel,
        direction=event.direction,
        status="ended",
        provider=event.source,
        provider_contact_id=event.source_event_id,
        sender=event.sender,
        recipient=event.recipient,
        started_at=event.occurred_at,
        ended_at=event.occurred_at,
        received_at=event.received_at,
        evidence=to_stored(item.evidence for item in checked),
        started_by=event.captured_by,
        correlation_id=event.correlation_id,
    )
    situation.write_decision(contact, decision)
    return contact


def _check_ends(deps: Deps, request: CaptureInteraction) -> None:
    """What is named beside the customer or contact is kept, so it must be something, too."""
    field, given, ours = customers_end(request)
    if given:
        read_identifier(deps, given, field, ours)


def _claims(deps: Deps, caller: Caller, request: CaptureInteraction) -> list[Claim]:
    """What the customer's end says who it is: who wrote to us, or to whom we wrote."""
    field, given, ours = customers_end(request)
    if caller.scope("interactions:capture") is Scope.OWN:
        given = contacts.own_visitor(caller, field, given)
    if given is None:
        raise BadInput.at(field, "is needed where no customer_id or contact_id is given")
    identifier = read_identifier(deps, given, field, ours)
    return [Claim(identifier)] if identifier else []


def _sign(caller: Caller, request: CaptureInteraction, whose: _Whose, thread_case: str | None) -> Sign | None:
    """The case that is named: by the caller, else by what it replies to, our own token, or its contact.

    Raises `BadInput` where the caller names one that is not the customer's.
    """
    record = whose.record
    if request.case_id:
        if record is None:
            raise BadInput.at("case_id", "what has no customer yet has no case")
        return Sign("named", "it was named by whoever captured it", cases.get_case_of(record, request.case_id))
    replied_to = _replied_to(caller, request)
    if replied_to and replied_to.case_id:
        return Sign(
            "sign", "it answers what is of this case", cases.follow(store.get_case(replied_to.case_id), record)
        )
    if thread_case:
        return Sign("sign", "it has the token of this case", cases.follow(store.get_case(thread_case), record))
    contact = whose.contact
    if contact and contact.case_id and record:
        return Sign("sign", OF_CONTACT, cases.follow(store.get_case(contact.case_id), record))
    return None


def _replied_to(caller: Caller, request: CaptureInteraction) -> Event | None:
    """The event of the same source that this one replies to, if it is known."""
    if not request.in_reply_to:
        return None
    return store.find_event(interaction_id_for(caller, request.source, request.in_reply_to))


def _event_from(deps: Deps, caller: Caller, request: CaptureInteraction, correlation_id: str) -> Event:
    interaction_id = interaction_id_for(caller, request.source, request.source_event_id)
    return Event(
        PK=keys.event(interaction_id),
        SK=keys.EVENT,
        interaction_id=interaction_id,
        channel=request.channel,
        direction=request.direction,
        event_kind=request.kind,
        occurred_at=request.occurred_at,
        source=request.source,
        source_event_id=request.source_event_id,
        subject=request.subject,
        body=request.body,
        attributes=request.attributes,
        received_at=deps.now(),
        sender=request.sender and request.sender.model_dump(),
        recipient=request.recipient and request.recipient.model_dump(),
        in_reply_to=request.in_reply_to,
        captured_by=caller.named,
        named=request.model_dump(include=NAMES, exclude_none=True) or None,
        correlation_id=correlation_id,
    )
