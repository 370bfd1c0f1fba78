"""Saving what was keyed, typed or said: on the contact, on its customer, and weighed anew."""

from dataclasses import dataclass, replace

from chalicelib.models import changes, store
from chalicelib.models.changes import Change, commit
from chalicelib.models.identifiers import EXCLUSIVE
from chalicelib.models.items import Contact
from chalicelib.models.requests import SaveFacts
from chalicelib.models.store import CustomerHead
from chalicelib.rules import survivorship
from chalicelib.rules.access import Caller, Scope
from chalicelib.rules.matching import Assurance, Evidence, Owner, decide
from chalicelib.rules.survivorship import Entries, Entry
from chalicelib.services import binding, contacts, situation
from chalicelib.services.customer_items import new_profile
from chalicelib.services.deps import Deps
from chalicelib.services.fact_entries import claims_in, read_facts
from chalicelib.services.identify import Checked, Claim, check, from_stored, to_stored
from chalicelib.services.records import Record
from chalicelib.services.settle import settled
from chalicelib.services.situation import Situation


@dataclass(slots=True)
class _Saving:
    """One save under way."""

    deps: Deps
    contact: Contact
    news: dict[str, Entry]
    checked: list[Checked]
    situation: Situation

    @property
    def vouched(self) -> list[Checked]:
        """The identifiers that a trusted caller vouches for: only these are ever bound by a fact."""
        return [item for item in self.checked if item.claim.verified]


@settled
def save_facts(deps: Deps, caller: Caller, contact_id: str, request: SaveFacts) -> Situation:
    """Saves facts and weighs the contact anew: an account number may decide who it is.

    Costs two reads, a query for each identifier among the facts, and one transaction.
    """
    contact = contacts.get_own_contact(caller, contact_id, "facts:save")
    news = read_facts(deps, caller, request.facts, contact_id=contact_id, region=contacts.region_for(contact))
    contact.facts = survivorship.remember(contact.facts, news)
    said = situation.said_on(deps, contact)
    checked = check(_claims(caller, {name: entry for name, entry in news.items() if said.get(name) == entry}))
    contact.need = contact.need if request.need is None else request.need
    kept = [item for item in from_stored(contact.evidence) if not _said_anew(item, checked)]
    evidence = [*kept, *(item.evidence for item in checked)]
    now = situation.weigh(deps, evidence, contact.need, said, contact)
    before = contact.customer_id
    if before and now.record is None and not now.doubted:
        now = _undecided_now(deps, contact)
    saving = _Saving(deps, contact, news, checked, now)
    made = _changes(saving)
    evidence = [*kept, *(_evidence(item, saving) for item in checked)]
    if saving.vouched and decide(evidence).customer_id == contact.customer_id:
        now.decision = decide(evidence)
    if contact.customer_id != before:
        contact.checked = Assurance.NONE  # an identity check vouched for somebody else
    now.decision = situation.with_check(now.decision, contact)
    contact.evidence = to_stored(evidence)
    situation.write_decision(contact, now.decision)
    commit([changes.replace(contact), *made])
    now.contact = contact
    return now


def _claims(caller: Caller, said: dict[str, Entry]) -> list[Claim]:
    """The identifiers among what was said; what a browser says of itself names nobody else."""
    return [] if caller.scope("facts:save") is Scope.OWN else claims_in(said)


def _undecided_now(deps: Deps, contact: Contact) -> Situation:
    """A fact that decided was taken back. The contact stays whose it is until something names another."""
    now = situation.of_contact(deps, contact)
    now.candidates = []
    return now


def _said_anew(item: Evidence, checked: list[Checked]) -> bool:
    """Whether this was said before and is now said again, perhaps right this time."""
    return item.typed and any(new.claim.identifier.type == item.type for new in checked)


def _changes(saving: _Saving) -> list[Change]:
    now = saving.situation
    unknown = now.doubted or now.decision.result == "none"
    if now.record is None and unknown and any(not item.owners.owners for item in saving.vouched):
        return [*_leave(saving), *_new_customer(saving)]
    if now.record is None:
        return _leave(saving) if now.doubted else []
    if _is_somebody_else(saving, now.record.whole):
        return [*_leave(saving), *_new_customer(saving)]
    joins = saving.contact.customer_id not in now.record.member_ids
    if not joins:  # it stays where it is, and so does what it says
        now.record = now.record.at(saving.contact.customer_id)
    head = now.record.home
    left = _leave(saving) if joins else []
    saving.contact.customer_id = head.customer_id
    live = joins and saving.contact.status == "live"
    return [
        *left,
        *(_place(saving.contact, head) if joins else []),
        *_remember(head, saving.contact.facts if joins else {name: [e] for name, e in saving.news.items()}),
        *_bind(saving, head, live_contacts=1 if live else 0),
    ]


def _place(contact: Contact, head: CustomerHead) -> list[Change]:
    """Puts a contact where its customer's contacts are: among the live ones, or the past."""
    if contact.status == "live":
        return contacts.show_among_live(contact, head)
    return [changes.file_past(contact, head.customer_id)]


def _is_somebody_else(saving: _Saving, head: CustomerHead) -> bool:
    """Whether what was vouched for is new and of a kind of which this customer has another already.

    The phone was borrowed: an account that the business gave out is not added to its lender's.
    """
    free = {item.claim.identifier.type for item in saving.vouched if not item.owners.owners} & EXCLUSIVE
    return any(identifier["type"] in free for identifier in head.profile.identifiers)


def _new_customer(saving: _Saving) -> list[Change]:
    """Somebody vouched for an identifier that nobody has: this is who has it."""
    profile = new_profile(saving.deps)
    head = CustomerHead(profile, store.no_facts(profile.customer_id))
    bound = binding.bind(profile, saving.vouched, saving.deps.now())
    profile.live_contacts = 1 if saving.contact.status == "live" else 0
    saving.contact.customer_id = profile.customer_id
    saving.situation.record = Record(head)
    placed = _place(saving.contact, head)
    return [changes.add(profile), *bound, *placed, *_remember(head, saving.contact.facts)]


def _remember(head: CustomerHead, news: Entries) -> list[Change]:
    if not news:
        return []
    head.facts.entries = survivorship.merge(head.facts.entries, news)
    return [changes.replace(head.facts)]


def _bind(saving: _Saving, head: CustomerHead, live_contacts: int) -> list[Change]:
    """Binds what was vouched for, and writes the customer's profile where anything about it changed."""
    mine = [item for item in saving.vouched if _free_or_own(item, head.customer_id)]
    before = head.profile.identifiers
    bound = binding.bind(head.profile, mine, saving.deps.now())
    content = head.profile.identifiers != before
    if not content and not live_contacts:
        return bound
    return [*bound, changes.change_profile(head.profile, live_contacts=live_contacts, content=content)]


def _free_or_own(item: Checked, customer_id: str) -> bool:
    return not item.owners.owners or binding.owner_among(item, customer_id) is not None


def _leave(saving: _Saving) -> list[Change]:
    """Takes the contact, and what it said, from the customer that it was thought to be."""
    contact = saving.contact
    if not contact.customer_id:
        return []
    wrong = store.get_head(contact.customer_id)
    wrong.facts.entries = survivorship.forget_contact(wrong.facts.entries, contact.contact_id)
    contact.customer_id = contact.case_id = None
    left = [changes.unfile_past(contact, wrong.customer_id)]
    left += [changes.replace(wrong.facts)] if wrong.facts.version else []
    if contact.status != "live":
        return left
    return [
        *left,
        changes.hide_live(contact, wrong.customer_id),
        changes.change_profile(wrong.profile, live_contacts=-1),
    ]


def _evidence(item: Checked, saving: _Saving) -> Evidence:
    """The evidence as it stands once the facts are written: what was free and vouched for is bound."""
    customer_id = saving.contact.customer_id
    if item.owners.owners or not item.claim.verified or not customer_id:
        return item.evidence
    return replace(item.evidence, owners=(Owner(customer_id, verified=True),))
