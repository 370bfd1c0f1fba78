"""Demo customers, invented: who they are and what happened to them, told over several channels.

Deterministic: the same people with the same ids each time; only the dates move along with today.
Phone numbers are of the ranges that Ofcom keeps free for drama.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

Json = dict[str, Any]

NAMES = (
    *("Amira Haddad", "Ben Okafor", "Carys Pugh", "Dev Malhotra", "Eilidh Grant", "Farid Karimi"),
    *("Grace Adeyemi", "Hugo Lindqvist", "Imogen Shaw", "Jakub Nowak", "Kiran Bhatt", "Leila Osman"),
    *("Marek Dvořák", "Niamh Byrne", "Olu Bankole", "Priya Raman", "Quentin Moss", "Rosa Delgado"),
    *("Sinead Walsh", "Tomasz Zielinski", "Uma Krishnan", "Viktor Hale", "Wren Castell", "Xin Yi Chen"),
    *("Yusuf Demir", "Zara Whitlock", "Aled Bowen", "Bianca Ferri", "Callum Reid", "Dalia Nasser"),
)
LANGUAGES = ("en-GB", "en-GB", "cy", "en-GB", "pl")
FIRST_ACCOUNT = 40010000
FIRST_PHONE = 940  # the end of the range: its beginning is what everybody tries first


@dataclass(frozen=True)
class Story:
    """What happened: entries of the timeline, a case that is open, a call that ended."""

    subject: str
    product: str
    reason: str
    entries: tuple[tuple[int, str, str, str, str, str], ...]  # hours ago, channel, direction, kind, subject, body
    tried: tuple[tuple[int, str, Json], ...] = ()  # minutes ago, type of the event, what else is told of it
    device: str = "phone"
    call: str = ""  # how the agent summed up the call about it, if there was one
    case_open: bool = True


STORIES = (
    Story(
        "Broadband drops every evening",
        "Fibre 150",
        "slow broadband",
        (
            (76, "knowledge_base", "inbound", "article_viewed", "Why is my broadband slow?", ""),
            (
                74,
                "chat",
                "inbound",
                "message",
                "",
                "The line test on your site never ends. It drops at 8 every evening.",
            ),
            (
                74,
                "chat",
                "outbound",
                "message",
                "",
                "I have asked for a line check and shall ring you with the result.",
            ),
            (28, "sms", "outbound", "message", "", "Your line check is booked for tomorrow, 9 to 12."),
        ),
        tried=(
            (31, "search", {"query": "broadband slow in the evening"}),
            (30, "article", {"article": "Why is my broadband slow?", "helped": False}),
            (28, "step", {"task": "test_the_line", "step": "line_test"}),
            (9, "rage_click", {"task": "test_the_line", "step": "line_test"}),
            (7, "give_up", {"task": "test_the_line"}),
        ),
        device="desktop",
        call="Evening drop-outs; line check ordered, router is fine.",
    ),
    Story(
        "Charged twice in October",
        "Mobile Plus",
        "billing",
        (
            (120, "email", "inbound", "message", "Charged twice", "My October bill shows the same 24.99 twice."),
            (118, "email", "outbound", "message", "Re: Charged twice", "Thank you, we are looking into it."),
            (50, "portal", "inbound", "page_viewed", "Bills and payments", ""),
            (30, "whatsapp", "inbound", "message", "", "Any news about the double charge?"),
        ),
        tried=(
            (12, "page", {"page": "/bills"}),
            (11, "step", {"task": "dispute_a_charge", "step": "which_bill"}),
            (9, "form_error", {"task": "dispute_a_charge", "field": "amount", "error": "is not on this bill"}),
            (8, "form_error", {"task": "dispute_a_charge", "field": "amount", "error": "is not on this bill"}),
            (7, "form", {"task": "dispute_a_charge", "facts": {"product": "Mobile Plus"}}),
            (6, "give_up", {"task": "dispute_a_charge"}),
        ),
        call="Double charge confirmed; refund passed to billing.",
    ),
    Story(
        "Parcel has not arrived",
        "Router X2",
        "delivery",
        (
            (96, "portal", "inbound", "order_placed", "Router X2", ""),
            (72, "sms", "outbound", "message", "", "Your parcel is on its way."),
            (20, "whatsapp", "inbound", "message", "", "It says delivered but it is not here."),
            (19, "whatsapp", "outbound", "message", "", "Sorry about that. We have asked the courier."),
        ),
    ),
    Story(
        "Moving house on the 14th",
        "Fibre 500",
        "home move",
        (
            (200, "mobile", "inbound", "page_viewed", "Moving home", ""),
            (60, "email", "outbound", "message", "Your move", "We need your new address to book an engineer."),
        ),
        tried=(
            (25, "form_error", {"task": "move_house", "field": "new_address", "error": "was not found"}),
            (22, "form_error", {"task": "move_house", "field": "new_address", "error": "was not found"}),
            (20, "form_error", {"task": "move_house", "field": "new_address", "error": "was not found"}),
        ),
        call="Address added by hand; move booked.",
    ),
    Story(
        "Autumn upgrade offer",
        "Fibre 500",
        "upgrade",
        (
            (240, "email", "outbound", "campaign_sent", "Twice the speed this autumn", ""),
            (238, "email", "inbound", "campaign_clicked", "Twice the speed this autumn", ""),
            (100, "x", "inbound", "mention", "", "Nice offer, but does the upgrade need a new router?"),
            (99, "x", "outbound", "message", "", "It does not; yours will do."),
        ),
        case_open=False,
    ),
)


@dataclass(frozen=True)
class DemoCustomer:
    """One customer as the API is told of it, in the order of the calls."""

    number: int
    customer: Json
    case: Json | None
    interactions: list[Json]
    journey: Json | None
    call: Json | None
    call_facts: Json = field(default_factory=dict)
    call_end: Json = field(default_factory=dict)

    @property
    def account(self) -> str:
        return str(FIRST_ACCOUNT + self.number)


def demo_customers(now: datetime) -> list[DemoCustomer]:
    """All of them; the histories end shortly before `now`."""
    return [_demo_customer(number, name, now) for number, name in enumerate(NAMES, start=1)]


def phone_of(number: int) -> str:
    """A mobile number for most, a landline for every fifth."""
    return f"+441632960{FIRST_PHONE + number}" if number % 5 == 0 else f"+447700900{FIRST_PHONE + number}"


def _demo_customer(number: int, name: str, now: datetime) -> DemoCustomer:
    story = STORIES[number % len(STORIES)]
    started_at = _at(now, 26)
    phone = {"type": "phone", "value": phone_of(number)}
    return DemoCustomer(
        number,
        _customer(number, name),
        {"subject": story.subject, "product": story.product, "reason": story.reason} if story.case_open else None,
        [_interaction(number, step, entry, now) for step, entry in enumerate(story.entries)],
        _journey(number, story, now) if story.tried else None,
        _call(number, phone, started_at) if story.call else None,
        {
            "account_number": {"value": str(FIRST_ACCOUNT + number), "source": "ivr", "collected_at": started_at},
            "reason": {"value": story.reason, "source": "ivr", "collected_at": started_at},
        },
        {"disposition": "follow_up", "summary": story.call, "resolved": False},
    )


def _customer(number: int, name: str) -> Json:
    born = f"{1950 + number * 7 % 50}-{1 + number % 12:02}-{1 + number * 5 % 28:02}"
    return {
        "name": name,
        "language": LANGUAGES[number % len(LANGUAGES)],
        "identifiers": [
            {"type": "phone", "value": phone_of(number), "verified": number % 3 != 0},
            {"type": "email", "value": f"{_handle(name)}@example.com", "verified": True},
            {"type": "account", "value": str(FIRST_ACCOUNT + number), "verified": True},
        ],
        "consent": {"email": number % 2 == 0, "sms": number % 4 == 0},
        "facts": {"date_of_birth": {"value": born, "source": "crm", "verified": True}},
    }


def _interaction(number: int, step: int, entry: tuple[int, str, str, str, str, str], now: datetime) -> Json:
    hours_ago, channel, direction, kind, subject, body = entry
    told = {"subject": subject, "body": body}
    return {
        "channel": channel,
        "direction": direction,
        "kind": kind,
        "occurred_at": _at(now, hours_ago + number % 12),
        "source": "demo",
        "source_event_id": f"demo-{number}-{step}",
        **{name: text for name, text in told.items() if text},
    }


def _journey(number: int, story: Story, now: datetime) -> Json:
    """What the customer tried by themselves, as their browser tells it, but for key and token."""
    return {
        "channel": "portal",
        "screen": {"id": f"demo-{number}", "device": story.device},
        "consent": {"journeys": True},
        "sent_at": now.isoformat(timespec="seconds"),
        "events": [
            {"id": f"demo-{number}-{step}", "type": type_, "at": _minutes_ago(now, minutes + number % 12)} | told
            for step, (minutes, type_, told) in enumerate(story.tried)
        ],
    }


def _call(number: int, phone: Json, started_at: str) -> Json:
    return {
        "channel": "voice",
        "direction": "inbound",
        "provider": "demo",
        "provider_contact_id": f"demo-call-{number}",
        "from": phone,
        "to": {"type": "phone", "value": "+441632960000"},
        "started_at": started_at,
        "need": ["account_number", "reason"],
    }


def _handle(name: str) -> str:
    return name.lower().replace(" ", ".").replace("ř", "r").replace("á", "a")


def _at(now: datetime, hours_ago: int) -> str:
    return (now - timedelta(hours=hours_ago)).isoformat(timespec="seconds")


def _minutes_ago(now: datetime, minutes: int) -> str:
    return (now - timedelta(minutes=minutes)).isoformat(timespec="seconds")
