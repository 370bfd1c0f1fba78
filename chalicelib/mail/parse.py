"""Raw bytes in, one mail out, whatever the bytes are."""

from email.message import Message

from chalicelib.mail.automatic import auto_of, recipients_of
from chalicelib.mail.headers import addresses_of, date_of, ids_of, raw_of, text_of
from chalicelib.mail.message import Address, Auto, Mail, Outcome, Receiver
from chalicelib.mail.mime import Content, TooComplex, content_of, read_headers, read_message
from chalicelib.mail.reply import reply_of
from chalicelib.mail.tokens import token_of
from chalicelib.mail.verdicts import verdicts_of

MESSAGE, NO_SENDER, EMPTY = "message", "no_sender", "empty"
TOO_COMPLEX = "too_complex"
"""Labels beside those of what machines write."""
REPORTS = {Auto.BOUNCE, Auto.RECEIPT, Auto.COMPLAINT}
"""What is no reply, and quotes what it reports on: all of it tells why."""
REJECTED = {EMPTY, TOO_COMPLEX, Auto.LOOP.value}
"""What is no entry on anybody's timeline."""


def parse(raw: bytes, receiver: Receiver = Receiver()) -> Mail:  # noqa: B008
    """The mail. It never raises: what cannot be read is a reject with its label, and as much as could be read."""
    try:
        message = read_message(raw)
        content = content_of(message)
    except (TooComplex, RecursionError):
        return _mail(read_headers(raw), Content(), receiver, TOO_COMPLEX)
    return _mail(message, content, receiver)


def _mail(message: Message, content: Content, receiver: Receiver, reject: str | None = None) -> Mail:
    subject = text_of(raw_of(message, "subject"))
    senders = addresses_of(message, "from") or addresses_of(message, "sender")
    sender = senders[0] if senders else None
    auto = auto_of(message, sender, subject, receiver)
    text = "\n\n".join(shown.strip("\n") for shown, _ in content.texts if shown.strip())
    written = "\n\n".join(said.strip("\n") for _, said in content.texts if said.strip())
    label = reject or _label(message, text, content, auto, sender)
    return Mail(
        outcome=Outcome.REJECT if label in REJECTED else Outcome.INTERACTION,
        label=label,
        subject=subject,
        sender=sender,
        reply_to=addresses_of(message, "reply-to"),
        to=addresses_of(message, "to"),
        cc=addresses_of(message, "cc"),
        message_id=next(iter(ids_of(message, "message-id")), None),
        in_reply_to=ids_of(message, "in-reply-to"),
        references=ids_of(message, "references"),
        date=date_of(message),
        text=text,
        reply_text=text if auto in REPORTS else reply_of(written),
        attachments=tuple(content.attachments),
        auto=auto,
        verdicts=verdicts_of(message, sender.address.rpartition("@")[2].lower() if sender else "", receiver),
        token=token_of(recipients_of(message), subject),
        left_out=content.left_out,
    )


def _label(message: Message, text: str, content: Content, auto: Auto, sender: Address | None) -> str:
    if auto is not Auto.NONE:
        return auto.value
    if not message.keys() or not (text or content.attachments or message.get("subject")):
        return EMPTY
    return MESSAGE if sender else NO_SENDER
