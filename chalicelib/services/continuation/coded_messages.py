"""A message that is a continuation code, or has our link in it: it carries on, on a contact that it begins.

What people write may be nine digits of something else: then it is a message as any other.
"""

from chalicelib.errors import Conflict, NotFound, TooManyTries
from chalicelib.models.requests.contacts import StartContact
from chalicelib.models.requests.interactions import CaptureInteraction
from chalicelib.models.requests.kinds import Direction
from chalicelib.rules.access import Caller, Scope
from chalicelib.rules.continuation import read_code, without_code
from chalicelib.services.contacts import contacts
from chalicelib.services.continuation import carrying_on, continuing
from chalicelib.services.deps import Deps

MESSAGE = "message"


def carried_on(deps: Deps, caller: Caller, message: CaptureInteraction, correlation_id: str) -> CaptureInteraction:
    """The message as it is to be captured: where it has a code that is good, on its contact and without the code.

    Costs nothing where there is nothing in it that looks like a code.
    """
    code = _code_in(deps, caller, message)
    if code is None or not _carries_on(deps, caller, message, code, correlation_id):
        return message
    contact_id = message.contact_id or contacts.contact_id_for(message.source, message.source_event_id)
    link = deps.settings.link_prefix
    hidden = {
        name: without_code(written, link) for name in ("subject", "body") if (written := getattr(message, name))
    }
    return message.model_copy(update={**hidden, "contact_id": contact_id})


def _code_in(deps: Deps, caller: Caller, message: CaptureInteraction) -> str | None:
    """What in the message looks like a code: all of its subject or body, or the link."""
    to_us = message.direction == Direction.INBOUND and message.kind == MESSAGE
    if not to_us or message.customer_id or caller.scope(carrying_on.ACTION) is not Scope.ALL:
        return None
    written = (text for text in (message.subject, message.body) if text)
    return next((text for text in written if read_code(text, deps.settings.link_prefix)), None)


def _carries_on(deps: Deps, caller: Caller, message: CaptureInteraction, code: str, correlation_id: str) -> bool:
    if message.contact_id:  # of a chat that began before
        try:
            carrying_on.redeem(deps, caller, message.contact_id, code, way=carrying_on.WRITTEN)
        except (NotFound, Conflict, TooManyTries):
            return False
        return True
    start = StartContact.model_construct(
        channel=message.channel,
        provider=message.source,
        provider_contact_id=message.source_event_id,
        sender=message.sender,
        recipient=message.recipient,
        started_at=message.occurred_at,
    )
    presented = carrying_on.present(deps, caller, start, code, way=carrying_on.WRITTEN)
    if not continuing.is_good(deps, presented, contacts.contact_id_for(message.source, message.source_event_id)):
        return False
    now, _ = carrying_on.begin(deps, caller, start, correlation_id, presented)
    return now.continuation == continuing.ACCEPTED
