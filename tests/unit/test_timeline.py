"""The timeline: newest first by page, channel and time; previews of what is read whole elsewhere."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.models import keys
from chalicelib.models.items import Interaction, Item
from chalicelib.models.requests.interactions import TimelinePage
from chalicelib.services.customers.timeline import list_timeline
from tests.conftest import Api, Spy
from tests.factories import an_interaction
from tests.settings import NOW
from tests.unit.test_records import MERGES, a_profile

NOBODY = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


def a_customer(agent: Api) -> str:
    return str(agent.post("/customers", {"name": "Ada"}).json["customer_id"])


def at(minute: int) -> str:
    return f"2026-11-21T{minute // 60:02d}:{minute % 60:02d}:00Z"


def happened(agent: Api, customer_id: str, minute: int, **more: Any) -> str:
    body = an_interaction(customer_id=customer_id, occurred_at=at(minute)) | more
    reply = agent.post("/interactions", body)
    assert reply.status == 201, reply
    return str(reply.json["interaction_id"])


def page_of(agent: Api, customer_id: str, query: str = "") -> tuple[list[str], str | None]:
    """The ids on a page, and the cursor of the next."""
    reply = agent.get(f"/customers/{customer_id}/timeline?{query}")
    assert reply.status == 200, reply
    return [entry["interaction_id"] for entry in reply.json["items"]], reply.json["next"]


def pages_of(agent: Api, customer_id: str, query: str) -> list[list[str]]:
    """Every page there is."""
    pages: list[list[str]] = []
    cursor = ""
    while len(pages) < 50:
        ids, following = page_of(agent, customer_id, query + cursor)
        pages.append(ids)
        if following is None:
            return pages
        cursor = f"&cursor={following}"
    raise AssertionError("the pages do not end")


def fields(reply: Any) -> list[str]:
    return [error["field"] for error in reply.json["errors"]]


def test_newest_first_and_late_ones_in_their_place(agent: Api) -> None:
    # Given events that come in another order than they happened in
    customer_id = a_customer(agent)
    ids = {minute: happened(agent, customer_id, minute) for minute in (30, 10, 50, 20)}
    # Then the timeline has them in the order in which they happened
    assert page_of(agent, customer_id) == ([ids[50], ids[30], ids[20], ids[10]], None)
    # and so has one that comes later still, from another time zone
    late = happened(agent, customer_id, 0, occurred_at="2026-11-21T01:40:00+01:00")
    assert page_of(agent, customer_id)[0] == [ids[50], late, ids[30], ids[20], ids[10]]


def test_pages_have_no_gap_and_no_repeat(agent: Api) -> None:
    # Given 60 entries, three in every minute
    customer_id = a_customer(agent)
    made = [happened(agent, customer_id, n // 3) for n in range(60)]
    # When they are read by pages that cut through a minute
    pages = pages_of(agent, customer_id, "limit=7")
    # Then each is there once, in order
    read = [entry for page in pages for entry in page]
    assert len(read) == 60
    assert set(read) == set(made)
    minute = {entry: n // 3 for n, entry in enumerate(made)}
    assert [minute[entry] for entry in read] == sorted(minute.values(), reverse=True)
    assert [len(page) for page in pages] == [7] * 8 + [4]
    # and larger pages show the same
    assert [entry for page in pages_of(agent, customer_id, "limit=25") for entry in page] == read
    assert page_of(agent, customer_id, "limit=100") == (read, None)


def test_what_comes_in_while_pages_are_turned_does_not_disturb_them(agent: Api) -> None:
    customer_id = a_customer(agent)
    made = [happened(agent, customer_id, n) for n in range(6)]
    first, cursor = page_of(agent, customer_id, "limit=3")
    happened(agent, customer_id, 30)
    second, _ = page_of(agent, customer_id, f"limit=3&cursor={cursor}")
    assert first + second == made[::-1]


def test_since_and_until_are_included(agent: Api) -> None:
    customer_id = a_customer(agent)
    ids = [happened(agent, customer_id, n) for n in range(6)]
    assert page_of(agent, customer_id, f"since={at(2)}&until={at(4)}") == (ids[4:1:-1], None)
    assert page_of(agent, customer_id, f"since={at(5)}")[0] == [ids[5]]
    assert page_of(agent, customer_id, f"until={at(0)}")[0] == [ids[0]]
    assert page_of(agent, customer_id, f"since={at(3)}&until={at(3)}")[0] == [ids[3]]
    assert page_of(agent, customer_id, "since=2026-11-21T00:02:00.000001Z&until=2026-11-21T00:02:59Z")[0] == []
    # in any time zone
    assert page_of(agent, customer_id, "since=2026-11-21T05:34:00%2B05:30")[0] == ids[5:3:-1]
    # and by page
    assert pages_of(agent, customer_id, f"since={at(1)}&until={at(4)}&limit=3") == [ids[4:1:-1], [ids[1]]]


def test_a_span_that_ends_before_it_begins(agent: Api) -> None:
    reply = agent.get(f"/customers/{a_customer(agent)}/timeline?since={at(4)}&until={at(2)}")
    assert (reply.status, fields(reply)) == (422, ["until"])


def test_a_cursor_leads_on_within_the_span_only(agent: Api) -> None:
    customer_id = a_customer(agent)
    for n in range(4):
        happened(agent, customer_id, n)
    _, cursor = page_of(agent, customer_id, "limit=1")
    reply = agent.get(f"/customers/{customer_id}/timeline?until={at(1)}&cursor={cursor}")
    assert (reply.status, fields(reply)) == (422, ["cursor"])


def test_one_channel(agent: Api) -> None:
    customer_id = a_customer(agent)
    ids = [happened(agent, customer_id, n, channel=("sms", "email")[n % 2]) for n in range(10)]
    assert page_of(agent, customer_id, "channel=email")[0] == ids[9::-2]
    assert page_of(agent, customer_id, f"channel=email&since={at(4)}&until={at(8)}")[0] == [ids[7], ids[5]]
    assert pages_of(agent, customer_id, "channel=sms&limit=2")[:2] == [[ids[8], ids[6]], [ids[4], ids[2]]]
    assert page_of(agent, customer_id, "channel=line") == ([], None)


def test_a_rare_channel_in_a_long_history(agent: Api, spy: Spy) -> None:
    # Given a long history, with a chat near its end and one near its beginning
    customer_id = a_customer(agent)
    rare = {
        30: happened(agent, customer_id, 30, channel="chat"),
        495: happened(agent, customer_id, 495, channel="chat"),
    }
    _a_long_history(customer_id, happened(agent, customer_id, 0), 500)
    # When only chats are asked for
    spy.reset()
    pages = pages_of(agent, customer_id, "channel=chat&limit=10")
    # Then each page costs one query and looks at a bounded part, and all are found
    assert spy.operations == ["GetItem", "Query"] * len(pages)
    assert pages == [[rare[495]], [], [rare[30]]]


def _a_long_history(customer_id: str, interaction_id: str, minutes: int) -> None:
    """An entry a minute, copied from one: writing them straight into the table takes a moment only."""
    page = Interaction.query(keys.customer(customer_id), Item.SK.startswith(keys.TIMELINE))
    (entry,) = [item for item in page if item.interaction_id == interaction_id]
    with Interaction.batch_write() as batch:
        for n in range(1, minutes):
            entry.SK = f"I#2026-11-21T{n // 60:02d}:{n % 60:02d}:30.000000Z#{n:026d}"
            entry.interaction_id = f"{n:026d}"
            batch.save(Interaction.from_raw_data(entry.serialize()))


def test_a_page_costs_whose_it_is_and_one_query(agent: Api, spy: Spy) -> None:
    customer_id = a_customer(agent)
    happened(agent, customer_id, 0)
    spy.reset()
    page_of(agent, customer_id)
    assert spy.operations == ["GetItem", "Query"]
    assert all(asked["ConsistentRead"] for _, asked in spy.reads)


def test_nobodys_timeline(agent: Api) -> None:
    assert agent.get(f"/customers/{NOBODY}/timeline").status == 404
    assert agent.get(f"/customers/{NOBODY}/timeline?channel=chat&since={at(0)}").status == 404
    assert page_of(agent, a_customer(agent)) == ([], None)


# What is kept of an entry


def stored_entry(customer_id: str) -> dict[str, Any]:
    """The one entry on a customer's timeline, as it is stored."""
    answer = Item.connection().query(keys.customer(customer_id), Item.SK.startswith(keys.TIMELINE))
    (entry,) = answer["Items"]
    return dict(entry)


def size(item: dict[str, Any]) -> int:
    """What DynamoDB counts: names and values in UTF-8; a boolean and a null are one byte."""
    values = [next(iter(value.values())) for value in item.values()]
    return sum(len(name.encode()) for name in item) + sum(
        len(value.encode()) if isinstance(value, str) else 1 for value in values
    )


@pytest.mark.parametrize("character", ["x", "ß", "語", "💥", '"', "\n"])
def test_a_long_body_is_previewed_and_read_whole(agent: Api, character: str) -> None:
    # Given a long message with everything else long too
    customer_id = a_customer(agent)
    body, subject = character * 20_000, character * 1_000
    interaction_id = happened(
        agent,
        customer_id,
        0,
        body=body,
        subject=subject,
        attributes={"page": "x" * 1_000},
        channel="knowledge_base",
    )
    # Then the timeline has a preview of at most 1 KB that says so
    assert size(stored_entry(customer_id)) <= 1_024
    (entry,) = agent.get(f"/customers/{customer_id}/timeline").json["items"]
    assert entry["truncated"] is True
    assert (entry["body"][-1], entry["subject"][-1]) == ("…", "…")
    assert body.startswith(entry["body"][:-1])
    assert subject.startswith(entry["subject"][:-1])
    assert len(entry["body"]) >= 90
    # and the interaction is there, whole
    whole = agent.get(f"/interactions/{interaction_id}").json
    assert (whole["body"], whole["subject"]) == (body, subject)
    assert whole["attributes"] == {"page": "x" * 1_000}


def test_a_short_entry_is_shown_as_it_is(agent: Api) -> None:
    customer_id = a_customer(agent)
    interaction_id = happened(
        agent, customer_id, 0, subject="Hello", attributes={"page": "/a"}, direction="outbound"
    )
    (entry,) = agent.get(f"/customers/{customer_id}/timeline").json["items"]
    assert entry == {
        "interaction_id": interaction_id,
        "channel": "sms",
        "direction": "outbound",
        "kind": "message",
        "occurred_at": "2026-11-21T00:00:00Z",
        "source": "test",
        "subject": "Hello",
        "body": "Where is my order?",
        "attributes": {"page": "/a"},
        "contact_id": None,
        "case_id": None,
        "truncated": False,
    }
    whole = agent.get(f"/interactions/{interaction_id}").json
    assert entry.items() <= (whole | {"truncated": False}).items()
    assert whole["customer_id"] == customer_id
    assert whole["received_at"] == "2026-11-22T09:00:00Z"


def test_no_such_interaction(agent: Api) -> None:
    assert agent.get(f"/interactions/{NOBODY}").status == 404


# Once


def test_a_redelivery_gives_what_the_first_delivery_made(agent: Api, ivr: Api) -> None:
    # Given a message
    body = an_interaction()
    first = ivr.post("/interactions", body)
    # When it comes again, and again with another text, and from another number
    other = {"from": {"type": "phone", "value": "+447700900777"}}
    replies = [
        ivr.post("/interactions", again)
        for again in (body, body | {"body": "Changed"}, body | other, body | {"occurred_at": at(0)})
    ]
    # Then it is the same one
    assert first.status == 201
    assert first.headers["Location"] == f"/v1/interactions/{first.json['interaction_id']}"
    assert [reply.status for reply in replies] == [200] * 4
    assert all(reply.json == first.json for reply in replies)
    (entry,) = agent.get(f"/customers/{first.json['customer_id']}/timeline").json["items"]
    assert (entry["body"], entry["occurred_at"]) == ("Where is my order?", "2026-11-22T08:00:00Z")
    # and nobody new was met
    assert agent.get("/customers?identifier_type=phone&identifier=%2B447700900777").json["items"] == []


def test_the_same_id_of_another_source_is_another_event(agent: Api, ivr: Api) -> None:
    one = ivr.post("/interactions", an_interaction(source="a", source_event_id="b#c"))
    two = ivr.post("/interactions", an_interaction(source="a#b", source_event_id="c"))
    assert (one.status, two.status) == (201, 201)
    assert one.json["interaction_id"] != two.json["interaction_id"]
    assert one.json["customer_id"] == two.json["customer_id"]
    assert len(page_of(agent, one.json["customer_id"])[0]) == 2


def test_a_first_page_without_a_hit_costs_no_more(agent: Api, spy: Spy) -> None:
    customer_id = a_customer(agent)
    rare = happened(agent, customer_id, 30, channel="chat")
    _a_long_history(customer_id, happened(agent, customer_id, 0), 300)
    spy.reset()
    assert pages_of(agent, customer_id, "channel=chat&limit=10") == [[], [rare]]
    assert spy.operations == ["GetItem", "Query"] * 2


@pytest.mark.parametrize("attributes", [{"a": "x" * 100}, {"a": "💥" * 25}])
def test_the_largest_entry_is_within_a_kilobyte(agent: Api, attributes: dict[str, str]) -> None:
    customer_id = a_customer(agent)
    case = agent.post(f"/customers/{customer_id}/cases", {"subject": "x"}).json["case_id"]
    happened(
        agent,
        customer_id,
        0,
        body="x" * 1000,
        subject="x" * 500,
        attributes=attributes,
        source="x" * 64,
        kind="k" * 64,
        channel="knowledge_base",
        direction="outbound",
        case_id=case,
    )
    assert 900 < size(stored_entry(customer_id)) <= 1024


def test_a_full_last_page_is_the_last(agent: Api) -> None:
    customer_id = a_customer(agent)
    for minute in range(3):
        happened(agent, customer_id, minute)
    page = agent.get(f"/customers/{customer_id}/timeline?limit=3").json
    assert (len(page["items"]), page["next"]) == (3, None)


# Journeys


def with_a_journey(customer_id: str, merges: list[Any], *, may_show: bool | None = None) -> None:
    """A customer who looked at a page and wrote a message, and what they say of showing the former."""
    consent = {} if may_show is None else {"journeys": may_show}
    a_profile(customer_id, merges, consent=consent).save()
    for number, journey in enumerate((None, {"first": [1, "a"]})):
        at, id_ = NOW + timedelta(minutes=number), f"{customer_id}{number}"
        Interaction(
            PK=keys.customer(customer_id),
            SK=keys.timeline(at, id_),
            interaction_id=id_,
            channel="portal" if journey else "sms",
            direction="inbound",
            event_kind="journey" if journey else "message",
            occurred_at=at,
            source="test",
            journey=journey,
        ).save()


def shown(customer_id: str, **query: Any) -> list[str]:
    return [one.interaction_id for one in list_timeline(customer_id, TimelinePage(**query)).items]


@pytest.mark.parametrize(("may_show", "ids"), [(None, ["A1", "A0"]), (True, ["A1", "A0"]), (False, ["A0"])])
def test_journeys_are_shown_unless_the_customer_refuses_that(
    spy: Spy, *, may_show: bool | None, ids: list[str]
) -> None:
    with_a_journey("A", [], may_show=may_show)
    spy.reset()
    assert shown("A") == ids
    assert spy.operations == ["GetItem", "Query"]


@pytest.mark.parametrize("customer_id", ["A", "B"])
def test_who_refused_it_on_one_of_their_records_refused_it_on_all(spy: Spy, customer_id: str) -> None:
    with_a_journey("A", MERGES)
    with_a_journey("B", MERGES, may_show=False)
    spy.reset()
    assert shown(customer_id) == ["B0", "A0"]
    assert spy.operations == ["GetItem", "Query", "Query", "GetItem", "BatchGetItem"]
    # Where there are none it makes no difference, and nobody is asked
    spy.reset()
    assert shown(customer_id, channel="sms") == ["B0", "A0"]
    assert spy.operations == ["GetItem", "Query", "Query"]
