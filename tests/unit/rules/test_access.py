"""Who may do what: the whole table, and that what is not in it is denied."""

import pytest

from chalicelib.rules.access import DESK_ROLES, GRANTS, MAY_VERIFY, PUBLIC, Caller, Role, Scope, scope_of

ALL, OWN, CAMPAIGNS, NO = Scope.ALL, Scope.OWN, Scope.CAMPAIGNS, None

ROLES = ("ivr", "portal", "visitor", "agent", "support", "marketing", "social", "admin")
TABLE: dict[str, tuple[Scope | None, ...]] = {
    # ................... ivr, portal, visitor, agent, support, marketing, social, admin
    "contacts:start": (ALL, ALL, OWN, ALL, ALL, NO, ALL, ALL),
    "contacts:end": (ALL, NO, NO, ALL, ALL, NO, ALL, ALL),
    "facts:save": (ALL, ALL, OWN, ALL, ALL, NO, ALL, ALL),
    "facts:read": (NO, NO, NO, ALL, ALL, NO, ALL, ALL),
    "facts:verify": (ALL, ALL, NO, ALL, ALL, NO, ALL, ALL),
    "continuations:issue": (ALL, ALL, OWN, ALL, ALL, NO, ALL, ALL),
    "continuations:redeem": (ALL, ALL, OWN, ALL, ALL, NO, ALL, ALL),
    "lookup": (ALL, ALL, NO, ALL, ALL, NO, ALL, ALL),
    "screen_pop:read": (NO, NO, NO, ALL, ALL, ALL, ALL, ALL),
    "timeline:read": (NO, NO, NO, ALL, ALL, ALL, ALL, ALL),
    "cases:read": (NO, NO, NO, ALL, ALL, ALL, ALL, ALL),
    "cases:write": (NO, NO, NO, ALL, ALL, NO, ALL, ALL),
    "cases:history": (NO, NO, NO, ALL, ALL, NO, ALL, ALL),
    "cases:queue": (NO, NO, NO, ALL, ALL, NO, ALL, ALL),
    "cases:open": (NO, NO, NO, ALL, ALL, NO, ALL, ALL),
    "customers:read": (ALL, OWN, NO, ALL, ALL, ALL, ALL, ALL),
    "customers:write": (NO, NO, NO, ALL, ALL, NO, ALL, ALL),
    "identifiers:read": (NO, NO, NO, ALL, ALL, ALL, ALL, ALL),
    "identifiers:write": (NO, NO, NO, ALL, ALL, NO, ALL, ALL),
    "contacts:attribute": (ALL, NO, NO, ALL, ALL, NO, ALL, ALL),
    "customers:merge": (NO, NO, NO, ALL, ALL, NO, NO, ALL),
    "relations:read": (NO, NO, NO, ALL, ALL, NO, ALL, ALL),
    "relations:write": (NO, NO, NO, ALL, ALL, NO, NO, ALL),
    "decisions:read": (NO, NO, NO, ALL, ALL, NO, ALL, ALL),
    "contacts:transfer": (ALL, NO, NO, ALL, ALL, NO, ALL, ALL),
    "chat:start": (NO, OWN, OWN, NO, NO, NO, NO, NO),
    "chat:talk": (NO, OWN, OWN, ALL, ALL, NO, ALL, ALL),
    "chat:answer": (NO, NO, NO, ALL, ALL, NO, ALL, ALL),
    "follow_ups:read": (NO, NO, NO, ALL, ALL, NO, ALL, ALL),
    "follow_ups:do": (NO, NO, NO, ALL, ALL, NO, ALL, ALL),
    "feedback:give": (ALL, ALL, OWN, ALL, ALL, NO, ALL, ALL),
    "reports:read": (NO, NO, NO, ALL, ALL, NO, ALL, ALL),
    "attachments:read": (NO, NO, NO, ALL, ALL, NO, ALL, ALL),
    "journeys:send": (NO, OWN, OWN, NO, NO, NO, NO, NO),
    "interactions:read": (NO, NO, NO, ALL, ALL, NO, ALL, ALL),
    "interactions:capture": (ALL, ALL, OWN, ALL, ALL, CAMPAIGNS, ALL, ALL),
}


@pytest.mark.parametrize("action", TABLE)
def test_each_role_may_go_as_far_as_the_table_says(action: str) -> None:
    assert tuple(scope_of(Role(role), action) for role in ROLES) == TABLE[action]


def test_there_is_no_other_action_or_role() -> None:
    assert set(GRANTS) == set(TABLE)
    assert tuple(Role) == ROLES


@pytest.mark.parametrize("action", ["customers:delete", PUBLIC, ""])
def test_what_is_not_in_the_table_is_denied(action: str) -> None:
    assert [scope_of(role, action) for role in Role] == [None] * len(ROLES)


def test_a_caller_may_what_the_role_may() -> None:
    assert Caller(Role.PORTAL, "token", "C1").scope("customers:read") is Scope.OWN
    assert Caller(Role.AGENT, "desk").scope("customers:read") is Scope.ALL
    assert Caller(Role.VISITOR, "page").scope("customers:read") is None


def test_a_caller_is_bound_to_no_customer_unless_it_says_so() -> None:
    assert Caller(Role.IVR, "flow").customer_id is None


def test_a_caller_is_written_down_by_role_and_name() -> None:
    assert Caller(Role.AGENT, "desk", "C1").named == {"role": "agent", "subject": "desk"}


@pytest.mark.parametrize(
    ("caller", "bound", "theirs", "anothers", "nobodys"),
    [
        (Caller(Role.PORTAL, "token", "C1"), True, True, False, False),
        (Caller(Role.PORTAL, "key"), False, True, True, True),
        # a visitor's own contacts are its own in another way, and a desk acts for everybody
        (Caller(Role.VISITOR, "page", "C1"), False, True, True, True),
        (Caller(Role.AGENT, "desk", "C1"), False, True, True, True),
    ],
)
def test_who_is_bound_to_a_customer_acts_for_them_alone(
    *, caller: Caller, bound: bool, theirs: bool, anothers: bool, nobodys: bool
) -> None:
    assert caller.is_bound is bound
    assert caller.acts_for(("C0", "C1")) is theirs
    assert caller.acts_for(("C2",)) is anothers
    assert caller.acts_for(()) is nobodys


def test_desks_see_the_whole_record_and_whoever_serves_may_vouch() -> None:
    assert {"agent", "support", "social", "admin"} == DESK_ROLES
    assert {"ivr", "portal", "agent", "support", "social", "admin"} == MAY_VERIFY


def test_the_words_on_the_wire() -> None:
    assert [scope.value for scope in Scope] == ["all", "own", "campaigns"]
    assert PUBLIC == "public"
