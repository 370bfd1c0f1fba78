"""Events as the providers document them, written for these tests."""

from typing import Any


def connect_event(
    contact_id: str = "4a573372-1f28-4e26-b97b-XXXXXXXXXXX1",
    address: str | None = "+447700900123",
    parameters: dict[str, Any] | None = None,
    **changed: Any,
) -> dict[str, Any]:
    """What an Amazon Connect flow sends to a Lambda function."""
    data = {
        "Attributes": {},
        "Channel": "VOICE",
        "ContactId": contact_id,
        "CustomerEndpoint": address and {"Address": address, "Type": "TELEPHONE_NUMBER"},
        "CustomerId": None,
        "Description": None,
        "InitialContactId": contact_id,
        "InitiationMethod": "INBOUND",
        "InstanceARN": "arn:aws:connect:eu-west-2:111122223333:instance/0a1b2c3d",
        "LanguageCode": "en-GB",
        "MediaStreams": {"Customer": {"Audio": None}},
        "Name": None,
        "PreviousContactId": contact_id,
        "Queue": None,
        "References": {},
        "SystemEndpoint": {"Address": "+441632960000", "Type": "TELEPHONE_NUMBER"},
    }
    return {"Details": {"ContactData": data | changed, "Parameters": parameters or {}}, "Name": "ContactFlowEvent"}
