"""Every item of the table. One module holds them all: a base query sees only imported kinds."""

from typing import Any

from pynamodb.attributes import (
    BooleanAttribute,
    DiscriminatorAttribute,
    JSONAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.connection import TableConnection
from pynamodb.constants import PAY_PER_REQUEST_BILLING_MODE, STREAM_NEW_AND_OLD_IMAGE
from pynamodb.models import Model

from chalicelib.models.connection import connect


class Item(Model):
    """What every item has: its key, its kind and, where it may go one day, when."""

    class Meta:
        table_name = "throughline"
        region = "eu-west-1"
        billing_mode = PAY_PER_REQUEST_BILLING_MODE
        stream_view_type = STREAM_NEW_AND_OLD_IMAGE

    PK = UnicodeAttribute(hash_key=True)
    SK = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()
    expires_at = TTLAttribute(null=True)

    @classmethod
    def connection(cls) -> TableConnection:
        """The one connection that all kinds share."""
        return cls._get_connection()

    @classmethod
    def bind(cls, table_name: str, region: str, endpoint: str | None) -> None:
        """Says which table the items live in. One client serves every kind."""
        cls.Meta.table_name = table_name
        cls.Meta.region = region
        cls._connection = None
        connect(cls.connection(), region, endpoint)


class Receipt(Item, discriminator="receipt"):
    """What a request made that came with an Idempotency-Key, so that the same again makes nothing."""

    made = UnicodeAttribute()
    said = UnicodeAttribute()


class IdentifierHead(Item, discriminator="identifier"):
    """Guards an identifier's owners: each change of ownership is conditioned on its version.

    `strangers` counts the contacts that came from it and were somebody else's than its owners'.
    """

    version = NumberAttribute()
    owners = NumberAttribute()
    strangers = NumberAttribute(default=0)


class IdentifierOwner(Item, discriminator="owner"):
    """One customer who is known by the identifier."""

    customer_id = UnicodeAttribute()
    received = UnicodeAttribute()
    verified = BooleanAttribute(default=False)
    first_seen_at = UTCDateTimeAttribute()
    last_seen_at = UTCDateTimeAttribute()


class IdentifierCandidate(Item, discriminator="candidate"):
    """Who was met beside an identifier that was never confirmed to be theirs, and on which contacts.

    `rejected`: somebody said that it is not theirs; it is never proposed again.
    """

    customer_id = UnicodeAttribute()
    contact_ids = JSONAttribute(default=list)
    rejected = BooleanAttribute(default=False)
    version = NumberAttribute(default=1)


class SaidBy(Item, discriminator="said_by"):
    """One customer who may be meant by what was said, and what is known of them to tell."""

    customer_id = UnicodeAttribute()
    told = JSONAttribute()


class Recognised(Item, discriminator="recognised"):
    """Under what a customer is found by what they say, as it was last written off the stream."""

    customer_id = UnicodeAttribute()
    told = JSONAttribute(default=dict)
    version = NumberAttribute(default=1)


class Profile(Item, discriminator="profile"):
    """Who the customer is. `version` is the ETag; counters move without it.

    `merges` are the edges of the group of records that were found to be one person's, the same on each
    of its members, and none where the record is alone. `consent_given_at` says when each consent was
    last given or withdrawn. `relations` are to other customers, each of whom keeps the opposite; the name
    in them is a copy. `grouped_at` is the version that all records of the group had when that last changed.
    `met_on` is the contact on which nobody knew who it was, so that the record was made. `dropped_call` is
    the last call that was over without being resolved (`rules.ring_back`). `case_resolved_at` is when a case
    was last resolved: whether one may be meant again that is not shown any more.
    """

    customer_id = UnicodeAttribute()
    name: Any = UnicodeAttribute(null=True)
    language: Any = UnicodeAttribute(null=True)
    identifiers = JSONAttribute(default=list)
    consent = JSONAttribute(default=dict)
    consent_given_at = JSONAttribute(default=dict)
    merges = JSONAttribute(default=list)
    grouped_at = NumberAttribute(default=0)
    relations = JSONAttribute(default=list)
    met_on: Any = UnicodeAttribute(null=True)
    dropped_call: Any = JSONAttribute(null=True)
    attributes = JSONAttribute(default=dict)
    failed_checks = NumberAttribute(default=0)
    failed_checks_since: Any = UTCDateTimeAttribute(null=True)
    open_cases = NumberAttribute(default=0)
    case_resolved_at: Any = UTCDateTimeAttribute(null=True)
    live_contacts = NumberAttribute(default=0)
    version = NumberAttribute(default=1)
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()


class Merge(Item, discriminator="merge"):
    """Two records found to be one person's: an edge, and whether it still holds."""

    merge_id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    other_customer_id = UnicodeAttribute()
    reason: Any = UnicodeAttribute(null=True)
    merged_at = UTCDateTimeAttribute()
    merged_by = JSONAttribute()
    effects = JSONAttribute()
    undone_at: Any = UTCDateTimeAttribute(null=True)
    undone_by: Any = JSONAttribute(null=True)
    version = NumberAttribute(default=1)


class LedgerEntry(Item, discriminator="decision"):
    """What was decided about a customer, by whom and why: written with the decision, never changed."""

    decision_id = UnicodeAttribute()
    decided = UnicodeAttribute()
    decided_at = UTCDateTimeAttribute()
    decided_by = JSONAttribute()
    reason: Any = UnicodeAttribute(null=True)
    identifier: Any = JSONAttribute(null=True)
    contact_id: Any = UnicodeAttribute(null=True)
    merge_id: Any = UnicodeAttribute(null=True)
    other_customer_id: Any = UnicodeAttribute(null=True)
    relation: Any = JSONAttribute(null=True)


class MailId(Item, discriminator="mail_id"):
    """Which interaction a mail became, by the Message-ID that replies to it name."""

    interaction_id = UnicodeAttribute()


class JourneyActs(Item, discriminator="journeys"):
    """What a customer did by themselves of late, act by act: the journeys on the timeline are made from it.

    `window` is a `rules.journey_window.Window`. `scope` makes the ids of its journeys its own: whose acts were the
    first in it. `in_minute` counts the events that were new in the `minute` in which the last ones came.
    """

    customer_id = UnicodeAttribute()
    scope = UnicodeAttribute()
    window = JSONAttribute(default=dict)
    minute: Any = UTCDateTimeAttribute(null=True)
    in_minute = NumberAttribute(default=0)
    version = NumberAttribute(default=1)


class SiteMinute(Item, discriminator="site_minute"):
    """How many events came with a publishable key in one minute: one of the parts in which that is counted."""

    events = NumberAttribute(default=0)


class KnownFacts(Item, discriminator="facts"):
    """All that is known of a customer: fact name -> entries, the one that counts first."""

    entries = JSONAttribute(default=dict)
    version = NumberAttribute(default=1)


class ContactFields(Item):
    """What the contact and its projections in the customer's collection share.

    `ended_by`: `schedule` where nobody told its end, and `ended_at` is when it was last heard of.
    """

    contact_id = UnicodeAttribute()
    channel = UnicodeAttribute()
    direction = UnicodeAttribute()
    status = UnicodeAttribute()
    started_by = JSONAttribute(default=dict)
    started_at = UTCDateTimeAttribute()
    ended_at: Any = UTCDateTimeAttribute(null=True)
    ended_by: Any = UnicodeAttribute(null=True)
    phase: Any = UnicodeAttribute(null=True)
    summary: Any = UnicodeAttribute(null=True)
    disposition: Any = UnicodeAttribute(null=True)
    case_id: Any = UnicodeAttribute(null=True)
    case_found: Any = JSONAttribute(null=True)

    @property
    def duration_seconds(self) -> int | None:
        """How long it took, once it is over."""
        return int((self.ended_at - self.started_at).total_seconds()) if self.ended_at else None


class Contact(ContactFields, discriminator="contact"):
    """One live touch. Holds its own facts and its owner, so that one without a customer has a home.

    `asked_for`: which numbers that are masked may be said next (`rules.masking`); None: nothing was heard yet.
    `reported`: what the provider told of it, and for which moment; `phase` is of that. `archive_key`: what it
    was first made from, where that is archived. `continues`: the contact that it carries on
    (`services.continuing`); `carried` and `carried_journey` are what was said on that one, and what was tried
    just before. `previous_contact_id`: what it goes on from, of the same provider; `taken_over` is whom it took
    over from that, as a digest, to tell it from what it found out itself. `transfers`: how it was handed on,
    newest first (`rules.handing_on`). `agents`: who works on it, `{"subject", "name"}` of each. `asked`:
    which facts were asked for, and which of them were known (`rules.asking`). `follow_ups`: the ids of
    what is to be done. `feedback_due`: who is to be asked how it was, and where; `feedback`: what they said.
    `gist`: the words of what was said on it, `references` what looks like the number of an order;
    `earlier_cases`: what its case was before somebody said another.
    """

    provider = UnicodeAttribute()
    provider_contact_id = UnicodeAttribute()
    sender = JSONAttribute(null=True)
    recipient = JSONAttribute(null=True)
    received_at = UTCDateTimeAttribute()
    attributes = JSONAttribute(default=dict)
    link: Any = UnicodeAttribute(null=True)
    participants = JSONAttribute(default=list)
    need = JSONAttribute(default=list)
    facts = JSONAttribute(default=dict)
    customer_id: Any = UnicodeAttribute(null=True)
    candidates = JSONAttribute(default=list)
    rejected = JSONAttribute(default=list)
    attributions = JSONAttribute(default=list)
    evidence = JSONAttribute(default=list)
    asked_for: Any = JSONAttribute(null=True)
    agents = JSONAttribute(default=list)
    gist = UnicodeAttribute(default="")
    references = JSONAttribute(default=list)
    earlier_cases = JSONAttribute(default=list)
    reported = JSONAttribute(default=dict)
    archive_key: Any = UnicodeAttribute(null=True)
    previous_contact_id: Any = UnicodeAttribute(null=True)
    taken_over: Any = UnicodeAttribute(null=True)
    transfers = JSONAttribute(default=list)
    asked = JSONAttribute(default=dict)
    follow_ups = JSONAttribute(default=list)
    feedback_due: Any = JSONAttribute(null=True)
    feedback: Any = JSONAttribute(null=True)
    match = JSONAttribute()
    assurance = NumberAttribute()
    checked = NumberAttribute(default=0)
    failed_checks = NumberAttribute(default=0)
    resolved: Any = BooleanAttribute(null=True)
    continues: Any = JSONAttribute(null=True)
    carried = JSONAttribute(default=dict)
    carried_journey = JSONAttribute(default=list)
    correlation_id = UnicodeAttribute()
    version = NumberAttribute(default=1)


class NextContact(Item, discriminator="next_contact"):
    """That a contact went on as another, in the partition of the one before; which may be told of later."""

    contact_id = UnicodeAttribute()


class ContactSummary(ContactFields, discriminator="contact_summary"):
    """The slim projection of a contact in its customer's collection."""


class ContinuationCode(Item, discriminator="continuation"):
    """A code or a link with which a contact is carried on, by its keyed hash; `twin` is the other of the two.

    `redeemed_by` is the contact that carries on. An item says until when it lives in `expires_at`.
    """

    contact_id = UnicodeAttribute()
    form = UnicodeAttribute()
    towards: Any = UnicodeAttribute(null=True)
    twin = UnicodeAttribute()
    twin_expires_at = UTCDateTimeAttribute()
    issued_by = JSONAttribute()
    issued_at = UTCDateTimeAttribute()
    redeemed_by: Any = UnicodeAttribute(null=True)


class Tries(Item, discriminator="tries"):
    """What was counted in one window: codes that were tried in vain, and that were given out."""

    tries_failed = NumberAttribute(default=0)
    issued = NumberAttribute(default=0)


class FollowUpFields(Item):
    """What a follow-up and its places on lists share."""

    follow_up_id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    contact_id = UnicodeAttribute()
    case_id: Any = UnicodeAttribute(null=True)
    what = UnicodeAttribute()
    due_at = UTCDateTimeAttribute()
    team: Any = UnicodeAttribute(null=True)
    agent: Any = UnicodeAttribute(null=True)
    agreed_at = UTCDateTimeAttribute()
    done_at: Any = UTCDateTimeAttribute(null=True)
    done_by: Any = JSONAttribute(null=True)


class FollowUp(FollowUpFields, discriminator="follow_up"):
    """What is still to be done for a customer after a contact, by a team or an agent."""

    version = NumberAttribute(default=1)


class FollowUpEntry(FollowUpFields, discriminator="follow_up_entry"):
    """An open follow-up, in its customer's collection or on a team's or an agent's list."""


class Counted(Item, discriminator="counted"):
    """What of a contact, or of a case, is in the tallies: whatever is told again is counted no more."""

    what = JSONAttribute(default=dict)
    version = NumberAttribute(default=0)


class AskTally(Item, discriminator="ask_tally"):
    """How often something was asked for on one day, and how often that was known to whoever asked."""

    asked_for = NumberAttribute(default=0)
    repeated = NumberAttribute(default=0)


class EffortTally(Item, discriminator="effort_tally"):
    """What the cases cost that were resolved on one day: contacts, and how often these changed hands."""

    cases = NumberAttribute(default=0)
    contacts = NumberAttribute(default=0)
    hops = NumberAttribute(default=0)


class Watch(Item, discriminator="watch"):
    """A contact that was live; its sort key says when to look whether it still is heard of."""

    contact_id = UnicodeAttribute()


class CaseWatch(Item, discriminator="case_watch"):
    """A case that is open; its sort key says when to look whether it is about to be late."""

    case_id = UnicodeAttribute()


class CaseFields(Item):
    """What the case and its projections in the customer's collection share.

    `status_at` is the moment, of the clock of whoever told, since which the case stands as it does. `gist` are
    the words that it is about and `references` the numbers of orders and the like: by them what comes in finds it.
    `opened_by` is who opened it; a rule, where nobody did. `joined_into` is the case that it turned out to be.
    """

    case_id = UnicodeAttribute()
    number: Any = UnicodeAttribute(null=True)
    customer_id = UnicodeAttribute()
    subject = UnicodeAttribute()
    speak_at = NumberAttribute(default=1)
    status = UnicodeAttribute()
    status_at: Any = UTCDateTimeAttribute(null=True)
    pending_on: Any = UnicodeAttribute(null=True)
    priority = UnicodeAttribute(default="normal")
    reason: Any = UnicodeAttribute(null=True)
    product: Any = UnicodeAttribute(null=True)
    owner: Any = UnicodeAttribute(null=True)
    team: Any = UnicodeAttribute(null=True)
    due_at: Any = UTCDateTimeAttribute(null=True)
    late: Any = UnicodeAttribute(null=True)
    gist = UnicodeAttribute(default="")
    references = JSONAttribute(default=list)
    opened_by = JSONAttribute(default=dict)
    joined_into: Any = UnicodeAttribute(null=True)
    last_channel: Any = UnicodeAttribute(null=True)
    last_event_at: Any = UTCDateTimeAttribute(null=True)
    opened_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    closed_at: Any = UTCDateTimeAttribute(null=True)


class Case(CaseFields, discriminator="case"):
    """One issue that the customer wants resolved.

    `paused` are the seconds that it waited for the customer, until `status_at`; `began_at` is when the first of
    what it is about happened, from which its due times count; at `watch_at` somebody is to be warned. `edition`
    is the ETag: it moves when somebody changes the case or it comes to stand otherwise, `version` with every
    message as well. `before_join` is how it stood before it was joined, `split_off` what it was split off and
    which interactions it took; `links` are to other cases, each of which keeps the opposite. `only_contact` is the
    contact that it was opened by, as long as nothing else was put to it.
    """

    description: Any = UnicodeAttribute(null=True)
    began_at: Any = UTCDateTimeAttribute(null=True)
    first_answered_at: Any = UTCDateTimeAttribute(null=True)
    paused = NumberAttribute(default=0)
    reopened = NumberAttribute(default=0)
    watch_at: Any = UTCDateTimeAttribute(null=True)
    before_join: Any = JSONAttribute(null=True)
    split_off: Any = JSONAttribute(null=True)
    links = JSONAttribute(default=list)
    only_contact: Any = UnicodeAttribute(null=True)
    edition = NumberAttribute(default=1)
    version = NumberAttribute(default=1)


class TeamCase(CaseFields, discriminator="team_case"):
    """The slim projection of an open case in the list of the team that it is with."""


class CaseChange(Item, discriminator="case_change"):
    """What was changed of a case, by whom and why: written with the change, never changed.

    `changed` is by field: what was there before, and after. `contact_id` or `interaction_id`: what led to it.
    """

    change_id = UnicodeAttribute()
    case_id = UnicodeAttribute()
    edition = NumberAttribute()
    changed = JSONAttribute()
    changed_at = UTCDateTimeAttribute()
    changed_by = JSONAttribute()
    reason: Any = UnicodeAttribute(null=True)
    contact_id: Any = UnicodeAttribute(null=True)
    interaction_id: Any = UnicodeAttribute(null=True)
    other_case_id: Any = UnicodeAttribute(null=True)


class CaseSummary(CaseFields, discriminator="case_summary"):
    """The slim projection of a case in its customer's collection."""


class InteractionFields(Item):
    """What an event and its entry on the timeline share. `journey` is what it is made from, where it is one."""

    interaction_id = UnicodeAttribute()
    channel = UnicodeAttribute()
    direction = UnicodeAttribute()
    event_kind = UnicodeAttribute()
    occurred_at = UTCDateTimeAttribute()
    source = UnicodeAttribute()
    subject: Any = UnicodeAttribute(null=True)
    body: Any = UnicodeAttribute(null=True)
    attributes = JSONAttribute(default=dict)
    contact_id: Any = UnicodeAttribute(null=True)
    case_id: Any = UnicodeAttribute(null=True)
    journey: Any = JSONAttribute(null=True)


class Interaction(InteractionFields, discriminator="interaction"):
    """An entry on the timeline: a preview of at most 1 KB; the event holds the whole."""

    truncated = BooleanAttribute(default=False)


class Event(InteractionFields, discriminator="event"):
    """What was taken in, whole, once: its key is the dedupe key.

    `left_cases`: which case it had with each customer it was taken for, and how it was found, should it come back.
    `archive_key`: where that which it was made from is archived. `named`: which customer, contact and case
    the request named, if it did. `attachments`: id, name, type and size of each, and the key of what is kept.
    `place`: its number in its chat. `earlier_cases`: what its case was before somebody said another.
    """

    source_event_id = UnicodeAttribute()
    received_at = UTCDateTimeAttribute()
    customer_id: Any = UnicodeAttribute(null=True)
    sender = JSONAttribute(null=True)
    recipient = JSONAttribute(null=True)
    in_reply_to: Any = UnicodeAttribute(null=True)
    case_found: Any = JSONAttribute(null=True)
    earlier_cases = JSONAttribute(default=list)
    left_cases = JSONAttribute(default=dict)
    archive_key: Any = UnicodeAttribute(null=True)
    named: Any = JSONAttribute(null=True)
    attachments: Any = JSONAttribute(null=True)
    place: Any = NumberAttribute(null=True)
    match = JSONAttribute()
    assurance = NumberAttribute()
    captured_by = JSONAttribute()
    correlation_id = UnicodeAttribute()


class Connection(Item, discriminator="connection"):
    """A socket that is open, and who is on it: never changed."""

    connection_id = UnicodeAttribute()
    role = UnicodeAttribute()
    subject = UnicodeAttribute()
    customer_id: Any = UnicodeAttribute(null=True)


class Listening(Item, discriminator="listening"):
    """What a connection has to be taken off when it is gone: the key of an item that names it."""

    listed_at = UnicodeAttribute()
    listed_as = UnicodeAttribute()


class Listener(Item, discriminator="listener"):
    """A connection to which is pushed what happens: on a contact, to an agent, or to all who are available."""

    connection_id = UnicodeAttribute()
    side = UnicodeAttribute()
    subject = UnicodeAttribute()


class Visit(Item, discriminator="visit"):
    """Which of a visitor's chats is the latest: they are numbered from 1."""

    number = NumberAttribute()


class Chat(Item, discriminator="chat"):
    """How many messages a chat has, when the last came, whether an agent wrote, and how far each side read.

    `listened`: how often somebody began to listen, or left; what is not stored yet is 0.
    """

    messages = NumberAttribute(default=0)
    listened = NumberAttribute(default=0)
    last_at: Any = UTCDateTimeAttribute(null=True)
    answered = BooleanAttribute(default=False)
    read_by_customer = NumberAttribute(default=0)
    read_by_agent = NumberAttribute(default=0)


class ChatMessage(Item, discriminator="chat_message"):
    """A message's place in its chat. The event holds what was said.

    `pushed`: it was pushed to all who were connected. `missed_by`: agents of the chat who were not.
    """

    contact_id = UnicodeAttribute()
    interaction_id = UnicodeAttribute()
    place = NumberAttribute()
    pushed = BooleanAttribute(default=False)
    missed_by = JSONAttribute(default=list)


class Push(Item, discriminator="push"):
    """What an agent was told, for when they were away."""

    push_id = UnicodeAttribute()
    frame = JSONAttribute()


class PushKept(Item, discriminator="push_kept"):
    """A push is kept: what made it may come again."""
