"""What happened, as its provider puts it: Amazon Connect's events, Twilio's signed posts, raw mail."""

import base64
import hmac
import json
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import urlencode

from infra.connect_event import connect_event
from infra.evaluate.product import Json

INSTANCE = "arn:aws:connect:eu-west-1:123456789012:instance/evaluation"


def flow_event(contact_id: str, caller: str, called: str, parameters: dict[str, str]) -> Json:
    """The event with which a flow's block calls a Lambda function; in which language, the flow does not say."""
    return connect_event(contact_id, caller, parameters, called=called, language=None)


def contact_event(contact_id: str, kind: str, began: datetime, at: datetime) -> Json:
    """What EventBridge tells of a call: between whom it is it does not say.

    https://docs.aws.amazon.com/connect/latest/adminguide/contact-events.html
    """
    detail = {
        "eventType": kind,
        "contactId": contact_id,
        "initialContactId": contact_id,
        "channel": "VOICE",
        "instanceArn": INSTANCE,
        "initiationMethod": "INBOUND",
        "initiationTimestamp": began.isoformat(),
    }
    over = {"disconnectTimestamp": at.isoformat()} if kind == "DISCONNECTED" else {}
    return {
        "detail-type": "Amazon Connect Contact Event",
        "source": "aws.connect",
        "time": at.isoformat(),
        "detail": detail | over,
    }


def contact_record(contact_id: str, caller: str, called: str, began: datetime, ended: datetime) -> Json:
    """The record of a call that is over, in the envelope of Kinesis.

    https://docs.aws.amazon.com/connect/latest/adminguide/ctr-data-model.html
    """
    record = {
        "ContactId": contact_id,
        "Channel": "VOICE",
        "InitiationMethod": "INBOUND",
        "CustomerEndpoint": {"Address": caller, "Type": "TELEPHONE_NUMBER"},
        "SystemEndpoint": {"Address": called, "Type": "TELEPHONE_NUMBER"},
        "InitiationTimestamp": began.isoformat(),
        "DisconnectTimestamp": ended.isoformat(),
        "LastUpdateTimestamp": ended.isoformat(),
        "DisconnectReason": "CUSTOMER_DISCONNECT",
    }
    return {"Records": [{"kinesis": {"data": base64.b64encode(json.dumps(record).encode()).decode()}}]}


def signed_form(url: str, token: str, fields: dict[str, str]) -> tuple[dict[str, str], bytes]:
    """The headers and the body of Twilio's post to this URL.

    https://www.twilio.com/docs/usage/webhooks/webhooks-security
    """
    signed = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    signature = base64.b64encode(hmac.digest(token.encode(), signed.encode(), "sha1")).decode()
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
    return headers, urlencode(fields).encode()


def raw_mail(headers: dict[str, str], at: datetime, text: str) -> bytes:
    """A mail as SES puts it into the bucket, of a domain that publishes no policy: its From is a claim."""
    mail = EmailMessage(policy=SMTP)
    mail["Authentication-Results"] = "amazonses.com; spf=none; dkim=none; dmarc=none"
    mail["Date"] = format_datetime(at)
    for name, value in headers.items():
        mail[name] = value
    mail.set_content(text)
    return mail.as_bytes()
