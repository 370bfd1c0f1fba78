"""The event that an Amazon Connect flow sends to a Lambda function, as documented.

https://docs.aws.amazon.com/connect/latest/adminguide/connect-lambda-functions.html
"""

from typing import Any

INSTANCE = "arn:aws:connect:eu-west-2:000000000000:instance/5b4b7c1e-0000-4000-8000-000000000000"


def connect_event(
    contact_id: str,
    caller: str,
    parameters: dict[str, str],
    *,
    called: str = "+441632960000",
    language: str | None = "en-GB",
) -> dict[str, Any]:
    """The event of an inbound call from `caller`, with the parameters of the flow's Lambda block."""
    return {
        "Name": "ContactFlowEvent",
        "Details": {
            "ContactData": {
                "Attributes": {},
                "Channel": "VOICE",
                "ContactId": contact_id,
                "CustomerEndpoint": {"Address": caller, "Type": "TELEPHONE_NUMBER"},
                "CustomerId": None,
                "Description": None,
                "InitialContactId": contact_id,
                "InitiationMethod": "INBOUND",
                "InstanceARN": INSTANCE,
                "LanguageCode": language,
                "MediaStreams": {"Customer": {"Audio": None}},
                "Name": None,
                "PreviousContactId": contact_id,
                "Queue": None,
                "References": {},
                "SystemEndpoint": {"Address": called, "Type": "TELEPHONE_NUMBER"},
            },
            "Parameters": parameters,
        },
    }
