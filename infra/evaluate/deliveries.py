"""The deliveries by which an interaction of `multichannel/` comes: by the API, or in its provider's envelopes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from chalicelib.models import keys
from chalicelib.services.contacts.contacts import contact_id_for
from infra.evaluate import envelopes
from infra.evaluate.evaluations.multichannel import NEED, Replay, feed, hear
from infra.evaluate.frame import Row
from infra.evaluate.providers import Providers

CONNECT, TWILIO, EMAIL = "amazon-connect", "twilio", "email"
TALK = timedelta(minutes=3)


@dataclass(frozen=True)
class Delivery:
    """Something that is handed over, and when it happened."""

    at: datetime
    hand_over: Callable[[], None]


Way = Callable[[Providers, Replay, Row], Iterator[Delivery]]


def by_api(_providers: Providers, replay: Replay, row: Row) -> Iterator[Delivery]:
    """As the evaluation `multichannel` feeds it."""
    yield Delivery(datetime.fromisoformat(row["ts"]), partial(feed, replay, row))


def enveloped(providers: Providers, replay: Replay, row: Row) -> Iterator[Delivery]:
    """As its provider sends it. A chat is the website's own, which calls the API."""
    return ENVELOPED.get(row["channel"], by_api)(providers, replay, row)


def _call(providers: Providers, replay: Replay, row: Row) -> Iterator[Delivery]:
    """The flow asks who calls and saves what was heard; events and, at last, the record tell how it went."""
    id_, caller, called = row["id"], row["caller_number"] or "anonymous", row["dialled"]
    began = datetime.fromisoformat(row["ts"])
    ended = began + TALK
    replay.contacts[id_] = contact_id_for(CONNECT, id_)
    heard = {name: value for name, value in hear(row).items() if value}
    blocks = {"connect_lookup": {"need": ",".join(NEED)}} | ({"connect_save_facts": heard} if heard else {})
    flow = {name: envelopes.flow_event(id_, caller, called, given) for name, given in blocks.items()}
    yield Delivery(began, partial(providers.tell, envelopes.contact_event(id_, "INITIATED", began, began)))
    yield Delivery(began, partial(providers.run_flow, flow))
    yield Delivery(ended, partial(providers.tell, envelopes.contact_event(id_, "DISCONNECTED", began, ended)))
    yield Delivery(ended, partial(providers.tell, envelopes.contact_record(id_, caller, called, began, ended)))


def _text_message(providers: Providers, replay: Replay, row: Row) -> Iterator[Delivery]:
    fields = {
        "MessageSid": row["id"],
        "SmsStatus": "received",
        "From": row["from"],
        "To": row["to"],
        "Body": row["body"],
        "NumMedia": "0",
    }
    replay.events[row["id"]] = keys.derived_id("event", TWILIO, row["id"])
    yield Delivery(datetime.fromisoformat(row["ts"]), partial(providers.post_form, fields))


def _mail(providers: Providers, replay: Replay, row: Row) -> Iterator[Delivery]:
    at, path = datetime.fromisoformat(row["ts"]), replay.data / row["body_file"]
    text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    headers = {
        "From": row["from"],
        "To": row["to"],
        "Subject": row["subject"],
        "Message-ID": row["message_id"],
        "In-Reply-To": row["in_reply_to"],
    }
    raw = envelopes.raw_mail({name: value for name, value in headers.items() if value}, at, text)
    replay.events[row["id"]] = keys.derived_id("event", EMAIL, row["id"])
    yield Delivery(at, partial(providers.put_mail, row["id"], raw))


ENVELOPED: dict[str, Way] = {"voice": _call, "sms": _text_message, "email": _mail}
