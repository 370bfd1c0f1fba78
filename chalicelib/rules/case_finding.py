"""Which case something belongs to: a sign, a fact, its reason, its words, else it opens one, or somebody is asked.

Pure: what is known of the customer's cases and what was told goes in, a decision with its reason comes out.
The reason names no content of a case, so that it may be told to whoever may know that there is one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from chalicelib.rules.case_states import REOPENED_WITHIN, Status
from chalicelib.rules.topic import as_reference, likeness

By = Literal["sign", "fact", "reason", "words", "conversation", "opened", "asked", "named", "corrected", "none"]

ALIKE = 0.25
"""Likeness in words from which two things are about the same: found on chats of returning customers."""
MOST = 0.5
"""The part of several reasons from which two things are about the same."""
CONVERSATION = timedelta(days=1)
"""Since a case was last written about on a channel: what says too little to tell goes on with it."""
FEW_WORDS = 3
"""Words that say something, fewer than which a message says too little to begin a matter of its own."""


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A case of the customer, as far as it tells whether something belongs to it."""

    case_id: str
    status: Status
    since: datetime
    last_event_at: datetime
    last_channel: str | None = None
    reasons: frozenset[str] = frozenset()
    product: str | None = None
    references: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()

    def may_take(self, at: datetime) -> bool:
        """Whether what happened at a moment may belong to it without a sign: it is open, or was until lately."""
        return self.status is not Status.RESOLVED or at <= self.since + REOPENED_WITHIN


@dataclass(frozen=True, slots=True)
class Told:
    """What was told by a contact or a message, and when; `is_message`: it stands by itself, on no contact."""

    at: datetime
    channel: str
    is_message: bool = False
    is_question: bool = False
    case_numbers: frozenset[str] = frozenset()
    references: frozenset[str] = frozenset()
    reasons: frozenset[str] = frozenset()
    product: str | None = None
    words: tuple[str, ...] = ()

    @property
    def may_begin(self) -> bool:
        """Whether it says enough to begin a matter of its own; on a contact, that is for the contact to say."""
        enough = self.is_question or self.references or self.reasons or len(self.words) >= FEW_WORDS
        return bool(enough or not self.is_message) and not self.says_nothing

    @property
    def says_nothing(self) -> bool:
        return not (self.case_numbers or self.references or self.reasons or self.product or self.words)


@dataclass(frozen=True, slots=True)
class Finding:
    """The case, how it was found and why; `may_be` are those between which somebody must tell."""

    case_id: str | None
    by: By
    reason: str
    may_be: tuple[str, ...] = ()


NOTHING = Finding(None, "none", "too little was said to know a case by, or to begin one")


def reasons_in(reason: str | None) -> frozenset[str]:
    """The reasons in a text that may name several: "delivery; refund"."""
    parts = (reason or "").replace(";", ",").replace("+", ",").split(",")
    return frozenset(" ".join(part.casefold().split()) for part in parts) - {""}


def find_case(told: Told, cases: Sequence[KnownCase]) -> Finding:
    """The case that it belongs to; where none is found, whether to ask or to open one is said by `by`.

    `opened`: it is about something else than all of them. What says nothing belongs nowhere.
    """
    could_be = [case for case in cases if case.may_take(told.at)]
    found = (
        _by_number(told, cases)
        or _by_reference(told, could_be)
        or _by_reason(told, could_be)
        or _by_words(told, could_be)
        or _by_conversation(told, could_be)
        or _by_being_the_only_one(told, could_be)
    )
    if found:
        return found
    if not told.may_begin:
        return NOTHING
    return Finding(None, "opened", "about something else than the cases there are" if could_be else "the first")


def _by_number(told: Told, cases: Sequence[KnownCase]) -> Finding | None:
    named = [case for case in cases if told.case_numbers & {case.case_id, number_of(case.case_id)}]
    return _one_of(named, told, "fact", "its number was given")


def _by_reference(told: Told, cases: Sequence[KnownCase]) -> Finding | None:
    numbers = told.references | {as_reference(number) for number in told.case_numbers}
    same = [case for case in cases if case.references & numbers]
    return _one_of(same, told, "fact", "the same order or reference number was given")


def _by_reason(told: Told, cases: Sequence[KnownCase]) -> Finding | None:
    if not told.reasons:
        return None
    fit = [case for case in cases if _same_product(told, case)]
    same = [case for case in fit if case.reasons == told.reasons]
    if same:
        return _one_of(same, told, "reason", "the same reason")
    most = [case for case in fit if shared(case.reasons, told.reasons) >= MOST]
    if not most:
        return None
    best = max(most, key=lambda case: (shared(case.reasons, told.reasons), *_nearness(told, case, cases)))
    return Finding(best.case_id, "reason", "most of the same reasons")


def shared(reasons: frozenset[str], others: frozenset[str]) -> float:
    """The part of several reasons that is shared; sharing one is nothing, for that may be a matter of its own."""
    both = len(reasons & others)
    return both / len(reasons | others) if both > 1 else 0.0


def _by_words(told: Told, cases: Sequence[KnownCase]) -> Finding | None:
    """Not where both say why, and differently."""
    fit = [case for case in cases if not (told.reasons and case.reasons) and _same_product(told, case)]
    alike = [case for case in fit if _likeness(told, case, cases) >= ALIKE]
    if not alike:
        return None
    best = max(alike, key=lambda case: _nearness(told, case, cases))
    return Finding(best.case_id, "words", "it is about the same, in its words")


def _by_conversation(told: Told, cases: Sequence[KnownCase]) -> Finding | None:
    """What says too little goes on with the one open case, or with what was just written about on the channel."""
    if not told.is_message or told.reasons or told.references or len(told.words) >= FEW_WORDS:
        return None
    going_on = [case for case in cases if case.status is not Status.RESOLVED]
    lately = [
        case
        for case in going_on
        if case.last_channel == told.channel and abs(told.at - case.last_event_at) <= CONVERSATION
    ]
    if lately:
        return _one_of(lately, told, "conversation", "it goes on with what was just written")
    if told.says_nothing:
        return None
    return _one_of(going_on, told, "conversation", "the one open case, and it says nothing else")


def _by_being_the_only_one(told: Told, cases: Sequence[KnownCase]) -> Finding | None:
    """A number here and a reason or words there cannot be compared: nothing speaks against the one open case."""
    going_on = [case for case in cases if case.status is not Status.RESOLVED]
    if len(going_on) != 1 or told.says_nothing or not _same_product(told, going_on[0]):
        return None
    (case,) = going_on
    lately = abs(told.at - case.last_event_at) <= REOPENED_WITHIN
    if not lately or not _is_known(case) or _can_be_compared(told, case):
        return None
    return Finding(case.case_id, "conversation", "the one open case, and nothing that is known speaks against it")


def _is_known(case: KnownCase) -> bool:
    return bool(case.references or case.reasons or case.words or case.product)


def _can_be_compared(told: Told, case: KnownCase) -> bool:
    """Whether both have a number, or both a reason or words."""
    numbers, matter = told.references or told.case_numbers, told.reasons or told.words
    return bool((numbers and case.references) or (matter and (case.reasons or case.words)))


def _one_of(fit: Sequence[KnownCase], told: Told, by: By, reason: str) -> Finding | None:
    """The one that fits; of several the one that is open; else the one that is most alike, or it is asked."""
    if len(fit) <= 1:
        return Finding(fit[0].case_id, by, reason) if fit else None
    is_open = [case for case in fit if case.status is not Status.RESOLVED]
    if len(is_open) == 1:
        return Finding(is_open[0].case_id, by, f"{reason}, and it is open")
    among = is_open or list(fit)
    alike = [_likeness(told, case, among) for case in among]
    if max(alike) >= ALIKE and alike.count(max(alike)) == 1:
        return Finding(among[alike.index(max(alike))].case_id, by, f"{reason}, and the most alike in its words")
    if not is_open:
        last = max(among, key=lambda case: (case.last_event_at, case.case_id))
        return Finding(last.case_id, by, f"{reason}, and the last that was worked on")
    return Finding(None, "asked", f"{reason} as several cases", tuple(sorted(case.case_id for case in among)))


def _nearness(told: Told, case: KnownCase, cases: Sequence[KnownCase]) -> tuple[float, datetime, str]:
    """By which the nearest of several is the largest, whatever their order: in words, in time, in any way."""
    return _likeness(told, case, cases), case.last_event_at, case.case_id


def _likeness(told: Told, case: KnownCase, cases: Sequence[KnownCase]) -> float:
    return likeness(told.words, case.words, [one.words for one in cases])


def _same_product(told: Told, case: KnownCase) -> bool:
    return not (told.product and case.product) or told.product.casefold() == case.product.casefold()


def number_of(case_id: str) -> str:
    """A number for a case that can be said and keyed in: eight digits, looked for among a customer's own."""
    from hashlib import sha256

    return f"{int.from_bytes(sha256(case_id.encode()).digest()[:8]) % 100_000_000:08d}"
