"""Carrying on: a contact that comes with the code of another takes up whose that was, its case and what was said.

A code shows that its bearer was on the contact that it was given out on. It never overrules whom the contact's
own end names: a record of nobody in particular is taken over, by a merge that can be undone; where both are
established customers, the one is only suggested on the contact of the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.errors import BadInput, WriteConflict
from chalicelib.models import changes, codes, keys, store
from chalicelib.models.changes import Change
from chalicelib.models.items import Contact, ContinuationCode, Interaction
from chalicelib.models.requests.customers import MergeCustomers
from chalicelib.models.store import CustomerHead
from chalicelib.rules import survivorship
from chalicelib.rules.access import Caller
from chalicelib.rules.continuation import Form
from chalicelib.rules.matching import CONTINUED, Assurance, Evidence, Owner
from chalicelib.services.continuation import carried
from chalicelib.services.continuation.code_tries import Charged, refund
from chalicelib.services.customers import records, situation
from chalicelib.services.customers.situation import Situation
from chalicelib.services.deps import Deps
from chalicelib.services.identity import ledger, merges, sign_in
from chalicelib.services.journeys import journeys_shown

REASON = "continuation code"
UNKNOWN, USED, THROTTLED, ACCEPTED = "unknown", "used", "throttled", "accepted"


@dataclass(slots=True)
class Presented:
    """A code that was presented, by its hash; on which counters its try stands, or why it was refused."""

    hashed: str = ""
    form: Form = Form.LINK
    charged: Charged | None = None
    refused: str | None = None


@dataclass(slots=True)
class Continued:
    """A code that is good, and the contact that it was given out on."""

    presented: Presented
    code: ContinuationCode
    first: Contact
    timeline: list[Interaction] = field(default_factory=list)

    @property
    def evidence(self) -> list[Evidence]:
        """Whom it names: the customer of the contact that is carried on, if that had one."""
        whose = self.first.customer_id
        return [Evidence(CONTINUED, (Owner(whose, verified=False),))] if whose else []


def find(deps: Deps, presented: Presented | None, contact_id: str) -> Continued | None:
    """What a code carries on; else None, and `presented` says why it is refused. At most two reads."""
    if presented is None or presented.refused:
        return None
    code = codes.find_code(presented.hashed, deps.now())
    if code is None or code.redeemed_by or code.contact_id == contact_id:
        presented.refused = USED if code and code.redeemed_by else UNKNOWN
        return None
    first, timeline = store.get_contact_with_timeline(code.contact_id)
    return Continued(presented, code, first, timeline)


def is_good(deps: Deps, presented: Presented, contact_id: str) -> bool:
    """Whether a contact by that id carries on with it, or would: at most one read."""
    code = None if presented.refused else codes.find_code(presented.hashed, deps.now())
    return code is not None and code.contact_id != contact_id and code.redeemed_by in {None, contact_id}


def carries_on(contact: Contact, presented: Presented) -> bool:
    """Whether the contact carries on by this very code already."""
    return bool(contact.continues) and contact.continues["code"] == presented.hashed


def carries_another_on(contact: Contact) -> bool:
    """Whether the contact carries on by a code; who rang back may still say that they mean another."""
    return bool(contact.continues and contact.continues["code"])


def take_over(deps: Deps, caller: Caller, contact: Contact, continued: Continued, now: Situation) -> bool:
    """Takes over the record of nobody in particular, on either contact, into the other's: whether it did.

    Costs nothing unless they are with different customers; then at most ten reads and a merge. Raises
    `WriteConflict`.
    """
    if (pair := find_nobodys(deps, contact, continued, now)) is None:
        return False
    merge(deps, caller, pair)
    return True


def find_nobodys(deps: Deps, contact: Contact, continued: Continued, now: Situation) -> tuple[str, str] | None:
    """Of two records the one that is to take over the other, which is nobody's in particular: (kept, joined)."""
    first_id, record = continued.first.customer_id, now.record
    if first_id is None or record is None or first_id in record.member_ids:
        return None
    own = record.home.customer_id
    if sign_in.may_take_over(deps, continued.first, first_id, record):
        return own, first_id
    whose = records.read_head(first_id)
    return (first_id, own) if sign_in.may_take_over(deps, contact, own, whose) else None


def merge(deps: Deps, caller: Caller, pair: tuple[str, str], beside: Sequence[Change] = ()) -> None:
    """Merges them, and writes what is `beside` it with that. Raises `WriteConflict` where they are one by now."""
    kept, joined = pair
    request = MergeCustomers(other_customer_id=joined, reason=REASON)
    try:
        _, made = merges.merge_once(deps, caller, kept, request, beside=beside)
    except BadInput as error:
        raise WriteConflict("they were merged meanwhile") from error
    if not made:
        raise WriteConflict("they were merged meanwhile")


def as_one(evidence: list[Evidence], pair: tuple[str, str]) -> list[Evidence]:
    """The evidence as it will be once these two are one person's."""
    kept, joined = pair
    return [
        replace(
            item,
            owners=tuple(
                {
                    one.customer_id: one
                    for owner in item.owners
                    for one in [replace(owner, customer_id=kept) if owner.customer_id == joined else owner]
                }.values()
            ),
        )
        for item in evidence
    ]


def agrees(continued: Continued, now: Situation) -> bool:
    """Whether nothing says that the contact which is carried on was somebody else's."""
    first_id = continued.first.customer_id
    return first_id is None or bool(now.record and first_id in now.record.member_ids)


def take_case(contact: Contact, continued: Continued, now: Situation, *, same: bool) -> None:
    """Puts a contact into the case of the one that it carries on, where that is the same person's."""
    if now.record and same:
        contact.case_id = contact.case_id or continued.first.case_id


def carry(
    deps: Deps, caller: Caller, contact: Contact, continued: Continued, now: Situation, *, same: bool
) -> list[Change]:
    """Writes on the contact what it carries on; gives what must be written with it: the code is used up.

    The contact must have its customer by then. `same`: nothing says that the first contact was somebody else's;
    else it costs a read.
    """
    first = continued.first
    other = None if same or first.customer_id is None else records.read_customer(first.customer_id).whole
    contact.continues = {
        "contact_id": first.contact_id,
        "channel": first.channel,
        "case_id": first.case_id,
        "via": "code",
        "code": continued.presented.hashed,
        "customer_id": first.customer_id,
        "suggests": _named(other),
    }
    at = keys.instant(deps.now())
    said = survivorship.merge(carried.facts(first), first.facts)
    timeline = journeys_shown.permitted(other.timeline, other.profile) if other else continued.timeline
    tried = journeys_shown.recent(timeline, deps.now())
    if other:
        said = survivorship.merge(journeys_shown.filled_in(tried, other.facts.entries), said)
    contact.carried = {name: [entry] for name, entry in survivorship.current(said, at).items()}
    contact.carried_journey = carried.kept_journey([*(one.entry for one in tried), *carried.journey(first)])
    if same:
        contact.checked = max(int(contact.checked), Assurance.CORROBORATED)
    now.decision = situation.with_check(now.decision, contact)
    return [
        *codes.use_up(continued.code, contact.contact_id),
        *refund(deps, continued.presented.charged),
        changes.require_same_owner(first),
        *_explained(deps, caller, contact, other),
    ]


def _named(other: CustomerHead | None) -> dict[str, Any] | None:
    return {"customer_id": other.customer_id, "name": other.profile.name} if other else None


def _explained(deps: Deps, caller: Caller, contact: Contact, other: CustomerHead | None) -> list[Change]:
    """In the ledger of the customer; where the first contact was another's, in that one's as well."""
    whose, contact_id = contact.customer_id, contact.contact_id
    decided = "continuation_suggests" if other else "contact_continued"
    pairs = [(whose, other.customer_id if other else None), (other.customer_id if other else None, whose)]
    return [
        ledger.note(deps, one, decided, by=caller, contact_id=contact_id, other_customer_id=another)
        for one, another in pairs
        if one
    ]
