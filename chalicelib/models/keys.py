"""Every key string of the table, in one place.

A component is escaped, so that no value can forge a key: `#` separates components and `%` escapes.
Bands of a customer's collection are lettered so that one *backward* query meets the head first:

    Z#PROFILE            who the customer is
    Y#FACTS              what is known
    X#CASE#<case_id>     the open cases shown in a pop (capped)
    W#CONTACT#<at>#<id>  the live contacts shown in a pop (capped)
    V#FOLLOW#<due>#<id>  what is still to be done, open ones only (capped)
    I#<at>#<id>          the timeline, newest first
    H#CASE#, H#CONTACT#  every case, every contact that left the head: read by page, never in a pop
    G#RECOGNISED         under what the customer is found by what they say
    F#JOURNEYS           the newest acts of the customer on web site and app, one by one
    A#<at>#<id>          the ledger: what was decided about whom, and why

A contact's collection holds what hangs on it while it has no customer, and where it is a chat:

    Z#CONTACT            the contact
    Y#CHAT               how many messages there are, and what was read
    X#<connection_id>    who listens: read with the two above before each message
    I#<at>#<id>          its timeline while it has no customer

The dialogue, which says which interaction is the how-manieth message of a chat, is a collection of its own
(`D#<contact_id>`): some engines read a whole partition, and what is read before each message must not grow.

Beside them, `L#<shard>` holds the contacts that are live, by the moment at which they are to be looked at,
and `LC#<shard>` the open cases; `Q#<team>#<shard>` holds a team's open cases, by status and when they are due.
"""

import hashlib
from base64 import b32encode
from datetime import UTC, datetime
from zlib import crc32

PROFILE = "Z#PROFILE"
FACTS = "Y#FACTS"
OPEN_CASES = "X#CASE#"
LIVE_CONTACTS = "W#CONTACT#"
TIMELINE = "I#"
ALL_CASES = "H#CASE#"
PAST_CONTACTS = "H#CONTACT#"
RECOGNISED = "G#RECOGNISED"
JOURNEYS = "F#JOURNEYS"
LEDGER = "A#"
CONTACT = "Z#CONTACT"
CHAT = "Y#CHAT"
LISTENERS = "X#"
CONNECTION = "CONNECTION"
VISIT = "VISIT"
PUSHES = "P#"
AVAILABLE = "AVAILABLE"
CASE = "CASE"
EVENT = "EVENT"
RECEIPT = "RECEIPT"
MERGE = "MERGE"
FOLLOW_UP = "FOLLOW_UP"
FOLLOW_UPS = "V#FOLLOW#"
FOLLOW_UP_DUE = "D#"
COUNTED = "B#COUNTED"
"""Of a contact or a case: what of it is in the tallies."""
NEXT_CONTACTS = "B#NEXT#"
"""Of a contact: what it went on as. Below its timeline, so that no pop reads it."""
MAIL = "MAIL"
CODE = "CODE"
IDENTIFIER_HEAD = "!HEAD"
VARIANTS = "V#"
AFTER_ALL = "\x7f"
"""Sorts after every character that a key component may start with."""
BEFORE_NEXT = "\x00"
"""Appended to a sort key, the first that comes after it."""

MAX_COMPONENT = 256
TALLY_SHARDS = 4
"""Partitions of a month's tallies: each takes a thousand changes a second."""
WATCHES = tuple(f"L#{shard}" for shard in range(8))
"""Partitions of the contacts that are live: each takes a thousand beginnings a second."""
CASE_WATCHES = tuple(f"LC#{shard}" for shard in range(8))
"""The same of the cases that are open."""
QUEUE_SHARDS = 4
"""Partitions of the open cases of one team: each takes a thousand changes a second."""
NO_DUE = datetime(9999, 12, 31, tzinfo=UTC)


def escape(component: str) -> str:
    """One component of a key; what is too long for a key is replaced by its digest."""
    escaped = component.replace("%", "%25").replace("#", "%23")
    if len(escaped.encode()) > MAX_COMPONENT:
        return "%sha256=" + hashlib.sha256(component.encode()).hexdigest()
    return escaped


def derived_id(*parts: str) -> str:
    """The id that the same parts always give: 26 characters, 130 bits of SHA-256."""
    digest = hashlib.sha256("#".join(escape(part) for part in parts).encode()).digest()
    return b32encode(digest).decode()[:26]


def instant(at: datetime) -> str:
    """A moment as fixed-width UTC text, so that text order is time order."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(instant: str) -> datetime:
    """What `instant` wrote."""
    return datetime.fromisoformat(instant)


def customer(customer_id: str) -> str:
    return f"C#{escape(customer_id)}"


def contact(contact_id: str) -> str:
    return f"CT#{escape(contact_id)}"


def case(case_id: str) -> str:
    return f"CASE#{escape(case_id)}"


def event(interaction_id: str) -> str:
    return f"E#{escape(interaction_id)}"


def case_change(at: datetime, change_id: str) -> str:
    return f"{LEDGER}{instant(at)}#{escape(change_id)}"


def merge(merge_id: str) -> str:
    return f"M#{escape(merge_id)}"


def mail(message_id: str) -> str:
    """By the digest of its Message-ID, which may be anything."""
    return f"MSG#{derived_id('mail', message_id)}"


def receipt(request_id: str) -> str:
    return f"R#{escape(request_id)}"


def identifier(type_: str, scope: str, value: str) -> str:
    return f"ID#{escape(type_)}#{escape(scope)}#{escape(value)}"


def variant(type_: str, value: str) -> str:
    """What precedes the sort keys of an identifier that is kept with its variants, and is not their one form."""
    return f"{VARIANTS}{escape(type_)}#{escape(value)}#"


def owner(customer_id: str) -> str:
    return f"C#{escape(customer_id)}"


def candidate(customer_id: str) -> str:
    """After all owners of the identifier: what is not confirmed never crowds out what is."""
    return f"K#{escape(customer_id)}"


def continuation(hashed: str) -> str:
    """A continuation code, by its keyed hash."""
    return f"T#{escape(hashed)}"


def tries(hashed: str) -> str:
    """The counts of whoever tries continuation codes, by a keyed hash of who that is."""
    return f"TT#{escape(hashed)}"


def site_part(key: str, part: int) -> str:
    """What came with a publishable key, minute by minute, in one of the parts in which it is counted."""
    return f"SITE#{escape(key)}#{part}"


def said(*what: str) -> str:
    """What people say of themselves, and who may be meant by it."""
    return "B#" + "#".join(escape(part) for part in what)


def open_case(case_id: str) -> str:
    return OPEN_CASES + escape(case_id)


def any_case(case_id: str) -> str:
    return ALL_CASES + escape(case_id)


def live_contact(started_at: datetime, contact_id: str) -> str:
    return f"{LIVE_CONTACTS}{instant(started_at)}#{escape(contact_id)}"


def past_contact(started_at: datetime, contact_id: str) -> str:
    return f"{PAST_CONTACTS}{instant(started_at)}#{escape(contact_id)}"


def tally(what: str, month: str, shard: int) -> str:
    """Where the days of one month are counted."""
    return f"S#{escape(what)}#{month}#{shard}"


def tally_of(by: str, day: str, value: str) -> str:
    return f"{escape(by)}#{day}#{escape(value)}"


def last_of(key: str) -> str:
    """The last component of a key, as it was."""
    return key.rpartition("#")[2].replace("%23", "#").replace("%25", "%")


def shard_of(id_: str) -> int:
    return crc32(id_.encode()) % TALLY_SHARDS


def follow_up(follow_up_id: str) -> str:
    return f"F#{escape(follow_up_id)}"


def follow_ups_of(kind: str, name: str) -> str:
    """The list of a team or an agent."""
    return f"F#{escape(kind)}#{escape(name)}"


def due(due_at: datetime, follow_up_id: str) -> str:
    return f"{instant(due_at)}#{escape(follow_up_id)}"


def next_contact(contact_id: str) -> str:
    return NEXT_CONTACTS + escape(contact_id)


def watches(contact_id: str) -> str:
    return WATCHES[crc32(contact_id.encode()) % len(WATCHES)]


def case_watches(case_id: str) -> str:
    return CASE_WATCHES[crc32(case_id.encode()) % len(CASE_WATCHES)]


def queues(team: str) -> tuple[str, ...]:
    """The partitions of a team's open cases."""
    return tuple(f"Q#{escape(team)}#{shard}" for shard in range(QUEUE_SHARDS))


def queue(team: str, case_id: str) -> str:
    return queues(team)[crc32(case_id.encode()) % QUEUE_SHARDS]


def queued(status: str, due_at: datetime | None, case_id: str) -> str:
    """What is due first comes first; what waits for the customer is not due."""
    return f"{status}#{instant(due_at or NO_DUE)}#{escape(case_id)}"


def watch(due_at: datetime, contact_id: str) -> str:
    return f"{instant(due_at)}#{escape(contact_id)}"


def timeline(occurred_at: datetime, interaction_id: str) -> str:
    return f"{TIMELINE}{instant(occurred_at)}#{escape(interaction_id)}"


def ledger(at: datetime, decision_id: str) -> str:
    return f"{LEDGER}{instant(at)}#{escape(decision_id)}"


def connection(connection_id: str) -> str:
    return f"K#{escape(connection_id)}"


def listening(partition: str) -> str:
    """By what a connection is listed at: once at each."""
    return f"T#{partition}"


def listener(connection_id: str) -> str:
    return LISTENERS + escape(connection_id)


def dialogue(contact_id: str) -> str:
    return f"D#{escape(contact_id)}"


def place(number: int) -> str:
    return f"{number:010d}"


def visits(role: str, subject: str) -> str:
    return f"V#{escape(role)}#{escape(subject)}"


def agent(subject: str) -> str:
    return f"AG#{escape(subject)}"


def push_kept(push_id: str) -> str:
    return f"Q#{escape(push_id)}"


def push(at: datetime, push_id: str) -> str:
    return f"{PUSHES}{instant(at)}#{escape(push_id)}"


def contact_of(partition: str) -> str | None:
    """Which contact's partition it is, if it is one's."""
    return partition.removeprefix("CT#") if partition.startswith("CT#") else None
