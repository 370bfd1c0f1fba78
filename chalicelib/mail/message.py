"""What a raw mail becomes."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What is to become of a mail: an entry on a timeline, or nothing, and then the label says why."""

    INTERACTION = "interaction"
    REJECT = "reject"


class Auto(StrEnum):
    """What made it, if not a person. None of these is ever answered."""

    NONE = "none"
    AUTO_REPLY = "auto-reply"
    AUTO_GENERATED = "auto-generated"
    BOUNCE = "bounce"
    RECEIPT = "receipt"
    COMPLAINT = "complaint"
    LIST = "list"
    LOOP = "loop"


@dataclass(frozen=True)
class Address:
    """A mailbox: the name as shown, possibly empty, and the address as written."""

    name: str
    address: str


@dataclass(frozen=True)
class Attachment:
    """Whatever is not the text: `content` is decoded, never unpacked; `size` is its length in bytes."""

    name: str
    type: str
    content: bytes = field(repr=False)
    content_id: str | None = None
    inline: bool = False

    @property
    def size(self) -> int:
        return len(self.content)


@dataclass(frozen=True)
class Verdicts:
    """What our own receiver found: "pass", "fail", "none" ... as in RFC 8601, "none" where it said nothing.

    `aligned` is whether what passed speaks for the domain in From: only then is the sender believed (D9).
    """

    spf: str = "none"
    dkim: str = "none"
    dmarc: str = "none"
    spam: str = "none"
    virus: str = "none"
    aligned: bool = False


@dataclass(frozen=True)
class Mail:
    """One mail. Ids are without their angle brackets; `date` is as the sender says, in UTC."""

    outcome: Outcome
    label: str
    subject: str = ""
    sender: Address | None = None
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    message_id: str | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    date: datetime | None = None
    text: str = field(default="", repr=False)
    reply_text: str = field(default="", repr=False)
    attachments: tuple[Attachment, ...] = ()
    auto: Auto = Auto.NONE
    verdicts: Verdicts = Verdicts()
    token: str | None = None
    left_out: int = 0
    """Parts beyond what is read of one mail; they are in the raw mail, which is kept."""


@dataclass(frozen=True)
class Receiver:
    """Who we are: the addresses at which we receive, lower case, and the name our own mail server signs with."""

    addresses: frozenset[str] = frozenset()
    authserv_id: str = "amazonses.com"
