"""What Amazon Connect tells, as AWS hands it over: nothing of it comes by HTTP."""

from typing import Any

from tests.channels.sample import Sample

SETTINGS: dict[str, str] = {}
CONTACT_ID = "c0ffee00-0000-4000-8000-000000000001"
INSTANCE = "arn:aws:connect:eu-west-2:111122223333:instance/1"
AT = "2026-11-22T08:00:{:02d}.000Z"


def an_event(kind: str, **more: Any) -> dict[str, Any]:
    """A contact event as EventBridge delivers it."""
    detail = {
        "eventType": kind,
        "contactId": CONTACT_ID,
        "initialContactId": CONTACT_ID,
        "channel": "VOICE",
        "instanceArn": INSTANCE,
        "initiationMethod": "INBOUND",
        "initiationTimestamp": AT.format(1),
    }
    return {
        "version": "0",
        "id": f"event-{kind}",
        "detail-type": "Amazon Connect Contact Event",
        "source": "aws.connect",
        "account": "111122223333",
        "time": AT.format(50),
        "region": "eu-west-2",
        "resources": [],
        "detail": detail | more,
    }


QUEUED = {"queueInfo": {"queueArn": f"{INSTANCE}/queue/sales", "queueType": "STANDARD"}}
WITH_AGENT = QUEUED | {
    "agentInfo": {"agentArn": f"{INSTANCE}/agent/amara", "connectedToAgentTimestamp": AT.format(9)}
}
LIFE = [
    an_event("INITIATED"),
    an_event("QUEUED", queueInfo=QUEUED["queueInfo"] | {"enqueueTimestamp": AT.format(5)}),
    an_event("CONNECTED_TO_AGENT", **WITH_AGENT),
    an_event("DISCONNECTED", disconnectTimestamp=AT.format(40), **WITH_AGENT),
]
GAVE_UP = an_event("DISCONNECTED", disconnectTimestamp=AT.format(30), **QUEUED)
RECORD: dict[str, Any] = {
    "AWSContactTraceRecordFormatVersion": "2017-03-10",
    "ContactId": CONTACT_ID,
    "Channel": "VOICE",
    "InitiationMethod": "INBOUND",
    "CustomerEndpoint": {"Address": "+447700900123", "Type": "TELEPHONE_NUMBER"},
    "SystemEndpoint": {"Address": "+441632960000", "Type": "TELEPHONE_NUMBER"},
    "InitiationTimestamp": "2026-11-22T08:00:01Z",
    "DisconnectTimestamp": "2026-11-22T08:00:40Z",
    "LastUpdateTimestamp": "2026-11-22T08:05:00Z",
    "Agent": {"Username": "amara", "ConnectedToAgentTimestamp": "2026-11-22T08:00:09Z"},
    "Queue": {"Name": "Sales", "EnqueueTimestamp": "2026-11-22T08:00:05Z"},
    "Recording": {"Location": "recordings/1.wav", "Status": "AVAILABLE", "Type": "AUDIO"},
    "Attributes": {},
}
CHAT_ID = "c0ffee00-0000-4000-8000-000000000002"
MESSAGE: dict[str, Any] = {
    "AbsoluteTime": AT.format(20),
    "Content": "Where is my order?",
    "ContentType": "text/plain",
    "Id": "message-1",
    "Type": "MESSAGE",
    "ParticipantId": "participant-1",
    "DisplayName": "Ada",
    "ParticipantRole": "CUSTOMER",
    "InitialContactId": CHAT_ID,
    "ContactId": CHAT_ID,
}
ANALYSIS: dict[str, Any] = {
    "version": "0",
    "id": "analysis-1",
    "source": "aws.connect",
    "detail-type": "Contact Lens Analysis State Change",
    "time": AT.format(59),
    "detail": {
        "instance": INSTANCE,
        "contact": f"{INSTANCE}/contact/{CONTACT_ID}",
        "channel": "VOICE",
        "state": "FAILED",
        "reasonCode": "RECORDING_FILE_CANNOT_BE_READ",
    },
}
TRANSCRIPT: dict[str, Any] = {
    "Version": "1.1.0",
    "Channel": "VOICE",
    "CustomerMetadata": {"ContactId": CONTACT_ID, "InstanceId": "1"},
    "Categories": {"MatchedCategories": ["late-parcel"]},
    "ConversationCharacteristics": {"Sentiment": {"OverallSentiment": {"AGENT": 0, "CUSTOMER": 3.1}}},
    "Transcript": [
        {"ParticipantId": "AGENT", "Content": "What is your card number?"},
        {"ParticipantId": "CUSTOMER", "Content": "It is 4242 4242 4242 4242"},
    ],
}


SAMPLES = {
    **{event["detail"]["eventType"]: Sample.of_json(event) for event in LIFE},
    "without an envelope": Sample.of_json(LIFE[0]["detail"]),
    "a record": Sample.of_json(RECORD),
    "a message": Sample.of_json(MESSAGE),
    "an analysis": Sample.of_json(ANALYSIS),
    "a transcript": Sample.of_json(TRANSCRIPT),
}
WITH_MORE = {
    "an event": (
        Sample.of_json(LIFE[2]),
        Sample.of_json(an_event("CONNECTED_TO_AGENT", **WITH_AGENT, unheard={"of": 1})),
    ),
    "a record": (Sample.of_json(RECORD), Sample.of_json(RECORD | {"Unheard": ["of"]})),
}
IGNORED = {
    "another service's": Sample.of_json(LIFE[0] | {"source": "aws.s3"}),
    "typing": Sample.of_json(
        MESSAGE | {"Type": "EVENT", "ContentType": "application/vnd.amazonaws.connect.event.typing"}
    ),
    "for agents only": Sample.of_json(MESSAGE | {"MessageVisibility": "AGENT"}),
    "of a flow": Sample.of_json({"ContactId": CONTACT_ID, "ContactFlowModuleType": "SetQueue"}),
    "of nobody": Sample.of_json(TRANSCRIPT | {"CustomerMetadata": {}}),
    "without a contact": Sample.of_json(ANALYSIS | {"detail": {"state": "FAILED"}}),
}
GARBAGE = {
    "not JSON": Sample(b"{", {"content-type": "application/json"}),
    "not an object": Sample.of_json([]),
    "an event of no contact": Sample.of_json(an_event("QUEUED", contactId=None)),
}
STALE: dict[str, Sample] = {}
