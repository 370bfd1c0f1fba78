"""What crosses the edge where a contact is carried on: a code is asked for, given out, redeemed."""

from datetime import datetime

from pydantic import Field

from chalicelib.models.requests import Channel, IdentifierGiven, RecordId, Request
from chalicelib.models.views.base import View


class ContinueContact(Request):
    """`to` is the channel on which the customer goes on, `from` the number that they say they will come from."""

    towards: Channel | None = Field(default=None, alias="to", strict=False)
    sender: IdentifierGiven | None = Field(default=None, alias="from")


class RedeemCode(Request):
    """The contact that carries on."""

    contact_id: RecordId


class ContinuationView(View):
    """A code to key in and a link to tap, of which one can be used, once.

    Six digits are good only from the number that was announced. `link` is null where the business has no page.
    """

    code: str
    link: str | None
    expires_at: datetime
    link_expires_at: datetime
