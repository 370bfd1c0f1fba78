"""The ends of what a provider tells: an odd one keeps nothing from being taken in.

Providers pass on what networks tell them: a caller id that is no number, an id of WhatsApp where the number is
hidden. What was accepted has to come to rest somewhere, and trying again would not make a number of it.
"""

from chalicelib.errors import BadInput
from chalicelib.models.requests.contacts import ReportContact
from chalicelib.models.requests.identifiers import IdentifierGiven
from chalicelib.models.requests.interactions import CaptureInteraction, ReportDelivery
from chalicelib.models.requests.kinds import Direction, IdentifierType
from chalicelib.services.deps import Deps
from chalicelib.services.identity.identify import is_our_end, read_identifier

Told = CaptureInteraction | ReportContact | ReportDelivery
CALLER_ID = "caller_id"
"""The attribute of a contact whose caller cannot be known by it."""


def readable(deps: Deps, told: Told, channel: str) -> Told:
    """The same, with ends that can be read.

    Who writes from what is none of its kind is known by what stands there, as an `other` of the channel, for an
    answer may go back there. Who calls from it is nobody: networks say the same of all whom they do not know.
    """
    outbound = isinstance(told, ReportDelivery) or told.direction == Direction.OUTBOUND
    theirs, ours = ("recipient", "sender") if outbound else ("sender", "recipient")
    given, our_end = getattr(told, theirs), getattr(told, ours)
    our_end = our_end if our_end and is_our_end(our_end) else None
    update = {ours: our_end}
    if given and not _can_be_read(deps, given, our_end):
        if isinstance(told, ReportContact):
            update |= {theirs: None, "attributes": {CALLER_ID: given.value} | told.attributes}
        else:
            update[theirs] = IdentifierGiven(type=IdentifierType.OTHER, scope=channel, value=given.value)
    return told.model_copy(update=update)


def _can_be_read(deps: Deps, given: IdentifierGiven, our_end: IdentifierGiven | None) -> bool:
    try:
        read_identifier(deps, given, "from", our_end)
    except BadInput:
        return False
    return True
