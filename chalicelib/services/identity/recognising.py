"""Letting what a contact said name who it is: by the index, and then by the record itself."""

from chalicelib.models.items import Contact
from chalicelib.models.store import CustomerHead
from chalicelib.rules import contradiction, survivorship
from chalicelib.rules.contradiction import Fit
from chalicelib.rules.matching import Assurance, Decision
from chalicelib.rules.recognition import TELLING, can_recognise, recognises
from chalicelib.services.customers import records
from chalicelib.services.customers.situation import Situation, ever_known
from chalicelib.services.identity import recognition

RECOGNISED = 0.8
"""The confidence in whoever what was said names by itself."""


def recognise(situation: Situation, contact: Contact | None, now: str) -> None:
    """Lets what was said name who it is, where the evidence names nobody or somebody it says nothing of."""
    head, said = situation.head, situation.said
    if not can_recognise(said) or (head and _agrees(head, contact, said, now)):
        return
    rejected = contact.rejected if contact else []
    found = [one for one in recognition.find_by_what_was_said(said) if one not in rejected]
    heads = {one.customer_id: one for one in records.list_people(found).values()}
    fitting = [
        one for one in heads.values() if recognises(contradiction.fitting(ever_known(one, contact, now), said))
    ]
    if len(fitting) == 1:
        _is_recognised(situation, fitting[0].customer_id, now)
    elif fitting:
        _may_be_any(situation, fitting)


def _agrees(head: CustomerHead, contact: Contact | None, said: dict[str, str], now: str) -> bool:
    """Whether anything that was said is known of this customer from elsewhere."""
    fits = contradiction.fitting(ever_known(head, contact, now), said)
    return any(fit in {Fit.SAME, Fit.NEAR} for fit in fits.values())


def _is_recognised(situation: Situation, customer_id: str, now: str) -> None:
    record = records.read_head(customer_id)
    known = survivorship.current(record.whole.facts.entries, now)
    reasons: list[dict[str, object]] = [
        {"fact": name, "verified": bool(name in known and known[name]["verified"])}
        for name in TELLING
        if name in situation.said
    ]
    others = [reason for reason in situation.decision.reasons if "identifier" in reason]
    reasons += [{**reason, "verified": False, "conflicts": True} for reason in others]
    situation.decision = Decision("one", customer_id, (), RECOGNISED, Assurance.CLAIMED, reasons)
    situation.record, situation.candidates, situation.doubted = record, [], False
    situation.recognised = True


def _may_be_any(situation: Situation, heads: list[CustomerHead]) -> None:
    candidates = tuple(head.customer_id for head in heads)
    confidence = round(1 / len(heads), 2)
    situation.decision = Decision(
        "many", None, candidates, confidence, Assurance.CLAIMED, situation.decision.reasons
    )
    situation.candidates, situation.record = [(head.profile, head.facts) for head in heads], None
