"""Whatever breaks, what was accepted is there once: on a stack of its own, as others would suffer with it."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from infra.local.emulation import ROOT, STACK
from infra.local.place import Place
from tests.channels import amazon_connect, twilio
from tests.channels.email import a_mail
from tests.e2e.conftest import aws_client, client_for
from tests.e2e.launching import Description, Launched, launch
from tests.e2e.sent import SENT, leaks
from tests.e2e.test_cases import LATE, write
from tests.e2e.test_channels import a_message, eventually, run, timeline
from tests.e2e.test_main_job import a_call, a_number

Role = Callable[[str], httpx.Client]

BATCH = 10
DAYS_AGO = "2026-11-22T08:00:00Z"
SCHEDULED = {
    "version": "0",
    "id": "tick",
    "source": "aws.events",
    "detail-type": "Scheduled Event",
    "account": "111122223333",
    "time": "1970-01-01T00:00:00Z",
    "region": "eu-north-1",
    "resources": [],
    "detail": {},
}


@pytest.fixture(scope="module")
def launched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launched]:
    """In trouble most is said, so here as well nothing that was sent may be in a log when all is over."""
    own = launch(tmp_path_factory.mktemp("broken") / "stack")
    # before a function has run: each process that did is stopped one after the other
    _deploy_silence(aws_client(own.description, "cloudformation", *ROOT.values()), {"chat": 0.001, "voice": 4})
    yield own
    SENT.note_secrets(own.description)
    assert own.stop() == 0
    assert leaks(own.folder / "logs", SENT.values) == []


@pytest.fixture(scope="module")
def stack(launched: Launched) -> Description:
    return launched.description


@pytest.fixture(scope="module")
def stack_folder(launched: Launched) -> Path:
    return launched.folder


@dataclass(frozen=True)
class Broken:
    """The stack, and what can be done to it."""

    launched: Launched
    send: Callable[..., httpx.Response]

    def root(self, service: str) -> Any:
        """A client of the account's administrator."""
        return aws_client(self.launched.description, service, *ROOT.values())

    def patience(self, seconds: int, tries: int) -> None:
        """What fails comes again after so long, and is set aside after so many tries; else 120 s and 10."""
        queue, url = self.root("sqs"), self.launched.description["queues"]["inbox"]
        known = queue.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])["Attributes"]
        policy = json.loads(known["RedrivePolicy"]) | {"maxReceiveCount": tries}
        wanted = {"VisibilityTimeout": str(seconds), "RedrivePolicy": json.dumps(policy)}
        queue.set_queue_attributes(QueueUrl=url, Attributes=wanted)

    @contextmanager
    def table(self, trouble: str) -> Iterator[None]:
        """DynamoDB in trouble, as docs/local-stack.md says."""
        file = Place(0, self.launched.folder).trouble
        file.write_text(trouble)
        try:
            yield
        finally:
            file.unlink()

    @contextmanager
    def consumer_off(self) -> Iterator[None]:
        """Nobody takes from the inbox; then one takes all that waits there, as one batch."""
        functions = self.root("lambda")
        listed = functions.list_event_source_mappings(FunctionName=f"{STACK}-process-inbox")
        (mapping,) = (one["UUID"] for one in listed["EventSourceMappings"])
        functions.update_event_source_mapping(UUID=mapping, Enabled=False)
        yield
        functions.update_event_source_mapping(UUID=mapping, Enabled=True)

    def inbox(self, *words: str) -> str:
        return run("infra.inbox", self.launched.folder, *words)


@pytest.fixture
def broken(launched: Launched, send: Callable[..., httpx.Response]) -> Broken:
    return Broken(launched, send)


def _messages(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [entry for entry in entries if entry["kind"] == "message"]


def bodies(entries: list[dict[str, Any]]) -> Counter[str]:
    return Counter(entry["body"] for entry in entries)


def test_a_consumer_that_is_killed_in_mid_batch_loses_and_doubles_nothing(api: Role, broken: Broken) -> None:
    # Given ten messages that wait, and a consumer that takes them as one batch from a slow table
    agent, number = api("agent"), a_number()
    broken.patience(10, 10)
    said = [f"message {place} of ten" for place in range(BATCH)]
    with broken.consumer_off():
        assert {broken.send(a_message(number, body)).status_code for body in said} == {200}
    with broken.table("slow 0.2"):
        done = eventually(lambda: timeline(agent, number))
        # When it is killed after some of them
        assert done
        assert broken.launched.kill_function(f"{STACK}-process-inbox") >= 1
    assert len(timeline(agent, number)) < BATCH
    # Then all of them come again, and each is there once
    eventually(lambda: len(timeline(agent, number)) >= BATCH)
    assert bodies(timeline(agent, number)) == Counter(said)


def test_what_cannot_be_processed_is_set_aside_and_comes_back_after_repair(api: Role, broken: Broken) -> None:
    # Given two messages that wait, one of them spoilt in the archive
    agent, spoilt, sound = api("agent"), a_number(), a_number()
    broken.patience(1, 3)
    objects, bucket = broken.root("s3"), broken.launched.description["buckets"]["archive"]
    with broken.consumer_off():
        before = _keys(objects, bucket)
        broken.send(a_message(spoilt, "This one is spoilt"))
        (key,) = _keys(objects, bucket) - before
        broken.send(a_message(sound, "This one is sound"))
        content = objects.get_object(Bucket=bucket, Key=key)["Body"].read()
        half = content[: len(content) // 2]
        objects.put_object(Bucket=bucket, Key=key, Body=half)
    # Then the other is processed, and the spoilt one is set aside after as many tries as it has
    eventually(lambda: timeline(agent, sound))
    eventually(lambda: key in broken.inbox("list"))
    assert half.decode() in broken.inbox("show", key)
    assert timeline(agent, spoilt) == []
    # When it is repaired and put back, then it is there, once, and nothing is set aside any more
    objects.put_object(Bucket=bucket, Key=key, Body=content)
    eventually(lambda: "1 put back" in broken.inbox("redrive"))
    eventually(lambda: timeline(agent, spoilt))
    assert bodies(timeline(agent, spoilt)) == Counter(["This one is spoilt"])
    assert "0 set aside" in broken.inbox("list")


def _keys(objects: Any, bucket: str) -> set[str]:
    listed = objects.list_objects_v2(Bucket=bucket, Prefix="inbound/twilio/").get("Contents", [])
    return {item["Key"] for item in listed}


@pytest.mark.parametrize("seconds", [3, pytest.param(30, marks=pytest.mark.slow)])
def test_what_is_accepted_while_the_table_refuses_is_there_once_when_it_is_back(
    api: Role, stack: Description, broken: Broken, aws: Callable[[str], Any], seconds: int
) -> None:
    # Given a table that refuses everything
    agent, ivr, number, address = api("agent"), api("ivr"), a_number(), f"{uuid4().hex[:12]}@example.com"
    broken.patience(2, 1_000)  # deployed, ten tries last a quarter of an hour
    call_sid, connect_id, said = f"CA{uuid4().hex}", str(uuid4()), [f"{n} at {uuid4().hex}" for n in range(5)]
    asked = {"channel": "chat", "from": {"type": "phone", "value": number}, "source": "e2e", "kind": "message"}
    asked |= {"source_event_id": uuid4().hex, "occurred_at": "2026-11-22T08:00:00Z", "body": "Is anybody there?"}
    until = time.monotonic() + seconds
    with broken.table("refuse"):
        # When providers send, each thing twice and late things first, then they are served
        messages = [a_message(number, body) for body in said]
        sent = [*_calls(call_sid, number), *messages, *reversed(messages)]
        assert {broken.send(form).status_code for form in sent} == {200}
        _tell_of_a_call(aws("lambda"), connect_id)
        _write_a_mail(aws("s3"), broken.launched.description["buckets"]["mail"], address)
        # and who waits for an answer is told to come again
        with client_for(stack, "ivr", httpx.HTTPTransport()) as once:
            answers = [once.post("/interactions", json=asked), once.post("/contacts", json=a_call(number))]
        for refused in answers:
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
        time.sleep(max(until - time.monotonic(), 0))
    # When it is back, then who was told to come again is served
    served = [ivr.post("/interactions", json=asked).status_code for _ in range(2)]
    assert served in ([201, 200], [200, 200])  # who was told to come again may have been served all the same
    # and everything that was accepted is there, once
    expected = Counter([*said, "Is anybody there?"])
    eventually(lambda: bodies(_messages(timeline(agent, number))) == expected)
    eventually(lambda: _contact(agent, "twilio", call_sid).get("ended_at") == "2026-11-22T08:00:40Z")
    eventually(lambda: _contact(agent, "amazon-connect", connect_id).get("status") == "ended")
    eventually(lambda: bodies(timeline(agent, address, "email")) == Counter(["Is my sofa lost?"]))
    assert [one["kind"] for one in timeline(agent, number)].count("contact") == 1
    assert "0 set aside" in broken.inbox("list")


def _calls(sid: str, number: str) -> list[dict[str, str]]:
    """What Twilio tells of a call, the last first and everything twice."""
    moments = {"completed": "08:00:40", "in-progress": "08:00:05", "ringing": "08:00:01"}
    told = [{"CallStatus": status, "Timestamp": f"Sun, 22 Nov 2026 {at} +0000"} for status, at in moments.items()]
    return [twilio.CALL | {"CallSid": sid, "From": number} | one for one in told for _ in range(2)]


def _tell_of_a_call(functions: Any, contact_id: str) -> None:
    """What Connect tells of a call, the last first, handed over as EventBridge does, which lets nobody else."""
    for event in reversed(amazon_connect.LIFE):
        told = json.dumps(event | {"detail": event["detail"] | {"contactId": contact_id}}).encode()
        functions.invoke(FunctionName=f"{STACK}-take-in-connect", InvocationType="Event", Payload=told)


def _write_a_mail(objects: Any, bucket: str, address: str) -> None:
    SENT.note([address, "Is my sofa lost?"])
    raw = a_mail("Is my sofa lost?", address=address)
    objects.put_object(Bucket=bucket, Key=f"ses-{uuid4().hex}", Body=raw)


def _contact(agent: httpx.Client, provider: str, contact_id: str) -> dict[str, Any]:
    query = {"provider": provider, "provider_contact_id": contact_id}
    found: dict[str, Any] = agent.get("/screen-pop", params=query).json().get("contact") or {}
    return found


def test_the_schedule_ends_what_fell_silent_and_nothing_else(api: Role, aws: Callable[[str], Any]) -> None:
    # Given a deployment that takes four seconds for silence on a chat, a chat, and a call
    ivr, agent, functions = api("ivr"), api("agent"), aws("lambda")
    chat, call = (ivr.post("/contacts", json=a_call(a_number(), channel=one)).json() for one in ("chat", "voice"))

    def over() -> Any:
        # When the schedule comes, as AWS sends it
        answer = functions.invoke(FunctionName=f"{STACK}-end-silent", Payload=json.dumps(SCHEDULED).encode())
        assert "FunctionError" not in answer, answer["Payload"].read()
        pop = agent.get(f"/contacts/{chat['contact_id']}/screen-pop").json()
        return pop["contact"] if pop["contact"]["status"] == "ended" else None

    # Then the chat is over, by the schedule
    assert eventually(over)["ended_by"] == "schedule"
    # and the call is not
    pop = agent.get(f"/contacts/{call['contact_id']}/screen-pop").json()
    assert pop["contact"]["status"] == "live"


def test_the_schedule_marks_the_case_that_is_about_to_be_late(api: Role, aws: Callable[[str], Any]) -> None:
    # Given a case of days ago that nobody has answered, and one of now
    ivr, agent, functions = api("ivr"), api("agent"), aws("lambda")
    old, new = (write(ivr, a_number(), LATE, **said)["case_id"] for said in ({"occurred_at": DAYS_AGO}, {}))

    def late(case_id: str) -> Any:
        return agent.get(f"/cases/{case_id}").json()["late"]

    def marked() -> Any:
        # When the schedule comes
        answer = functions.invoke(FunctionName=f"{STACK}-end-silent", Payload=json.dumps(SCHEDULED).encode())
        assert "FunctionError" not in answer, answer["Payload"].read()
        return late(old)

    # Then the one is marked, with what is due, and the other is not
    assert eventually(marked) == "first_answer"
    assert late(new) is None


def _deploy_silence(stacks: Any, hours: dict[str, float]) -> None:
    """Deploys the same template with another `SilentHours`."""
    known = stacks.describe_stacks(StackName=STACK)["Stacks"][0]["Parameters"]
    others = [one["ParameterKey"] for one in known if one["ParameterKey"] != "SilentHours"]
    stacks.update_stack(
        StackName=STACK,
        UsePreviousTemplate=True,
        Parameters=[
            {"ParameterKey": "SilentHours", "ParameterValue": json.dumps(hours)},
            *({"ParameterKey": name, "UsePreviousValue": True} for name in others),
        ],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    stacks.get_waiter("stack_update_complete").wait(StackName=STACK, WaiterConfig={"Delay": 1})
