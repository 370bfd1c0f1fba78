"""A mail has come in, however AWS tells."""

import json
from typing import Any

import pytest

from chalicelib.services.inbound.arrivals import arrivals

OURS = "mail"
PUT = {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "b"}, "object": {"key": "in/a+mail%2B1"}}}
S3 = {"Records": [PUT]}
BRIDGED = {"detail-type": "Object Created", "detail": {"bucket": {"name": "b"}, "object": {"key": "in/a mail+1"}}}
SES = {"mail": {"messageId": "id-1"}, "receipt": {"action": {"type": "Lambda", "functionArn": "arn"}}}
STORED = {"mail": {}, "receipt": {"action": {"type": "S3", "bucketName": "b", "objectKey": "in/a mail+1"}}}


def by_sns(content: Any) -> Any:
    return {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": json.dumps(content)}}]}


def by_sqs(content: Any) -> Any:
    return {"Records": [{"eventSource": "aws:sqs", "body": json.dumps(content)}]}


def by_sns_and_sqs(content: Any) -> Any:
    return by_sqs({"Type": "Notification", "Message": json.dumps(content)})


@pytest.mark.parametrize("by", [dict, by_sns, by_sqs, by_sns_and_sqs])
@pytest.mark.parametrize("told", [S3, BRIDGED, STORED])
def test_a_mail_in_the_bucket(told: Any, by: Any) -> None:
    assert list(arrivals(by(told), OURS)) == [("b", "in/a mail+1")]


@pytest.mark.parametrize("by", [dict, by_sns, by_sqs, by_sns_and_sqs])
@pytest.mark.parametrize("handed", [SES, SES | {"receipt": {}}])
def test_what_ses_hands_to_a_function_is_in_our_bucket(handed: Any, by: Any) -> None:
    told = by({"Records": [{"eventSource": "aws:ses", "ses": handed}]})
    assert list(arrivals(told, OURS)) == [(OURS, "id-1")]
    # and where we have none, no bucket is made up
    assert list(arrivals(told)) == [("", "id-1")]


def test_several_at_once() -> None:
    assert len(list(arrivals({"Records": [PUT, PUT]}, OURS))) == 2


@pytest.mark.parametrize(
    "told",
    [
        {},
        [],
        {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"},
        {"Records": [PUT | {"eventName": "ObjectRemoved:Delete"}]},
        BRIDGED | {"detail-type": "Object Deleted"},
        by_sqs("Hello"),
        {"Records": [{"body": "{"}, {"kinesis": {"data": ""}}]},
        {"Records": [{"body": 7}, {"body": None}, {"eventName": "ObjectCreated:Put"}, {"s3": {}}]},
        {"Records": None},
        {"mail": SES["mail"]},
        {"receipt": SES["receipt"]},
        {"Message": 7},
    ],
)
def test_what_tells_of_no_mail(told: Any) -> None:
    assert list(arrivals(told, OURS)) == []


def test_the_file_by_which_ses_tries_the_bucket_is_no_mail() -> None:
    a_try = {"bucket": {"name": "b"}, "object": {"key": "in/AMAZON_SES_SETUP_NOTIFICATION"}}
    assert list(arrivals({"Records": [PUT | {"s3": a_try}, PUT]}, OURS)) == [("b", "in/a mail+1")]
    assert list(arrivals(BRIDGED | {"detail": a_try}, OURS)) == []
