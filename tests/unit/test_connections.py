"""Who is connected: what is kept of a connection, and that nothing is left once it is gone."""

import pytest

from chalicelib.errors import Forbidden, Unauthenticated
from chalicelib.models import changes, chats, keys
from chalicelib.models.items import Item
from chalicelib.rules.access import Caller, Role
from chalicelib.services.chat.connections import AT_ONCE, connect, disconnect, who_is_on
from chalicelib.services.deps import Deps
from tests.conftest import Spy
from tests.settings import NOW

UNTIL = NOW + chats.CONNECTION_LIVES


@pytest.fixture
def connection_id(deps: Deps) -> str:
    """Never used before: a process remembers who is on one."""
    return deps.new_id()


def test_a_visitors_connection(deps: Deps, connection_id: str) -> None:
    connect(deps, Caller(Role.VISITOR, "visitor-7"), connection_id)
    connection, caller = who_is_on(connection_id)
    assert (connection.connection_id, connection.expires_at) == (connection_id, UNTIL)
    assert caller == Caller(Role.VISITOR, "visitor-7")
    # it listens nowhere yet
    assert len(list(Item.scan())) == 1


def test_an_agents_connection_listens_to_what_the_agent_is_told(deps: Deps) -> None:
    connect(deps, Caller(Role.SUPPORT, "agent-7"), "c-agent")
    (listener,) = chats.list_listeners(keys.agent("agent-7"))
    assert (listener.connection_id, listener.subject, listener.side) == ("c-agent", "agent-7", "agent")
    assert listener.expires_at == UNTIL


def test_a_portals_connection_is_of_who_is_signed_in(deps: Deps, connection_id: str) -> None:
    connect(deps, Caller(Role.PORTAL, "web-portal", "ADA"), connection_id)
    assert who_is_on(connection_id)[1] == Caller(Role.PORTAL, "ADA", "ADA")


@pytest.mark.parametrize(
    ("caller", "why"),
    [
        (Caller(Role.IVR, "ivr-1"), "the role ivr does not chat"),
        (Caller(Role.PORTAL, "web-portal"), "the token does not say which customer is signed in"),
    ],
)
def test_who_has_no_business_here(deps: Deps, caller: Caller, why: str) -> None:
    with pytest.raises(Forbidden) as refused:
        connect(deps, caller, "c-refused")
    assert str(refused.value) == why
    assert list(Item.scan()) == []


def test_a_connection_that_is_not_known(deps: Deps) -> None:
    assert deps
    with pytest.raises(Unauthenticated) as refused:
        who_is_on("c-unknown")
    assert str(refused.value) == "connect again"


def test_who_is_on_a_connection_is_read_once(deps: Deps, spy: Spy, connection_id: str) -> None:
    connect(deps, Caller(Role.VISITOR, "visitor-7"), connection_id)
    spy.reset()
    assert who_is_on(connection_id) == who_is_on(connection_id)
    assert spy.operations == ["GetItem"]


def test_a_connection_that_is_gone_listens_nowhere(deps: Deps) -> None:
    # Given an agent who listens on two contacts, and is available; another listens on one of them
    for connection_id, contact_ids in (("c-gone", ("A", "B")), ("c-stays", ("B",))):
        connect(deps, Caller(Role.AGENT, "agent-7"), connection_id)
        places = [keys.AVAILABLE, *map(keys.contact, contact_ids)]
        connection, _ = who_is_on(connection_id)
        for place in places:
            changes.commit(chats.listen(place, connection, "agent", UNTIL))
    before = len(list(Item.scan()))
    # When the first is gone
    gone, left = disconnect("c-gone")
    # Then it is said who that was, and which contacts they left
    assert gone
    assert gone.subject == "agent-7"
    assert left == ["A", "B"]
    # and nothing of it is left: itself, and what says where it listens, at both ends
    assert before - len(list(Item.scan())) == 1 + 2 * 4
    for place in (keys.AVAILABLE, keys.contact("B"), keys.agent("agent-7")):
        assert [one.connection_id for one in chats.list_listeners(place)] == ["c-stays"]
    # and again there is nothing
    assert disconnect("c-gone") == (None, [])


def test_a_connection_that_listens_at_many_places_is_taken_off_them_in_parts(deps: Deps, spy: Spy) -> None:
    # Given a connection that listens at as many places as one transaction takes it off from
    connect(deps, Caller(Role.VISITOR, "visitor-7"), "c-many")
    connection, _ = who_is_on("c-many")
    for number in range(AT_ONCE // 2):
        changes.commit(chats.listen(keys.contact(f"{number}"), connection, "customer", UNTIL))
    # When it is gone, then it goes last itself: what fails in between is found when that is tried again
    spy.reset()
    assert len(disconnect("c-many")[1]) == AT_ONCE // 2
    asked = [one["TransactItems"] for name, one in spy.connection.calls if name == "TransactWriteItems"]
    assert [len(items) for items in asked] == [AT_ONCE, 1]
    assert asked[1][0]["Delete"]["Key"]["SK"] == {"S": keys.CONNECTION}
    assert list(Item.scan()) == []
