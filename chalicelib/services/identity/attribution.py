"""A contact is somebody else's than it was taken for: it moves, with what was said on it, and can move back.

One transaction moves the contact and what it said, and explains it on both timelines and in both
ledgers; what hangs on it follows off the table's stream, in steps of its own. Whom it is not is
remembered, and is never proposed for it again.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.errors import BadInput, Conflict, NotFound
from chalicelib.models import changes, keys, store
from chalicelib.models.changes import Change, commit
from chalicelib.models.items import Case, Contact, Event
from chalicelib.models.requests.contacts import AttributeContact
from chalicelib.models.store import CustomerHead
from chalicelib.rules.access import Caller
from chalicelib.rules.matching import ATTRIBUTED, Assurance, Evidence, Owner, decide
from chalicelib.services.cases import moving
from chalicelib.services.cases.casework import Work
from chalicelib.services.customers import records, situation
from chalicelib.services.customers.customer_items import new_profile
from chalicelib.services.customers.records import Record
from chalicelib.services.customers.situation import Candidate, Situation
from chalicelib.services.deps import Deps
from chalicelib.services.identity import joining, ledger, ownership, sighting, weighing
from chalicelib.services.identity.identify import from_stored, to_stored
from chalicelib.services.identity.ownership import Ownership
from chalicelib.services.settle import settled

MOST_ATTRIBUTIONS = 10
"""Of one contact that can be taken back, the latest ones."""


@dataclass(slots=True)
class _Move:
    """One contact on its way from one customer, or from none, to another, or to none."""

    deps: Deps
    caller: Caller
    contact: Contact
    reason: str | None
    source: CustomerHead | None
    target: Record | None
    earlier: dict[str, Any] | None = None
    """How it was when it was last with whom it comes to; where that is taken back, before what is."""
    has_case: bool = False
    """Whether its case goes along: then what is open there is read anew."""
    back_to: str | None = None
    """The case that it had with whom it comes to, and has again."""
    made: list[Change] = field(default_factory=list)


@settled
def attribute(deps: Deps, caller: Caller, contact_id: str, request: AttributeContact) -> Situation:
    """Says whose a contact is, or whose it is not. Where that is so already, nothing changes.

    At most six reads and one transaction; where a case goes along two reads more, three where another is shown in
    its place; one more where it comes back to somebody with whom it had a case. Raises `BadInput` at the customer
    that is named and is none.
    """
    contact = store.get_contact(contact_id)
    record = records.read_head(contact.customer_id) if contact.customer_id else None
    if _is_so(contact, record, request):
        return situation.of_contact(deps, contact)
    _require_somebody(contact, record, request.not_customer_id)
    before = _as_it_was(contact, request)
    target = _target(deps, request)
    _remember_who_it_is_not(contact, record, request, target)
    is_not = bool(record and request.not_customer_id and request.not_customer_id not in record.member_ids)
    source = record.home if record and not is_not else None
    move = _Move(deps, caller, contact, request.reason, source, target, _with_them(contact, target))
    moved = _change_ownership(move, request.not_customer_id)
    before["ownership"] = moved.undo
    contact.attributions = [*contact.attributions, before][-MOST_ATTRIBUTIONS:]
    contact.evidence = to_stored(_evidence(contact, moved, target))
    _move_contact(move, new=request.new)
    if move.earlier:
        _take_back_case(move, move.earlier)
    now = situation.of_contact(deps, contact) if is_not else _weighed(move)
    return _commit(move, now, "contact_attributed")


@settled
def undo(deps: Deps, caller: Caller, contact_id: str) -> Situation:
    """Takes the latest attribution of a contact back. Raises `Conflict` where there is none."""
    contact = store.get_contact(contact_id)
    if not contact.attributions:
        raise Conflict("whose this contact is was never decided by anybody, or it was taken back")
    *contact.attributions, last = contact.attributions
    stays = contact.customer_id == last["customer_id"]
    left = records.read_head(contact.customer_id) if contact.customer_id and not stays else None
    record = records.read_head(last["customer_id"]) if last["customer_id"] else None
    source, target = left.home if left else None, None if stays else record
    move = _Move(deps, caller, contact, last["reason"], source, target, last)
    if last["ownership"]:
        move.made += ownership.give_back(deps, last["ownership"], source, target.home if target else None)
    for name in ("rejected", "evidence", "match", "assurance", "candidates"):
        setattr(contact, name, last[name])
    _move_contact(move)
    if not stays:
        contact.checked = last["checked"]
        _take_back_case(move, last)
    decision = situation.with_check(situation.recorded(contact), contact)
    now = Situation(decision, contact.need, situation.said_on(deps, contact), record)
    now.candidates = _candidates(contact, left.whole if left else None)
    return _commit(move, now, "attribution_undone")


def _candidates(contact: Contact, left: CustomerHead | None) -> list[Candidate]:
    """Who it may be with; whom it leaves is as they are without it, which is not written yet."""
    return [
        (left.profile, left.facts) if left and profile.customer_id == left.customer_id else (profile, facts)
        for profile, facts in situation.candidates_of(contact)
    ]


def _take_back_case(move: _Move, last: dict[str, Any]) -> None:
    """The contact has the case again that it had, unless that has become somebody else's with more than this."""
    if last["case_id"] and move.target and move.back_to is None:
        return
    if last["case_id"] or not move.has_case:
        for name in ("case_id", "case_found", "earlier_cases"):
            setattr(move.contact, name, last[name])


def _require_somebody(contact: Contact, record: Record | None, not_customer_id: str | None) -> None:
    """Raises `BadInput` where whom it is not is no customer; who is proposed, or has the contact, is one."""
    proposed = [*contact.candidates, *(record.member_ids if record else ())]
    if not_customer_id is None or not_customer_id in proposed:
        return
    try:
        store.get_profile(not_customer_id)
    except NotFound as error:
        raise BadInput.at("not_customer_id", "there is no such customer") from error


def _remember_who_it_is_not(
    contact: Contact, record: Record | None, request: AttributeContact, target: Record | None
) -> None:
    leaves = record.member_ids if record and request.not_customer_id in (None, *record.member_ids) else ()
    is_not = [*leaves, *([request.not_customer_id] if request.not_customer_id else [])]
    named = target.member_ids if target else ()
    contact.rejected = [one for one in dict.fromkeys([*contact.rejected, *is_not]) if one not in named]


def _is_so(contact: Contact, record: Record | None, request: AttributeContact) -> bool:
    """Whether what is said is how it stands already: it was said before, and its answer was lost."""
    if request.new:
        return bool(contact.attributions and contact.attributions[-1]["new"])
    if request.not_customer_id:
        return request.not_customer_id in contact.rejected
    return bool(record and request.customer_id in record.member_ids)


def _target(deps: Deps, request: AttributeContact) -> Record | None:
    if request.new:
        profile = new_profile(deps)
        return Record(CustomerHead(profile, store.no_facts(profile.customer_id)))
    return records.read_named(request.customer_id) if request.customer_id else None


def _as_it_was(contact: Contact, request: AttributeContact) -> dict[str, Any]:
    """What must be known to take an attribution back."""
    return {
        "customer_id": contact.customer_id,
        "case_id": contact.case_id,
        "case_found": contact.case_found,
        "earlier_cases": contact.earlier_cases,
        "rejected": contact.rejected,
        "evidence": contact.evidence,
        "match": contact.match,
        "assurance": int(contact.assurance),
        "checked": int(contact.checked),
        "candidates": contact.candidates,
        "new": request.new,
        "reason": request.reason,
    }


def _with_them(contact: Contact, target: Record | None) -> dict[str, Any] | None:
    """How the contact was when it left this customer last, if it has been with them."""
    theirs = target.member_ids if target else ()
    return next((one for one in reversed(contact.attributions) if one["customer_id"] in theirs), None)


def _change_ownership(move: _Move, not_customer_id: str | None) -> Ownership:
    """Takes where the contact came from away from whom it is not, and gives it to whom it is, if it is free.

    Where it was nobody's contact, or stays whose it is, whom it is not is not proposed there again.
    """
    end = sighting.own_end(move.deps, move.contact)
    if end is None:
        return Ownership()
    if not_customer_id and not move.source:
        moved = ownership.reject(end, not_customer_id)
    else:
        target = move.target.home if move.target else None
        moved = ownership.move(move.deps, end, move.source, target, move.contact)
    move.made += moved.made
    return moved


def _evidence(contact: Contact, moved: Ownership, target: Record | None) -> list[Evidence]:
    """What speaks for whom from now on: what was decided, above all else."""
    kept = [item for item in from_stored(contact.evidence) if item.type != ATTRIBUTED]
    if moved.evidence:
        kept = [moved.evidence if not item.typed and item.type == moved.evidence.type else item for item in kept]
    if target is None:
        return kept
    return [Evidence(ATTRIBUTED, (Owner(target.home.customer_id, verified=True),)), *kept]


def _move_contact(move: _Move, *, new: bool = False) -> None:
    """Takes the contact, and what it said, from one collection to the other; an identity check stays behind.

    A case that is of nothing but the contact goes along.
    """
    contact, source, target = move.contact, move.source, move.target
    content, found = bool(move.made), contact.case_found
    case = moving.of_contact(contact, source) if target else None
    if source:
        gone = moving.take_away(source, case) if case else None
        move.made += joining.leave(contact, source, content=content, case=gone)
        contact.checked = Assurance.NONE
    if target is None:
        return
    home = target.home
    contact.customer_id, contact.checked = home.customer_id, Assurance.NONE
    live = 1 if contact.status == "live" else 0
    move.made += [*joining.place(contact, home), *joining.remember(home, contact.facts)]
    move.back_to = _case_before(move.earlier, case, target)
    brought = _bring(move, home, case) if case else Work(home)
    if case:
        contact.case_id, contact.case_found, move.has_case = case.case_id, found, True
    if new:
        home.profile.live_contacts, home.profile.open_cases = live, brought.step
        home.profile.case_resolved_at = brought.resolved_at
        move.made.append(changes.add(home.profile))
    elif brought.moves_profile:
        move.made.append(brought.change_profile(live_contacts=live))
    elif live or content:
        move.made.append(changes.change_profile(home.profile, live_contacts=live, content=content))
    move.made += brought.made


def _bring(move: _Move, home: CustomerHead, case: Case) -> Work:
    return moving.bring(move.deps, home, case, move.caller.named, move.reason, move.back_to)


def _case_before(earlier: dict[str, Any] | None, case: Case | None, target: Record) -> str | None:
    """The case that the contact had, if that is still the target's or comes along: a read where it does not."""
    case_id: str | None = earlier["case_id"] if earlier else None
    if case_id is None or (case and case.case_id == case_id):
        return case_id
    before = store.find_case(case_id)
    return case_id if before and before.customer_id in target.member_ids else None


def _weighed(move: _Move) -> Situation:
    """How things stand once it is said whose the contact is or is not; who else it may be is only proposed."""
    contact, evidence = move.contact, from_stored(move.contact.evidence)
    said = situation.said_on(move.deps, contact)
    if move.target:
        decision = replace(decide(evidence), customer_id=move.target.customer_id)
        return Situation(decision, contact.need, said, move.target)
    now = weighing.weigh(move.deps, evidence, contact.need, said, contact)
    if head := now.head:
        decision = replace(now.decision, result="many", customer_id=None, candidates=(head.customer_id,))
        return Situation(decision, contact.need, said, candidates=[(head.profile, head.facts)])
    return now


def _commit(move: _Move, now: Situation, decided: str) -> Situation:
    """Writes the move in one transaction, explained on both sides."""
    situation.write_decision(move.contact, now.decision)
    commit([changes.replace(move.contact), *move.made, *_explained(move, decided)])
    if move.has_case:
        return situation.of_contact(move.deps, move.contact)
    now.contact = move.contact
    return now


def _explained(move: _Move, decided: str) -> list[Change]:
    """The same on both timelines and in both ledgers."""
    source = move.source.customer_id if move.source else None
    target = move.target.home.customer_id if move.target else None
    told: list[Change] = []
    for one, other, moved in ((source, target, "away"), (target, source, "here")):
        if one is None:
            continue
        told += changes.record(_event(move, decided, one, other, moved))
        told.append(
            ledger.note(
                move.deps,
                one,
                decided,
                by=move.caller,
                reason=move.reason,
                contact_id=move.contact.contact_id,
                other_customer_id=other,
            )
        )
    return told


def _event(move: _Move, decided: str, customer_id: str, other: str | None, moved: str) -> Event:
    """An entry of its own on the timeline: it stays there when the contact moves on."""
    contact, at = move.contact, move.deps.now()
    number = f"{contact.contact_id}:{decided}:{int(contact.version)}"
    interaction_id = keys.derived_id("attribution", number, moved)
    attributes = {"contact_id": contact.contact_id, "moved": moved}
    return Event(
        PK=keys.event(interaction_id),
        SK=keys.EVENT,
        interaction_id=interaction_id,
        channel=contact.channel,
        direction=contact.direction,
        event_kind=decided,
        occurred_at=at,
        source="throughline",
        source_event_id=number,
        subject="A contact was somebody else's" if moved == "away" else "A contact was attributed here",
        body=move.reason,
        attributes=attributes | ({"other_customer_id": other} if other else {}),
        received_at=at,
        customer_id=customer_id,
        match=contact.match,
        assurance=contact.assurance,
        captured_by=move.caller.named,
        correlation_id=contact.correlation_id,
    )
