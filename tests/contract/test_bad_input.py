"""Whatever is sent: a clear 4xx that names the field, never a 5xx, and nothing is lost or forged."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.models import keys, store
from tests.conftest import Api
from tests.factories import a_contact, an_interaction, facts

HOSTILE = [
    "",
    " ",
    "#",
    "a#b",
    "%23",
    "'\"",
    "\x00",
    "a\nb",
    "\u202e",
    "C#01",
    "!HEAD",
    "x" * 300,
    "💥",
    "../..",
    "<script>",
]


def fields(reply: Any) -> set[str]:
    return {error["field"] for error in reply.json["errors"]}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"1",
        b"\xff\xfe",
        b'{"a": "\\ud800"}',
        b"[" * 5_000,
        b"{}x",
    ],
)
def test_what_is_not_a_json_object_is_said_to_be_none(ivr: Api, raw: bytes) -> None:
    reply = ivr.post("/contacts", raw)
    assert reply.status in {400, 422}
    assert fields(reply) == {"body"}
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.json["correlation_id"] == reply.headers["X-Correlation-Id"]


@pytest.mark.parametrize(
    "text", ["क्\u200dष", "\U0001f468\u200d\U0001f467", "山\u3000太郎", "12\u00a0€", "\U0001fae9"]
)
def test_what_people_write_is_taken_in_as_it_is(ivr: Api, agent: Api, text: str) -> None:
    """In any script, with what belongs to it: joiners, wide spaces, letters that are new."""
    captured = ivr.post("/interactions", an_interaction(body=text, subject=text))
    whole = agent.get(f"/interactions/{captured.json['interaction_id']}").json
    assert (whole["body"], whole["subject"]) == (text, text)
    customer = agent.post("/customers", {"name": text} | facts(free_text=f"{text}\n{text}"))
    assert customer.json["name"] == text
    kept = agent.get(f"/customers/{customer.json['customer_id']}/facts").json["facts"]
    assert kept["free_text"]["value"].replace(" ", "") == "".join((text + text).split())


def test_a_card_in_several_lines_of_a_fact_is_masked_in_it(agent: Api) -> None:
    customer = agent.post("/customers", {"name": "Ada"} | facts(free_text="4242 4242\n4242  4242"))
    kept = agent.get(f"/customers/{customer.json['customer_id']}/facts").json["facts"]["free_text"]
    assert kept["value"] == "[card number]"
    assert "4242" not in str(kept)


def test_ten_megabytes_are_too_large(ivr: Api) -> None:
    reply = ivr.post("/contacts", b'{"a": "' + b"x" * 10_000_000 + b'"}')
    assert reply.status == 413
    assert fields(reply) == {"body"}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"channel": "pigeon"}, "channel"),
        ({"channel": 1}, "channel"),
        ({"provider": ""}, "provider"),
        ({"provider": None}, "provider"),
        ({"provider_contact_id": "x" * 257}, "provider_contact_id"),
        ({"provider_contact_id": "a\x00b"}, "provider_contact_id"),
        ({"started_at": "yesterday"}, "started_at"),
        ({"started_at": "2026-11-22T09:00:00"}, "started_at"),
        ({"started_at": "0001-01-01T00:00:00Z"}, "started_at"),
        ({"started_at": "9999-12-31T23:59:59Z"}, "started_at"),
        ({"started_at": 1e308}, "started_at"),
        ({"from": {"type": "phone"}}, "from.value"),
        ({"from": {"type": "phone", "value": ""}}, "from.value"),
        ({"from": {"type": "phone", "value": "12"}}, "from.value"),
        ({"from": {"type": "phone", "value": "+99999999999999999999"}}, "from.value"),
        ({"from": {"type": "phone", "value": "+44770090012x#"}}, "from.value"),
        ({"from": {"type": "fax", "value": "1"}}, "from.type"),
        ({"from": {"type": "email", "value": "nobody"}}, "from.value"),
        ({"from": {"type": "other", "value": "1"}}, "from.scope"),
        ({"from": {"type": "phone", "value": "+447700900123", "scope": "zz"}}, "from.scope"),
        ({"from": {"type": "x", "value": " @ "}}, "from.value"),
        ({"to": {"type": "phone", "value": ""}}, "to.value"),
        ({"from": "+447700900123"}, "from"),
        ({"attributes": {"a": 1}}, "attributes.a"),
        ({"attributes": {f"k{n}": "v" for n in range(51)}}, "attributes"),
        ({"attributes": {f"k{n}": "v" * 1_000 for n in range(20)}}, "attributes"),
        ({"need": ["shoe_size"]}, "need.0"),
        ({"need": "reason"}, "need"),
        ({"continuation_code": "1\n2"}, "continuation_code"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_the_field_that_is_wrong_is_named(ivr: Api, changed: dict[str, Any], field: str) -> None:
    reply = ivr.post("/contacts", a_contact() | changed)
    assert reply.status == 422
    assert fields(reply) == {field}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("account_number", ""),
        ("account_number", "\x00"),
        ("date_of_birth", "31/01/1990"),
        ("date_of_birth", "2990-01-01"),
        ("date_of_birth", "1850-01-01"),
        ("postcode", "!"),
        ("email", "a@b@c"),
        ("phone", "1"),
        ("phone", "+86282452253"),
        ("language", "english please"),
        ("free_text", "x" * 1_001),
    ],
)
def test_a_fact_that_is_wrong_is_named_and_nothing_is_saved(ivr: Api, agent: Api, name: str, value: str) -> None:
    contact_id = ivr.post("/contacts", a_contact()).json["contact_id"]
    body = facts(reason="billing")
    body["facts"][name] = {"value": value}
    reply = ivr.patch(f"/contacts/{contact_id}/facts", body)
    assert reply.status == 422
    assert fields(reply) == {f"facts.{name}.value"}
    assert agent.get(f"/contacts/{contact_id}/screen-pop").json["facts"] == {}


@pytest.mark.parametrize(
    "body", [{}, {"facts": {}}, {"facts": {"shoe_size": {"value": "9"}}}, {"facts": {"name": "x"}}]
)
def test_facts_in_a_wrong_shape(ivr: Api, body: Any) -> None:
    contact_id = ivr.post("/contacts", a_contact()).json["contact_id"]
    assert ivr.patch(f"/contacts/{contact_id}/facts", body).status == 422


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"from": None}, "from"),
        ({"occurred_at": None}, "occurred_at"),
        ({"source_event_id": "#\n#"}, "source_event_id"),
        ({"body": "x" * 100_001}, "body"),
        ({"body": "💥" * 70_000}, "body"),
        ({"body": "\x07"}, "body"),
        ({"customer_id": "C#1"}, "customer_id"),
        ({"source": " "}, "source"),
        ({"to": {"type": "phone", "value": "a#b%23"}}, "to.value"),
        ({"to": {"type": "email", "value": ""}}, "to.value"),
        ({"customer_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV"}, "customer_id"),
        ({"contact_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV"}, "contact_id"),
        ({"case_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV"}, "case_id"),
    ],
)
def test_an_interaction_that_is_wrong(ivr: Api, changed: dict[str, Any], field: str) -> None:
    reply = ivr.post("/interactions", an_interaction() | changed)
    assert reply.status == 422
    assert fields(reply) == {field}


@pytest.mark.parametrize(
    "record_id", ["x", "01arz3ndektsv4rrffq69g5fav", "%23", "C%2301", "01ARZ3NDEKTSV4RRFFQ69G5FAV"]
)
def test_an_id_of_nothing_is_not_found(agent: Api, record_id: str) -> None:
    for path in (f"/contacts/{record_id}/screen-pop", f"/customers/{record_id}", f"/cases/{record_id}"):
        assert agent.get(path).status == 404


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=x",
        "limit=101",
        "cursor=%00",
        "cursor=SCNDQVNFIzE",
        "since=1",
        "channel=fax",
        "colour=red",
    ],
)
def test_a_query_parameter_that_is_wrong_is_named(agent: Api, query: str) -> None:
    customer_id = agent.post("/customers", {"name": "Ada"}).json["customer_id"]
    reply = agent.get(f"/customers/{customer_id}/timeline?until=2020-01-01T00:00:00Z&{query}")
    assert reply.status == 422
    assert fields(reply) == {query.partition("=")[0]}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    type_=st.sampled_from(
        ["account", "crm", "visitor", "device", "messenger", "line", "x", "other", "email", "phone"]
    ),
    value=st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40)),
    scope=st.one_of(st.sampled_from(["", "#", "a#b", "%"]), st.text(max_size=10)),
)
def test_no_identifier_forges_a_key(ivr: Api, type_: str, value: str, scope: str) -> None:
    body = a_contact(None, **{"from": {"type": type_, "value": value, "scope": scope}})
    reply = ivr.post("/contacts", body)
    assert reply.status in {201, 422}, reply
    if reply.status == 201 and reply.json["customer_id"]:
        head = store.get_head(reply.json["customer_id"])
        (identifier,) = head.profile.identifiers
        key = keys.identifier(identifier["type"], identifier["scope"], identifier["value"])
        assert key.count("#") == 3
        assert len(key) < 2_048


@given(
    parts=st.lists(st.text(max_size=300), min_size=2, max_size=3),
    other=st.lists(st.text(max_size=300), min_size=2, max_size=3),
)
def test_different_parts_make_different_keys(parts: list[str], other: list[str]) -> None:
    made, unlike = "#".join(map(keys.escape, parts)), "#".join(map(keys.escape, other))
    assert (made == unlike) == (parts == other)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["channel", "from", "provider", "provider_contact_id", "need", "facts", "value", "type"]
                )
                | st.text(max_size=5),
                inner,
                max_size=4,
            )
        ),
        max_leaves=10,
    ),
    path=st.sampled_from(["/contacts", "/interactions", "/customers", "/lookup"]),
)
def test_no_body_makes_a_5xx(agent: Api, body: Any, path: str) -> None:
    assert agent.post(path, body).status < 500
