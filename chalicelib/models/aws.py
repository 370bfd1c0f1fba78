"""Clients of AWS beside the table's, with the product's timeouts and errors; opened when first needed."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from chalicelib.errors import Conflict, NotFound, Unavailable

MISSING = frozenset({"NoSuchKey", "404"})
THERE_ALREADY = "PreconditionFailed"


@cache
def session() -> Session:
    """The one that every client is made from: what is known of AWS's services and regions is read once."""
    return Session()


@cache
def client(service: str, region: str, endpoint_url: str | None = None) -> Any:
    """A client of a service. A provider waits, and will send again: it is better to give up than to be slow."""
    retries = {"total_max_attempts": 2, "mode": "standard"}
    config = Config(connect_timeout=1, read_timeout=3, retries=retries)
    if service == "s3":  # its links would be signed as they were before version 4, which most regions refuse
        config = config.merge(Config(signature_version="s3v4"))
    return session().create_client(service, region_name=region, endpoint_url=endpoint_url, config=config)


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Raises `NotFound` for what is not there, `Conflict` for what may not be there, else `Unavailable`."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in MISSING:
            raise NotFound(f"{what}: {code}") from error
        if code == THERE_ALREADY:
            raise Conflict(f"{what}: {code}") from error
        raise Unavailable(f"{what}: {code}") from error
    except BotoCoreError as error:
        raise Unavailable(f"{what}: {type(error).__name__}") from error
