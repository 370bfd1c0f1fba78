"""Giving out a code and a link with which the customer carries a contact on to another channel.

Both are made from a secret and what they are for, and kept under keyed hashes: asked again while it lives, the
same code is told, though the table does not know it.
"""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.errors import BadInput, Conflict, TooManyTries
from chalicelib.models import codes, keys
from chalicelib.models.changes import Change, commit
from chalicelib.models.codes import find_codes, read_counts
from chalicelib.models.items import Contact, ContinuationCode
from chalicelib.models.requests.continuation import ContinueContact
from chalicelib.rules.access import Caller
from chalicelib.rules.continuation import TRIED, Form, derive, forms_for, hashed
from chalicelib.rules.windows import windows
from chalicelib.services.contacts import contacts
from chalicelib.services.continuation import code_tries
from chalicelib.services.deps import Deps
from chalicelib.services.identity.identify import read_identifier
from chalicelib.services.settle import settled

ACTION = "continuations:issue"


@dataclass(frozen=True, slots=True)
class Issued:
    """A code to key in, and a link to tap; `link` is None where the business has no page for it."""

    code: str
    link: str | None
    expires_at: datetime
    link_expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Pair:
    """A code that may be given out and the link that goes with it, each with its hash."""

    form: Form
    code: str
    hashed: str
    token: str
    hashed_token: str


@settled
def issue(deps: Deps, caller: Caller, contact_id: str, request: ContinueContact) -> tuple[Issued, bool]:
    """Gives out a code and a link for a contact, or those that live already: (issued, whether it is a new one).

    Three reads and one transaction; two reads where it is told again. Raises `NotFound`, `Conflict` where codes
    are not set up, `TooManyTries` where the contact has as many as it may.
    """
    if not deps.settings.continuation_secret:
        raise Conflict("continuation codes are not set up: there is no CONTINUATION_SECRET")
    contact = contacts.get_own_contact(caller, contact_id, ACTION)
    number = _announced(deps, request)
    pairs = _pairs(deps, contact_id, number)
    found = find_codes([pair.hashed for pair in pairs], deps.now())
    for pair in pairs:
        if (code := found.get(pair.hashed)) and _may_be_told_again(deps, code, contact_id):
            return _issued(deps, pair, code.expires_at, code.twin_expires_at), False
    counters = {"open": code_tries.open_counter(deps)}
    if number:
        counters["number"] = code_tries.number_counter(deps, number)
    counts = read_counts(counters.values(), deps.now(), deps.settings.code_life)
    forms = forms_for(
        announced=number is not None,
        of_number=counts[counters["number"]][1].both if number else 0,
        open_codes=counts[counters["open"]][1].both,
    )
    free = (pair for form in forms for pair in pairs if pair.form is form and pair.hashed not in found)
    if (chosen := next(free, None)) is None:
        raise TooManyTries("this contact has as many codes as it may: wait until they have expired")
    counter = counters["number" if chosen.form is Form.BOUND else "open"]
    return _write(deps, caller, contact, chosen, request.towards, counter), True


def _announced(deps: Deps, request: ContinueContact) -> str | None:
    """The number from which the customer says that they will call or write. Raises `BadInput` at `from`."""
    if request.sender is None:
        return None
    identifier = read_identifier(deps, request.sender, "from")
    number = code_tries.number_of(identifier)
    if number is None:
        raise BadInput.at("from", "must be a phone number, or the one of a WhatsApp account")
    return number


def _pairs(deps: Deps, contact_id: str, number: str | None) -> list[_Pair]:
    """All that may be given out now for a contact, in the order in which they are tried."""
    window, _ = windows(deps.now(), deps.settings.code_life)
    forms = [form for form in (Form.BOUND, Form.OPEN, Form.CROWDED) if number or form is not Form.BOUND]
    return [
        _pair(deps.settings.continuation_secret, form, (contact_id, number or "", keys.instant(window), str(n)))
        for form in forms
        for n in range(TRIED)
    ]


def _pair(secret: str, form: Form, of_what: tuple[str, ...]) -> _Pair:
    _, number, *_ = of_what
    code, token = derive(secret, form, *of_what), derive(secret, Form.LINK, form, *of_what)
    bound = (number,) if form is Form.BOUND else ()
    return _Pair(form, code, hashed(secret, form, *bound, code), token, hashed(secret, Form.LINK, token))


def _may_be_told_again(deps: Deps, code: ContinuationCode, contact_id: str) -> bool:
    """Whether it is this contact's and has more than half of its life left."""
    left = code.expires_at - deps.now()
    return bool(code.contact_id == contact_id and not code.redeemed_by and left > deps.settings.code_life / 2)


def _issued(deps: Deps, pair: _Pair, expires_at: datetime, link_expires_at: datetime) -> Issued:
    prefix = deps.settings.link_prefix
    return Issued(pair.code, f"{prefix}{pair.token}" if prefix else None, expires_at, link_expires_at)


def _write(  # noqa: PLR0917 - one step of `issue`
    deps: Deps, caller: Caller, contact: Contact, pair: _Pair, towards: str | None, counter: str
) -> Issued:
    settings, now = deps.settings, deps.now().replace(microsecond=0)  # a time to live has whole seconds
    ends = {pair.hashed: now + settings.code_life, pair.hashed_token: now + settings.link_life}
    forms = {pair.hashed: pair.form, pair.hashed_token: Form.LINK}
    twins = {pair.hashed: pair.hashed_token, pair.hashed_token: pair.hashed}
    made: list[Change] = [
        codes.add_code(
            ContinuationCode(
                PK=keys.continuation(one),
                SK=keys.CODE,
                contact_id=contact.contact_id,
                form=forms[one],
                towards=towards,
                twin=twins[one],
                twin_expires_at=ends[twins[one]],
                issued_by=caller.named,
                issued_at=now,
                expires_at=ends[one],
            ),
            now,
        )
        for one in (pair.hashed, pair.hashed_token)
    ]
    window, _ = windows(deps.now(), settings.code_life)
    commit([*made, codes.count_issued(counter, window, settings.code_life)])
    return _issued(deps, pair, ends[pair.hashed], ends[pair.hashed_token])
