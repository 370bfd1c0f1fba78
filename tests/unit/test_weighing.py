"""From the evidence, and what was said, to where things stand: one, several who are told apart, or nobody."""

from typing import Any

import pytest

from chalicelib.models.identifiers import Identifier
from chalicelib.models.items import Contact
from chalicelib.models.store import CustomerHead
from chalicelib.rules.matching import ATTRIBUTED, Assurance, Evidence, Owner
from chalicelib.services.customers.situation import Situation
from chalicelib.services.deps import Deps
from chalicelib.services.identity.recognition import index_customer
from chalicelib.services.identity.weighing import weigh
from tests.unit.test_records import EMAIL, MERGES, a_profile
from tests.unit.test_situation import AFTER, AT, a_contact, facts, said

A, B, C = (Owner(name, verified=False) for name in "ABC")
ADA: dict[str, Any] = {"date_of_birth": "1990-01-31", "name": "Ada Lovelace", "postcode": "LS1 4AP"}
BOB: dict[str, Any] = {"date_of_birth": "1975-12-24", "name": "Bob Babbage", "postcode": "YO1 7HH"}


def a_customer(
    customer_id: str, known: dict[str, str], *, merges: Any = (), identifiers: Any = (), **entry: Any
) -> CustomerHead:
    """A customer of whom these facts are known, from another contact."""
    entries = {name: [said(value, "OTHER", **entry)] for name, value in known.items()}
    profile = a_profile(customer_id, list(merges), identifiers=list(identifiers))
    head = CustomerHead(profile, facts(customer_id, **entries))
    head.profile.save()
    head.facts.save()
    return head


def phone(*owners: Owner, **given: Any) -> Evidence:
    return Evidence("phone", owners, **given)


def weighed(
    deps: Deps, *evidence: Evidence, contact: Contact | None = None, may_recognise: bool = True, **told: str
) -> Situation:
    own = {name: said(value) for name, value in told.items()}
    return weigh(deps, list(evidence), ["reason"], own, contact, may_recognise=may_recognise)


def candidates(now: Situation) -> list[str]:
    assert [profile.customer_id for profile, _ in now.candidates] == list(now.decision.candidates)
    return list(now.decision.candidates)


def test_nobody_and_one(deps: Deps) -> None:
    a_customer("A", ADA)
    nobody = weighed(deps, phone())
    assert (nobody.decision.result, nobody.record, nobody.candidates) == ("none", None, [])
    one = weighed(deps, phone(A), reason="a parcel")
    assert (one.decision.result, one.decision.customer_id, one.need) == ("one", "A", ["reason"])
    assert one.record is not None
    assert one.said == {"reason": "a parcel"}
    # whom the contact was said not to be with is nobody it names
    assert weighed(deps, phone(A), contact=a_contact(rejected=["A"])).decision.result == "none"
    assert weighed(deps, phone(A), contact=a_contact(rejected=["B"])).decision.result == "one"


def test_of_a_person_on_two_records_the_one_that_is_named_is_written_to(deps: Deps) -> None:
    a_customer("A", ADA, merges=MERGES)
    a_customer("B", {}, merges=MERGES)
    now = weighed(deps, phone(B))
    assert now.record is not None
    assert (now.decision.customer_id, now.record.home.customer_id) == ("A", "B")
    # two records of one person are not several people
    both = weighed(deps, phone(A), Evidence("account", (B,)))
    assert both.record is not None
    assert (both.decision.result, both.decision.customer_id, both.record.home.customer_id) == ("one", "A", "B")


def test_a_fact_tells_candidates_apart(deps: Deps) -> None:
    a_customer("A", ADA)
    a_customer("B", BOB)
    undecided = weighed(deps, phone(A, B))
    assert (undecided.decision.result, candidates(undecided)) == ("many", ["A", "B"])
    now = weighed(deps, phone(A, B), date_of_birth=BOB["date_of_birth"], reason="a parcel")
    decision = now.decision
    assert (decision.result, decision.customer_id, decision.confidence) == ("one", "B", 0.9)
    assert decision.candidates == ()
    # anybody may have said it before, so it is only claimed
    assert decision.assurance is Assurance.CLAIMED
    assert decision.reasons[1:] == [{"fact": "date_of_birth", "verified": False}]
    assert decision.reasons[0]["identifier"] == "phone"
    assert now.record is not None
    assert (now.candidates, now.recognised) == ([], False)


def test_who_says_the_number_that_they_call_from_says_nothing_new(deps: Deps) -> None:
    # Given two who use a number, of whom one is known to have it and the other to have another
    number = {"type": "phone", "scope": "", "value": "+447700900123"}
    a_customer("A", ADA, identifiers=[number | {"verified": False}])
    a_customer("B", BOB, identifiers=[number | {"value": "+447700900777", "verified": False}])
    # When somebody says it who calls from it, or who presents it
    calling = a_contact(sender=number | {"value": "07700 900123"})
    presented = Identifier("phone", "", number["value"], "07700 900123")
    own = {"phone": said(number["value"])}
    for now in (
        weigh(deps, [phone(A, B)], [], own, calling),
        weigh(deps, [phone(A, B)], [], own, presented=[presented]),
    ):
        # Then it may be either
        assert (now.decision.result, candidates(now)) == ("many", ["A", "B"])
    # while from elsewhere it tells who it is
    elsewhere = a_contact(sender=number | {"value": "07700 900999"})
    assert weigh(deps, [phone(A, B)], [], own, elsewhere).decision.customer_id == "A"
    assert weighed(deps, phone(A, B), phone=number["value"]).decision.customer_id == "A"


def test_what_was_verified_vouches_for_whom_it_tells(deps: Deps) -> None:
    a_customer("A", ADA, verified=True)
    a_customer("B", BOB, identifiers=[EMAIL | {"verified": True}])
    now = weighed(deps, phone(A, B), **ADA)
    assert now.decision.assurance is Assurance.CORROBORATED
    assert {"fact": "postcode", "verified": True} in now.decision.reasons
    # two things that agree name the customer by themselves, too
    assert now.recognised
    # and so does an identifier that was verified
    now = weighed(deps, phone(A, B), email=str(EMAIL["value"]))
    assert (now.decision.customer_id, now.decision.assurance) == ("B", Assurance.CORROBORATED)
    assert now.decision.reasons[-1] == {"fact": "email", "verified": True}
    assert not now.recognised


def test_an_identifier_that_nobody_verified_only_claims(deps: Deps) -> None:
    a_customer("A", ADA)
    a_customer("B", BOB, identifiers=[EMAIL | {"verified": False}])
    now = weighed(deps, phone(A, B), email=str(EMAIL["value"]))
    assert (now.decision.customer_id, now.decision.assurance) == ("B", Assurance.CLAIMED)


def test_what_has_expired_tells_nobody_apart(deps: Deps) -> None:
    a_customer("A", ADA, expires_at=AT)
    a_customer("B", BOB, expires_at=AT)
    assert weighed(deps, phone(A, B), **BOB).decision.result == "many"
    a_customer("A", ADA, expires_at=AFTER)
    a_customer("B", BOB, expires_at=AFTER)
    assert weighed(deps, phone(A, B), **BOB).decision.customer_id == "B"


def test_who_says_somebody_elses_things_is_not_whom_the_number_names(deps: Deps) -> None:
    a_customer("A", ADA)
    now = weighed(deps, phone(A), **BOB)
    assert (now.decision.result, now.decision.customer_id, candidates(now)) == ("many", None, ["A"])
    assert (now.decision.confidence, now.decision.assurance) == (0.2, Assurance.CLAIMED)
    assert now.decision.reasons[0]["identifier"] == "phone"
    assert {"fact": "name", "conflicts": True} in now.decision.reasons
    assert (now.doubted, now.record) == (True, None)
    # but not where only the contact itself had said otherwise before
    a_customer("C", {})
    own = a_customer("C", {})
    own.facts.entries = {name: [said(value, "CALL")] for name, value in ADA.items()}
    own.facts.save()
    assert weighed(deps, phone(C), contact=a_contact(), **BOB).decision.customer_id == "C"
    assert weighed(deps, phone(C), **BOB).doubted


@pytest.mark.parametrize(
    ("beside", "doubted"),
    [
        # what only the customer has, or what somebody decided
        (Evidence("account", (A,), typed=True), False),
        (Evidence("crm", (A,)), False),
        (Evidence(ATTRIBUTED, (A,)), False),
        # an account that nobody has says nothing, nor does another thing that may be borrowed
        (Evidence("account", (), typed=True), True),
        (Evidence("phone", (A,), typed=True), True),
        # two that are independent are believed
        (Evidence("email", (A,)), False),
    ],
)
def test_only_what_others_may_use_too_is_doubted(deps: Deps, beside: Evidence, *, doubted: bool) -> None:
    a_customer("A", ADA)
    assert weighed(deps, phone(A), beside, **BOB).doubted is doubted


def test_who_was_checked_is_not_doubted(deps: Deps) -> None:
    a_customer("A", ADA)
    assert weighed(deps, phone(A), contact=a_contact(checked=0), **BOB).doubted
    assert not weighed(deps, phone(A), contact=a_contact(checked=3), **BOB).doubted


def test_of_a_typed_number_a_name_alone_is_enough_to_doubt(deps: Deps) -> None:
    a_customer("A", ADA)
    assert weighed(deps, phone(A, typed=True), name=BOB["name"]).doubted
    assert not weighed(deps, phone(A), name=BOB["name"]).doubted
    assert not weighed(deps, phone(A, typed=True), Evidence("device", (A,)), name=BOB["name"]).doubted
    # what nobody is known by does not make it any less typed
    assert weighed(deps, phone(A, typed=True), Evidence("device", ()), name=BOB["name"]).doubted


def test_of_those_who_were_only_met_there_whom_it_contradicts_is_left_out(deps: Deps) -> None:
    a_customer("A", ADA)
    a_customer("B", BOB)
    seen = phone(candidates=("A", "B"))
    told: dict[str, Any] = {"name": BOB["name"], "postcode": BOB["postcode"]}
    now = weighed(deps, seen, may_recognise=False, name="Bob Babbage", postcode="N1 1AA")
    assert (now.decision.result, candidates(now)) == ("many", ["B"])
    assert now.decision.reasons != []
    # and what has expired speaks against nobody
    a_customer("A", ADA, expires_at=AT)
    assert candidates(weighed(deps, seen, may_recognise=False, **told)) == ["A", "B"]
    a_customer("A", ADA)
    # where nobody is left it is nobody
    a_customer("B", ADA)
    nobody = weighed(deps, seen, may_recognise=False, **told)
    assert (nobody.decision.result, candidates(nobody), nobody.decision.confidence) == ("none", [], 0.0)
    assert nobody.decision.assurance is Assurance.CLAIMED
    # where nothing speaks against anybody all are left
    assert candidates(weighed(deps, seen, may_recognise=False, reason="a parcel")) == ["A", "B"]
    # what the contact itself said does not count
    own = a_customer("A", {})
    own.facts.entries = {name: [said(value, "CALL")] for name, value in ADA.items()}
    own.facts.save()
    assert candidates(weighed(deps, seen, contact=a_contact(), may_recognise=False, **told)) == ["A"]
    # and who owns what was presented is not dropped
    assert candidates(weighed(deps, phone(A, B), may_recognise=False, **told)) == ["A", "B"]


def test_what_was_said_may_name_somebody_whom_nothing_else_does(deps: Deps) -> None:
    a_customer("A", ADA)
    index_customer(deps, "A")
    now = weighed(deps, phone(), **ADA)
    assert (now.decision.result, now.decision.customer_id, now.recognised) == ("one", "A", True)
    assert weigh(deps, [phone()], [], {name: said(value) for name, value in ADA.items()}).recognised
    # but not whom the contact was said not to be with
    assert weighed(deps, phone(), contact=a_contact(rejected=["A"]), **ADA).decision.result == "none"
    assert weighed(deps, phone(), may_recognise=False, **ADA).decision.result == "none"
    # nor where what was presented is the customer's own
    a_customer("B", BOB)
    assert weighed(deps, Evidence("account", (B,)), **ADA).decision.customer_id == "B"
