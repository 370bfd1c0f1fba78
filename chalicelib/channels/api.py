"""The API's own interactions, as they are read out of the archive again. Nobody sends to it."""

from datetime import datetime

from chalicelib.channels.contract import Channel
from chalicelib.errors import Malformed
from chalicelib.models.inbound import Inbound, RawRequest, read
from chalicelib.models.requests.interactions import CaptureInteraction


def parse(raw: RawRequest) -> list[Inbound]:
    content = raw.json()
    try:
        return [
            read(CaptureInteraction, content | {"occurred_at": datetime.fromisoformat(content["occurred_at"])})
        ]
    except (TypeError, KeyError, ValueError) as error:
        raise Malformed.at("body", "is not an interaction") from error


CHANNEL = Channel(name="api", settings=(), free_text=frozenset(), verify=None, parse=parse)
"""Free text was masked as it was captured."""
