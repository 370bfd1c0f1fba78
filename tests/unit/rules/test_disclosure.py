"""Whether a value may be given: to desks always, to flows by assurance, to nobody else."""

import pytest

from chalicelib.rules.access import Role
from chalicelib.rules.disclosure import FLOW_ROLES, is_campaign, may_give, may_read_conversations
from chalicelib.rules.matching import Assurance

DESKS = {Role.AGENT, Role.SUPPORT, Role.SOCIAL, Role.ADMIN}
LEVELS = tuple(Assurance)


@pytest.mark.parametrize("speak_at", range(4))
@pytest.mark.parametrize("role", [Role.IVR, Role.PORTAL])
def test_a_flow_may_speak_from_the_assurance_on_that_the_fact_asks_for(role: Role, speak_at: int) -> None:
    allowed = [may_give(role, speak_at, assurance) for assurance in LEVELS]
    assert allowed == [False] * speak_at + [True] * (4 - speak_at)


@pytest.mark.parametrize("role", Role)
def test_assurance_opens_nothing_to_who_is_neither_desk_nor_flow(role: Role) -> None:
    # Given the surest caller and the most open fact
    assert may_give(role, 0, Assurance.AUTHENTICATED) is (role in DESKS | FLOW_ROLES)
    # and then the least sure one and the most secret fact
    assert may_give(role, 3, Assurance.NONE) is (role in DESKS)


def test_flows() -> None:
    assert {Role.IVR, Role.PORTAL} == FLOW_ROLES


def test_only_desks_read_what_was_said() -> None:
    assert {role for role in Role if may_read_conversations(role)} == DESKS


@pytest.mark.parametrize(
    ("kind", "campaign"),
    [
        ("campaign", True),
        ("campaign.sent", True),
        ("campaign.sent.twice", True),
        ("campaigning", False),
        ("message.campaign", False),
        ("Campaign", False),
        ("message", False),
        ("", False),
    ],
)
def test_what_a_campaign_touch_is(kind: str, campaign: bool) -> None:  # noqa: FBT001
    assert is_campaign(kind) is campaign
