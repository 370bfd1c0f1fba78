"""What is written by a machine: auto-replies, bounces, lists, loops (RFC 3834, RFC 3464, RFC 2919)."""

import re
from email.message import Message

from chalicelib.mail.headers import addresses_of, all_of, raw_of
from chalicelib.mail.message import Address, Auto, Receiver

MOST_HOPS = 50
_MAILER = re.compile(r"^(?:mailer-daemon|postmaster|mail-daemon|mailerdaemon|mail\.daemon)(?:@|$)", re.IGNORECASE)
_BOUNCE_SUBJECT = re.compile(
    r"undeliver|delivery (?:status|failure|has failed|report|problem)|mail delivery|returned (?:mail|to sender)"
    r"|failure notice|unzustellbar|nicht zugestellt|non remis|échec|no se pudo entregar|mancato recapito"
    r"|niet bezorgd",
    re.IGNORECASE,
)
_AWAY_SUBJECT = re.compile(
    r"^\W*(?:auto(?:matic|mated)?[\s-]*(?:reply|response|answer)|auto(?::|\s+re:)|out of (?:the )?office|ooo\b"
    r"|abwesenheit|automatisch(?:e|es)? (?:antwort|antwoord)|afwezig|réponse automatique|absence du bureau"
    r"|respuesta automática|fuera de (?:la )?oficina|risposta automatica|fuori sede|resposta automática|ausência"
    r"|autosvar|automatiskt svar|frånvaro|fravær|automaattinen vastaus|poissaolo|odpowiedź automatyczna"
    r"|autoodpowiedź|automatická odpověď|автоматический ответ|автоответ|автоматична відповідь|otomatik yanıt"
    r"|自動回复|自动回复|自動応答|자동 회신)",
    re.IGNORECASE,
)
_REPORTS = {
    "delivery-status": Auto.BOUNCE,
    "disposition-notification": Auto.RECEIPT,
    "feedback-report": Auto.COMPLAINT,
}
_AUTO_REPLY_FIELDS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from", "x-mail-autoreply")
_LIST_FIELDS = ("list-id", "list-post", "mailing-list", "x-mailing-list", "list-unsubscribe")


def auto_of(message: Message, sender: Address | None, subject: str, receiver: Receiver) -> Auto:
    """What made it; the first that holds, from what matters most."""
    submitted = _first_word(raw_of(message, "auto-submitted"))
    precedence = _first_word(raw_of(message, "precedence"))
    if _is_loop(message, sender, receiver):
        return Auto.LOOP
    if (report := _report(message)) is not None:
        return report
    if _is_bounce(message, sender, subject):
        return Auto.BOUNCE
    if _is_auto_reply(message, submitted, precedence, subject):
        return Auto.AUTO_REPLY
    if _is_list(message, precedence, receiver):
        return Auto.LIST
    return Auto.AUTO_GENERATED if submitted.startswith("auto-") else Auto.NONE


def _first_word(raw: str) -> str:
    """Without the parameters and comments behind it."""
    return re.split(r"[;\s(]", raw.lower(), maxsplit=1)[0]


def _is_auto_reply(message: Message, submitted: str, precedence: str, subject: str) -> bool:
    said = submitted == "auto-replied" or precedence in {"auto_reply", "auto-reply"}
    return (
        said or _AWAY_SUBJECT.match(subject) is not None or any(message.get(name) for name in _AUTO_REPLY_FIELDS)
    )


def _is_loop(message: Message, sender: Address | None, receiver: Receiver) -> bool:
    looped = {value.strip("<> ").lower() for name in ("x-loop", "x-loop-to") for value in all_of(message, name)}
    # A form on our own site writes from our address, and names the customer in Reply-To.
    answers_go_to = addresses_of(message, "reply-to") or ((sender,) if sender else ())
    own = bool(answers_go_to) and all(one.address.lower() in receiver.addresses for one in answers_go_to)
    return own or bool(looped & receiver.addresses) or len(all_of(message, "received")) > MOST_HOPS


def _report(message: Message) -> Auto | None:
    if message.get_content_type() != "multipart/report":
        return None
    return _REPORTS.get(str(message.get_param("report-type", "")).lower(), Auto.BOUNCE)


def _is_bounce(message: Message, sender: Address | None, subject: str) -> bool:
    if message.get("x-failed-recipients"):
        return True
    daemon = sender is not None and _MAILER.match(sender.address) is not None
    nobody = raw_of(message, "return-path") == "<>"
    return (daemon or nobody or sender is None) and (daemon or _BOUNCE_SUBJECT.search(subject) is not None)


def _is_list(message: Message, precedence: str, receiver: Receiver) -> bool:
    """A list's mail, unless the list is our own address: many a support address is a group."""
    if not any(message.get(name) for name in _LIST_FIELDS) and precedence not in {"list", "bulk", "junk"}:
        return False
    names = ("list-id", "list-post", "mailing-list")
    named = " ".join(value.lower() for name in names for value in all_of(message, name))
    return not any(own in named or own.replace("@", ".") in named for own in receiver.addresses)


def recipients_of(message: Message) -> tuple[Address, ...]:
    """To whom it came, whether it says so or only the server does."""
    names = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")
    return tuple(address for name in names for address in addresses_of(message, name))
