"""The socket: who connects, what is said on it, who is gone. What goes over it: docs/chat.md."""

from typing import Any

from chalice.app import Blueprint, WebsocketAPI, WebsocketEvent

from chalicelib.models.connection import deadline
from chalicelib.models.frames import (
    CatchUp,
    Download,
    OnContact,
    Ping,
    Read,
    Resume,
    Send,
    SetPresence,
    Start,
    Take,
    Upload,
)
from chalicelib.observability import log_done
from chalicelib.runtime import get_deps
from chalicelib.services.chat import agents, chat, connections, fan_out, messages, uploads
from chalicelib.services.chat.chat import Here
from chalicelib.services.deps import Deps
from chalicelib.socket_runtime import BUDGET_SECONDS, action, admit, serve

blueprint = Blueprint(__name__)
# Chalice asks the application for it, which a blueprint's function never loads. It is not what we post by.
blueprint.websocket_api = WebsocketAPI({"AWS_REGION": "none"})

Said = dict[str, Any]


@blueprint.on_ws_connect(name="websocket_connect")
def connect(event: WebsocketEvent) -> Said:
    """Lets in whose token is good and whose role may chat."""
    return admit(event.to_dict(), connections.connect)


@blueprint.on_ws_message(name="websocket_message")
def message(event: WebsocketEvent) -> Said:
    """Answers a frame."""
    return serve(event.to_dict())


@blueprint.on_ws_disconnect(name="websocket_disconnect")
def disconnect(event: WebsocketEvent) -> Said:
    """Takes a connection off wherever it listened. What fails here is found when it is next pushed to."""
    deps = get_deps()
    with deadline(BUDGET_SECONDS):
        fan_out.forget(deps, event.connection_id)
    log_done("socket disconnect")
    return {"statusCode": 200}


@action("start", "chat:start", Start)
def start(deps: Deps, here: Here, said: Start) -> Said:
    return chat.start(deps, here, said)


@action("send", "chat:talk", Send)
def send(deps: Deps, here: Here, said: Send) -> Said:
    return messages.send(deps, here, said)


@action("resume", "chat:talk", Resume)
def resume(deps: Deps, here: Here, said: Resume) -> Said:
    return chat.resume(deps, here, said)


@action("typing", "chat:talk", OnContact, audited=False)
def typing(deps: Deps, here: Here, said: OnContact) -> None:
    messages.typing(deps, here, said)


@action("read", "chat:talk", Read, audited=False)
def read(deps: Deps, here: Here, said: Read) -> Said:
    return messages.read(deps, here, said)


@action("upload", "chat:talk", Upload)
def upload(deps: Deps, here: Here, said: Upload) -> Said:
    return uploads.upload(deps, here, said)


@action("download", "chat:talk", Download)
def download(deps: Deps, here: Here, said: Download) -> Said:
    return uploads.download(deps, here, said)


@action("end", "chat:talk", OnContact)
def end(deps: Deps, here: Here, said: OnContact) -> Said:
    return chat.end(deps, here, said.contact_id)


@action("presence", "chat:answer", SetPresence)
def presence(deps: Deps, here: Here, said: SetPresence) -> Said:
    return agents.set_presence(deps, here, said)


@action("take", "chat:answer", Take)
def take(deps: Deps, here: Here, said: Take) -> Said:
    return agents.take(deps, here, said)


@action("leave", "chat:answer", OnContact)
def leave(_deps: Deps, here: Here, said: OnContact) -> Said:
    return agents.leave(here, said)


@action("catch_up", "chat:answer", CatchUp)
def catch_up(deps: Deps, here: Here, said: CatchUp) -> Said:
    return agents.catch_up(deps, here, said)


@action("ping", "chat:talk", Ping, audited=False)
def ping(_deps: Deps, _here: Here, _said: Ping) -> Said:
    return {"type": "pong"}
