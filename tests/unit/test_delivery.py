"""How far a message of ours got, as its provider tells: in whatever order, and of one that we never saw sent."""

from typing import Any

from chalicelib.models import store
from chalicelib.models.items import Event
from chalicelib.models.requests.interactions import CaptureInteraction, ReportDelivery
from chalicelib.rules.access import Caller, Role
from chalicelib.services.contacts import capture
from chalicelib.services.deps import Deps
from chalicelib.services.inbound.delivery import report_delivery
from tests.conftest import Api, Spy
from tests.settings import NOW

TWILIO = Caller(Role.IVR, "twilio")
OURS, THEIRS = ({"type": "phone", "value": value} for value in ("+441632960000", "+447700900123"))
SENT: dict[str, Any] = {"channel": "sms", "source": "twilio", "source_event_id": "SM1", "from": OURS, "to": THEIRS}


def sent(deps: Deps) -> Event:
    body = SENT | {"direction": "outbound", "occurred_at": NOW, "kind": "message", "body": "On its way"}
    request = CaptureInteraction.model_validate(body, strict=False)
    return capture.capture(deps, TWILIO, request, "c", archive_key="A1")[0]


def reported(deps: Deps, delivery: str, **more: Any) -> Event:
    body = SENT | {"at": NOW, "delivery": delivery} | more
    return report_delivery(deps, TWILIO, ReportDelivery.model_validate(body, strict=False), "r", archive_key="A2")


def shown(agent: Api, event: Event) -> Any:
    (entry,) = agent.get(f"/customers/{event.customer_id}/timeline").json["items"]
    return entry["attributes"]


def test_a_message_shows_how_far_it_got(deps: Deps, agent: Api, spy: Spy) -> None:
    message = sent(deps)
    spy.reset()
    event = reported(deps, "delivered")
    assert spy.operations == ["GetItem", "TransactWriteItems"]
    assert event.interaction_id == message.interaction_id
    assert store.get_event(event.interaction_id).attributes == {"delivery": "delivered"}
    assert shown(agent, event) == {"delivery": "delivered"}
    # what is told late takes nothing back, and costs nothing but a look
    spy.reset()
    assert reported(deps, "sent").attributes == {"delivery": "delivered"}
    assert spy.operations == ["GetItem"]
    assert shown(agent, reported(deps, "read")) == {"delivery": "read"}


def test_a_message_that_somebody_else_sent_for_us_is_met_by_its_report(deps: Deps, agent: Api) -> None:
    event = reported(deps, "sent", attributes={"campaign": "spring"})
    whole = store.get_event(event.interaction_id)
    assert (whole.channel, whole.direction, whole.event_kind) == ("sms", "outbound", "message")
    assert (whole.source, whole.source_event_id, whole.occurred_at) == ("twilio", "SM1", NOW)
    assert (whole.body, whole.correlation_id, whole.archive_key) == (None, "r", "A2")
    assert (whole.sender["value"], whole.recipient["value"]) == (OURS["value"], THEIRS["value"])
    assert whole.attributes == {"campaign": "spring", "delivery": "sent"}
    # it is with whom it was sent to
    query = f"identifier_type=phone&identifier={THEIRS['value'].replace('+', '%2B')}"
    (customer,) = agent.get(f"/customers?{query}").json["items"]
    assert event.customer_id == customer["customer_id"]
    # and its next report is of the same
    assert reported(deps, "failed").interaction_id == event.interaction_id
    assert shown(agent, event) == {"campaign": "spring", "delivery": "failed"}
