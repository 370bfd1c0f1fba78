"""Once: what is sent again under the same Idempotency-Key gives what the first one made.

For what has no id that its sender knows; contacts and interactions are known by their provider's.
https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.errors import BadInput
from chalicelib.models import changes, keys, store
from chalicelib.models.changes import Change
from chalicelib.models.items import Receipt
from chalicelib.models.requests.base import Request
from chalicelib.rules.access import Caller
from chalicelib.services.deps import Deps

HEADER = "Idempotency-Key"
LONGEST = 255
REMEMBERED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Once:
    """One request of one caller under its key; without a key it remembers nothing."""

    request_id: str | None
    said: str
    now: datetime

    @classmethod
    def read(cls, deps: Deps, caller: Caller, key: str | None, request: Request, *of_what: str) -> "Once":
        """Reads the header's value, a string in quotation marks or without. Raises `BadInput` where it is none."""
        if key is None:
            return cls(None, "", deps.now())
        bare = key.strip().removeprefix('"').removesuffix('"')
        if not bare or len(bare) > LONGEST or not bare.isprintable():
            raise BadInput.at(HEADER, f"is not a key: 1 to {LONGEST} printable characters")
        sender = (caller.role, caller.subject)
        request_id = keys.derived_id(*sender, *of_what, bare)
        return cls(request_id, keys.derived_id(request.model_dump_json()), deps.now())

    def made_before(self) -> str | None:
        """The id of what the first one made, if there was one: one read where there is a key.

        Raises `BadInput` where the key was used for something else.
        """
        receipt = self.request_id and store.find_receipt(self.request_id)
        if not receipt or receipt.expires_at <= self.now:
            return None
        if receipt.said != self.said:
            raise BadInput.at(HEADER, "was used for another request: use a new key for each")
        return str(receipt.made)

    def remember(self, made: str) -> list[Change]:
        """To be written with what is made; does not go through where another was first."""
        if self.request_id is None:
            return []
        receipt = Receipt(
            PK=keys.receipt(self.request_id),
            SK=keys.RECEIPT,
            made=made,
            said=self.said,
            expires_at=self.now + REMEMBERED,
        )
        return [changes.add_receipt(receipt, self.now)]
