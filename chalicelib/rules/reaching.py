"""On which channel a customer is asked how it was: where they prefer it, may be, and can be reached."""

from collections.abc import Mapping, Sequence

REACHED_BY = {
    "email": ("email",),
    "sms": ("phone",),
    "whatsapp": ("whatsapp", "phone"),
    "messenger": ("messenger",),
    "instagram": ("instagram",),
    "telegram": ("telegram",),
    "line": ("line",),
    "x": ("x",),
}
"""By which types of identifiers somebody is reached on a channel; on all others nobody is."""
WRITTEN_AFTER = {"voice": "sms", "video": "email", "portal": "email", "mobile": "email", "chat": "email"}
"""How somebody is written to who was last met on a channel that is over."""
FEEDBACK = "feedback"

Identifier = Mapping[str, object]


def channel_for(
    purpose: str,
    preferred: str | None,
    met_on: str,
    identifiers: Sequence[Identifier],
    consent: Mapping[str, bool],
) -> tuple[str, Identifier] | None:
    """The channel, and who is written to there; None where the customer may not be, or cannot be.

    A consent that was refused, to the purpose or to a channel, is never asked around; one that was never asked for
    refuses nothing here. What was verified goes before what was not.
    """
    if consent.get(purpose) is False:
        return None
    wanted = [preferred, met_on, WRITTEN_AFTER.get(met_on), *REACHED_BY]
    for channel in dict.fromkeys(one for one in wanted if one in REACHED_BY):
        if consent.get(str(channel)) is False:
            continue
        for type_ in REACHED_BY[str(channel)]:
            known = sorted(
                (one for one in identifiers if one["type"] == type_), key=lambda one: not one["verified"]
            )
            if known:
                return str(channel), known[0]
    return None
