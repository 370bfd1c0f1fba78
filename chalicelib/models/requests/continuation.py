"""What comes in where a contact is carried on: a code is asked for, and redeemed."""

from pydantic import Field

from chalicelib.models.requests.base import Request
from chalicelib.models.requests.identifiers import IdentifierGiven
from chalicelib.models.requests.kinds import Channel
from chalicelib.models.requests.values import RecordId


class ContinueContact(Request):
    """`to` is the channel on which the customer goes on, `from` the number that they say they will come from."""

    towards: Channel | None = Field(default=None, alias="to", strict=False)
    sender: IdentifierGiven | None = Field(default=None, alias="from")


class RedeemCode(Request):
    """The contact that carries on."""

    contact_id: RecordId
