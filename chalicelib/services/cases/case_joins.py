"""Two cases are about the same, or one about two things; and it can be undone.

Joining moves nothing: it is an edge from the one case to the other, and what comes in afterwards goes to the
other. Splitting puts some interactions to a new case, and remembers which: undone, they go back and the new case
is joined into the old.
"""

from chalicelib.errors import BadInput, Conflict
from chalicelib.models import changes, keys, store
from chalicelib.models.changes import Change, commit
from chalicelib.models.items import Case, Event
from chalicelib.models.requests.cases import JoinCases, LinkCases, SplitCase
from chalicelib.rules.access import Caller
from chalicelib.services.cases import case_history, cases, casework, finding
from chalicelib.services.cases.casework import Work
from chalicelib.services.customers import records
from chalicelib.services.customers.records import Record
from chalicelib.services.deps import Deps
from chalicelib.services.settle import settled

STOOD = ("status", "status_at", "pending_on", "closed_at")
"""How a case stands; it stands so again once a join is undone."""
OPPOSITE = {
    "related": "related",
    "duplicate_of": "has_duplicate",
    "has_duplicate": "duplicate_of",
    "caused_by": "causes",
    "causes": "caused_by",
}
MOST_LINKS = 20


@settled
def join(deps: Deps, caller: Caller, case_id: str, request: JoinCases) -> Case:
    """Says that another case is about the same: (the case of the path). Three reads and a transaction.

    Raises `BadInput` where it is no other case of this customer, `Conflict` where either was joined before.
    """
    case = store.get_case(case_id)
    record = records.read_head(case.customer_id)
    other = _other(record, case, request.other_case_id)
    if other.joined_into == case_id:
        return records.told_as(case, record.customer_id)
    if case.joined_into or other.joined_into:
        raise Conflict("one of them was joined before: undo that first")
    case.only_contact = other.only_contact = None
    work = _joined(deps, caller, record, other, case, request.reason)
    commit([*work.whole(), changes.replace(case)])
    return records.told_as(case, record.customer_id)


@settled
def undo_join(deps: Deps, caller: Caller, case_id: str) -> Case:
    """The case stands by itself again, as it did before it was joined. Two reads and a transaction."""
    case = store.get_case(case_id)
    record = records.read_head(case.customer_id)
    if case.joined_into is None:
        raise Conflict("the case was not joined, or that was undone")
    before, other_case_id = casework.as_read(case), case.joined_into
    for name, value in case.before_join.items():
        setattr(case, name, keys.moment(value) if value and name.endswith("_at") else value)
    case.joined_into = case.before_join = None
    case.edition = int(case.edition) + 1
    work = casework.written(deps, record, case, before, by=caller.named, other_case_id=other_case_id)
    commit(work.whole())
    return records.told_as(case, record.customer_id)


@settled
def split(deps: Deps, caller: Caller, case_id: str, request: SplitCase) -> Case:
    """Puts some interactions of a case to a new one: (the new case). A read for each, two more, a transaction.

    Raises `BadInput` where one is not of this case.
    """
    case = store.get_case(case_id)
    record = records.read_head(case.customer_id)
    events = [_of_case(case, one) for one in dict.fromkeys(request.interaction_ids)]
    new = finding.new_case(deps, record.home.customer_id, request.subject, min(one.occurred_at for one in events))
    new.opened_by, new.team, new.priority = caller.named, case.team, case.priority
    new.split_off = {"case_id": case_id, "interaction_ids": [one.interaction_id for one in events]}
    for event in events:
        casework.note_event(new, event.channel, event.occurred_at)
        casework.learn(new, finding.told_by(event))
    work = finding.opened(record.home, new)
    note = case_history.said(
        deps, new, {"split_off": case_id}, by=caller.named, reason=request.reason, other_case_id=case_id
    )
    commit([*work.whole(), *(change for event in events for change in _moved(event, new.case_id)), note])
    return records.told_as(new, record.customer_id)


@settled
def undo_split(deps: Deps, caller: Caller, case_id: str) -> Case:
    """What was split off goes back, and the case is joined into what it was split off. Answers with that.

    What came to it since stays in it. A read for each interaction, three more, and a transaction.
    """
    new = store.get_case(case_id)
    if new.split_off is None:
        raise Conflict("the case was not split off another")
    case = store.get_case(new.split_off["case_id"])
    record = records.read_head(new.customer_id)
    if case.customer_id not in record.member_ids:
        raise Conflict("what it was split off is of another customer by now")
    if new.joined_into == case.case_id:
        return records.told_as(case, record.customer_id)
    if new.joined_into or case.joined_into:
        raise Conflict("one of them was joined since: undo that first")
    events = [store.get_event(one) for one in new.split_off["interaction_ids"]]
    back = [change for one in events if one.case_id == case_id for change in _moved(one, case.case_id)]
    work = _joined(deps, caller, record, new, case, None)
    commit([*work.whole(), changes.replace(case), *back])
    return records.told_as(case, record.customer_id)


@settled
def link(deps: Deps, caller: Caller, case_id: str, request: LinkCases) -> Case:
    """Says what a case is to another, maybe of another customer's; said again, it is so still."""
    return _link(deps, caller, case_id, request.other_case_id, request.relation)


@settled
def unlink(deps: Deps, caller: Caller, case_id: str, other_case_id: str) -> Case:
    """Says that a case is nothing to another."""
    return _link(deps, caller, case_id, other_case_id, None)


def _link(deps: Deps, caller: Caller, case_id: str, other_case_id: str, relation: str | None) -> Case:
    if case_id == other_case_id:
        raise BadInput.at("other_case_id", "is the same case")
    case, other = store.get_case(case_id), cases.get_any(other_case_id, "other_case_id")
    opposite = OPPOSITE[relation] if relation else None
    made = [
        *_linked(deps, caller, case, other_case_id, relation),
        *_linked(deps, caller, other, case_id, opposite),
    ]
    if made:
        commit(made)
    return records.told_as(case, records.read_members(case.customer_id)[0])


def _linked(deps: Deps, caller: Caller, case: Case, other_case_id: str, relation: str | None) -> list[Change]:
    before = casework.as_read(case)
    others = [one for one in case.links if one["case_id"] != other_case_id]
    case.links = [*others, {"case_id": other_case_id, "relation": relation}] if relation else others
    if case.links == before.links:
        return []
    if len(case.links) > MOST_LINKS:
        raise Conflict(f"a case has at most {MOST_LINKS} links")
    case.edition = int(case.edition) + 1
    noted = case_history.noted(deps, before, case, by=caller.named, other_case_id=other_case_id)
    return [changes.replace(case), *noted]


def _other(record: Record, case: Case, other_case_id: str) -> Case:
    if other_case_id == case.case_id:
        raise BadInput.at("other_case_id", "is the same case")
    other = cases.get_any(other_case_id, "other_case_id")
    if other.customer_id not in record.member_ids:
        raise BadInput.at("other_case_id", "is not a case of this customer")
    return other


def _joined(  # noqa: PLR0917 - one step of the above
    deps: Deps, caller: Caller, record: Record, case: Case, into: Case, reason: str | None
) -> Work:
    """The changes that make a case a part of another: it is resolved, and remembers how it stood."""
    before = casework.as_read(case)
    mark_joined(deps, case, into.case_id)
    return casework.written(deps, record, case, before, by=caller.named, reason=reason, other_case_id=into.case_id)


def mark_joined(deps: Deps, case: Case, into_case_id: str) -> None:
    """Makes a case a part of another, as it is to be written: resolved, and to go back to how it stands."""
    edition = int(case.edition) + 1
    case.before_join = {name: case_history.plain(getattr(case, name)) for name in STOOD}
    case.joined_into = into_case_id
    casework.resolve(deps, case)
    case.edition = edition


def _of_case(case: Case, interaction_id: str) -> Event:
    event = store.find_event(interaction_id)
    if event is None or event.case_id != case.case_id:
        raise BadInput.at("interaction_ids", "names what is not of this case")
    return event


def _moved(event: Event, case_id: str) -> list[Change]:
    before = event.case_id
    event.case_id, event.case_found = case_id, finding.note(finding.CORRECTED)
    return changes.put_to_case(event, before)
