"""One person on several records, read as one: what is taken from which, and what is added up."""

from collections.abc import Container
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import BadInput, WriteConflict
from chalicelib.models import keys, store
from chalicelib.models.items import (
    CaseSummary,
    ContactSummary,
    FollowUpEntry,
    Interaction,
    KnownFacts,
    Profile,
)
from chalicelib.models.store import CustomerHead
from chalicelib.services.customers import records
from chalicelib.services.customers.records import Record
from chalicelib.services.deps import Deps
from tests.conftest import Spy
from tests.settings import NOW

MERGED_AT = "2026-11-22T09:00:00.000000Z"
MERGES = [{"merge_id": "M1", "kept": "A", "joined": "B", "at": MERGED_AT}]
PHONE = {"type": "phone", "scope": "", "value": "+447700900123"}
EMAIL = {"type": "email", "scope": "", "value": "ada@example.com"}


def a_profile(customer_id: str, merges: list[Any] = MERGES, **given: Any) -> Profile:
    fields: dict[str, Any] = {"created_at": NOW, "updated_at": NOW} | given
    return Profile(
        PK=keys.customer(customer_id), SK=keys.PROFILE, customer_id=customer_id, merges=merges, **fields
    )


def a_head(customer_id: str, merges: list[Any] = MERGES, **bands: Any) -> CustomerHead:
    return CustomerHead(a_profile(customer_id, merges), bands.pop("facts", store.no_facts(customer_id)), **bands)


def known(customer_id: str, **values: tuple[str, str]) -> KnownFacts:
    """Facts, each as (value, when it was said)."""
    entries = {
        name: [
            {
                "value": value,
                "source": "ivr",
                "collected_at": at,
                "verified": False,
                "contact_id": customer_id,
                "expires_at": None,
            }
        ]
        for name, (value, at) in values.items()
    }
    return KnownFacts(PK=keys.customer(customer_id), SK=keys.FACTS, entries=entries, version=7)


def together(*profiles: dict[str, Any]) -> Profile:
    """Two profiles, first the surviving one's fields, as they are read."""
    return records.compose_profile(
        [a_profile(name, **fields) for name, fields in zip("AB", profiles, strict=True)]
    )


def test_a_record_alone_is_read_as_it_is() -> None:
    head = a_head("A", [])
    assert records.compose([head]) is head
    record = Record(head)
    assert record.whole is head
    assert (record.customer_id, record.member_ids, record.heads) == ("A", ("A",), [head])
    assert records.members(head.profile) == ("A",)


def test_what_the_surviving_record_has_counts_and_what_it_has_not_is_taken_from_the_other() -> None:
    person = together(
        {"name": "Ada", "attributes": {"tier": "gold"}, "consent": {"calls": True}},
        {
            "name": "A. King",
            "language": "fr",
            "attributes": {"tier": "tin", "since": "1840"},
            "consent": {"calls": False, "post": True},
        },
    )
    assert (person.customer_id, person.name, person.language) == ("A", "Ada", "fr")
    assert person.attributes == {"tier": "gold", "since": "1840"}
    assert person.consent == {"calls": False, "post": True}
    assert person.merges == MERGES
    # a record of which nothing is known has nothing
    nobody = together({}, {})
    assert (nobody.name, nobody.language, nobody.attributes, nobody.consent) == (None, None, {}, {})


def test_consent_that_was_given_since_the_merge_counts() -> None:
    later = {"consent": {"calls": True}, "consent_given_at": {"calls": "2026-11-22T09:00:00.000001Z"}}
    assert together({"consent": {"calls": False}}, later).consent == {"calls": True}
    before = later | {"consent_given_at": {"calls": MERGED_AT}}
    assert together({"consent": {"calls": False}}, before).consent == {"calls": False}


def test_what_is_counted_is_added_up_over_all_records() -> None:
    person = together(
        {"open_cases": 2, "live_contacts": 1, "version": 3},
        {"open_cases": 5, "live_contacts": 3, "version": 4},
    )
    assert (person.open_cases, person.live_contacts, person.version) == (7, 4, 7)


def test_the_version_of_one_record_is_its_own() -> None:
    assert records.version_of([a_profile("A", [], version=3)]) == 3


def test_all_that_is_to_be_done_for_a_person_is_there() -> None:
    first, second = ([FollowUpEntry(follow_up_id=f"{name}{n}") for n in "12"] for name in "AB")
    person = records.compose([a_head("A", follow_ups=first), a_head("B", follow_ups=second)])
    assert person.follow_ups == [*first, *second]


def test_a_person_was_first_met_and_last_changed_on_any_of_the_records() -> None:
    early, late = NOW - timedelta(days=9), NOW + timedelta(days=9)
    for first, second in (
        ({"created_at": early}, {"updated_at": late}),
        ({"updated_at": late}, {"created_at": early}),
    ):
        person = together(first, second)
        assert (person.created_at, person.updated_at) == (early, late)


def test_each_identifier_is_there_once_and_verified_if_it_is_on_any_record() -> None:
    plain, verified = PHONE | {"verified": False}, PHONE | {"verified": True}
    mail = EMAIL | {"verified": False}
    assert together({"identifiers": [plain, mail]}, {"identifiers": [verified]}).identifiers == [verified, mail]
    assert together({"identifiers": [verified]}, {"identifiers": [plain, mail]}).identifiers == [verified, mail]
    # of two that are as good the surviving record's, with when and how it came to be known
    mine, theirs = verified | {"how": "given"}, verified | {"how": "confirmed"}
    assert together({"identifiers": [mine]}, {"identifiers": [theirs]}).identifiers == [mine]
    mine, theirs = plain | {"how": "given"}, plain | {"how": "confirmed"}
    assert together({"identifiers": [mine]}, {"identifiers": [theirs]}).identifiers == [mine]
    # what differs in type, scope or value is another
    for other in ({"type": "sms"}, {"scope": "shop"}, {"value": "+447700900124"}):
        both = together({"identifiers": [plain]}, {"identifiers": [plain | other]}).identifiers
        assert both == [plain, plain | other]


def test_relations_are_all_of_them_but_those_between_the_persons_own_records() -> None:
    to = {name: {"customer_id": name, "relation": "household"} for name in "ABC"}
    person = together({"relations": [to["B"], to["C"]]}, {"relations": [to["A"], to["C"]]})
    assert person.relations == [to["C"], to["C"]]


def test_facts_count_by_when_they_were_said_whichever_record_they_are_on() -> None:
    first = a_head("A", facts=known("A", postcode=("LS1 4AP", "2026-01-01"), reason=("a parcel", "2026-03-01")))
    second = a_head("B", facts=known("B", postcode=("YO1 7HH", "2026-02-01"), reason=("a bill", "2026-02-01")))
    facts = records.compose([first, second]).facts
    assert [entry["value"] for entry in facts.entries["postcode"]] == ["YO1 7HH", "LS1 4AP"]
    assert [entry["value"] for entry in facts.entries["reason"]] == ["a parcel", "a bill"]
    # and each record keeps its own
    assert [entry["value"] for entry in first.facts.entries["postcode"]] == ["LS1 4AP"]


def test_of_each_band_the_newest_of_all_records_are_shown() -> None:
    def band(kind: Any, numbers: range, **given: Any) -> list[Any]:
        return [kind(PK="C#A", SK=f"{number:03d}", **given) for number in reversed(numbers)]

    heads = [
        a_head(
            name,
            cases=band(CaseSummary, range(start, 12, 2), customer_id=name, subject=f"of {name}"),
            contacts=band(ContactSummary, range(start, 14, 2)),
            timeline=band(Interaction, range(start, 70, 2)),
        )
        for start, name in enumerate("AB")
    ]
    person = records.compose(heads)
    assert [item.SK for item in person.cases] == ["011", "010", "009", "008", "007"]
    # each case names the person, whichever record it is on; the record's own is as it was
    assert [(item.customer_id, item.subject) for item in person.cases[:2]] == [("A", "of B"), ("A", "of A")]
    assert {item.customer_id for item in heads[1].cases} == {"B"}
    assert [item.SK for item in person.contacts] == ["013", "012", "011", "010", "009"]
    assert [item.SK for item in person.timeline] == [f"{number:03d}" for number in range(69, 39, -1)]


def test_a_person_is_the_same_whichever_record_is_written_to() -> None:
    first, second = a_head("A"), a_head("B")
    for record in (Record(first, [second]), Record(second, [first])):
        assert record.customer_id == record.whole.customer_id == "A"
        assert record.member_ids == ("A", "B")
    assert Record(second, [first]).heads == [second, first]
    # a record that was not read, as it came after, is left out
    third = [*MERGES, {"merge_id": "M2", "kept": "A", "joined": "C", "at": MERGED_AT}]
    assert Record(a_head("B", third), [a_head("A", third)]).whole.customer_id == "A"


def test_another_of_a_persons_records_becomes_the_one_that_is_written_to() -> None:
    first, second = a_head("A"), a_head("B")
    record = Record(first, [second])
    moved = record.at("B")
    assert (moved.home, moved.others) == (second, [first])
    # nobody else's does
    for other in ("A", "C", None):
        assert (record.at(other).home, record.at(other).others) == (first, [second])


def key(number: int) -> str:
    return keys.timeline(NOW + timedelta(minutes=number), f"{number:03d}")


def written(head: CustomerHead, *timeline: int, chats: Container[int] = ()) -> CustomerHead:
    """Writes a record: its profile, its facts if there are any, and entries on its timeline, by minute."""
    head.profile.save()
    if head.facts.version:
        head.facts.save()
    with Interaction.batch_write() as batch:
        for number in timeline:
            at = NOW + timedelta(minutes=number)
            entry = Interaction(
                PK=head.profile.PK,
                SK=key(number),
                interaction_id=f"{number:03d}",
                channel="chat" if number in chats else "sms",
                direction="inbound",
                event_kind="message",
                occurred_at=at,
                source="test",
            )
            batch.save(entry)
    return head


def test_the_head_of_a_person_is_read_from_all_records(deps: Deps, spy: Spy) -> None:
    assert deps
    written(a_head("A"), 1)
    written(a_head("B", facts=known("B", postcode=("LS1 4AP", "2026-01-01"))), 2)
    alone = written(a_head("C", []), 3)
    spy.reset()
    record = records.read_head("B")
    assert (record.home.customer_id, [one.customer_id for one in record.others]) == ("B", ["A"])
    assert record.whole.facts.entries.keys() == {"postcode"}
    assert record.whole.timeline == []
    assert spy.operations == ["Query", "Query"]
    assert records.read_members("B") == ("A", "B")
    # with the timeline where that is read
    read = records.read_customer("A")
    assert [one.interaction_id for one in read.whole.timeline] == ["002", "001"]
    assert read.others[0].timeline != []
    # and of one that is alone there is nothing else to read
    spy.reset()
    assert records.read_customer(alone.customer_id).others == []
    assert spy.operations == ["Query"]


def test_people_are_read_by_any_of_their_records(deps: Deps, spy: Spy) -> None:
    assert deps
    written(a_head("A"))
    written(a_head("B", facts=known("B", postcode=("LS1 4AP", "2026-01-01"))))
    written(a_head("C", []))
    spy.reset()
    # all that are asked for are there: one request
    people = records.list_people(["A", "B", "B", "C", "NOBODY"])
    assert {asked: head.customer_id for asked, head in people.items()} == {"A": "A", "B": "A", "C": "C"}
    assert people["A"].facts.entries.keys() == {"postcode"}
    assert spy.operations == ["BatchGetItem"]
    # of nobody there is nothing to read
    spy.reset()
    assert records.list_people([]) == {}
    assert spy.operations == []
    # another of the person's records must be read, too: one request more
    spy.reset()
    people = records.list_people(["A"])
    assert people.keys() == {"A"}
    assert people["A"].facts.entries.keys() == {"postcode"}
    assert spy.operations == ["BatchGetItem", "BatchGetItem"]


def test_profiles_are_read_of_all_records_the_surviving_one_first(deps: Deps, spy: Spy) -> None:
    assert deps
    for head in (a_head("A"), a_head("B"), a_head("C", [])):
        written(head)
    spy.reset()
    assert [one.customer_id for one in records.read_profiles("C")] == ["C"]
    assert spy.operations == ["GetItem"]
    spy.reset()
    assert [one.customer_id for one in records.read_profiles("B")] == ["A", "B"]
    assert spy.operations == ["GetItem", "BatchGetItem"]


@pytest.mark.parametrize(
    "meanwhile", [[], [*MERGES, {"merge_id": "M2", "kept": "A", "joined": "C", "at": MERGED_AT}]]
)
def test_profiles_that_were_merged_or_parted_meanwhile_are_read_again(deps: Deps, meanwhile: list[Any]) -> None:
    assert deps
    written(a_head("A", meanwhile))
    written(a_head("B"))
    with pytest.raises(WriteConflict, match="the group changed"):
        records.read_profiles("B")


def test_whom_a_request_names_is_somebody(deps: Deps) -> None:
    assert deps
    written(a_head("A", []))
    assert records.read_named("A").customer_id == "A"
    with pytest.raises(BadInput) as refused:
        records.read_named("B")
    assert [(one.field, one.message) for one in refused.value.fields] == [
        ("customer_id", "there is no such customer")
    ]


def test_a_record_that_is_gone_is_left_out_of_the_person(deps: Deps) -> None:
    assert deps
    written(a_head("A"))
    assert records.list_people(["A"])["A"].customer_id == "A"


def page(limit: int, after: str | None = None, **given: Any) -> tuple[list[str], str | None]:
    found = records.list_band(records.read_members("B"), keys.TIMELINE, limit=limit, after=after, **given)
    return [item.interaction_id for item in found.items], found.next_sort_key


def test_a_list_goes_over_all_records_page_by_page(deps: Deps) -> None:
    assert deps
    written(a_head("A"), 1, 4, 5, 8)
    written(a_head("B"), 2, 3, 6, 7)
    # the newest of both, and where to go on
    assert page(3) == (["008", "007", "006"], key(6))
    assert page(3, key(6)) == (["005", "004", "003"], key(3))
    assert page(3, key(3)) == (["002", "001"], None)
    # as many as there are is all there is
    assert page(8) == (["008", "007", "006", "005", "004", "003", "002", "001"], None)
    # between two keys only
    assert page(9, last=key(3)) == (["003", "002", "001"], None)


def test_of_filtered_pages_nothing_is_shown_beyond_what_all_have_been_looked_at(deps: Deps) -> None:
    assert deps
    # Given a record with one entry more than a page of a filtered list looks at, and another with few
    written(a_head("A"), *range(1, store.EXAMINED + 2), chats=range(4, store.EXAMINED + 2))
    written(a_head("B"), 0, 300)
    only = store.on_channel("sms")
    # Then what lies below where the one was looked at is for the next page, even if the other has it
    assert page(9, only=only) == (["300", "003", "002"], key(2))
    assert page(9, key(2), only=only) == (["001", "000"], None)


def test_a_list_of_one_record_is_that_records(deps: Deps) -> None:
    assert deps
    written(a_head("B", []), 1, 2, 3)
    assert page(2) == (["003", "002"], key(2))
    assert page(2, key(2)) == (["001"], None)
