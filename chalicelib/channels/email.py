"""Email: what SES received, read out of its MIME (`chalicelib/mail`) before it is kept."""

from datetime import datetime
from typing import Any

from chalicelib.channels.contract import Channel
from chalicelib.errors import BadInput, Malformed
from chalicelib.models.identifiers import normalise
from chalicelib.models.inbound import Inbound, RawRequest, moment, printable, read, readable
from chalicelib.models.requests.interactions import MOST_ATTACHED, ReceiveMail

NAME = "email"
MOST_SUBJECT, MOST_ANSWERED, MOST_ID = 1_000, 10, 1_000
NOT_A_PERSON = {"none": "message"}


def parse(raw: RawRequest) -> list[Inbound]:
    """One mail; what is no entry on a timeline (a loop, an empty one) stays in the archive with its label."""
    content = raw.json()
    if not isinstance(content, dict) or "outcome" not in content:
        raise Malformed.at("body", "is not a mail")
    if content["outcome"] != "interaction":
        return []
    # a bounce or an auto-reply is an entry as well, and says that it is one
    auto = content.get("auto") or "none"
    message = {
        "channel": "email",
        "direction": "inbound",
        "from": _address(content["from"]) if content.get("from") else None,
        "to": _our_address(content),
        "occurred_at": _at(content, raw),
        "source": NAME,
        "source_event_id": raw.url.rpartition("/")[2],
        "kind": NOT_A_PERSON.get(auto, auto),
        "subject": printable(content.get("subject") or "", MOST_SUBJECT) or None,
        "body": readable(content.get("reply_text") or content.get("text") or "") or None,
        "attributes": _attributes(content),
    }
    answers = [one for one in content.get("answers") or [] if len(one) <= MOST_ID][:MOST_ANSWERED]
    mail = {
        "message": {name: value for name, value in message.items() if value is not None},
        "message_id": (content.get("message_id") or "")[:MOST_ID] or None,
        "answers": answers,
        "token": content.get("token"),
        "attachments": [_attached(one) for one in (content.get("attachments") or [])[:MOST_ATTACHED]],
        "forged": content.get("dmarc") == "fail" and not content.get("aligned"),
        "authentic": content.get("dmarc") == "pass" and content.get("aligned") is True,
    }
    return [read(ReceiveMail, mail)]


def _our_address(content: dict[str, Any]) -> dict[str, str] | None:
    """The address of ours that it was sent to, else the first that it names."""
    named, ours = content.get("to") or [], set(content.get("ours") or [])
    found = next((one for one in named if one.lower() in ours), named[0] if named else None)
    return _address(found) if found else None


def _address(written: str) -> dict[str, str]:
    """Who is known by what stands there; what is no address knows whoever writes the same again."""
    try:
        normalise("email", written)
    except BadInput:
        return {"type": "other", "scope": NAME, "value": printable(written, 254) or "?"}
    return {"type": "email", "value": written}


def _at(content: dict[str, Any], raw: RawRequest) -> datetime:
    """As the sender's clock says, where that can be: nobody writes before we can receive it."""
    try:
        return min(moment(datetime.fromisoformat(content["date"]), raw.received_at), raw.received_at)
    except (TypeError, ValueError):
        return raw.received_at


def _attributes(content: dict[str, Any]) -> dict[str, str]:
    attachments = content.get("attachments") or []
    found = {
        "name": printable(content.get("name") or "", 200),
        "auto": "" if content.get("auto") == "none" else content.get("auto") or "",
        "dmarc": content.get("dmarc") or "",
        "attachments": printable(", ".join(map(_listed, attachments))),
        "cut": _cut(content),
    }
    return {name: value for name, value in found.items() if value and value != "none"}


def _cut(content: dict[str, Any]) -> str:
    """What was read of a mail that is larger than any that is read whole."""
    read_, size = content.get("read"), content.get("size")
    return f"{read_} of {size} bytes were read" if read_ != size else ""


def _attached(attachment: dict[str, Any]) -> dict[str, Any]:
    written = {name: printable(attachment[name], 200) for name in ("name", "type")}
    return written | {"size": attachment["size"], "key": attachment.get("key")}


def _listed(attachment: dict[str, Any]) -> str:
    return f"{attachment['name']} ({attachment['type']}, {attachment['size']})"


CHANNEL = Channel(
    name=NAME,
    settings=(),
    free_text=frozenset({"subject", "text", "reply_text", "name"}),
    verify=None,
    parse=parse,
)
