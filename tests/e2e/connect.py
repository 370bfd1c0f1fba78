"""Amazon Connect as the running stack meets it: flows ask, contact events and records follow."""

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx

from tests.channels import amazon_connect
from tests.e2e.launching import Description
from tests.e2e.test_channels import eventually
from tests.events import connect_event

Json = dict[str, Any]
LASTS = timedelta(seconds=40)
"""How long the calls are that records tell of."""


def a_leg(previous: str, initial: str) -> Json:
    """What a contact event says of a transfer."""
    return {"previousContactId": previous, "initialContactId": initial, "initiationMethod": "TRANSFER"}


def a_record(previous: str, initial: str) -> Json:
    """And the contact record."""
    return {"PreviousContactId": previous, "InitialContactId": initial, "InitiationMethod": "TRANSFER"}


class Connect:
    """What Amazon Connect sends: what its flows ask, and what it tells of contacts by EventBridge and Kinesis."""

    def __init__(self, stack: Description, aws: Callable[[str], Any]) -> None:
        self.functions, self.invoke = stack["functions"], aws("lambda").invoke
        self.taking_in = self.functions["connect_lookup"].replace("connect-lookup", "take-in-connect")

    def flow(
        self,
        name: str,
        contact_id: str,
        address: str,
        previous: str | None = None,
        initial: str | None = None,
        **parameters: str,
    ) -> Json:
        """What a flow is told; it asks again where the store was too slow, and it would go on without."""
        chain = {"PreviousContactId": previous, "InitialContactId": initial or contact_id}
        event = json.dumps(connect_event(contact_id, address, parameters, **chain))

        def told() -> Json | None:
            payload = self.invoke(FunctionName=self.functions[name], Payload=event)["Payload"].read()
            answer: Json = json.loads(payload)
            return answer if answer["reason"] != "unavailable" else None

        answer: Json = eventually(told)
        return answer

    def tell(self, contact_id: str, kind: str, at: datetime, **more: Any) -> None:
        """A contact event, as the rule of EventBridge hands it over."""
        whose = {"contactId": contact_id, "initialContactId": contact_id} | more
        told = amazon_connect.an_event(kind, **whose)
        told["time"], told["detail"]["initiationTimestamp"] = at.isoformat(), at.isoformat()
        self._hand_over(told)

    def record(self, contact_id: str, address: str, began: datetime, **more: Any) -> None:
        """The contact record of a call that is over, as the stream of the instance hands it over."""
        ended = (began + LASTS).isoformat()
        told = {
            "AWSContactTraceRecordFormatVersion": "2017-03-10",
            "ContactId": contact_id,
            "Channel": "VOICE",
            "InitiationMethod": "INBOUND",
            "CustomerEndpoint": {"Address": address, "Type": "TELEPHONE_NUMBER"},
            "SystemEndpoint": {"Address": "+441632960000", "Type": "TELEPHONE_NUMBER"},
            "InitiationTimestamp": began.isoformat(),
            "DisconnectTimestamp": ended,
            "LastUpdateTimestamp": ended,
            "Attributes": {},
        }
        data = b64encode(json.dumps(told | more).encode()).decode()
        self._hand_over({"Records": [{"kinesis": {"data": data}}]})

    def _hand_over(self, event: Json) -> None:
        answer = self.invoke(FunctionName=self.taking_in, Payload=json.dumps(event))
        assert "FunctionError" not in answer, answer["Payload"].read()


def found(agent: httpx.Client, contact_id: str) -> Json:
    """The pop by Connect's own id; nothing while there is none, or the store is too slow to say."""
    which = {"provider": "amazon-connect", "provider_contact_id": contact_id}
    reply = agent.get("/screen-pop", params=which)
    pop: Json = reply.json() if reply.status_code == httpx.codes.OK else {}
    return pop


def connected(agent: httpx.Client, call: str) -> Json | None:
    """The pop of a call that is told to have reached an agent."""
    pop = found(agent, call)
    return pop if pop and pop["contact"]["phase"] == "connected" else None


def handed_on(agent: httpx.Client, call: str) -> Json | None:
    """The pop of a call that came with a packet."""
    pop = found(agent, call)
    return pop if pop and pop["transfer"] else None


def all_over(agent: httpx.Client, *calls: str) -> list[Json] | None:
    """The contacts by these ids of Connect's, once all are over."""
    pops = [found(agent, call) for call in calls]
    over = [pop["contact"] for pop in pops if pop and pop["contact"]["status"] == "ended"]
    return over if len(over) == len(calls) else None
