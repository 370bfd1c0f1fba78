"""One end of a chat as docs/chat.md tells a client to be, in one process with the product, and sent twice."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from infra.sockets import Frame, Socket

TRIES = 8


@dataclass
class End:
    """Shows each message once, in order, and sends again what has no answer. Every frame is sent twice.

    `shown` is what is on its screen: the frames by their place.
    """

    enter: Callable[[], Socket]
    side: str
    contact_id: str = ""
    socket: Socket | None = None
    shown: list[Frame] = field(default_factory=list)
    unsent: dict[str, str] = field(default_factory=dict)

    def connect(self) -> None:
        self.socket = self.enter()
        if self.side == "customer":
            self.contact_id = self.say("start")["contact_id"]
        self.resume()
        for client_id, text in list(self.unsent.items()):
            self.send(client_id, text)

    def say(self, action: str, **fields: Any) -> Frame:
        """Says a frame twice, and both again where the store was slow; gives the first answer."""
        if self.socket is None:
            raise LookupError("it is not connected")
        for _ in range(TRIES):
            first: Frame = self.socket.say(action, **fields)
            self.socket.say(action, **fields)
            if first.get("problem", {}).get("code") != "unavailable":
                break
        return first

    def send(self, client_id: str, text: str, *, cut: bool = False) -> None:
        """Sends a message; `cut`: the line breaks before its answer comes."""
        self.unsent[client_id] = text
        answer = self.say("send", id=client_id, contact_id=self.contact_id, text=text)
        if cut:
            self.cut()
        elif answer["type"] == "ack":
            del self.unsent[client_id]
            self.take(answer | {"client_id": client_id})

    def cut(self) -> None:
        if self.socket:
            self.socket.cut()
            self.socket = None

    def hear(self) -> None:
        for frame in self.socket.pushed if self.socket else ():
            if frame["type"] == "message":
                self.take(frame)

    def take(self, message: Frame) -> None:
        if message["cursor"] == len(self.shown) + 1:
            self.shown.append(message)
        elif message["cursor"] > len(self.shown) + 1:
            self.resume()

    def resume(self) -> None:
        more = True
        while more:
            answer = self.say("resume", contact_id=self.contact_id, after=len(self.shown))
            for message in answer["messages"]:
                self.take(message)
            more = answer["more"]
