"""Amazon Connect: contact events, contact records, chat messages and what Contact Lens finds.

They come late, twice, in any order, and in part: each says what it knows of a contact, and when that was.
https://docs.aws.amazon.com/connect/latest/adminguide/contact-events.html
https://docs.aws.amazon.com/connect/latest/adminguide/ctr-data-model.html
https://docs.aws.amazon.com/connect/latest/adminguide/chat-message-streaming.html
https://docs.aws.amazon.com/connect/latest/adminguide/contact-lens-example-output-files.html
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib.channels.contract import Channel
from chalicelib.errors import Malformed
from chalicelib.models import keys
from chalicelib.models.inbound import Inbound, RawRequest, moment, printable, read, readable
from chalicelib.models.requests.contacts import ReportContact
from chalicelib.models.requests.interactions import CaptureInteraction
from chalicelib.rules.progress import PHASE

NAME = "amazon_connect"
PROVIDER = "amazon-connect"
CHANNELS = {"voice": "voice", "chat": "chat", "email": "email"}
ENDPOINTS = {"telephone_number": "phone", "email_address": "email"}
OUTBOUND = frozenset({"outbound", "callback"})
ROLES = {"customer": "inbound", "agent": "outbound", "system": "outbound", "custom_bot": "outbound"}
FOR_EVERYBODY = frozenset({"", "all", "customer"})
"""Of a chat message's visibility: what only agents see is no message to the customer."""

MOST_NOTED, MOST_NOTED_BYTES = 40, 12 * 1024
"""Of what flows noted on a contact: with what else is told of it, what its attributes may be."""

MOMENTS = {
    "initiated": ("ringing", "initiationTimestamp"),
    "queued": ("queued", "queueInfo.enqueueTimestamp"),
    "connected_to_agent": ("connected", "agentInfo.connectedToAgentTimestamp"),
    "paused": ("on_hold", ""),
    "resumed": ("connected", ""),
    "disconnected": ("", "disconnectTimestamp"),
}
"""What a contact event says: the phase, and where its moment stands; elsewhere it is the event's own."""


class Fields:
    """JSON data read by dotted path, whatever the case of its names, which differs between the documents."""

    def __init__(self, content: Any) -> None:
        self._content = content

    def get(self, path: str) -> Any:
        node = self._content
        for name in path.lower().split("."):
            named = {key.lower(): value for key, value in node.items()} if isinstance(node, dict) else {}
            node = named.get(name)
        return node

    def text(self, path: str) -> str:
        found = self.get(path)
        return printable(found) if isinstance(found, str) else ""

    def at(self, path: str) -> datetime | None:
        try:
            found = datetime.fromisoformat(self.text(path)) if path else None
        except ValueError:
            return None
        return found and found.replace(tzinfo=found.tzinfo or UTC)


def parse(raw: RawRequest) -> list[Inbound]:
    content = raw.json()
    if not isinstance(content, dict):
        raise Malformed.at("body", "is not an object")
    fields = Fields(content)
    reader = next((read_it for known, read_it in READERS if fields.get(known) is not None), None)
    return reader(raw, fields) if reader else []


def _enveloped(raw: RawRequest, fields: Fields) -> list[Inbound]:
    """An event of EventBridge: what it says is in its detail, and its own time is the last resort."""
    if fields.text("source") != "aws.connect" or not isinstance(fields.get("detail"), dict):
        return []
    detail = fields.get("detail") | {"time": fields.get("time")}
    inner = Fields(detail)
    if fields.text("detail-type").startswith("Contact Lens"):
        return _analysed(raw, inner)
    return _event(raw, inner)


def _event(raw: RawRequest, fields: Fields) -> list[Inbound]:
    kind = fields.text("eventType").lower()
    phase, path = MOMENTS.get(kind, ("", ""))
    at = fields.at(path) or fields.at("time") or fields.at("connectedToSystemTimestamp")
    if kind == "disconnected":
        phase = _how_it_ended(fields)
    attributes = _attributes(fields, EVENT_ATTRIBUTES)
    at = at or raw.received_at
    return [_report(raw, fields, fields.text("contactId"), at, phase=phase, attributes=attributes)]


def _how_it_ended(fields: Fields) -> str:
    """Who waited for an agent and met none gave up; who waited for none was served by the flow."""
    agent, queue = fields.get("agentInfo"), fields.get("queueInfo")
    return "abandoned" if queue and not agent else "ended"


def _record(raw: RawRequest, fields: Fields) -> list[Inbound]:
    """A contact record: the whole of it, written again whenever something changes."""
    over = fields.at("DisconnectTimestamp")
    connected = fields.at("Agent.ConnectedToAgentTimestamp")
    phase = ("ended" if connected or not fields.get("Queue") else "abandoned") if over else ""
    at = over or connected or fields.at("Queue.EnqueueTimestamp") or fields.at("InitiationTimestamp")
    attributes = _noted(fields) | _recording(fields) | _attributes(fields, RECORD_ATTRIBUTES)
    at = at or raw.received_at
    changed_at = fields.at("LastUpdateTimestamp") or at
    contact_id = fields.text("ContactId")
    return [
        _report(raw, fields, contact_id, at, phase=phase, between=True),
        _report(raw, fields, contact_id, changed_at, attributes=attributes),
        *_went_on(raw, fields, contact_id, at),
    ]


def _noted(fields: Fields) -> dict[str, str]:
    """What its flows noted on it, as much as a contact takes beside what is told of it."""
    given, noted, room = fields.get("Attributes"), dict[str, str](), MOST_NOTED_BYTES
    for name, value in given.items() if isinstance(given, dict) else ():
        written = (printable(name, 64), printable(value, 256)) if isinstance(value, str) else ("", "")
        room -= sum(len(one.encode()) for one in written)
        if all(written) and written[0] != PHASE and room >= 0 and len(noted) < MOST_NOTED:
            noted[written[0]] = written[1]
    return noted


def _recording(fields: Fields) -> dict[str, str]:
    """Where it was recorded; of several recordings, the first."""
    several = fields.get("Recordings")
    found = [fields.get("Recording"), *(several if isinstance(several, list) else [])]
    places = [place for one in found if (place := Fields(one).text("Location"))]
    return {"recording": places[0]} if places else {}


def _went_on(raw: RawRequest, fields: Fields, contact_id: str, at: datetime) -> list[Inbound]:
    """A contact that was transferred names the one it went on as, which may not be told of yet."""
    next_id = fields.text("NextContactId")
    if not next_id:
        return []
    content = {
        "channel": _channel(fields),
        "provider": PROVIDER,
        "provider_contact_id": next_id,
        "previous_provider_contact_id": contact_id,
        "at": moment(at, raw.received_at),
    }
    return [read(ReportContact, content)]


def _message(raw: RawRequest, fields: Fields) -> list[Inbound]:
    """A message of a chat; what else happens in one is told by contact events."""
    contact_id, content, sent = fields.text("ContactId"), fields.get("Content"), _sent_with(fields)
    if not (sent or (fields.text("Type").upper() == "MESSAGE" and isinstance(content, str))):
        return []
    if fields.text("MessageVisibility").lower() not in FOR_EVERYBODY:
        return []
    at = moment(fields.at("AbsoluteTime") or raw.received_at, raw.received_at)
    attributes = {"name": fields.text("DisplayName"), "attachments": sent}
    said = {
        "channel": "chat",
        "direction": ROLES.get(fields.text("ParticipantRole").lower(), "outbound"),
        "contact_id": keys.derived_id("contact", PROVIDER, contact_id),
        "occurred_at": at,
        "source": PROVIDER,
        "source_event_id": fields.text("Id"),
        "kind": "message",
        "body": readable(content) if isinstance(content, str) else None,
        "attributes": {name: value for name, value in attributes.items() if value},
    }
    begun = {
        "channel": "chat",
        "provider": PROVIDER,
        "provider_contact_id": contact_id,
        "initial_provider_contact_id": fields.text("InitialContactId") or None,
        "at": at,
    }
    return [read(ReportContact, begun), read(CaptureInteraction, said)]


def _sent_with(fields: Fields) -> str:
    """The files of a message that is one or more of them."""
    files = fields.get("Attachments") if fields.text("Type").upper() == "ATTACHMENT" else None
    named = [Fields(one) for one in files] if isinstance(files, list) else []
    listed = ((one.text("AttachmentName"), one.text("ContentType")) for one in named)
    return printable(", ".join(f"{name} ({kind})" for name, kind in listed if name))


def _analysed(raw: RawRequest, fields: Fields) -> list[Inbound]:
    """Contact Lens says how far it got with a contact, or that one of its rules holds."""
    contact_id = (fields.text("contact") or fields.text("contactArn")).rpartition("/")[2]
    attributes = _attributes(fields, ANALYSIS_ATTRIBUTES)
    at = fields.at("time") or raw.received_at
    return [_report(raw, fields, contact_id, at, attributes=attributes)] if contact_id else []


def _transcript(raw: RawRequest, fields: Fields) -> list[Inbound]:
    """What Contact Lens makes of a contact that is over: what was said, and in what mood."""
    file = FILE.search(raw.url)
    contact_id = fields.text("CustomerMetadata.ContactId") or (printable(file["contact"]) if file else "")
    if not contact_id:
        return []
    at = _written_at(raw, file)
    categories = fields.get("Categories.MatchedCategories")
    moods = Fields(fields.get("ConversationCharacteristics.Sentiment.OverallSentiment"))
    found = {
        "sentiment": _number(moods.get("CUSTOMER")),
        "agent_sentiment": _number(moods.get("AGENT")),
        "summary": fields.text("ConversationCharacteristics.ContactSummary.PostContactSummary.Content"),
        "categories": printable(", ".join(map(str, categories if isinstance(categories, list) else []))),
    }
    attributes = {name: value for name, value in found.items() if value}
    report = _report(raw, fields, contact_id, at, attributes=attributes)
    text = _spoken(fields.get("Transcript"))
    if not text:
        return [report]
    redacted = file is not None and file["redacted"] is not None
    said = {
        "channel": _channel(fields),
        "contact_id": keys.derived_id("contact", PROVIDER, contact_id),
        "occurred_at": at,
        "source": PROVIDER,
        "source_event_id": f"{contact_id}:transcript" + (":redacted" if redacted else ""),
        "kind": "transcript",
        "body": readable(text),
        "attributes": {"redacted": "yes"} if redacted else {},
    }
    return [report, read(CaptureInteraction, said)]


FILE = re.compile(r"(?P<contact>[^/]+?)_analysis(?P<redacted>_redacted)?_(?P<at>[^/]*)\.json$")
"""What a file of Contact Lens is named after. Of a contact there may be one that leaves out who it is, or both."""


def _written_at(raw: RawRequest, file: re.Match[str] | None) -> datetime:
    try:
        at = datetime.fromisoformat(file["at"].replace("_", ":")) if file else raw.received_at
    except ValueError:
        at = raw.received_at
    return moment(at.replace(tzinfo=at.tzinfo or UTC), raw.received_at)


def _spoken(transcript: Any) -> str:
    """One line for each thing that was said, after who said it."""
    lines = [Fields(one) for one in transcript] if isinstance(transcript, list) else []
    said = ((line.text("ParticipantRole") or line.text("ParticipantId"), line.text("Content")) for line in lines)
    return "\n".join(f"{who}: {what}" for who, what in said if what)


def _number(value: Any) -> str:
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""


def _report(
    raw: RawRequest,
    fields: Fields,
    contact_id: str,
    at: datetime,
    *,
    phase: str = "",
    attributes: Mapping[str, str] | None = None,
    between: bool = False,
) -> ReportContact:
    outbound = fields.text("initiationMethod").lower() in OUTBOUND
    theirs, ours = _endpoint(fields, "CustomerEndpoint"), _endpoint(fields, "SystemEndpoint")
    started_at = fields.at("initiationTimestamp")
    content = {
        "channel": _channel(fields),
        "direction": "outbound" if outbound else "inbound",
        "provider": PROVIDER,
        "provider_contact_id": contact_id,
        "previous_provider_contact_id": _before(fields),
        "initial_provider_contact_id": fields.text("initialContactId") or None,
        "from": (ours if outbound else theirs) if between else None,
        "to": (theirs if outbound else ours) if between else None,
        "started_at": started_at and moment(started_at, raw.received_at),
        "at": moment(at, raw.received_at),
        "phase": phase or None,
        "attributes": attributes or {},
    }
    return read(ReportContact, content)


def _before(fields: Fields) -> str | None:
    """The contact that this one goes on from: it was transferred, or came of that in another way."""
    return fields.text("previousContactId") or fields.text("relatedContactId") or None


def _channel(fields: Fields) -> str:
    return CHANNELS.get(fields.text("channel").lower(), "other")


def _endpoint(fields: Fields, end: str) -> dict[str, str] | None:
    type_, address = ENDPOINTS.get(fields.text(f"{end}.Type").lower()), fields.text(f"{end}.Address")
    return {"type": type_, "value": address[:254]} if type_ and address else None


EVENT_ATTRIBUTES = {
    "agentInfo.agentArn": "agent",
    "queueInfo.queueArn": "queue",
    "previousContactId": "transferred_from",
}
RECORD_ATTRIBUTES = {
    "Agent.Username": "agent",
    "Queue.Name": "queue",
    "DisconnectReason": "disconnect_reason",
    "PreviousContactId": "transferred_from",
    "NextContactId": "transferred_to",
}


ANALYSIS_ATTRIBUTES = {"state": "contact_lens", "reasonCode": "contact_lens_reason", "ruleName": "rule"}


def _attributes(fields: Fields, wanted: dict[str, str]) -> dict[str, str]:
    found = {ours: fields.text(path) for path, ours in wanted.items()}
    return {name: _last_of_arn(value) for name, value in found.items() if value}


def _last_of_arn(value: str) -> str:
    return value.rpartition("/")[2] if value.startswith("arn:") else value


READERS: tuple[tuple[str, Callable[[RawRequest, Fields], list[Inbound]]], ...] = (
    ("detail-type", _enveloped),
    ("eventType", _event),
    ("ConversationCharacteristics", _transcript),
    ("ParticipantRole", _message),
    ("InitiationTimestamp", _record),
)
"""What each is told by: a field that no other has, in this order."""

CHANNEL = Channel(
    name=NAME,
    settings=(),
    free_text=frozenset({"Content", "DisplayName", "AttachmentName", "Attributes"}),
    verify=None,
    parse=parse,
)
