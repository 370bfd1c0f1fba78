"""A file that Contact Lens wrote is read whole, or not at all."""

import pytest

from chalicelib.errors import FieldError, TooLarge
from chalicelib.models import aws
from chalicelib.services.deps import Deps
from chalicelib.services.inbound.analyses import read_analysis
from tests.settings import SETTINGS

BUCKET, KEY, CONTENT = "connect-test", "Analysis/Voice/x_analysis.json", b'{"Transcript":[]}'


def test_a_file_that_is_too_large_is_no_file(deps: Deps) -> None:
    # Given a file of Contact Lens
    store = aws.client("s3", SETTINGS.region)
    store.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": SETTINGS.region})
    store.put_object(Bucket=BUCKET, Key=KEY, Body=CONTENT)
    # When it is no larger than may be, then it is read
    assert read_analysis(deps, BUCKET, KEY) == read_analysis(deps, BUCKET, KEY, most=len(CONTENT)) == CONTENT
    # and else that fails: it is told of again, and then set aside
    with pytest.raises(TooLarge) as refused:
        read_analysis(deps, BUCKET, KEY, most=len(CONTENT) - 1)
    assert refused.value.fields == (FieldError("body", "has at most 16 bytes"),)
