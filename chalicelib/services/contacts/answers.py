"""From what the services found to what this caller may be told."""

from typing import Any

from chalicelib.models import keys
from chalicelib.models.fact_kinds import FACT_KINDS
from chalicelib.models.items import Case, CaseSummary, Contact, ContactSummary, Interaction, KnownFacts, Profile
from chalicelib.models.store import CustomerHead
from chalicelib.models.views.cases import CaseView, WholeCase
from chalicelib.models.views.contacts import ContactAnswer, ContactView, Continues, LiveContact
from chalicelib.models.views.customers import CustomerView, RelationView
from chalicelib.models.views.facts import FactView, KnownFact
from chalicelib.models.views.interactions import TimelineEntry
from chalicelib.models.views.matches import Match
from chalicelib.models.views.screen_pop import RecentJourney, ScreenPop
from chalicelib.models.views.transfers import TransferView
from chalicelib.models.views.wrap_up import FollowUpView
from chalicelib.rules import questions, survivorship
from chalicelib.rules import relations as related
from chalicelib.rules.access import DESK_ROLES, Caller, Role
from chalicelib.rules.disclosure import FLOW_ROLES, is_campaign, may_give, may_read_conversations
from chalicelib.rules.survivorship import Entry
from chalicelib.services.continuation import carried
from chalicelib.services.customers import records
from chalicelib.services.customers.screen_pop import Pop
from chalicelib.services.customers.situation import Candidate, Situation
from chalicelib.services.deps import Deps
from chalicelib.services.facts import asking
from chalicelib.services.journeys.journeys_shown import Shown
from chalicelib.services.wrap_up import following_up

CUSTOMER_FIELDS: dict[Role, frozenset[str]] = {
    Role.IVR: frozenset({"customer_id", "name", "language", "version"}),
    Role.MARKETING: frozenset(
        {"customer_id", "name", "language", "identifiers", "consent", "version", "created_at", "updated_at"}
    ),
    Role.PORTAL: frozenset(CustomerView.model_fields) - {"relations"},
}
"""What of a customer a role sees; a role that is not here sees all that it may see a customer at all."""


def answer(deps: Deps, caller: Caller, now: Situation) -> ContactAnswer:
    """The answer to a lookup, a start and a save."""
    at = keys.instant(deps.now())
    known = now.known(at)
    contact, head = now.contact, now.head
    is_told = head is not None and caller.role is not Role.VISITOR
    cases = head.cases if head and is_told else []
    return ContactAnswer(
        contact_id=contact.contact_id if contact else None,
        customer_id=head.customer_id if head else None,
        match=Match.model_validate(now.decision.match),
        assurance=now.decision.assurance,
        candidates=[*_candidates(caller, now.candidates), *_suggested(caller, contact, head)],
        known={name: _known(caller, now, name, entry) for name, entry in _shown(caller, now, known).items()},
        ask=questions.to_ask(now.need, known, now.first_question(at)),
        confirm=_to_confirm(caller, now, known, at),
        open_cases=[_case(caller, now, case) for case in cases],
        more_open_cases=max(int(head.profile.open_cases) - len(cases), 0) if head and cases else 0,
        continues=_continues(contact),
        continuation=now.continuation,
        case_id=contact.case_id if contact and is_told else None,
        case_found=contact.case_found if contact and is_told else None,
    )


def screen_pop(caller: Caller, pop: Pop) -> ScreenPop:
    """The screen pop, as far as the role may see it."""
    now, head = pop.situation, pop.situation.head
    at = keys.instant(pop.as_of)
    known = now.known(at)
    cases, live = (head.cases, head.contacts) if head else ([], [])
    facts_shown = _pop_facts(caller, now, at)
    return ScreenPop(
        contact=contact_view(caller, pop.contact, head),
        customer=customer(caller, head.profile, head.facts, at) if head else None,
        match=Match.model_validate(now.decision.match),
        assurance=now.decision.assurance,
        candidates=[*_candidates(caller, now.candidates), *_suggested(caller, pop.contact, head)],
        facts=facts_shown,
        ask=questions.to_ask(now.need, known, now.first_question(at)),
        confirm=_to_confirm(caller, now, known, at),
        open_cases=[CaseView.from_item(case) for case in cases],
        more_open_cases=_more(head, "open_cases", len(cases)),
        live_contacts=[_live(caller, contact) for contact in live],
        more_live_contacts=_more(head, "live_contacts", len(live)),
        timeline=[timeline_entry(caller, entry) for entry in pop.timeline],
        transfer=_transfer(caller, pop.contact),
        follow_ups=_follow_ups(caller, head),
        recent_journey=[_journey(caller, one, facts_shown) for one in pop.recent_journey],
        as_of=pop.as_of,
    )


def _follow_ups(caller: Caller, head: CustomerHead | None) -> list[FollowUpView]:
    """What is still to be done, first due first; it is for those who may read conversations."""
    if head is None or not may_read_conversations(caller.role):
        return []
    return [FollowUpView.from_item(one) for one in following_up.in_order(head.follow_ups, head.customer_id)]


def _transfer(caller: Caller, contact: Contact) -> TransferView | None:
    """How the contact was handed on; what people wrote in it is for those who may read conversations."""
    if not contact.transfers or not may_read_conversations(caller.role):
        return None
    newest, *earlier = contact.transfers
    return TransferView.model_validate(newest | {"earlier": earlier})


def customer(caller: Caller, profile: Profile, facts: KnownFacts | None, now: str) -> dict[str, Any]:
    """A customer, with the fields that the role may see; who has no name goes by the name they gave."""
    view = CustomerView.from_item(profile)
    view.members = [*records.members(profile)] if profile.merges else []
    view.relations = relations(profile, now)
    if facts:
        said = survivorship.current(facts.entries, now)
        view.name = view.name or _value(said.get("name"))
        view.language = view.language or _value(said.get("language"))
    return view.model_dump(mode="json", include=set(CUSTOMER_FIELDS.get(caller.role, CustomerView.model_fields)))


def relations(profile: Profile, now: str) -> list[RelationView]:
    """Who a customer has to do with now."""
    return [RelationView.model_validate(entry) for entry in related.shown(profile.relations, now)]


def facts(entries: survivorship.Entries, now: str) -> dict[str, FactView]:
    """All facts of a customer with the values before them, for those who see the whole record."""
    current = survivorship.current(entries, now)
    return {
        name: _fact_view(name, entry, survivorship.earlier(entries, name, now)) for name, entry in current.items()
    }


def contact_view(caller: Caller, contact: Contact, head: CustomerHead | None) -> ContactView:
    """A contact; who may not read conversations sees neither its summary nor what was attached to it."""
    view = ContactView.from_item(contact)
    view.customer_id = head.customer_id if head else None
    view.continues = _continues(contact)
    view.feedback = view.feedback if may_read_conversations(caller.role) else None
    if not may_read_conversations(caller.role):
        view.summary, view.attributes, view.link, view.participants = None, {}, None, []
    return view


def _live(caller: Caller, contact: ContactSummary) -> LiveContact:
    view = LiveContact.from_item(contact)
    view.summary = view.summary if may_read_conversations(caller.role) else None
    return view


def whole_case(caller: Caller, case: Case) -> WholeCase:
    """A case; who may not read conversations does not see its description."""
    view = WholeCase.from_item(case)
    view.description = view.description if may_read_conversations(caller.role) else None
    return view


def timeline_entry(caller: Caller, entry: Interaction) -> TimelineEntry:
    """An entry; who may not read conversations sees that there was one."""
    view = TimelineEntry.from_item(entry)
    if not may_read_conversations(caller.role) and not is_campaign(entry.event_kind):
        view.subject, view.body, view.attributes = None, None, {}
    return view


def _journey(caller: Caller, shown: Shown, known: dict[str, FactView]) -> RecentJourney:
    """What the customer did by themselves; who may not read conversations sees that they did something."""
    entry = timeline_entry(caller, shown.entry).model_dump()
    if not may_read_conversations(caller.role):
        return RecentJourney(**entry, sentence=None, at=shown.at)
    journey = shown.journey
    if journey is None:
        return RecentJourney(**entry, sentence=shown.sentence, at=shown.at)
    return RecentJourney(
        **entry,
        sentence=shown.sentence,
        at=shown.at,
        task=journey.task,
        outcome=shown.outcome,
        device=next((told[1] for told in journey.screens.values()), None),
        failures=[
            {"place": place, "times": n, "error": error or None} for place, (n, _, error) in journey.failed.items()
        ],
        facts={name: known[name] for name in journey.facts if name in known},
    )


def _case(caller: Caller, now: Situation, case: CaseSummary) -> CaseView:
    view = CaseView.from_item(case)
    if not may_give(caller.role, int(case.speak_at), now.decision.assurance):
        view.subject = None
    return view


def _shown(caller: Caller, now: Situation, known: dict[str, Entry]) -> dict[str, Entry]:
    """A browser is told what it said itself; that anything else is known is nothing to it."""
    return now.own_facts if caller.role is Role.VISITOR else known


def _to_confirm(caller: Caller, now: Situation, known: dict[str, Entry], at: str) -> list[str]:
    """What is needed, and may have changed since it became known."""
    shown = _shown(caller, now, known)
    return [name for name in dict.fromkeys(now.need) if name in shown and asking.is_due(name, shown[name], at)]


def _known(caller: Caller, now: Situation, name: str, entry: Entry) -> KnownFact:
    own = now.own_facts.get(name)
    speak_at = FACT_KINDS[name].speak_at
    if may_give(caller.role, speak_at, now.decision.assurance):
        return _fact(entry)
    # What this contact itself said may be said back to it, whatever else is known: comparing the two
    # for the caller would tell whether a guess was right.
    if own:
        return _fact(own)
    return _fact(entry).model_copy(update={"value": None, "withheld": True})


def _pop_facts(caller: Caller, now: Situation, at: str) -> dict[str, FactView]:
    if caller.role not in DESK_ROLES:
        return {}
    own = {name: [entry] for name, entry in now.own_facts.items()}
    said = survivorship.merge(carried.facts(now.contact), own)
    kept = now.head.facts.entries if now.head else {}
    return facts(said | kept, at)


def _candidates(caller: Caller, candidates: list[Candidate]) -> list[dict[str, Any]]:
    """Desks see who it may be; flows get ids; a visitor learns nothing of others."""
    if caller.role in DESK_ROLES:
        return [
            {"customer_id": profile.customer_id, "name": profile.name or _name_said(known)}
            for profile, known in candidates
        ]
    if caller.role in FLOW_ROLES:
        return [{"customer_id": profile.customer_id} for profile, _known in candidates]
    return []


def _suggested(caller: Caller, contact: Contact | None, head: CustomerHead | None) -> list[dict[str, Any]]:
    """Whose contact is carried on, where that is another customer: for those who may know of candidates."""
    one = carried.suggested(contact, head)
    if one is None or caller.role not in DESK_ROLES | FLOW_ROLES:
        return []
    return [one if caller.role in DESK_ROLES else {"customer_id": one["customer_id"]}]


def _continues(contact: Contact | None) -> Continues | None:
    """What a contact carries on, unless it was said since that it is somebody else's."""
    if contact is None or not carried.holds(contact):
        return None
    told: Continues = contact.continues
    return told


def _name_said(known: KnownFacts) -> str | None:
    said: list[Entry] | None = known.entries.get("name")
    return said[0]["value"] if said else None


def _fact_view(name: str, entry: Entry, before: list[Entry]) -> FactView:
    return FactView(
        **_fact(entry).model_dump(),
        contact_id=entry["contact_id"],
        expires_at=entry["expires_at"],
        sensitivity=FACT_KINDS[name].sensitivity,
        earlier=[_fact(old) for old in before],
    )


def _fact(entry: Entry) -> KnownFact:
    return KnownFact(
        value=entry["value"],
        source=entry["source"],
        collected_at=entry["collected_at"],
        verified=entry["verified"],
    )


def _value(entry: Entry | None) -> str | None:
    return entry["value"] if entry else None


def _more(head: CustomerHead | None, counter: str, shown: int) -> int:
    return max(int(getattr(head.profile, counter)) - shown, 0) if head else 0
