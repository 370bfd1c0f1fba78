"""A continuation code is presented: with a contact that begins, or on one that began before.

Whoever calls is waiting, so a code that is not good never keeps a contact from beginning.
"""

from chalicelib.errors import Conflict, NotFound, TooManyTries
from chalicelib.models import changes, store
from chalicelib.models.changes import Change, commit
from chalicelib.models.identifiers import Identifier
from chalicelib.models.items import Contact
from chalicelib.models.requests.contacts import StartContact
from chalicelib.rules.access import Caller, Role, Scope
from chalicelib.rules.continuation import Form, hashed, read_code
from chalicelib.rules.matching import decide
from chalicelib.services.contacts import contacts
from chalicelib.services.continuation import code_tries, continuing
from chalicelib.services.continuation.continuing import ACCEPTED, THROTTLED, UNKNOWN, USED, Presented
from chalicelib.services.customers import situation
from chalicelib.services.customers.situation import Situation
from chalicelib.services.deps import Deps
from chalicelib.services.identity import identify, joining, weighing
from chalicelib.services.identity.identify import from_stored, to_stored
from chalicelib.services.settle import settled

ACTION = "continuations:redeem"
KEYED, WRITTEN = "keyed", "written"
"""Ways to present a code, each with a count of its own: what people write may be nine digits of something else."""


def start_contact(
    deps: Deps,
    caller: Caller,
    request: StartContact,
    correlation_id: str,
    *,
    address: str | None = None,
) -> tuple[Situation, bool]:
    """Begins a contact as `contacts.start_contact`, and carries on the one whose code it comes with.

    What became of the code is in `Situation.continuation`. With one, it costs two reads and a write more, and
    what `continuing` says; a link, which nobody can guess, is not counted. `address` is the internet address
    that it came from.
    """
    code = request.continuation_code
    if code is None:
        return contacts.start_contact(deps, caller, request, correlation_id)
    earlier = store.find_contact(contacts.contact_id_for(request.provider, request.provider_contact_id, caller))
    if earlier is None or contacts.was_only_heard_of(earlier):
        presented = present(deps, caller, request, code, address=address)
        return begin(deps, caller, request, correlation_id, presented)
    contacts.require_own(caller, earlier, "contacts:start")
    news = contacts.contact_from(deps, caller, request, correlation_id)
    now = contacts.begun_before(deps, earlier, news)
    end = identify.own_end(deps, earlier)
    presented = _recognise(deps, code, end)
    if not earlier.continues:
        _charge(deps, caller, presented, end, earlier.contact_id, address, KEYED)
    return _on_an_earlier_one(deps, caller, earlier, presented, now), False


def present(
    deps: Deps, caller: Caller, request: StartContact, code: str, *, address: str | None = None, way: str = KEYED
) -> Presented:
    """Counts the code that a contact is to begin with as tried. It is looked up when the contact begins."""
    contact_id = contacts.contact_id_for(request.provider, request.provider_contact_id, caller)
    end = contacts.own_end(deps, caller, request)
    presented = _recognise(deps, code, end)
    _charge(deps, caller, presented, end, contact_id, address, way)
    return presented


def begin(
    deps: Deps, caller: Caller, request: StartContact, correlation_id: str, presented: Presented
) -> tuple[Situation, bool]:
    """Begins the contact with the code that it presented: (situation, created)."""
    now, created = contacts.start_contact(deps, caller, request, correlation_id, presented=presented)
    if not created and now.contact and now.continuation is None:
        return _on_an_earlier_one(deps, caller, now.contact, presented, now), False
    now.continuation = presented.refused or ACCEPTED
    return now, created


def redeem(
    deps: Deps, caller: Caller, contact_id: str, code: str, *, address: str | None = None, way: str = KEYED
) -> Situation:
    """Carries on, on a contact that began before, the one whose code this is; again, it answers the same.

    Raises `NotFound` where there is no such contact, or no such code that still lives, `Conflict` where the code
    was redeemed by another contact, or this one carries on another, `TooManyTries` where too many were tried.
    """
    contact = contacts.get_own_contact(caller, contact_id, ACTION)
    end = identify.own_end(deps, contact)
    presented = _recognise(deps, code, end)
    if not continuing.carries_on(contact, presented):
        if continuing.carries_another_on(contact):
            raise Conflict("this contact carries on another one already")
        _charge(deps, caller, presented, end, contact_id, address, way)
    return _redeemed(deps, caller, contact_id, presented)


def _on_an_earlier_one(
    deps: Deps, caller: Caller, contact: Contact, presented: Presented, now: Situation
) -> Situation:
    """The contact began before: with this code, whose answer was lost, with another one, or without."""
    if continuing.carries_on(contact, presented):
        now.continuation = ACCEPTED
        if presented.charged:
            commit(code_tries.refund(deps, presented.charged))
        return now
    if continuing.carries_another_on(contact):
        presented.refused = presented.refused or USED
    if presented.refused is None:
        try:
            need, now = now.need, _redeemed(deps, caller, contact.contact_id, presented)
            now.need = need
        except (NotFound, Conflict):
            presented.refused = presented.refused or UNKNOWN
    now.continuation = presented.refused or ACCEPTED
    return now


@settled
def _redeemed(deps: Deps, caller: Caller, contact_id: str, presented: Presented) -> Situation:
    """Weighs the contact anew with whom the code names, and writes all of it in one transaction."""
    contact = store.get_contact(contact_id)
    if continuing.carries_on(contact, presented):
        now = situation.of_contact(deps, contact)
        now.continuation = ACCEPTED
        return now
    continued = continuing.find(deps, presented, contact_id)
    if continued is None:
        raise _refusal(presented)
    evidence = [*continued.evidence, *from_stored(contact.evidence)]
    now = weighing.weigh(deps, evidence, contact.need, situation.said_on(deps, contact), contact)
    if contact.customer_id and not (now.record and contact.customer_id in now.record.member_ids):
        now = situation.of_contact(deps, contact)  # it stays whose it is: a code suggests, and never takes away
    pair = continuing.find_nobodys(deps, contact, continued, now)
    if pair:
        now.decision = decide(continuing.as_one(evidence, pair))
    same = pair is not None or continuing.agrees(continued, now)
    continuing.take_case(contact, continued, now, same=same)
    made = _placed(contact, now)
    contact.evidence = to_stored(evidence)
    made += continuing.carry(deps, caller, contact, continued, now, same=same)
    if contact.customer_id and contact.status == "live":
        made.append(changes.show_live(contact))
    situation.write_decision(contact, now.decision)
    made.append(changes.replace(contact))
    if pair:
        continuing.merge(deps, caller, pair, made)
        now = situation.of_contact(deps, contact)
    else:
        commit(made)
    now.contact, now.continuation = contact, ACCEPTED
    return now


def _placed(contact: Contact, now: Situation) -> list[Change]:
    """Gives a contact that was nobody's to the customer whose contact it carries on, with what it said."""
    if contact.customer_id or now.record is None:
        return []
    home = now.record.home
    contact.customer_id = home.customer_id
    live = 1 if contact.status == "live" else 0
    moved = joining.place(contact, home)[1:] if live else joining.place(contact, home)
    counted = [changes.change_profile(home.profile, live_contacts=live)] if live else []
    return [*moved, *counted, *joining.remember(home, contact.facts)]


def _recognise(deps: Deps, written: str, end: Identifier | None) -> Presented:
    """What was presented, by its hash; six digits are looked up under the number that they come from."""
    settings = deps.settings
    found = read_code(written, settings.link_prefix) if settings.continuation_secret else None
    number = code_tries.number_of(end)
    if found is None or (found[0] is Form.BOUND and number is None):
        return Presented(refused=UNKNOWN)
    form, code = found
    bound = (number,) if form is Form.BOUND and number else ()
    return Presented(hashed(settings.continuation_secret, form, *bound, code), form)


def _charge(  # noqa: PLR0917 - all of them say who tries
    deps: Deps,
    caller: Caller,
    presented: Presented,
    end: Identifier | None,
    contact_id: str,
    address: str | None,
    way: str,
) -> None:
    """Counts a code that could be guessed as tried, before it is looked up."""
    if presented.refused or presented.form is Form.LINK:
        return
    own = caller.scope(ACTION) is Scope.OWN
    bound = caller.role is Role.PORTAL and caller.customer_id is not None
    whose = code_tries.sources(
        deps, end, contact_id, caller.subject if own or bound else None, address if own else None
    )
    try:
        presented.charged = code_tries.charge(deps, presented.form, whose, way)
    except TooManyTries:
        presented.refused = THROTTLED
        return
    presented.refused = None if presented.charged else UNKNOWN


def _refusal(presented: Presented) -> Exception:
    if presented.refused == THROTTLED:
        return TooManyTries("too many codes were tried: wait a while, or go on without")
    if presented.refused == USED:
        return Conflict("this code was redeemed by another contact")
    return NotFound("there is no such code, or it has expired")
