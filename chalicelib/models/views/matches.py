"""What goes out of who it is: one, many or none, and why."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from chalicelib.models.requests.kinds import IdentifierType
from chalicelib.models.views.base import AssuranceLevel, Documented, FactName, View


class Reason(TypedDict):
    """One thing that speaks for a match, or against it: a kind of identifier or fact, never its value."""

    identifier: NotRequired[Annotated[str, Documented(IdentifierType)]]
    fact: NotRequired[FactName]
    customer_id: NotRequired[str]
    verified: NotRequired[bool]
    conflicts: NotRequired[bool]
    shared_by: NotRequired[int]
    shared: NotRequired[
        Annotated[bool, Field(description="Others use it so often that it decides nothing alone.")]
    ]
    candidate: NotRequired[
        Annotated[bool, Field(description="Proposed, and never confirmed: met beside it, or known by a variant.")]
    ]
    variant_of: NotRequired[
        Annotated[
            str,
            Field(description="A candidate is known by another form of it: an email, or a phone number."),
            Documented(IdentifierType),
        ]
    ]
    attributed: NotRequired[Annotated[bool, Field(description="Somebody decided whose contact it is.")]]
    signed_in: NotRequired[Annotated[bool, Field(description="The portal's token says who is signed in.")]]
    continued: NotRequired[
        Annotated[bool, Field(description="It carries on a contact of theirs; with `conflicts`, of another's.")]
    ]


class Match(View):
    """Who it is: one, many or none; how sure (0-1, a figure to sort by); and why."""

    result: Annotated[str, Documented(Literal["one", "many", "none"])]
    confidence: Annotated[float, Field(ge=0, le=1)]
    reasons: list[Reason]


class CandidateView(TypedDict):
    """Somebody who it may be; the name is for desks only."""

    customer_id: str
    name: NotRequired[str | None]


class Verified(View):
    """How many of the facts that were given agree with what is known, never which; how sure it is now."""

    assurance: AssuranceLevel
    matched: int
    of: int
