"""What is attached in a chat: uploaded by its sender, named in a message, fetched by whoever is in the chat."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.models import aws, store
from chalicelib.models.frames import Upload
from chalicelib.models.uploads import VALID
from chalicelib.services.chat import uploads
from chalicelib.services.chat.chat import Here
from chalicelib.services.chat.connections import who_is_on
from chalicelib.services.deps import Deps
from tests.provider import Provider
from tests.settings import NOW, SETTINGS
from tests.sockets import Frame, Socket, Sockets

PICTURE: dict[str, Any] = {"name": "meter.png", "type": "image/png", "size": 4}
UNTIL = (NOW + VALID).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@pytest.fixture
def visitor(sockets: Sockets) -> Socket:
    return sockets.visitor()


@pytest.fixture
def contact_id(visitor: Socket) -> str:
    return str(visitor.say("start", id="s")["contact_id"])


def put(contact_id: str, attachment_id: str) -> str:
    """Puts the picture where its sender was told to; gives its key."""
    key = f"attachments/webchat/{contact_id}/{attachment_id}"
    s3 = aws.client("s3", SETTINGS.region)
    s3.put_object(Bucket=SETTINGS.archive_bucket, Key=key, Body=b"\x89PNG", ContentType="image/png")
    return key


def upload(socket: Socket, contact_id: str, **frame: str) -> Frame:
    """Uploads the picture and says so; gives what the message names."""
    asked = socket.say("upload", contact_id=contact_id, **PICTURE)
    put(contact_id, asked["attachment_id"])
    named: Frame = PICTURE | {"attachment_id": asked["attachment_id"]}
    assert socket.say("send", contact_id=contact_id, attachment=named, **frame)["type"] == "ack"
    return named


def error_of(answer: Any) -> tuple[str, str]:
    (error,) = answer["problem"]["errors"]
    return error["field"], error["message"]


def test_where_the_bytes_are_to_be_put(visitor: Socket, contact_id: str) -> None:
    asked = visitor.say("upload", id="u", contact_id=contact_id, **PICTURE)
    attachment_id, url = asked["attachment_id"], asked["url"]
    assert asked == {
        "id": "u",
        "type": "upload",
        "attachment_id": attachment_id,
        "url": url,
        "headers": {"Content-Type": "image/png", "Content-Disposition": "attachment"},
        "expires_at": UNTIL,
    }
    # for bytes of this size and type, into our bucket
    assert "content-length%3Bcontent-type" in url
    assert f"{SETTINGS.archive_bucket}.s3" in url
    assert f"/attachments/webchat/{contact_id}/{attachment_id}?" in url
    # each has an id of its own
    assert visitor.say("upload", id="u", contact_id=contact_id, **PICTURE)["attachment_id"] != attachment_id


def test_what_is_attached(provider: Provider, sockets: Sockets, visitor: Socket, contact_id: str) -> None:
    # Given a picture whose upload was asked for, but not done
    assert provider  # an archive to upload to
    agent = sockets.agent()
    agent.say("take", contact_id=contact_id)
    attachment_id = visitor.say("upload", id="u", contact_id=contact_id, **PICTURE)["attachment_id"]
    named = PICTURE | {"attachment_id": attachment_id}
    missing = ("attachment.attachment_id", "nothing was uploaded by that id in this chat")
    assert error_of(visitor.say("send", id="1", contact_id=contact_id, attachment=named)) == missing
    # When it is uploaded
    key = put(contact_id, attachment_id)
    # Then a message may name it as what it is, and in this chat only
    for wrong in ({"size": 5}, {"type": "image/gif"}):
        said = visitor.say("send", id="1", contact_id=contact_id, attachment=named | wrong)
        assert error_of(said) == ("attachment", "is not what was uploaded: type or size differ")
    stranger = sockets.visitor("visitor-2")
    other = stranger.say("start")["contact_id"]
    assert error_of(stranger.say("send", id="1", contact_id=other, attachment=named)) == missing
    fetch = {"contact_id": contact_id, "attachment_id": attachment_id}
    assert stranger.say("download", **fetch)["problem"]["code"] == "not_found"
    ack = visitor.say("send", id="1", contact_id=contact_id, attachment=named)
    assert ack["cursor"] == 1
    (message,) = [one for one in agent.pushed if one["type"] == "message"]
    assert (message["attachment"], "text" in message) == (named, False)
    # where it is kept is known with what was said
    (kept,) = store.get_event(ack["message_id"]).attachments
    assert {name: kept[name] for name in ("name", "type", "size", "key")} == PICTURE | {"key": key}
    # and whoever is in the chat fetches it, as something to be saved
    link = agent.say("download", id="d", **fetch)
    url = link["url"]
    assert link == {
        "id": "d",
        "type": "download",
        "attachment_id": attachment_id,
        "url": url,
        "expires_at": UNTIL,
    }
    assert key in url
    assert "response-content-disposition=attachment" in url


def test_who_may_not_talk_may_not_upload(sockets: Sockets, visitor: Socket, contact_id: str) -> None:
    refused = sockets.agent().say("upload", contact_id=contact_id, **PICTURE)
    assert refused["problem"]["detail"] == "take the contact first"
    visitor.say("end", contact_id=contact_id)
    assert visitor.say("upload", contact_id=contact_id, **PICTURE)["problem"]["detail"] == "the chat is over"


def test_addresses_are_of_the_region_of_the_archive(visitor: Socket, contact_id: str, deps: Deps) -> None:
    elsewhere = replace(deps, settings=replace(deps.settings, region="eu-central-1"))
    connection, caller = who_is_on(visitor.connection_id)
    frame = Upload(action="upload", contact_id=contact_id, **PICTURE)
    assert "eu-central-1" in uploads.upload(elsewhere, Here(caller, connection, "c"), frame)["url"]


@pytest.mark.parametrize("wrong", [{"type": "text/html"}, {"size": 0}, {"size": 11_000_000}, {"name": ""}])
def test_what_may_not_be_attached(visitor: Socket, contact_id: str, wrong: dict[str, Any]) -> None:
    answer = visitor.say("upload", contact_id=contact_id, **PICTURE | wrong)
    assert answer["problem"]["errors"][0]["field"] == next(iter(wrong))
