"""What was sent with a message: listed with it, and handed out by a link that soon opens nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.errors import NotFound
from chalicelib.models import keys
from chalicelib.models.items import Event
from chalicelib.models.requests.interactions import Attached
from chalicelib.services.deps import Deps

LINK_LIVES = timedelta(minutes=1)
"""Long enough to follow it; who has it needs nothing else."""

Listed = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Link:
    """Where an attachment can be fetched, and until when."""

    attachment: Listed
    url: str
    expires_at: datetime


def listed(interaction_id: str, attached: Sequence[Attached]) -> list[Listed] | None:
    """As an event lists them; None where there is nothing."""
    return [
        {"attachment_id": keys.derived_id("attachment", interaction_id, str(place)), **one.model_dump()}
        for place, one in enumerate(attached, 1)
    ] or None


def link_to(deps: Deps, event: Event, attachment_id: str) -> Link:
    """A link to an attachment that is kept still: one request to S3. Raises `NotFound`, `Unavailable`."""
    found = next((one for one in event.attachments or [] if one["attachment_id"] == attachment_id), None)
    if found is None or not found["key"] or not deps.archive.has(found["key"]):
        raise NotFound("there is no such attachment, or it is not kept any more")
    expires_at = deps.now() + LINK_LIVES
    return Link(found, deps.archive.link_to(found["key"], found["name"], LINK_LIVES), expires_at)
