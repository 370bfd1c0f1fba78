"""A contact begins: who it is, and whose it is to touch."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.errors import Forbidden, NotFound, WriteConflict
from chalicelib.models import changes, keys, store
from chalicelib.models.changes import Change, commit
from chalicelib.models.identifiers import EXCLUSIVE, Identifier
from chalicelib.models.items import Contact
from chalicelib.models.phone_numbers import region_of
from chalicelib.models.requests.contacts import StartContact
from chalicelib.models.requests.identifiers import IdentifierGiven
from chalicelib.models.requests.kinds import Direction, IdentifierType
from chalicelib.models.store import CustomerHead
from chalicelib.rules import legs
from chalicelib.rules.access import Caller, Role, Scope
from chalicelib.rules.matching import Evidence, Owner
from chalicelib.services.contacts import chain, ringing_back
from chalicelib.services.continuation import continuing
from chalicelib.services.continuation.continuing import Presented
from chalicelib.services.customers import situation
from chalicelib.services.customers.customer_items import new_profile
from chalicelib.services.customers.records import Record
from chalicelib.services.customers.situation import Situation
from chalicelib.services.deps import Deps
from chalicelib.services.identity import acting, binding, joining, sighting, sign_in, weighing
from chalicelib.services.identity.identify import Checked, Claim, check, customers_end, read_identifier, to_stored
from chalicelib.services.settle import settled

MOST_ATTRIBUTES = 50


def contact_id_for(provider: str, provider_contact_id: str, caller: Caller | None = None) -> str:
    """The id that the same contact of the same provider always has; a visitor's contacts are its own."""
    own = (caller.subject,) if caller and caller.scope("contacts:start") is Scope.OWN else ()
    return keys.derived_id("contact", provider, provider_contact_id, *own)


def start_contact(
    deps: Deps,
    caller: Caller,
    request: StartContact,
    correlation_id: str,
    *,
    presented: Presented | None = None,
) -> tuple[Situation, bool]:
    """Begins a contact, or gives the one that the provider's id already began: (situation, created).

    `presented` is a continuation code that it comes with: see `services.carrying_on`.

    Costs one read for an unknown identifier, two for a known one, and one transaction. One that goes on from
    another takes over from that: `chain.go_on`, and one read more.
    """
    now, created = _start(deps, caller, request, correlation_id, presented)
    if now.contact and now.contact.previous_contact_id:
        need, continuation = now.need, now.continuation
        now = situation.of_contact(deps, chain.go_on(now.contact.contact_id))
        now.need, now.continuation = need, continuation
    return now, created


@settled
def _start(
    deps: Deps, caller: Caller, request: StartContact, correlation_id: str, presented: Presented | None
) -> tuple[Situation, bool]:
    request = _from_own_end(caller, request)
    contact = contact_from(deps, caller, request, correlation_id)
    try:
        return _begin(deps, caller, request, contact, changes.add, presented), True
    except WriteConflict:
        earlier = store.find_contact(contact.contact_id)
        if earlier is None:
            raise
        require_own(caller, earlier, "contacts:start")
        previous = _previous(caller, request)
        if was_only_heard_of(earlier) and (contact.sender or contact.recipient):
            begun = _introduced(earlier, contact)
            _learned(earlier, contact, previous)
            return _begin(deps, caller, request, begun, changes.replace, presented), False
        return begun_before(deps, earlier, contact, previous), False


def _begin(  # noqa: PLR0917 - one step of `start_contact`
    deps: Deps,
    caller: Caller,
    request: StartContact,
    contact: Contact,
    write: Callable[[Contact], Change],
    presented: Presented | None,
) -> Situation:
    """Finds whose the contact is, and writes it with what that changes."""
    checked = check(deps, _claims(deps, caller, request))
    signed_in = sign_in.evidence_of(caller, contact)
    continued = continuing.find(deps, presented, contact.contact_id)
    beyond = [*signed_in, *(continued.evidence if continued else [])]
    evidence = [*beyond, *(item.evidence for item in checked)]
    now = weighing.weigh(deps, evidence, request.need, {})
    acting.require_customer(caller, now.record)
    if signed_in and sign_in.take_over_visits(deps, caller, contact, only_owner(checked), now):
        now = weighing.weigh(deps, evidence, request.need, {})
    if continued and continuing.take_over(deps, caller, contact, continued, now):
        now = weighing.weigh(deps, evidence, request.need, {})
    same = bool(continued and continuing.agrees(continued, now))
    if continued:
        continuing.take_case(contact, continued, now, same=same)
    made: list[Change] = []
    if checked and now.decision.result == "none":
        now, made = _first_contact(deps, contact, checked, now)
    elif now.record:
        listed = now.record.home.profile.identifiers
        kept = sign_in.keep_browser(deps, contact, checked[0], now.record) if signed_in else []
        if continued and checked and not signed_in:
            kept = sighting.beside(deps, contact, checked[0], None, now.record, recognised=True).made
        content = now.record.home.profile.identifiers != listed
        made = [*kept, *_attach(contact, now.record.home, checked, contact.started_at, content=content)]
    contact.evidence = to_stored([*beyond, *(_evidence(item, contact) for item in checked)])
    made += continuing.carry(deps, caller, contact, continued, now, same=same) if continued else []
    situation.write_decision(contact, now.decision)
    ringing_back.go_on(deps, contact, now.record)
    now.contact = contact
    commit([write(contact), *changes.link_next(contact), *made])
    now.continuation = continuing.ACCEPTED if continued else None
    return now


def begun_before(deps: Deps, earlier: Contact, news: Contact, previous: str | None = None) -> Situation:
    """Where things stand with a contact that began before, and begins again: it may be asked for more."""
    if _learned(earlier, news, previous):
        commit([changes.replace(earlier), *changes.link_next(earlier)])
    now = situation.of_contact(deps, earlier)
    now.need = news.need or now.need
    return now


def was_only_heard_of(contact: Contact) -> bool:
    """Whether a provider has told that there is a contact, and nobody yet between whom."""
    said = legs.own(contact.facts)
    return not (contact.sender or contact.recipient or contact.customer_id or contact.evidence or said)


def _introduced(earlier: Contact, news: Contact) -> Contact:
    """A contact whose provider told of it before it was known between whom it is."""
    earlier.sender, earlier.recipient = news.sender, news.recipient
    earlier.channel, earlier.direction = news.channel, news.direction
    earlier.attributes = news.attributes | earlier.attributes
    return earlier


def _learned(earlier: Contact, news: Contact, previous: str | None) -> bool:
    """Whether a start tells more of a contact that its provider told of before; what is known already stays."""
    before = _told(earlier)
    if not (earlier.sender or earlier.recipient) and (news.sender or news.recipient):
        _introduced(earlier, news)  # it took over from the one before it, and needs no weighing
    if earlier.reported:
        learn_attributes(earlier, news.attributes)
    earlier.need = earlier.need or news.need
    earlier.link, earlier.participants = earlier.link or news.link, earlier.participants or news.participants
    earlier.previous_contact_id = previous or earlier.previous_contact_id or news.previous_contact_id
    return before != _told(earlier)


def learn_attributes(contact: Contact, news: dict[str, str]) -> None:
    """Adds those that are not known yet, as many as there may be."""
    known = contact.attributes
    new = [pair for pair in news.items() if pair[0] not in known]
    contact.attributes = known | dict(new[: max(MOST_ATTRIBUTES - len(known), 0)])


def _told(contact: Contact) -> list[object]:
    said = [contact.sender, contact.attributes, contact.recipient, contact.need, contact.previous_contact_id]
    return [*said, contact.link, contact.participants]


def get_own_contact(caller: Caller, contact_id: str, action: str) -> Contact:
    """A contact that this caller may touch. Raises `NotFound`: what is not one's own does not exist."""
    contact = store.get_contact(contact_id)
    try:
        require_own(caller, contact, action)
    except Forbidden as error:
        raise NotFound("no such contact") from error
    return contact


def require_own(caller: Caller, contact: Contact, action: str) -> None:
    """Raises `Forbidden` where the caller may touch only its own contacts, and this is not one."""
    if caller.scope(action) is Scope.OWN and contact.started_by != caller.named:
        raise Forbidden("this contact was started by somebody else")
    if not acting.may_touch(caller, contact):
        raise Forbidden("this contact is not of the customer that the token names")


def contact_from(deps: Deps, caller: Caller, request: StartContact, correlation_id: str) -> Contact:
    """The contact as it is asked for, before it is known whose it is."""
    if caller.scope("contacts:start") is Scope.OWN and (request.link or request.participants):
        raise Forbidden("link, participants: a visitor does not say where to meet whom")
    contact_id = contact_id_for(request.provider, request.provider_contact_id, caller)
    return Contact(
        PK=keys.contact(contact_id),
        SK=keys.CONTACT,
        contact_id=contact_id,
        channel=request.channel,
        direction=request.direction,
        status="live",
        provider=request.provider,
        provider_contact_id=request.provider_contact_id,
        sender=request.sender and request.sender.model_dump(),
        recipient=request.recipient and request.recipient.model_dump(),
        started_at=request.started_at or deps.now(),
        received_at=deps.now(),
        attributes=request.attributes,
        link=request.link,
        participants=[one.model_dump(mode="json") for one in request.participants],
        need=request.need,
        previous_contact_id=_previous(caller, request) or _initial(caller, request),
        started_by=caller.named,
        correlation_id=correlation_id,
    )


def _previous(caller: Caller, request: StartContact) -> str | None:
    """What a contact goes on from."""
    return _other_contact(caller, request, request.previous_provider_contact_id)


def _initial(caller: Caller, request: StartContact) -> str | None:
    return _other_contact(caller, request, request.initial_provider_contact_id)


def _other_contact(caller: Caller, request: StartContact, named: str | None) -> str | None:
    """The contact that its provider names; the first of a chain is named as what it goes on from, and is not."""
    if named is None or named == request.provider_contact_id:
        return None
    return contact_id_for(request.provider, named, caller)


def _claims(deps: Deps, caller: Caller, request: StartContact) -> list[Claim]:
    """What the customer's end of the contact says who it is."""
    identifier = _identifier(deps, request)
    # The portal is trusted to say who is signed in; that is how it names its customer.
    signed_in = caller.role is Role.PORTAL and identifier is not None and identifier.type in EXCLUSIVE
    return [Claim(identifier, verified=signed_in)] if identifier else []


def own_end(deps: Deps, caller: Caller, request: StartContact) -> Identifier | None:
    """The customer's end of a contact that is to begin; None where it is none, or was withheld."""
    return _identifier(deps, _from_own_end(caller, request))


def _identifier(deps: Deps, request: StartContact) -> Identifier | None:
    field, given, ours = customers_end(request)
    return read_identifier(deps, given, field, ours) if given else None


def _from_own_end(caller: Caller, request: StartContact) -> StartContact:
    """What a browser begins comes from the visitor that its token stands for."""
    if caller.scope("contacts:start") is not Scope.OWN:
        return request
    field, given, _ours = customers_end(request)
    end = "sender" if field == "from" else "recipient"
    return request.model_copy(update={end: own_visitor(caller, field, given)})


def own_visitor(caller: Caller, field: str, given: IdentifierGiven | None) -> IdentifierGiven:
    """A visitor is known by the visitor id in its token, or by ids within that one's scope.

    A browser's token may stand for several browsers or devices; what it calls them can never be
    another token's. Raises `Forbidden` for anything that says who somebody is.
    """
    if given is None or (given.type, given.value) == (IdentifierType.VISITOR, caller.subject):
        return IdentifierGiven(type=IdentifierType.VISITOR, value=caller.subject)
    if given.type in {IdentifierType.VISITOR, IdentifierType.DEVICE}:
        return given.model_copy(update={"scope": caller.subject})
    raise Forbidden(f"{field}: a visitor comes from its own visitor or device id only")


def _first_contact(
    deps: Deps, contact: Contact, checked: Sequence[Checked], now: Situation
) -> tuple[Situation, list[Change]]:
    """Makes the customer who is met for the first time."""
    profile = new_profile(deps, language=contact.attributes.get("language"))
    profile.met_on = contact.previous_contact_id or contact.contact_id
    bound = binding.bind(profile, checked, contact.started_at, how="came_from", contact_id=contact.contact_id)
    live = contact.status == "live"
    profile.live_contacts = 1 if live else 0
    contact.customer_id = profile.customer_id
    now.record = Record(CustomerHead(profile, store.no_facts(profile.customer_id)))
    shown = changes.show_live(contact) if live else changes.file_past(contact, profile.customer_id)
    return now, [changes.add(profile), *bound, shown]


def only_owner(checked: Sequence[Checked]) -> str | None:
    """Who alone is known by where the contact came from."""
    owners = [owner.customer_id for item in checked for owner in item.owners.known]
    return owners[0] if len(owners) == 1 else None


def _attach(
    contact: Contact, head: CustomerHead, checked: Sequence[Checked], at: datetime, *, content: bool
) -> list[Change]:
    """Puts a contact into its customer's collection; `content`: what its profile says has changed as well."""
    contact.customer_id = head.customer_id
    owners = (binding.owner_among(item, head.customer_id) for item in checked)
    seen = [changes.seen(owner, at) for owner in owners if owner]
    if contact.status != "live":
        return [*seen, changes.require_customer(head.customer_id), changes.file_past(contact, head.customer_id)]
    counted = changes.change_profile(head.profile, live_contacts=1, content=content)
    return [*seen, counted, *joining.show_among_live(contact, head)]


def _evidence(item: Checked, contact: Contact) -> Evidence:
    """The evidence as it stands once the contact is written: who was met first owns the identifier."""
    if item.owners.known or not contact.customer_id:
        return item.evidence
    return replace(item.evidence, owners=(Owner(contact.customer_id, verified=False),))


def region_for(contact: Contact) -> str | None:
    """The country in which numbers that are said on a contact are read."""
    ours = contact.recipient if contact.direction == Direction.INBOUND else contact.sender
    return region_of(ours["value"]) if ours and ours["type"] == "phone" else None
