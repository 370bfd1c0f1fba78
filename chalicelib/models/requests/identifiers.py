"""What comes in of what somebody is known by."""

from pydantic import ConfigDict, Field

from chalicelib.models.requests.base import Request
from chalicelib.models.requests.kinds import IdentifierType
from chalicelib.models.requests.values import OfWhom, Raw


class IdentifierGiven(Request):
    """`value` as it was received; `scope` says whose id it is where ids are page- or business-scoped.

    It is needed with a messenger id (else the page in `to` is meant), with a WhatsApp id that is no number,
    and with `other`; phones, WhatsApp numbers and emails have none.
    """

    type: IdentifierType = Field(strict=False)
    value: Raw
    scope: OfWhom = ""


class IdentifierBound(IdentifierGiven):
    verified: bool = False


class WhichIdentifier(Request):
    model_config = ConfigDict(strict=False)

    type: IdentifierType
    value: Raw
    scope: OfWhom = ""
