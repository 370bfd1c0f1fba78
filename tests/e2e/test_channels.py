"""What providers send, on the running stack: signed as they sign, kept, queued, and processed once."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from tests.channels import amazon_connect, twilio
from tests.e2e.launching import Description
from tests.e2e.sent import SENT
from tests.e2e.test_main_job import a_number

Role = Callable[[str], httpx.Client]
PROCESSED_SECONDS = 60.0
WITH_A_FILE = """\
From: {address}
To: help@throughline.test
Subject: Sofa
Message-ID: <{address}>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

Where is my sofa?
--b
Content-Type: application/pdf; name=order.pdf
Content-Disposition: attachment

%PDF-1.4
--b--
"""


def eventually(look: Callable[[], Any]) -> Any:
    """What `look` finds, once it finds something."""
    deadline = time.monotonic() + PROCESSED_SECONDS
    while not (found := look()) and time.monotonic() < deadline:
        time.sleep(0.3)
    assert found, "it was never processed"
    return found


def timeline(agent: httpx.Client, value: str, type_: str = "phone") -> list[dict[str, Any]]:
    """Of whom it belongs to; none where there is nobody."""
    people = items(agent, "/customers", identifier_type=type_, identifier=value)
    return items(agent, f"/customers/{people[0]['customer_id']}/timeline") if people else []


def items(agent: httpx.Client, path: str, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = agent.get(path, params=query).json()["items"]
    return found


def run(module: str, stack_folder: Path, *words: str) -> str:
    command = [sys.executable, "-m", module, *words, "--folder", str(stack_folder)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def a_message(number: str, body: str) -> dict[str, str]:
    return twilio.SMS | {"MessageSid": f"SM{uuid4().hex}", "From": number, "Body": body}


def test_a_message_is_processed_once(
    api: Role, send: Callable[..., httpx.Response], aws: Any, stack: Description, stack_folder: Path
) -> None:
    agent, number = api("agent"), a_number()
    message = a_message(number, "Where is the parcel with my card 4242 4242 4242 4242?")
    # When Twilio sends it twice, and somebody else sends one that is not signed
    answers = [send(message), send(message)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].headers["Content-Type"] == "text/xml; charset=utf-8"
    assert send(a_message(number, "forged"), token="wrong").status_code == 401
    # Then it is on the timeline once, without what is never kept
    (entry,) = eventually(lambda: timeline(agent, number))
    assert entry["body"] == "Where is the parcel with my card [card number]?"
    # and it is archived without that, too
    bucket = stack["buckets"]["archive"]
    listed = aws("s3").list_objects_v2(Bucket=bucket, Prefix="inbound/twilio/")["Contents"]
    kept = [aws("s3").get_object(Bucket=bucket, Key=item["Key"])["Body"].read().decode() for item in listed]
    assert sum(message["MessageSid"] in one for one in kept) == 2
    assert not any("4242" in one for one in kept)
    # and when all of the archive is processed again, it is still there once
    assert "processed again" in run("infra.replay", stack_folder)
    assert timeline(agent, number) == [entry]


def test_a_call_from_beginning_to_end(api: Role, send: Callable[..., httpx.Response]) -> None:
    agent, number, sid = api("agent"), a_number(), f"CA{uuid4().hex}"
    for status, at in (("completed", "08:00:40"), ("ringing", "08:00:01"), ("in-progress", "08:00:05")):
        moment = {"CallStatus": status, "Timestamp": f"Sun, 22 Nov 2026 {at} +0000"}
        assert send(twilio.CALL | {"CallSid": sid, "From": number} | moment).status_code == 200

    def over() -> Any:
        found = agent.get("/screen-pop", params={"provider": "twilio", "provider_contact_id": sid})
        contact = found.json().get("contact", {})
        return contact.get("started_at") == "2026-11-22T08:00:01Z" and contact["status"] == "ended" and contact

    assert eventually(over)["ended_at"] == "2026-11-22T08:00:40Z"
    assert [entry["kind"] for entry in timeline(agent, number)] == ["contact"]


def test_what_was_set_aside_is_listed_and_put_back(
    api: Role, send: Callable[..., httpx.Response], aws: Any, stack: Description, stack_folder: Path
) -> None:
    # Given a message that was set aside
    agent, number = api("agent"), a_number()
    message = a_message(number, "Set aside for a while")
    send(message)
    eventually(lambda: timeline(agent, number))
    bucket = stack["buckets"]["archive"]
    listed = aws("s3").list_objects_v2(Bucket=bucket, Prefix="inbound/twilio/")["Contents"]
    key = max(listed, key=lambda item: item["LastModified"])["Key"]
    body = json.dumps({"key": key})
    aws("sqs").send_message(QueueUrl=stack["queues"]["inbox_dead_letters"], MessageBody=body)
    # Then it is listed, can be looked at, and is put back into the inbox
    assert "Set+aside" in run("infra.inbox", stack_folder, "show", key)
    assert key in run("infra.inbox", stack_folder, "list")
    time.sleep(6)  # what was looked at is hidden for a while
    assert "1 put back" in run("infra.inbox", stack_folder, "redrive")
    assert "0 set aside" in run("infra.inbox", stack_folder, "list")


def test_a_mail_in_the_bucket_is_on_the_timeline(api: Role, aws: Any, stack: Description) -> None:
    # When SES has put a mail with a file into the bucket
    agent, address = api("agent"), f"{uuid4().hex[:12]}@example.com"
    raw = WITH_A_FILE.format(address=address).encode()
    SENT.note([address, "Where is my sofa?", "order.pdf"])
    aws("s3").put_object(Bucket=stack["buckets"]["mail"], Key=f"ses-{uuid4().hex}", Body=raw)
    # Then it is on its writer's timeline
    (entry,) = eventually(lambda: timeline(agent, address, "email"))
    assert (entry["channel"], entry["body"]) == ("email", "Where is my sofa?")
    # and the file can be fetched by a link that needs nothing else, and by no other
    path = f"/interactions/{entry['interaction_id']}"
    (attached,) = agent.get(path).json()["attachments"]
    link = agent.get(f"{path}/attachments/{attached['attachment_id']}").json()["link"]
    fetched = httpx.get(link)
    assert (fetched.content, fetched.headers["Content-Type"]) == (b"%PDF-1.4", "application/octet-stream")
    assert fetched.headers["Content-Disposition"] == "attachment; filename*=UTF-8''order.pdf"
    assert httpx.get(link.partition("?")[0]).status_code == 403
    assert httpx.get(link.replace("/1?", "/2?")).status_code == 403
    assert api("marketing").get(f"{path}/attachments/{attached['attachment_id']}").status_code == 403


def test_a_file_of_contact_lens_is_on_its_contact(api: Role, aws: Any, stack: Description) -> None:
    # When Connect has written into its own bucket what Contact Lens found, and something else
    contact_id, bucket = str(uuid4()), stack["buckets"]["connect"]
    found = amazon_connect.TRANSCRIPT | {"CustomerMetadata": {"ContactId": contact_id}}
    SENT.note([line["Content"] for line in found["Transcript"]])
    key = f"Voice/2026/11/22/{contact_id}_analysis_2026-11-22T08:30:00Z.json"
    aws("s3").put_object(Bucket=bucket, Key=f"CallRecordings/{key}", Body=b"{}")
    aws("s3").put_object(Bucket=bucket, Key=f"Analysis/{key}", Body=json.dumps(found).encode())
    which = {"provider": "amazon-connect", "provider_contact_id": contact_id}

    def pop() -> Any:
        seen = api("agent").get("/screen-pop", params=which)
        return seen.status_code == 200 and seen.json()["timeline"] and seen.json()

    # Then the mood is on the contact, and what was said on its timeline
    seen = eventually(pop)
    assert seen["contact"]["attributes"]["sentiment"] == "3.1"
    assert [entry["kind"] for entry in seen["timeline"]] == ["transcript"]
    assert "It is [card number]" in seen["timeline"][0]["body"]


def test_what_came_by_the_api_is_archived_and_replayed(
    api: Role, aws: Any, stack: Description, stack_folder: Path
) -> None:
    # When somebody writes by the API
    agent, number, event_id = api("agent"), a_number(), uuid4().hex
    said = {"channel": "chat", "from": {"type": "phone", "value": number}, "source": "e2e", "kind": "message"}
    said |= {"source_event_id": event_id, "occurred_at": "2026-11-22T08:00:00Z"}
    api("ivr").post("/interactions", json=said | {"body": "My card is 4242 4242 4242 4242"})
    objects, bucket = aws("s3"), stack["buckets"]["archive"]

    def kept() -> list[str]:
        listed = objects.list_objects_v2(Bucket=bucket, Prefix="inbound/api/").get("Contents", [])
        bodies = (objects.get_object(Bucket=bucket, Key=one["Key"])["Body"].read().decode() for one in listed)
        return [body for body in bodies if event_id in body]

    # Then it is archived, without the card
    (one,) = eventually(kept)
    assert "[card number]" in one
    assert "4242" not in one
    # and when that is processed again, it is still there once
    before = timeline(agent, number)
    assert "processed again" in run("infra.replay", stack_folder, "--channel", "api")
    assert timeline(agent, number) == before
    assert len(kept()) == 1
