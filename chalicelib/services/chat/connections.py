"""Who is connected, and where each connection listens."""

from functools import lru_cache

from chalicelib.errors import Forbidden, Unauthenticated
from chalicelib.models import changes, chats, keys
from chalicelib.models.changes import Change, commit
from chalicelib.models.items import Connection, Item, Listening
from chalicelib.rules.access import Caller, Role, scope_of
from chalicelib.services.deps import Deps
from chalicelib.services.settle import settled

CUSTOMER, AGENT = "customer", "agent"
AT_ONCE = 98
"""Changes of one transaction, of which DynamoDB takes 100."""
REMEMBERED = 1_000


def connect(deps: Deps, caller: Caller, connection_id: str) -> None:
    """Opens a connection: one transaction. Raises `Forbidden` where the caller has no business here."""
    caller = _person(caller)
    until = deps.now() + chats.CONNECTION_LIVES
    connection = Connection(
        PK=keys.connection(connection_id),
        SK=keys.CONNECTION,
        connection_id=connection_id,
        role=str(caller.role),
        subject=caller.subject,
        customer_id=caller.customer_id,
        expires_at=until,
    )
    listens = (
        chats.listen(keys.agent(caller.subject), connection, AGENT, until) if side_of(connection) == AGENT else []
    )
    commit([changes.put(connection), *listens])


def _person(caller: Caller) -> Caller:
    """A portal's token is of the customer who is signed in; its subject may be the portal's own."""
    if caller.scope("chat:talk") is None:
        raise Forbidden(f"the role {caller.role} does not chat")
    if caller.role is not Role.PORTAL:
        return caller
    if caller.customer_id is None:
        raise Forbidden("the token does not say which customer is signed in")
    return Caller(caller.role, caller.customer_id, caller.customer_id)


def side_of(who: Caller | Connection) -> str:
    return AGENT if scope_of(Role(who.role), "chat:answer") else CUSTOMER


@lru_cache(maxsize=REMEMBERED)
def who_is_on(connection_id: str) -> tuple[Connection, Caller]:
    """A connection and who is on it: one read, once in a process, as that never changes.

    API Gateway says which connection it is, and never gives an id twice. Raises `Unauthenticated`.
    """
    connection = chats.find_connection(connection_id)
    if connection is None:
        raise Unauthenticated("connect again")
    return connection, Caller(Role(connection.role), connection.subject, connection.customer_id)


@settled
def disconnect(connection_id: str) -> tuple[Connection | None, list[str]]:
    """Takes a connection off wherever it listens; gives who was on it, and the contacts on which it listened.

    One query, and one transaction for every 49 places. Done again, it finds nothing.
    """
    items = chats.list_of_connection(connection_id)
    places = [item for item in items if isinstance(item, Listening)]
    made: list[Change] = [changes.remove(Item(PK=place.listed_at, SK=place.listed_as)) for place in places]
    made += [changes.remove(item) for item in sorted(items, key=lambda item: item.SK == keys.CONNECTION)]
    for start in range(0, len(made), AT_ONCE):
        commit(made[start : start + AT_ONCE])
    connection = next((item for item in items if isinstance(item, Connection)), None)
    contacts = (keys.contact_of(place.listed_at) for place in places)
    return connection, [contact_id for contact_id in contacts if contact_id]
