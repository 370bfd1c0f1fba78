"""What providers send: taken in (verified, masked, archived, queued), and later processed."""

import json
from typing import Any, assert_never
from urllib.parse import urlencode, urlsplit, urlunsplit

from chalicelib.channels.contract import Channel
from chalicelib.channels.registry import find_channel
from chalicelib.errors import Forbidden, Malformed, ThroughlineError
from chalicelib.models.inbound import FORM, JSON, Archived, Inbound, RawRequest, Reply
from chalicelib.models.requests.contacts import ReportContact
from chalicelib.models.requests.interactions import CaptureInteraction, ReceiveMail, ReportDelivery
from chalicelib.rules.access import Caller, Role
from chalicelib.rules.masking import mask_attribute, mask_free_text
from chalicelib.services.contacts import capture, progress
from chalicelib.services.continuation import coded_messages
from chalicelib.services.deps import Deps
from chalicelib.services.inbound import delivery, ends, mails


def receive(deps: Deps, name: str, raw: RawRequest) -> Reply:
    """Takes a provider's request in; what is answered then is never lost.

    Raises `NotFound` where there is no such channel, `Unauthenticated` or `Forbidden` where it is not the
    provider's, `BadInput` where it cannot be read, `Unavailable` where it could not be kept: then the
    provider sends it again.
    """
    channel = find_channel(name)
    if channel.verify is None:
        raise Forbidden("this channel does not come by HTTP")
    channel.verify(raw, deps.settings.channels.get(channel.name, {}))
    channel.parse(raw)
    reply = channel.answer(raw)
    keep(deps, channel, raw)
    return reply


def take_event(deps: Deps, name: str, content: bytes, url: str = "aws:") -> str:
    """Takes in what AWS handed over: archived, masked, and queued. Raises `Malformed`, `Unavailable`."""
    channel = find_channel(name)
    raw = RawRequest("EVENT", url, {"content-type": JSON}, content, deps.now())
    channel.parse(raw)
    return keep(deps, channel, raw)


def keep(deps: Deps, channel: Channel, raw: RawRequest) -> str:
    """Archives what was verified, masked, and queues its key. Raises `Malformed`, `Unavailable`."""
    url, body = mask_url(raw, channel.free_text), mask_body(raw, channel.free_text)
    archived = Archived(channel.name, raw.method, url, raw.content_type, body, raw.received_at)
    key = deps.archive.put(archived)
    deps.inbox.send(key)
    return key


def process(deps: Deps, key: str, correlation_id: str) -> int:
    """Does what the archived request says, again if it must be: how many things happened."""
    archived = deps.archive.get(key)
    by = archived.caller
    known = Caller(Role(by["role"]), by["subject"]) if by else None
    channel = find_channel(archived.channel)
    return take_in(deps, channel, archived.request(), correlation_id, key, caller=known)


def take_in(
    deps: Deps, channel: Channel, raw: RawRequest, correlation_id: str, key: str, *, caller: Caller | None = None
) -> int:
    """Does what a request says that is archived under this key: how many things happened.

    The provider says so, unless it is known who did. One that fails does not keep the others from being done;
    then the first failure is raised.
    """
    happened = channel.parse(raw)
    failures: list[ThroughlineError] = []
    for inbound in happened:
        try:
            readable = _readable(deps, inbound, channel)
            _take_in(deps, caller or Caller(Role.IVR, channel.name), readable, correlation_id, key)
        except ThroughlineError as error:
            failures.append(error)
    if failures:
        raise failures[0]
    return len(happened)


def _readable(deps: Deps, inbound: Inbound, channel: Channel) -> Inbound:
    return inbound if isinstance(inbound, ReceiveMail) else ends.readable(deps, inbound, channel.name)


def _take_in(deps: Deps, caller: Caller, inbound: Inbound, correlation_id: str, key: str) -> None:
    match inbound:
        case CaptureInteraction():
            message = coded_messages.carried_on(deps, caller, inbound, correlation_id)
            capture.capture(deps, caller, message, correlation_id, archive_key=key)
        case ReceiveMail():
            mails.receive_mail(deps, caller, inbound, correlation_id, archive_key=key)
        case ReportContact():
            progress.report_contact(deps, caller, inbound, correlation_id, archive_key=key)
        case ReportDelivery():
            delivery.report_delivery(deps, caller, inbound, correlation_id, archive_key=key)
        case _:
            assert_never(inbound)


def mask_body(raw: RawRequest, free_text: frozenset[str]) -> bytes:
    """The body without card and social security numbers in the fields that are free text."""
    if not raw.body:
        return b""
    if raw.content_type == FORM:
        return _masked_form(raw, free_text).encode()
    try:
        content = _each(raw.json(), "", free_text)
    except RecursionError as error:
        raise Malformed.at("body", "is nested too deeply") from error
    # half a character, which JSON can name and UTF-8 cannot hold, is none
    return json.dumps(content, ensure_ascii=False).encode(errors="replace")


def mask_url(raw: RawRequest, free_text: frozenset[str]) -> str:
    """The URL; where there is no body, what was sent is in its query, and is masked there."""
    if raw.body:
        return raw.url
    return urlunsplit(urlsplit(raw.url)._replace(query=_masked_form(raw, free_text)))


def _masked_form(raw: RawRequest, free_text: frozenset[str]) -> str:
    fields = raw.form()
    return urlencode([(name, _masked(name, one, free_text)) for name, values in fields.items() for one in values])


def _masked(name: str, text: str, free_text: frozenset[str]) -> str:
    return mask_free_text(name, text) if name in free_text else text


def _each(node: Any, name: str, free_text: frozenset[str], *, noted: bool = False) -> Any:
    """JSON data with its free text masked; where that is an object, what is `noted` in it by its own name."""
    if isinstance(node, dict):
        inside = noted or name in free_text
        return {key: _each(inner, key, free_text, noted=inside) for key, inner in node.items()}
    if isinstance(node, list):
        return [_each(inner, name, free_text, noted=noted) for inner in node]
    if not isinstance(node, str):
        return node
    return mask_attribute(name, node) if noted and name not in free_text else _masked(name, node, free_text)
