"""Whether a fact's value may be given to whoever asks, or only that it is known."""

from chalicelib.rules.access import DESK_ROLES, Role
from chalicelib.rules.matching import Assurance

FLOW_ROLES = frozenset({Role.IVR, Role.PORTAL})


def may_give(role: Role, speak_at: int, assurance: Assurance) -> bool:
    """Desks see values; flows what the assurance (0-3) allows; nobody else any."""
    return role in DESK_ROLES or (role in FLOW_ROLES and assurance >= speak_at)


def may_read_conversations(role: Role) -> bool:
    """Marketing sees that somebody wrote, never what."""
    return role in DESK_ROLES


def is_campaign(kind: str) -> bool:
    """Whether an interaction is a campaign touch: of the kind `campaign` or `campaign.…`."""
    return kind.partition(".")[0] == "campaign"
