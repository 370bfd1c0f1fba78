"""What is attached in a chat: its sender puts it into the bucket, by an address that is signed for it alone."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chalicelib.models.archive import ATTACHMENTS
from chalicelib.models.aws import client, translated

VALID = timedelta(minutes=10)
"""How long an address may be used."""


@dataclass(frozen=True)
class Uploads:
    """The attachments of one contact. Raises `Unavailable` where S3 does not answer."""

    bucket: str
    region: str
    contact_id: str

    def address(self, attachment_id: str, type_: str, size: int) -> tuple[str, dict[str, str]]:
        """Where to PUT the bytes, and the headers to send: size and type are signed, and no other will do.

        It is stored as something to be saved, whatever its sender calls it: no browser is to run it.
        """
        headers = {"Content-Type": type_, "Content-Disposition": "attachment"}
        signed = {"ContentType": type_, "ContentDisposition": "attachment", "ContentLength": size}
        return self._sign("put_object", attachment_id, signed), headers

    def link(self, attachment_id: str) -> str:
        """Where the bytes can be fetched, to be saved."""
        return self._sign("get_object", attachment_id, {"ResponseContentDisposition": "attachment"})

    def find(self, attachment_id: str) -> tuple[str, int]:
        """The type and size of what was uploaded: one request. Raises `NotFound`."""
        with translated("HeadObject"):
            found = client("s3", self.region).head_object(Bucket=self.bucket, Key=self.key(attachment_id))
        return found["ContentType"], found["ContentLength"]

    def key(self, attachment_id: str) -> str:
        return f"{ATTACHMENTS}webchat/{self.contact_id}/{attachment_id}"

    def _sign(self, operation: str, attachment_id: str, more: dict[str, Any]) -> str:
        params = {"Bucket": self.bucket, "Key": self.key(attachment_id), **more}
        url: str = client("s3", self.region).generate_presigned_url(
            operation, Params=params, ExpiresIn=int(VALID.total_seconds())
        )
        return url
