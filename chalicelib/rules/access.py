"""Who may do what, as data. What is not here is denied.

`ALL` is any record, `OWN` only what the caller started or is bound to, `CAMPAIGNS` only campaign touches.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    IVR = "ivr"
    PORTAL = "portal"
    VISITOR = "visitor"
    AGENT = "agent"
    SUPPORT = "support"
    MARKETING = "marketing"
    SOCIAL = "social"
    ADMIN = "admin"


class Scope(StrEnum):
    ALL = "all"
    OWN = "own"
    CAMPAIGNS = "campaigns"


PUBLIC = "public"
"""The action of an endpoint that needs no caller: it gives nothing but what is in the source."""

_DESKS = {Role.AGENT: Scope.ALL, Role.SUPPORT: Scope.ALL, Role.SOCIAL: Scope.ALL, Role.ADMIN: Scope.ALL}
_MERGERS = {Role.AGENT: Scope.ALL, Role.SUPPORT: Scope.ALL, Role.ADMIN: Scope.ALL}
_FLOWS = {Role.IVR: Scope.ALL, Role.PORTAL: Scope.ALL}
_VISITORS = {Role.VISITOR: Scope.OWN, Role.PORTAL: Scope.OWN}

GRANTS: dict[str, dict[Role, Scope]] = {
    "contacts:start": _DESKS | _FLOWS | {Role.VISITOR: Scope.OWN},
    "facts:save": _DESKS | _FLOWS | {Role.VISITOR: Scope.OWN},
    "contacts:end": _DESKS | {Role.IVR: Scope.ALL},
    "continuations:issue": _DESKS | _FLOWS | {Role.VISITOR: Scope.OWN},
    "continuations:redeem": _DESKS | _FLOWS | {Role.VISITOR: Scope.OWN},
    "contacts:transfer": _DESKS | {Role.IVR: Scope.ALL},
    "chat:start": _VISITORS,
    "chat:talk": _DESKS | _VISITORS,
    "chat:answer": _DESKS,
    "facts:verify": _DESKS | _FLOWS,
    "lookup": _DESKS | _FLOWS,
    "screen_pop:read": _DESKS | {Role.MARKETING: Scope.ALL},
    "timeline:read": _DESKS | {Role.MARKETING: Scope.ALL},
    "cases:read": _DESKS | {Role.MARKETING: Scope.ALL},
    "cases:open": _DESKS,
    "cases:write": _DESKS,
    "cases:history": _DESKS,
    "cases:queue": _DESKS,
    "customers:read": _DESKS | {Role.IVR: Scope.ALL, Role.PORTAL: Scope.OWN, Role.MARKETING: Scope.ALL},
    "customers:write": _DESKS,
    "identifiers:read": _DESKS | {Role.MARKETING: Scope.ALL},
    "identifiers:write": _DESKS,
    "facts:read": _DESKS,
    "contacts:attribute": _DESKS | {Role.IVR: Scope.ALL},
    "customers:merge": _MERGERS,
    "relations:read": _DESKS,
    "relations:write": _MERGERS,
    "decisions:read": _DESKS,
    "follow_ups:read": _DESKS,
    "follow_ups:do": _DESKS,
    "feedback:give": _DESKS | _FLOWS | {Role.VISITOR: Scope.OWN},
    "reports:read": _DESKS,
    "interactions:read": _DESKS,
    "attachments:read": _DESKS,
    "journeys:send": {Role.VISITOR: Scope.OWN, Role.PORTAL: Scope.OWN},
    "interactions:capture": _DESKS | _FLOWS | {Role.VISITOR: Scope.OWN, Role.MARKETING: Scope.CAMPAIGNS},
}

MAY_VERIFY = frozenset({Role.IVR, Role.PORTAL, Role.AGENT, Role.SUPPORT, Role.SOCIAL, Role.ADMIN})
"""Who is trusted to say that an identifier or a fact was verified."""

DESK_ROLES = frozenset(_DESKS)
"""People who work on the whole record."""


def scope_of(role: Role, action: str) -> Scope | None:
    """How far a role may go in an action, or None where it may not at all."""
    return GRANTS.get(action, {}).get(role)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a call: the role, and the subject of the token or the name of the key.

    `customer_id` binds a portal's token to the one customer who is signed in.
    """

    role: Role
    subject: str
    customer_id: str | None = None

    @property
    def named(self) -> dict[str, str]:
        """As it is written on what the caller started or captured."""
        return {"role": str(self.role), "subject": self.subject}

    @property
    def is_bound(self) -> bool:
        """Whether it is a portal's token of who is signed in there: such a one may be in their own hands."""
        return self.role is Role.PORTAL and self.customer_id is not None

    def acts_for(self, member_ids: Collection[str]) -> bool:
        """Whether it may act for the customer who goes by these ids: one that is bound acts for its own only."""
        return not self.is_bound or self.customer_id in member_ids

    def scope(self, action: str) -> Scope | None:
        return scope_of(self.role, action)
