"""Saving what was keyed, typed or said: on the contact, on its customer, and weighed anew."""

from dataclasses import dataclass, replace
from typing import Any

from chalicelib.errors import NotFound
from chalicelib.models import changes, store
from chalicelib.models.changes import Change, commit
from chalicelib.models.identifiers import EXCLUSIVE
from chalicelib.models.items import Case, Contact
from chalicelib.models.requests.facts import SaveFacts
from chalicelib.models.store import CustomerHead
from chalicelib.rules import survivorship
from chalicelib.rules.access import Caller, Scope
from chalicelib.rules.matching import Assurance, Evidence, Owner, decide
from chalicelib.rules.survivorship import Entries, Entry
from chalicelib.services.cases import contact_cases, moving
from chalicelib.services.cases.casework import Work
from chalicelib.services.contacts import contacts, ringing_back
from chalicelib.services.customers import records, situation
from chalicelib.services.customers.customer_items import new_profile
from chalicelib.services.customers.records import Record
from chalicelib.services.customers.situation import Situation
from chalicelib.services.deps import Deps
from chalicelib.services.facts import asking
from chalicelib.services.facts.fact_entries import claims_in, read_facts
from chalicelib.services.identity import acting, binding, joining, sighting, sign_in, weighing
from chalicelib.services.identity.identify import Checked, Claim, check, from_stored, new_in, own_end, to_stored
from chalicelib.services.identity.sighting import Sighting
from chalicelib.services.settle import settled

NAMED_ANOTHER = "what was said names another customer"
"""Why a case goes to somebody else with the contact that opened it."""


@dataclass(slots=True)
class _Saving:
    """One save under way."""

    deps: Deps
    caller: Caller
    contact: Contact
    news: dict[str, Entry]
    checked: list[Checked]
    situation: Situation
    before: str | None
    """The customer that the contact was with."""
    end: Evidence | None = None
    """What the contact's own end is evidence of, where this save changed that."""
    met: bool = False
    """Whether nobody was left whom it could be, so that a record was made."""
    has_case: bool = False
    """Whether the contact's case went along: then what is open there is read anew."""

    @property
    def vouched(self) -> list[Checked]:
        """The identifiers that a trusted caller vouches for: only these are ever bound by a fact."""
        return [item for item in self.checked if item.claim.verified]


@settled
def save_facts(
    deps: Deps, caller: Caller, contact_id: str, request: SaveFacts, *, begun_with: dict[str, str] | None = None
) -> Situation:
    """Saves facts and weighs the contact anew: an account number may decide who it is.

    `begun_with`: attributes of a contact that its caller knows, also between whom it is. One that was only heard
    of is none yet, for with facts on it nobody would be asked that again. Raises `NotFound`.

    Costs two reads, a query for each identifier among the facts, and one transaction.
    """
    contact = contacts.get_own_contact(caller, contact_id, "facts:save")
    if begun_with is not None and contacts.was_only_heard_of(contact):
        raise NotFound("the contact has not begun")
    news = read_facts(deps, caller, request.facts, contact_id=contact_id, region=contacts.region_for(contact))
    contacts.learn_attributes(contact, begun_with or {})
    asked_on = contact.facts
    contact.facts = survivorship.remember(contact.facts, news)
    said = situation.said_on(deps, contact)
    claims = _claims(caller, {name: entry for name, entry in news.items() if said.get(name) == entry})
    end = own_end(deps, contact)
    checked = check(deps, new_in(claims, [end] if end else []))
    contact.need = contact.need if request.need is None else request.need
    kept = [item for item in from_stored(contact.evidence) if not _said_anew(item, claims)]
    evidence = [*kept, *(item.evidence for item in checked)]
    before = contact.customer_id
    now = _weigh_anew(deps, caller, contact, evidence, said)
    with_them = now.record if now.record and before in now.record.member_ids else None
    asking.note(deps, caller, contact, said=asked_on, news=news, record=with_them)
    saving = _Saving(deps, caller, contact, news, checked, now, before)
    made = _changes(saving)
    evidence = [*(_as_it_stands(item, saving) for item in kept), *(_evidence(item, saving) for item in checked)]
    if saving.end and not saving.met:  # say it as it will be said when it is asked again
        again = _weigh(deps, caller, contact, evidence, said)
        now.decision = again.decision if again.record else now.decision
    if (saving.vouched or saving.met) and decide(evidence).customer_id == contact.customer_id:
        now.decision = replace(decide(evidence), customer_id=now.record.customer_id if now.record else None)
    if contact.customer_id != before:
        contact.checked = Assurance.NONE  # an identity check vouched for somebody else
    now.decision = situation.with_check(now.decision, contact)
    contact.evidence = to_stored(evidence)
    situation.write_decision(contact, now.decision)
    ringing_back.go_on(deps, contact, now.record)
    contact_cases.note_found(deps, contact, now.record)
    commit([changes.replace(contact), *made])
    if saving.has_case:
        now.record = records.read_head(contact.customer_id)
    now.contact = contact
    return now


def _weigh_anew(
    deps: Deps, caller: Caller, contact: Contact, evidence: list[Evidence], said: dict[str, Entry]
) -> Situation:
    """Who it is by now; the visits of who signs in become theirs."""
    before = contact.customer_id
    now = _weigh(deps, caller, contact, evidence, said)
    if now.record:
        acting.require_customer(caller, now.record)
    if sign_in.take_over_visits(deps, caller, contact, before, now):
        now = _weigh(deps, caller, contact, evidence, said)
    if before and now.record is None and not now.doubted:
        return _undecided_now(deps, contact)
    return now


def _weigh(
    deps: Deps, caller: Caller, contact: Contact, evidence: list[Evidence], said: dict[str, Entry]
) -> Situation:
    trusted = caller.scope("facts:save") is not Scope.OWN
    return weighing.weigh(deps, evidence, contact.need, said, contact, may_recognise=trusted)


def _claims(caller: Caller, said: dict[str, Entry]) -> list[Claim]:
    """The identifiers among what was said; what a browser says of itself names nobody else."""
    return [] if caller.scope("facts:save") is Scope.OWN else claims_in(said)


def _undecided_now(deps: Deps, contact: Contact) -> Situation:
    """A fact that decided was taken back. The contact stays whose it is until something names another."""
    now = situation.of_contact(deps, contact)
    now.candidates = []
    return now


def _said_anew(item: Evidence, claims: list[Claim]) -> bool:
    """Whether this was said before and is now said again, perhaps right this time."""
    return item.typed and any(new.identifier.type == item.type for new in claims)


def _changes(saving: _Saving) -> list[Change]:
    now = saving.situation
    unknown = now.doubted or now.decision.result == "none"
    if now.record is None and unknown and any(not item.owners.known for item in saving.vouched):
        return _become_new(saving)
    if now.record is None:
        left = store.get_head(saving.before) if now.doubted and saving.before else None
        return [*_leave(saving.contact, left), *_count_stranger(saving)] if now.doubted else _meet(saving)
    if _is_somebody_else(saving, now.record.whole):
        return _become_new(saving)
    if saving.contact.customer_id in now.record.member_ids:  # it stays where it is, and so does what it says
        now.record = now.record.at(saving.contact.customer_id)
        news: Entries = {name: [entry] for name, entry in saving.news.items()}
        return [*joining.remember(now.record.home, news), *_bind(saving, now.record.home)]
    return _join(saving, now.record)


def _join(saving: _Saving, record: Record) -> list[Change]:
    """Takes the contact, and all that it said, to another customer than it was thought to be with."""
    contact, home = saving.contact, record.home
    before = home.profile.identifiers
    left = store.get_head(contact.customer_id) if contact.customer_id else None
    listed = left.profile.identifiers if left else []
    end = sighting.own_end(saving.deps, contact)
    seen = _seen(saving, end, left, record) if end else Sighting()
    saving.end = seen.evidence
    case, found = _own_case(contact, left), contact.case_found
    gone = _leave(contact, left, case, content=bool(left and left.profile.identifiers != listed))
    contact.customer_id = home.customer_id
    brought = _bring(saving, home, case, found) if case else None
    return [
        *gone,
        *seen.made,
        *joining.place(contact, home),
        *joining.remember(home, contact.facts),
        *_bind(saving, home, joins=True, content=home.profile.identifiers != before, brought=brought),
    ]


def _own_case(contact: Contact, left: CustomerHead | None) -> Case | None:
    """The case that a contact opened which is over: it goes along, as where somebody says whose the contact is."""
    return moving.of_contact(contact, left) if contact.status == "ended" else None


def _leave(
    contact: Contact, left: CustomerHead | None, case: Case | None = None, *, content: bool = False
) -> list[Change]:
    """Takes the contact, what it said and its case from the customer that it was thought to be."""
    if left is None:
        return []
    taken = moving.take_away(left, case) if case else None
    return joining.leave(contact, left, content=content, case=taken)


def _bring(saving: _Saving, home: CustomerHead, case: Case, found: dict[str, Any] | None) -> Work:
    """What makes the contact's case that customer's."""
    saving.contact.case_id, saving.contact.case_found, saving.has_case = case.case_id, found, True
    return moving.bring(saving.deps, home, case, saving.caller.named, NAMED_ANOTHER)


def _become_new(saving: _Saving) -> list[Change]:
    """Takes the contact to somebody new, whom nobody has met."""
    contact = saving.contact
    left = store.get_head(contact.customer_id) if contact.customer_id else None
    case, found = _own_case(contact, left), contact.case_found
    gone, (home, new) = _leave(contact, left, case), _new_customer(saving, saving.vouched)
    made = [*gone, *new]
    if case:
        brought = _bring(saving, home, case, found)
        home.profile.open_cases, home.profile.case_resolved_at = brought.step, brought.resolved_at
        made += brought.made
    return made


def _seen(saving: _Saving, end: Checked, left: CustomerHead | None, record: Record) -> Sighting:
    vouched = any(binding.owner_among(item, one) for item in saving.vouched for one in record.member_ids)
    if sign_in.came_from_browser(saving.contact):
        # who signs in on a browser that is known as somebody else's shows that it is shared
        vouched = bool(saving.vouched) and bool(left and not sighting.is_husk(left, saving.contact))
    recognised = saving.situation.recognised or vouched
    return sighting.beside(saving.deps, saving.contact, end, left, record, recognised=recognised)


def _meet(saving: _Saving) -> list[Change]:
    """Nobody is left whom it could be: this is somebody new, if the contact came from anywhere."""
    contact = saving.contact
    if contact.customer_id or saving.situation.decision.result != "none" or not contact.evidence:
        return []
    end = sighting.own_end(saving.deps, contact)
    if end is None or end.owners.known:
        return []
    _, made = _new_customer(saving, [end])
    saving.met = True
    saving.end = Evidence(end.claim.identifier.type, (Owner(str(contact.customer_id), verified=False),))
    return made


def _is_somebody_else(saving: _Saving, head: CustomerHead) -> bool:
    """Whether what was vouched for is new and of a kind of which this customer has another already.

    The phone was borrowed: an account that the business gave out is not added to its lender's.
    """
    free = {item.claim.identifier.type for item in saving.vouched if not item.owners.known} & EXCLUSIVE
    return any(identifier["type"] in free for identifier in head.profile.identifiers)


def _new_customer(saving: _Saving, known_by: list[Checked]) -> tuple[CustomerHead, list[Change]]:
    """Nobody has this identifier: this is who has it, from now on."""
    contact = saving.contact
    profile = new_profile(saving.deps)
    profile.met_on = contact.previous_contact_id or contact.contact_id
    head = CustomerHead(profile, store.no_facts(profile.customer_id))
    how = "vouched" if all(item.claim.verified for item in known_by) else "came_from"
    bound = binding.bind(profile, known_by, saving.deps.now(), how=how, contact_id=contact.contact_id)
    profile.live_contacts = 1 if contact.status == "live" else 0
    contact.customer_id = profile.customer_id
    saving.situation.record = Record(head)
    placed = [*joining.place(contact, head), *joining.remember(head, contact.facts)]
    return head, [changes.add(profile), *bound, *placed]


def _bind(
    saving: _Saving,
    head: CustomerHead,
    *,
    joins: bool = False,
    content: bool = False,
    brought: Work | None = None,
) -> list[Change]:
    """Binds what was vouched for, and writes the customer's profile where anything about it changed.

    `brought`: what brings the case that comes along.
    """
    contact = saving.contact
    mine = [item for item in saving.vouched if _free_or_own(item, head.customer_id)]
    before = head.profile.identifiers
    bound = binding.bind(head.profile, mine, saving.deps.now(), how="vouched", contact_id=contact.contact_id)
    content = content or head.profile.identifiers != before
    live_contacts = 1 if joins and contact.status == "live" else 0
    if brought and brought.moves_profile:
        return [*bound, *brought.made, brought.change_profile(live_contacts=live_contacts)]
    bound += brought.made if brought else []
    if not content and not live_contacts:
        return bound
    return [*bound, changes.change_profile(head.profile, live_contacts=live_contacts, content=content)]


def _free_or_own(item: Checked, customer_id: str) -> bool:
    return not item.owners.known or binding.owner_among(item, customer_id) is not None


def _count_stranger(saving: _Saving) -> list[Change]:
    """Somebody else used what names the customer, once for each contact: it may be shared."""
    end = sighting.own_end(saving.deps, saving.contact) if saving.before else None
    return [changes.count_stranger(end.owners)] if end and end.owners.known else []


def _as_it_stands(item: Evidence, saving: _Saving) -> Evidence:
    """What was evidence before, as it is once the facts are written."""
    return saving.end if saving.end and not item.typed and item.type == saving.end.type else item


def _evidence(item: Checked, saving: _Saving) -> Evidence:
    """The evidence as it stands once the facts are written: what was free and vouched for is bound."""
    customer_id = saving.contact.customer_id
    if item.owners.known or not item.claim.verified or not customer_id:
        return item.evidence
    return replace(item.evidence, owners=(Owner(customer_id, verified=True),))
