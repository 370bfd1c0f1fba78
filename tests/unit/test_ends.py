"""What a provider tells has ends that can be read, whatever its networks passed on."""

from typing import Any

import pytest

from chalicelib.models.requests.contacts import ReportContact
from chalicelib.models.requests.identifiers import IdentifierGiven
from chalicelib.models.requests.interactions import CaptureInteraction, ReportDelivery
from chalicelib.models.requests.kinds import IdentifierType
from chalicelib.services.deps import Deps
from chalicelib.services.inbound.ends import Told, readable
from tests.factories import a_contact, an_interaction
from tests.settings import NOW

OURS, THEIRS, NO_NUMBER = "+441632960000", "+447700900123", "+1234567"


def message(**ends: Any) -> Told:
    return CaptureInteraction.model_validate(an_interaction(**ends), strict=False)


def contact(**more: Any) -> Told:
    return ReportContact.model_validate(a_contact(at=NOW, **more), strict=False)


def delivery(**ends: Any) -> Told:
    told = {"channel": "sms", "source": "twilio", "source_event_id": "SM1", "at": NOW, "delivery": "sent"}
    return ReportDelivery.model_validate(told | ends, strict=False)


def a_phone(value: str) -> dict[str, str]:
    return {"type": "phone", "value": value}


def of_twilio(value: str) -> IdentifierGiven:
    return IdentifierGiven(type=IdentifierType.OTHER, scope="twilio", value=value)


@pytest.mark.parametrize("make", [message, contact, delivery])
def test_what_can_be_read_stays(deps: Deps, make: Any) -> None:
    told = make(**{"from": a_phone(THEIRS), "to": a_phone(OURS)})
    assert readable(deps, told, "twilio") == told


@pytest.mark.parametrize(
    ("make", "more", "their_end", "our_end"),
    [
        (message, {}, "from", "to"),
        (message, {"direction": "outbound"}, "to", "from"),
        (delivery, {}, "to", "from"),
    ],
)
def test_whose_messages_no_number_names_is_known_by_what_stands_there(
    deps: Deps, make: Any, more: Any, their_end: str, our_end: str
) -> None:
    # Given a message between us and what is no number of anybody's
    told = make(**more, **{their_end: a_phone(NO_NUMBER), our_end: a_phone(OURS)})
    # Then that is an id of the channel, and all else stays
    end = "sender" if their_end == "from" else "recipient"
    assert readable(deps, told, "twilio") == told.model_copy(update={end: of_twilio(NO_NUMBER)})


@pytest.mark.parametrize(
    ("direction", "their_end", "our_end"), [("inbound", "from", "to"), ("outbound", "to", "from")]
)
def test_who_is_on_a_contact_from_no_number_is_nobody(
    deps: Deps, direction: str, their_end: str, our_end: str
) -> None:
    told = contact(
        direction=direction,
        attributes={"queue": "Billing"},
        **{their_end: a_phone(NO_NUMBER), our_end: a_phone("+")},
    )
    # what is no end of ours is none either
    nobody = {"sender": None, "recipient": None, "attributes": {"caller_id": NO_NUMBER, "queue": "Billing"}}
    assert readable(deps, told, "twilio") == told.model_copy(update=nobody)


def test_a_national_number_is_read_in_the_country_that_was_written_to(deps: Deps) -> None:
    # Given a number that is one at home, and none in America
    told = {"from": a_phone("07700 900123")}
    at_home, abroad = (message(**told, to=a_phone(ours)) for ours in (OURS, "+12025550123"))
    assert readable(deps, at_home, "twilio") == at_home
    assert readable(deps, abroad, "twilio") == abroad.model_copy(update={"sender": of_twilio("07700 900123")})


def test_nobody_at_their_end_stays_nobody(deps: Deps) -> None:
    told = contact(**{"from": None})
    assert readable(deps, told, "twilio") == told
