"""The archive: what providers sent, in S3, from which the record can be rebuilt."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from chalicelib.errors import Conflict
from chalicelib.models.aws import client, translated
from chalicelib.models.inbound import Archived

PREFIX = "inbound/"
ATTACHMENTS = "attachments/"
"""Apart from what is replayed, and kept for a time of their own."""


def key_of(archived: Archived) -> str:
    """Under which it is kept."""
    digest = hashlib.sha256(archived.dump()).hexdigest()[:32]
    return key_for(archived.channel, archived.received_at, digest)


def key_for(channel: str, received_at: datetime, name: str) -> str:
    """Keys sort by channel and then by when it came; the name tells what came at the same moment apart."""
    return f"{PREFIX}{channel}/{received_at:%Y/%m/%d/%H%M%S.%f}-{name}.json"


@dataclass(frozen=True)
class Archive:
    """The bucket. Raises `Unavailable` where S3 does not answer."""

    bucket: str
    region: str

    def put(self, archived: Archived) -> str:
        """Keeps it, and gives its key."""
        key = key_of(archived)
        with translated("PutObject"):
            self._put(key, archived)
        return key

    def put_once(self, key: str, archived: Archived) -> None:
        """Keeps it under this key, unless something is kept there."""
        with suppress(Conflict), translated("PutObject"):
            self._put(key, archived, IfNoneMatch="*")

    def _put(self, key: str, archived: Archived, **condition: str) -> None:
        self._client.put_object(
            Bucket=self.bucket, Key=key, Body=archived.dump(), ContentType="application/json", **condition
        )

    def put_attachment(self, channel: str, of: str, number: int, content: bytes) -> str:
        """Keeps what was attached to something, by its place there, and gives its key.

        It is stored as bytes to be saved, whatever its sender calls it: no browser is to run it.
        """
        key = f"{ATTACHMENTS}{channel}/{of}/{number}"
        with translated("PutObject"):
            self._client.put_object(
                Bucket=self.bucket,
                Key=key,
                Body=content,
                ContentType="application/octet-stream",
                ContentDisposition="attachment",
            )
        return key

    def has(self, key: str) -> bool:
        """Whether something is kept under the key."""
        with translated("ListObjectsV2"):
            found = self._client.list_objects_v2(Bucket=self.bucket, Prefix=key, MaxKeys=1).get("Contents", [])
            return any(item["Key"] == key for item in found)

    def link_to(self, key: str, name: str, lives: timedelta) -> str:
        """A URL at which whoever has it gets the object for a while, to be saved under this name (RFC 6266)."""
        as_file = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
        asked = {"Bucket": self.bucket, "Key": key, "ResponseContentDisposition": as_file}
        url: str = self._client.generate_presigned_url("get_object", asked, int(lives.total_seconds()))
        return url

    def get(self, key: str) -> Archived:
        """Raises `NotFound`."""
        with translated("GetObject"):
            return Archived.load(self._client.get_object(Bucket=self.bucket, Key=key)["Body"].read())

    def read(self, bucket: str, key: str, most: int) -> tuple[bytes, int]:
        """What somebody put into another bucket, at most so many bytes of it, and how many there are.

        Raises `NotFound`.
        """
        with translated("GetObject"):
            found = self._client.get_object(Bucket=bucket, Key=key)
            return found["Body"].read(most), found["ContentLength"]

    def list_keys(self, prefix: str = PREFIX) -> Iterator[str]:
        with translated("ListObjectsV2"):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
            for page in pages:
                yield from (item["Key"] for item in page.get("Contents", []))

    @property
    def _client(self) -> Any:
        return client("s3", self.region)
