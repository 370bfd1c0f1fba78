"""What a client says on the socket (docs/chat.md): strict, closed and bounded, like every request."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from chalicelib.models.fact_kinds import FACT_KINDS
from chalicelib.models.requests.base import Request
from chalicelib.models.requests.values import FactName, Line, Message, RecordId, Said, Title, Word

MOST_BYTES = 32 * 1024
"""Of a frame: API Gateway takes no larger one, and a browser does not split what it sends."""
ClientId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
MOST_ATTACHED = 10 * 1024 * 1024
ContentType = Literal[
    "application/pdf",
    "text/plain",
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "video/mp4",
    "audio/mpeg",
]
"""What may be attached: nothing that a browser would run, nor an archive."""
Size = Annotated[int, Field(ge=1, le=MOST_ATTACHED)]
Cursor = Annotated[int, Field(ge=0, le=9_999_999_999)]
PushCursor = Annotated[str, StringConstraints(pattern=r"^[0-9TZ:.-]{27}(#[A-Za-z0-9]{1,64})?$")]


class Frame(Request):
    action: str
    id: ClientId | None = None


class OnContact(Frame):
    contact_id: RecordId


class Ping(Frame):
    contact_id: RecordId | None = None


class Start(Frame):
    """`visitor`: the browser's visitor id, where the token says who is signed in on it."""

    name: Line | None = None
    subject: Title | None = None
    facts: Annotated[dict[FactName, Said], Field(max_length=len(FACT_KINDS))] = Field(default_factory=dict)
    visitor: Word | None = None
    continuation_code: Line | None = None


class Upload(OnContact):
    name: Title
    type: ContentType
    size: Size


class Download(OnContact):
    attachment_id: RecordId


class Attachment(Request):
    attachment_id: RecordId
    name: Title
    type: ContentType
    size: Size


class Send(OnContact):
    id: ClientId
    text: Message | None = None
    attachment: Attachment | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.text is None) == (self.attachment is None):
            raise ValueError("give either text or attachment")
        return self


class Resume(OnContact):
    after: Cursor = 0


class Read(OnContact):
    up_to: Cursor


class Take(OnContact):
    """`name`: as the customer is to see the agent."""

    name: Word | None = None


class SetPresence(Frame):
    status: Literal["available", "busy", "away"]


class CatchUp(Frame):
    after: PushCursor | None = None
