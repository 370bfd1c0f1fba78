"""The socket without a network: connections that are opened, cut and read from, as API Gateway has them."""

import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from chalice.test import Client

from chalicelib.errors import Unavailable

_numbers = count(1)
Frame = dict[str, Any]


@dataclass
class Gateway:
    """API Gateway: which connections there are, and what was posted to each."""

    open: dict[str, list[Frame]] = field(default_factory=dict)
    refuses: bool = False
    posted: int = 0

    def post(self, _url: str, _region: str, connection_id: str, frame: str) -> bool:
        self.posted += 1
        if self.refuses:
            raise Unavailable("PostToConnection")
        if connection_id not in self.open:
            return False
        self.open[connection_id].append(json.loads(frame))
        return True


@dataclass
class Socket:
    """One connection, as its client sees it."""

    client: Client
    gateway: Gateway
    connection_id: str

    def say(self, action: str, **fields: Any) -> Any:
        """Says a frame and gives the answer; None where there is none."""
        return self.say_raw(json.dumps({"action": action, **fields}, ensure_ascii=False))

    def say_raw(self, text: str) -> Any:
        answer = self.client.lambda_.invoke("websocket_message", self._event(body=text)).payload
        return json.loads(answer["body"]) if "body" in answer else None

    @property
    def pushed(self) -> list[Frame]:
        """What was pushed since this was last asked."""
        frames = list(self.gateway.open[self.connection_id])
        self.gateway.open[self.connection_id].clear()
        return frames

    def cut(self) -> None:
        """The line is cut, and nobody was told."""
        self.gateway.open.pop(self.connection_id, None)

    def close(self) -> None:
        self.cut()
        self.client.lambda_.invoke("websocket_disconnect", self._event())

    def _event(self, **more: Any) -> dict[str, Any]:
        return event_of(self.connection_id) | more


def event_of(connection_id: str, **more: Any) -> dict[str, Any]:
    context = {"connectionId": connection_id, "domainName": "ws.example.com", "stage": "api", "apiId": "ws1"}
    return {"requestContext": context, "isBase64Encoded": False, **more}
