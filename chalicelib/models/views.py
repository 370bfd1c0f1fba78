"""What goes out. A view that is made from an item has that item's names; `from_item` reads them.

Annotations are what the API document says of an answer (`Documented` is for what is not checked again
on its way out). A field with a default is always there all the same, unless its view says otherwise.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, Literal, NotRequired, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from typing_extensions import TypedDict

from chalicelib.models.items import Item
from chalicelib.models.requests import FACT_NAMES, Channel, Direction, IdentifierType, Phase, Relation


@dataclass(frozen=True)
class Documented:
    """Says what a field holds without checking it again: what is stored was checked when it came in."""

    kind: Any

    def __get_pydantic_json_schema__(self, _: Any, handler: Callable[[Any], JsonSchemaValue]) -> JsonSchemaValue:
        return handler(TypeAdapter(self.kind).core_schema)


ChannelName = Annotated[str, Documented(Channel)]
DirectionName = Annotated[str, Documented(Direction)]
FactName = Annotated[str, WithJsonSchema(FACT_NAMES)]
Instant = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
AssuranceLevel = Annotated[
    int, Field(ge=0, le=3, description="0 nothing usable, 1 claimed, 2 corroborated, 3 authenticated")
]


class View(BaseModel):
    """Base of all views."""

    model_config = ConfigDict(
        from_attributes=True,
        populate_by_name=True,
        defer_build=True,
        json_schema_serialization_defaults_required=True,
    )

    @classmethod
    def from_item(cls, item: Item) -> Self:
        return cls.model_validate(item)


Seen = TypeVar("Seen")


class Listing(View, Generic[Seen]):
    """Base of all lists: `next` is the cursor of the page after this one, null on the last."""

    items: list[Seen]
    next: str | None = None


class FieldProblem(View):
    """One thing wrong with the input: a dotted path to the field, and what to do about it."""

    field: str
    message: str


class Problem(View):
    """What went wrong (RFC 9457). `code` is stable for programs, `detail` is for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    correlation_id: str
    errors: list[FieldProblem] | None = Field(default=None, description="Only for bad input.")

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)


class ApiDocument(View):
    """This API as an OpenAPI 3.1 document."""

    openapi: str
    info: dict[str, Any]
    paths: dict[str, Any]
    components: dict[str, Any]

    model_config = ConfigDict(extra="allow")


class Address(TypedDict):
    """One end of a contact, as it was received."""

    type: Annotated[str, Documented(IdentifierType)]
    value: str
    scope: str


class CallerName(TypedDict):
    """Who did something: the role, and the subject of the token or the name of the key."""

    role: str
    subject: str


class IdentifierNamed(TypedDict):
    """An identifier in its one form."""

    type: Annotated[str, Documented(IdentifierType)]
    scope: str
    value: str


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


class KnownFact(View):
    """A fact; `value` is null and `withheld` true where the caller may only learn that it is known."""

    value: str | None
    source: str
    collected_at: datetime
    verified: bool
    withheld: bool = False


class FactView(KnownFact):
    """A fact as desks see it: with its sensitivity, its contact and the values before it, newest first."""

    contact_id: str | None
    expires_at: datetime | None
    sensitivity: str
    earlier: list[KnownFact] = []


class FactsView(View):
    """What is known of a customer, by fact."""

    facts: dict[FactName, FactView]


class HowFound(TypedDict):
    """By what the case of something was found, and why; `may_be` are those between which somebody must tell."""

    by: Literal["sign", "fact", "reason", "words", "conversation", "opened", "asked", "named", "corrected", "none"]
    reason: str
    may_be: list[str]


CaseFound = Annotated[
    dict[str, Any] | None,
    Documented(HowFound | None),
    Field(
        serialization_alias="case",
        description="How its case was found. sign: a reply, our token, its contact. fact: a case or order number. "
        "opened: none of those there are was meant. asked: `may_be`, tell which. none: nothing was said of it.",
    ),
]


class CaseView(View):
    """A case in a list."""

    case_id: str
    number: str | None = Field(description="Eight digits to be said or keyed in as the fact `case_number`.")
    customer_id: str
    subject: str | None = Field(description="Null where the caller may only learn that there is a case.")
    status: Annotated[str, Documented(Literal["open", "pending", "resolved"])]
    pending_on: Annotated[str | None, Documented(Literal["customer", "us", "third_party"] | None)] = Field(
        description="Whom it waits for while it is pending."
    )
    priority: Annotated[str, Documented(Literal["low", "normal", "high", "urgent"])]
    owner: str | None
    team: str | None
    due_at: datetime | None = Field(
        description="When the next of first answer and resolution is due; null while it waits for the customer."
    )
    late: Annotated[str | None, Documented(Literal["first_answer", "resolution"] | None)] = Field(
        description="What somebody was warned of that it will be late, or is."
    )
    last_channel: ChannelName | None
    opened_at: datetime
    updated_at: datetime
    closed_at: datetime | None


class CaseList(Listing[CaseView]):
    """A page of cases."""


class CaseLink(TypedDict):
    """What a case is to another."""

    case_id: str
    relation: Literal["related", "duplicate_of", "has_duplicate", "caused_by", "causes"]


class SplitOff(TypedDict):
    """What a case was split off, and the interactions that it took."""

    case_id: str
    interaction_ids: list[str]


class WholeCase(CaseView):
    """One issue that the customer wants resolved. `version` is its ETag."""

    reason: str | None
    product: str | None
    description: str | None
    references: list[str] = Field(description="Numbers of orders and the like, by which what comes in finds it.")
    opened_by: Annotated[dict[str, str], Documented(CallerName)] = Field(
        description="Who opened it: `system`, a rule."
    )
    joined_into: str | None = Field(description="The case that it turned out to be; what comes in goes to that.")
    split_off: Annotated[dict[str, Any] | None, Documented(SplitOff | None)] = Field(
        description="What it was split off, and what it took from there."
    )
    links: Annotated[list[dict[str, Any]], Documented(list[CaseLink])]
    first_answered_at: datetime | None
    reopened: int = Field(description="How often it was resolved and opened again.")
    version: int = Field(validation_alias="edition")


class Changed(TypedDict):
    """A field of a case before and after."""

    before: Any
    after: Any


class CaseChangeView(View):
    """What was changed of a case, by whom and why."""

    change_id: str
    changed_at: datetime
    changed_by: CallerName
    changed: Annotated[dict[str, Any], Documented(dict[str, Changed])]
    reason: str | None
    contact_id: str | None = Field(description="The contact that led to it.")
    interaction_id: str | None = Field(description="The message that led to it.")
    other_case_id: str | None
    version: int = Field(validation_alias="edition")


class CaseHistory(Listing[CaseChangeView]):
    """A page of a case's history, newest first."""


class LiveContact(View):
    """A contact in its customer's collection."""

    contact_id: str
    channel: ChannelName
    direction: DirectionName
    status: Annotated[str, Documented(Literal["live", "ended"])]
    started_at: datetime
    ended_at: datetime | None
    duration_seconds: int | None
    ended_by: Annotated[str | None, Documented(Literal["schedule"] | None)] = Field(
        default=None,
        description="`schedule` where nobody told the end: `ended_at` is when it was last heard of.",
    )
    disposition: str | None
    summary: str | None
    case_id: str | None
    phase: Annotated[str | None, Documented(Phase | None)] = Field(
        default=None, description="How far its provider says that it got; null where that reports nothing."
    )


class Continues(TypedDict):
    """The contact that this one carries on, and how that is known."""

    contact_id: str
    channel: ChannelName
    case_id: str | None
    via: Annotated[str, Documented(Literal["code", "ring_back"])]


class FeedbackDue(TypedDict):
    """Who is to be asked how it was, and on which channel: where they like to be asked, may be and can be."""

    channel: ChannelName
    to: Address
    asked_at: Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]


class Feedback(TypedDict):
    """What the customer says of a contact, and how its case stood then."""

    score: int
    scale: Literal["csat", "nps"]
    words: str | None
    case_id: str | None
    case_status: str | None
    given_at: Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]


class ParticipantView(TypedDict):
    """Somebody who was there."""

    name: str
    role: Annotated[str, Documented(Literal["customer", "agent", "guest"])]
    joined_at: Instant | None
    left_at: Instant | None


class ContactView(LiveContact):
    """One live touch on one channel, from start to end."""

    provider: str
    provider_contact_id: str
    sender: Address | None = Field(serialization_alias="from")
    recipient: Address | None = Field(serialization_alias="to")
    attributes: dict[str, str]
    link: str | None = Field(description="Where to join, as of a video session.")
    participants: list[ParticipantView]
    need: list[FactName]
    customer_id: str | None
    resolved: bool | None
    continues: Continues | None = None
    feedback_due: FeedbackDue | None = None
    feedback: Feedback | None = None
    previous_contact_id: str | None = Field(
        default=None, description="The contact that it goes on from, as after a transfer."
    )
    case_found: CaseFound = None


class TimelineEntry(View):
    """A preview of what happened; `truncated` says that `GET /v1/interactions/{id}` has more."""

    interaction_id: str
    channel: ChannelName
    direction: DirectionName
    event_kind: str = Field(serialization_alias="kind")
    occurred_at: datetime
    source: str
    subject: str | None
    body: str | None
    attributes: dict[str, str]
    contact_id: str | None
    case_id: str | None
    truncated: bool = False


class TimelineList(Listing[TimelineEntry]):
    """A page of a timeline."""


class AttachmentView(View):
    """What was sent with a message: named and typed by its sender, `size` in bytes."""

    attachment_id: str
    name: str
    type: str
    size: int


class AttachmentLink(AttachmentView):
    """Where an attachment can be fetched, by whoever has the link, until it expires."""

    interaction_id: str
    customer_id: str | None
    link: str
    expires_at: datetime


class InteractionView(TimelineEntry):
    """An interaction, whole."""

    source_event_id: str
    received_at: datetime
    customer_id: str | None
    sender: Address | None = Field(serialization_alias="from")
    recipient: Address | None = Field(serialization_alias="to")
    in_reply_to: str | None
    attachments: Annotated[list[AttachmentView], BeforeValidator(lambda listed: listed or [])]
    case_found: CaseFound = None
    match: Match
    assurance: AssuranceLevel


HowKnown = Annotated[
    str,
    Documented(Literal["came_from", "vouched", "given", "confirmed", "attributed", "signed_in", "checked"]),
    Field(
        description="came_from: nobody knew it, and a contact came from it. vouched: said, and a trusted caller "
        "vouched for it. given: by a desk or an import. confirmed: met beside it again. attributed: by a desk. "
        "signed_in: a browser on which the customer signed in. checked: an identity check succeeded on "
        "a contact from it."
    ),
]


class IdentifierView(TypedDict):
    """What a customer is known by: in its one form, and as it was received first."""

    type: Annotated[str, Documented(IdentifierType)]
    scope: str
    value: str
    received: str
    verified: bool
    since: Instant
    how: NotRequired[HowKnown]
    contact_id: NotRequired[Annotated[str | None, Field(description="The contact on which it became known.")]]
    verified_at: NotRequired[Instant | None]
    verified_how: NotRequired[HowKnown | None]


class RelationView(View):
    """What a customer is to another, as the record of the one keeps it."""

    customer_id: str
    name: str | None = Field(description="A copy, made when the relation was last written.")
    relation: Annotated[str, Documented(Relation)]
    may_be_told: list[str] = Field(
        description="Of speaks_for: what this customer may be told of the other; of spoken_for_by: what the "
        "other may be told of this one. Nothing where it is empty."
    )
    until: datetime | None
    note: str | None
    since: datetime
    by: CallerName = Field(description="Who said it last.")


class RelationList(Listing[RelationView]):
    """Who a customer has to do with."""


class RelationNamed(TypedDict):
    """A relation that was made, changed or ended, as it was then."""

    relation: Annotated[str, Documented(Relation)]
    may_be_told: list[str]
    until: Instant | None


class CustomerView(View):
    """A customer. Roles that see less get fewer fields: those that are not required may be missing."""

    customer_id: str
    name: str | None
    language: str | None
    members: list[str] = Field(default=[], description="The records that are this person's, where several are.")
    identifiers: list[IdentifierView]
    consent: dict[str, bool]
    attributes: dict[str, str]
    relations: list[RelationView] = []
    version: int
    created_at: datetime
    updated_at: datetime

    model_config = ConfigDict(json_schema_extra={"required": ["customer_id", "name", "language", "version"]})


class IdentifierSeen(IdentifierView):
    """What a customer is known by, and when somebody first and last came from it, or it was given."""

    first_seen_at: Instant
    last_seen_at: Instant


class IdentifierList(Listing[IdentifierSeen]):
    """What a customer is known by."""


class CustomerList(Listing[CustomerView]):
    """A page of customers."""


class SurvivingField(TypedDict):
    """What counts of a field, consent or fact of merged records, what does not meanwhile, and by which rule."""

    field: str
    kept: str | bool
    dropped: list[str | bool]
    rule: Literal["surviving_record", "only_value", "stricter", "given_since_the_merge", "verified_then_newest"]


class Effects(TypedDict):
    """What a merge does to what is read; nothing is moved or written over by it."""

    customer_id: Annotated[str, Field(description="The id by which the person goes from then on.")]
    members: list[str]
    fields: list[SurvivingField]
    identifiers: list[IdentifierView]
    open_cases: int
    live_contacts: int


class MergeView(View):
    """Two records found to be one person's. `merge_id` is null for a dry run."""

    merge_id: str | None
    customer_id: str
    other_customer_id: str
    reason: str | None
    merged_at: datetime
    merged_by: CallerName
    effects: Annotated[dict[str, Any], Documented(Effects)]
    undone_at: datetime | None
    undone_by: CallerName | None


class DecisionView(View):
    """What was decided about a customer, by whom and why."""

    decision_id: str
    decided: str
    decided_at: datetime
    decided_by: CallerName
    reason: str | None
    identifier: Annotated[dict[str, Any] | None, Documented(IdentifierNamed | None)]
    contact_id: str | None
    merge_id: str | None
    other_customer_id: str | None
    relation: Annotated[dict[str, Any] | None, Documented(RelationNamed | None)]


class DecisionList(Listing[DecisionView]):
    """A page of the ledger of a customer."""


class Captured(View):
    """What a capture made, or had made when it came first."""

    interaction_id: str
    customer_id: str | None
    contact_id: str | None
    case_id: str | None
    case_found: CaseFound = None
    match: Match
    assurance: AssuranceLevel


class CandidateView(TypedDict):
    """Somebody who it may be; the name is for desks only."""

    customer_id: str
    name: NotRequired[str | None]


class ContactAnswer(View):
    """What a flow is told: who it is, what is known and what is still to ask."""

    contact_id: str | None
    customer_id: str | None
    match: Match
    assurance: AssuranceLevel
    candidates: list[CandidateView]
    known: dict[FactName, KnownFact]
    ask: list[FactName]
    confirm: list[FactName] = Field(
        default=[], description="Needed, and known for so long that it may have changed."
    )
    open_cases: list[CaseView]
    more_open_cases: int = 0
    continues: Continues | None = None
    continuation: Annotated[str | None, Documented(Literal["accepted", "unknown", "used", "throttled"] | None)] = (
        Field(default=None, description="What became of the continuation code that came with the request.")
    )
    case_id: str | None = None
    case_found: CaseFound = None


class Verified(View):
    """How many of the facts that were given agree with what is known, never which; how sure it is now."""

    assurance: AssuranceLevel
    matched: int
    of: int


class JourneyFailure(TypedDict):
    """Where a form refused something, how often, and what it said last."""

    place: str
    times: int
    error: str | None


class RecentJourney(TimelineEntry):
    """What the customer did by themselves not long ago, in words. What was sent as an interaction has no task."""

    sentence: str | None = Field(
        description="Read in three seconds: what was tried, what went wrong, where it ended and how long ago. "
        "Null where the caller may not read conversations."
    )
    task: str | None = None
    outcome: Annotated[str | None, Documented(Literal["completed", "gave_up", "trying", "left"] | None)] = Field(
        default=None, description="`left`: nothing was heard for half an hour."
    )
    device: Annotated[str | None, Documented(Literal["phone", "tablet", "desktop"] | None)] = None
    at: datetime = Field(description="When it ended, or when something was done last.")
    failures: list[JourneyFailure] = []
    facts: dict[FactName, FactView] = Field(default={}, description="What was filled in, as it is known by now.")


class PacketView(View):
    """What whoever answers next is told: why, what was tried, what is known, what was promised."""

    transfer_id: str
    contact_id: str = Field(
        description="The contact that was handed on; those that go on from it have the packet, too."
    )
    kind: Annotated[str, Documented(Literal["warm", "cold"])]
    status: Annotated[str, Documented(Literal["taken", "offered", "accepted", "declined", "withdrawn"])] = Field(
        description="A cold transfer is taken as it is. A warm one is offered, until it is accepted, declined or "
        "withdrawn by another transfer."
    )
    to_team: str | None
    to_agent: str | None
    reason: str
    note: str | None
    tried: str | None
    promised: str | None
    known: list[FactName] = Field(description="The facts that were known; their values are among the facts.")
    at: Instant
    by: CallerName
    decided_at: Instant | None
    decided_by: CallerName | None


class TransferView(PacketView):
    """How a contact was handed on last, and before that, newest first."""

    earlier: list[PacketView] = []


class FollowUpView(View):
    """What is still to be done for a customer after a contact, until when and by whom."""

    follow_up_id: str
    customer_id: str
    contact_id: str
    case_id: str | None
    what: str
    due_at: datetime
    team: str | None
    agent: str | None
    agreed_at: datetime
    done_at: datetime | None
    done_by: CallerName | None


class FollowUpList(Listing[FollowUpView]):
    """A list of follow-ups, first due first."""


class ScreenPop(View):
    """What the agent sees when the contact arrives. `more_…` say how many are not shown."""

    contact: ContactView
    customer: Annotated[dict[str, Any], Documented(CustomerView)] | None
    match: Match
    assurance: AssuranceLevel
    candidates: list[CandidateView]
    facts: dict[FactName, FactView]
    ask: list[FactName]
    confirm: list[FactName] = Field(
        default=[], description="Needed, and known for so long that it may have changed."
    )
    open_cases: list[CaseView]
    more_open_cases: int
    live_contacts: list[LiveContact]
    more_live_contacts: int
    timeline: list[TimelineEntry]
    transfer: TransferView | None = None
    follow_ups: list[FollowUpView] = []
    recent_journey: list[RecentJourney]
    as_of: datetime
