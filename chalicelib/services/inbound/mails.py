"""A mail: taken out of the bucket into the inbox and, when its turn comes, put into its thread."""

import json
from typing import TYPE_CHECKING, Any

from chalicelib.models import changes, keys, store
from chalicelib.models.archive import Archive
from chalicelib.models.changes import Change
from chalicelib.models.items import Event, MailId
from chalicelib.models.requests.contacts import StartContact
from chalicelib.models.requests.interactions import MOST_ATTACHED, ReceiveMail
from chalicelib.rules.access import Caller
from chalicelib.services.contacts import capture, contacts
from chalicelib.services.continuation import coded_messages
from chalicelib.services.deps import Deps

if TYPE_CHECKING:
    from chalicelib.mail.message import Attachment, Mail

MOST_BYTES = 40 * 1024 * 1024
"""SES takes no larger mail."""


def read_mail(deps: Deps, bucket: str, key: str, most: int = MOST_BYTES) -> bytes:
    """A raw mail of the bucket as the channel reads it: its parts as JSON. Raises `NotFound`, `Unavailable`.

    What is attached to an entry of a timeline is kept beside the archive: one request for each. Of a mail that has
    more bytes than `most` the rest is not read, and `read` and `size` tell.
    """
    from chalicelib.mail.message import Receiver
    from chalicelib.mail.parse import parse

    archive = deps.archive
    raw, size = archive.read(bucket, key, most)
    mail = parse(raw, Receiver(deps.settings.mail_addresses))
    content: dict[str, Any] = {
        "outcome": mail.outcome.value,
        "label": mail.label,
        "from": mail.sender and mail.sender.address,
        "name": mail.sender and mail.sender.name,
        "to": [one.address for one in (*mail.to, *mail.cc)],
        "ours": sorted(deps.settings.mail_addresses),
        "subject": mail.subject,
        "text": mail.text,
        "reply_text": mail.reply_text,
        "date": mail.date and mail.date.isoformat(),
        "message_id": mail.message_id,
        "answers": [*reversed(mail.references), *mail.in_reply_to],
        "token": mail.token,
        "auto": mail.auto.value,
        "dmarc": mail.verdicts.dmarc,
        "aligned": mail.verdicts.aligned,
        "attachments": _attachments(archive, key, mail),
        "read": len(raw),
        "size": size,
    }
    return json.dumps(content).encode()


def _attachments(archive: Archive, key: str, mail: "Mail") -> list[dict[str, Any]]:
    """Name, type and size of each, and where it is kept; of many, the rest is in the raw mail only."""
    if mail.outcome.value != "interaction":
        return [_described(one) for one in mail.attachments]
    mail_id = key.rpartition("/")[2]
    kept = [
        _described(one) | {"key": archive.put_attachment("email", mail_id, number, one.content)}
        for number, one in enumerate(mail.attachments[:MOST_ATTACHED], 1)
    ]
    return kept + [_described(one) for one in mail.attachments[MOST_ATTACHED:]]


def _described(attachment: "Attachment") -> dict[str, Any]:
    return {"name": attachment.name, "type": attachment.type, "size": attachment.size}


def receive_mail(
    deps: Deps, caller: Caller, request: ReceiveMail, correlation_id: str, *, archive_key: str
) -> Event:
    """Captures a mail in its thread: one read for each mail that it may answer, until one is known.

    A mail that is not from whom it says, or does not say, is nobody's: it hangs on a contact of its own.
    """
    answered = _answered(request)
    message = request.message.model_copy(update={"in_reply_to": answered and answered.source_event_id})
    if request.forged or message.sender is None:
        message = message.model_copy(update={"sender": None, "contact_id": _of_nobody(deps, caller, request)})
    else:
        message = coded_messages.carried_on(deps, caller, message, correlation_id)
    event, _ = capture.capture(
        deps,
        caller,
        message,
        correlation_id,
        archive_key=archive_key,
        thread_case=_named_case(request),
        beside=_remembered(caller, request),
        own_address=request.authentic,
        attached=request.attachments,
    )
    return event


def _of_nobody(deps: Deps, caller: Caller, request: ReceiveMail) -> str:
    message = request.message
    start = StartContact.model_construct(
        channel=message.channel,
        provider=message.source,
        provider_contact_id=message.source_event_id,
        recipient=message.recipient,
        started_at=message.occurred_at,
    )
    contacts.start_contact(deps, caller, start, message.source_event_id)
    return contacts.contact_id_for(message.source, message.source_event_id)


def _answered(request: ReceiveMail) -> Event | None:
    """The nearest mail that it answers and that is known."""
    for message_id in request.answers:
        if known := store.find_mail(message_id):
            return store.find_event(known.interaction_id)
    return None


def _named_case(request: ReceiveMail) -> str | None:
    """The case that our own token names."""
    case = store.find_case(request.token) if request.token else None
    return str(case.case_id) if case else None


def _remembered(caller: Caller, request: ReceiveMail) -> list[Change]:
    """What lets a reply find this mail. An id that another mail has already is left to that."""
    if request.message_id is None or store.find_mail(request.message_id):
        return []
    message = request.message
    interaction_id = capture.interaction_id_for(caller, message.source, message.source_event_id)
    return [changes.add(MailId(PK=keys.mail(request.message_id), SK=keys.MAIL, interaction_id=interaction_id))]
