"""Who it is by the identifiers presented: the strongest decides, weaker ones narrow down and corroborate."""

from itertools import permutations

import pytest

from chalicelib.rules.matching import ATTRIBUTED, NOBODY, SIGNED_IN, Assurance, Decision, Evidence, Owner, decide

NONE, CLAIMED, CORROBORATED, AUTHENTICATED = Assurance


def owned_by(*customers: str, verified: bool = False) -> tuple[Owner, ...]:
    return tuple(Owner(customer, verified=verified) for customer in customers)


def test_nothing_presented_is_nobody() -> None:
    assert decide([]) == NOBODY == Decision("none", None, (), 0.0, NONE, [])


def test_an_identifier_that_nobody_has_is_a_claim() -> None:
    decision = decide([Evidence("phone", ()), Evidence("email", (), verified=True)])
    assert decision == Decision("none", None, (), 0.0, CLAIMED, [])


@pytest.mark.parametrize(("verified", "confidence"), [(False, 0.85), (True, 0.95)])
def test_one_owner_is_who_it_is(verified: bool, confidence: float) -> None:  # noqa: FBT001
    decision = decide([Evidence("phone", owned_by("A", verified=verified))])
    reasons: list[dict[str, object]] = [{"identifier": "phone", "verified": verified}]
    assert decision == Decision("one", "A", (), confidence, CLAIMED, reasons)


@pytest.mark.parametrize(("owners", "confidence"), [("AB", 0.5), ("ABC", 0.33), ("ABCDEF", 0.17)])
def test_several_owners_are_candidates(owners: str, confidence: float) -> None:
    decision = decide([Evidence("phone", owned_by(*owners))])
    reasons: list[dict[str, object]] = [{"identifier": "phone", "verified": False, "shared_by": len(owners)}]
    assert decision == Decision("many", None, tuple(owners), confidence, CLAIMED, reasons)


def test_a_shared_number_is_verified_where_any_owner_is() -> None:
    decision = decide([Evidence("phone", (Owner("A", verified=False), Owner("B", verified=True)))])
    assert decision.reasons == [{"identifier": "phone", "verified": True, "shared_by": 2}]


def test_a_switchboards_number_never_names_one_customer() -> None:
    # Given owners beyond those that are listed, and even if only one is
    crowd = Evidence("phone", owned_by("A"), more=49_999)
    decision = decide([crowd])
    reasons: list[dict[str, object]] = [{"identifier": "phone", "verified": False, "shared_by": 50_000}]
    assert decision == Decision("many", None, ("A",), 1.0, CLAIMED, reasons)
    # When an account number agrees, Then it does
    assert decide([crowd, Evidence("account", owned_by("A"))]).customer_id == "A"


def test_something_weaker_that_agrees_picks_one_of_a_crowd() -> None:
    crowd = Evidence("email", owned_by("A", "B"), more=1)
    decision = decide([crowd, Evidence("device", owned_by("B"))])
    assert (decision.result, decision.customer_id) == ("one", "B")
    assert decision.reasons == [
        {"identifier": "email", "verified": False, "shared_by": 3},
        {"identifier": "device", "verified": False},
    ]
    # but not what disagrees, nor what narrows it down to nobody
    assert decide([crowd, Evidence("device", owned_by("X"))]).result == "many"


def test_one_owner_and_one_more_are_two() -> None:
    assert decide([Evidence("phone", owned_by("A"), more=1)]).reasons[0]["shared_by"] == 2


def test_weaker_evidence_narrows_down_and_corroborates() -> None:
    # Given a landline of three, and an email address of two of them
    phone = Evidence("phone", owned_by("A", "B", "C"))
    email = Evidence("email", owned_by("C", "B", "X"))
    decision = decide([phone, email])
    # Then the two are left
    assert (decision.result, decision.candidates, decision.confidence) == ("many", ("B", "C"), 0.5)
    # and a device decides between them
    decided = decide([phone, email, Evidence("device", owned_by("B"))])
    assert (decided.result, decided.customer_id, decided.candidates) == ("one", "B", ())
    assert (decided.assurance, decided.confidence) == (CORROBORATED, 0.99)
    assert decided.reasons == [
        {"identifier": "email", "verified": False, "shared_by": 3},
        {"identifier": "phone", "verified": False, "shared_by": 3},
        {"identifier": "device", "verified": False},
    ]


def test_weaker_evidence_never_overrules() -> None:
    account, phone = Evidence("account", owned_by("A")), Evidence("phone", owned_by("B", verified=True))
    decision = decide([phone, account])
    assert decision == Decision(
        "one",
        "A",
        (),
        0.7,
        CLAIMED,
        [
            {"identifier": "account", "verified": False},
            {"identifier": "phone", "verified": False, "conflicts": True},
        ],
    )


def test_what_disagrees_lowers_the_confidence_in_a_verified_owner_too() -> None:
    account = Evidence("account", owned_by("A", verified=True))
    decision = decide([account, Evidence("phone", owned_by("B", "C"))])
    assert decision.confidence == 0.8
    assert decision.reasons[1] == {"identifier": "phone", "verified": False, "conflicts": True, "shared_by": 2}


def test_what_conflicts_does_not_end_the_weighing() -> None:
    evidence = [Evidence("account", owned_by("A", "B")), Evidence("email", owned_by("X"))]
    decision = decide([*evidence, Evidence("phone", owned_by("B"))])
    assert (decision.customer_id, decision.assurance) == ("B", CORROBORATED)
    assert [reason.get("conflicts", False) for reason in decision.reasons] == [False, True, False]


def test_what_agrees_is_verified_by_its_own_owners() -> None:
    decision = decide([Evidence("account", owned_by("A")), Evidence("phone", owned_by("A", verified=True))])
    assert decision.reasons == [
        {"identifier": "account", "verified": False},
        {"identifier": "phone", "verified": True},
    ]


def test_what_nobody_has_neither_agrees_nor_disagrees() -> None:
    decision = decide([Evidence("account", ()), Evidence("phone", owned_by("A"))])
    assert decision == decide([Evidence("phone", owned_by("A"))])


def test_two_of_one_kind_do_not_corroborate_each_other() -> None:
    decision = decide([Evidence("phone", owned_by("A")), Evidence("phone", owned_by("A"))])
    assert (decision.assurance, decision.confidence) == (CLAIMED, 0.85)


def test_one_mouth_corroborates_nothing() -> None:
    # Given two kinds that agree, both only said
    account, email = (Evidence(type_, owned_by("A"), typed=True) for type_ in ("account", "email"))
    decision = decide([account, email])
    assert (decision.customer_id, decision.assurance, decision.confidence) == ("A", CLAIMED, 0.85)
    # When one of them is where the contact came from, Then they do
    assert decide([account, Evidence("phone", owned_by("A"))]).assurance is CORROBORATED
    assert decide([account, email, Evidence("phone", owned_by("A"))]).assurance is CORROBORATED


def test_one_of_the_weaker_that_disagrees_lowers_the_confidence() -> None:
    said = [Evidence(type_, owned_by("A"), typed=True) for type_ in ("account", "email")]
    decision = decide([*said, Evidence("device", owned_by("B"))])
    assert (decision.customer_id, decision.assurance, decision.confidence) == ("A", CLAIMED, 0.7)


def test_what_a_trusted_caller_vouches_for_authenticates() -> None:
    decision = decide([Evidence("phone", owned_by("A"), verified=True)])
    assert (decision.assurance, decision.confidence) == (AUTHENTICATED, 0.99)
    weaker = decide([Evidence("account", owned_by("A")), Evidence("device", owned_by("A"), verified=True)])
    assert weaker.assurance is AUTHENTICATED


def test_what_is_vouched_for_and_disagrees_authenticates_nobody() -> None:
    decision = decide([Evidence("account", owned_by("A")), Evidence("phone", owned_by("B"), verified=True)])
    assert (decision.customer_id, decision.assurance) == ("A", CLAIMED)


def test_what_is_vouched_for_does_not_authenticate_one_of_many() -> None:
    assert decide([Evidence("phone", owned_by("A", "B"), verified=True)]).assurance is CLAIMED


def test_of_equal_strength_the_one_that_is_vouched_for_decides() -> None:
    decision = decide([Evidence("email", owned_by("A")), Evidence("whatsapp", owned_by("B"), verified=True)])
    assert (decision.customer_id, decision.assurance) == ("B", AUTHENTICATED)


def test_of_equals_the_kind_decides_and_not_the_order() -> None:
    line, email = Evidence("line", owned_by("A")), Evidence("email", owned_by("B"))
    assert decide([line, email]).customer_id == decide([email, line]).customer_id == "B"


def test_evidence_decides_in_any_order() -> None:
    account = Evidence("account", owned_by("A"), typed=True)
    phone = Evidence("phone", (Owner("A", verified=True), Owner("B", verified=False)))
    device = Evidence("device", owned_by("B"))
    decisions = [decide(order) for order in permutations([account, phone, device])]
    assert all(one == decisions[0] for one in decisions)
    assert (decisions[0].customer_id, decisions[0].assurance) == ("A", CORROBORATED)


def test_a_typed_email_narrows_down_but_does_not_overrule_the_number() -> None:
    phone = Evidence("phone", owned_by("A"))
    email = Evidence("email", owned_by("B", verified=True), typed=True)
    decision = decide([phone, email])
    assert (decision.customer_id, decision.assurance) == ("A", CLAIMED)
    assert decision.confidence == 0.7


@pytest.mark.parametrize(
    ("type_", "presented", "typed"),
    [
        ("crm", 5, 5),
        ("account", 5, 5),
        ("email", 3, 1),
        ("phone", 2, 1),
        ("whatsapp", 3, 3),
        ("visitor", 1, 1),
        ("device", 1, 1),
        ("messenger", 3, 3),
        ("instagram", 3, 3),
    ],
)
def test_strength(type_: str, presented: int, typed: int) -> None:
    """What was typed or said may be anybody's; an account number is one's own however it comes."""
    assert Evidence(type_, ()).strength == presented
    assert Evidence(type_, (), typed=True).strength == typed


def test_the_levels_are_the_documented_ones() -> None:
    assert {level.name: level.value for level in Assurance} == {
        "NONE": 0,
        "CLAIMED": 1,
        "CORROBORATED": 2,
        "AUTHENTICATED": 3,
    }


def test_what_is_told_of_a_decision() -> None:
    reasons: list[dict[str, object]] = [{"identifier": "phone", "verified": False}]
    told = Decision("one", "A", (), 0.85, CLAIMED, reasons).match
    assert told == {"result": "one", "confidence": 0.85, "reasons": reasons}


def test_who_was_met_beside_it_is_a_candidate_where_nobody_is_known_by_it() -> None:
    decision = decide([Evidence("phone", (), candidates=("A",))])
    reasons: list[dict[str, object]] = [{"identifier": "phone", "verified": False, "candidate": True}]
    assert decision == Decision("many", None, ("A",), 0.5, CLAIMED, reasons)
    # but not where somebody is
    known = decide([Evidence("phone", (), candidates=("A",)), Evidence("device", owned_by("B"))])
    assert (known.result, known.customer_id, known.candidates) == ("one", "B", ())


def test_candidates_are_listed_once_and_the_strongest_identifiers_first() -> None:
    device, phone = Evidence("device", (), candidates=("C", "A")), Evidence("phone", (), candidates=("A", "B"))
    visitor = Evidence("visitor", (), candidates=("D",))
    silent = Evidence("account", ())
    for order in permutations([device, phone, visitor, silent]):
        decision = decide(order)
        assert decision.candidates == ("A", "B", "C", "D")
        assert [reason["identifier"] for reason in decision.reasons] == ["phone", "device", "visitor"]
    assert decide([phone, Evidence("device", (), candidates=("C",))]).confidence == 0.17


def test_a_number_that_many_use_names_nobody_alone() -> None:
    shared = Evidence("phone", owned_by("A"), shared=True)
    reasons: list[dict[str, object]] = [{"identifier": "phone", "verified": False, "shared": True}]
    assert decide([shared]) == Decision("many", None, ("A",), 1.0, CLAIMED, reasons)
    # What agrees with it does
    assert decide([shared, Evidence("device", owned_by("A"))]).customer_id == "A"


def test_whom_somebody_attributed_the_contact_to_is_who_it_is() -> None:
    attributed = Evidence(ATTRIBUTED, owned_by("B"))
    decision = decide([Evidence("account", owned_by("A", verified=True)), attributed])
    assert (decision.result, decision.customer_id) == ("one", "B")
    assert decision.reasons == [
        {"attributed": True},
        {"identifier": "account", "verified": False, "conflicts": True},
    ]


def test_who_is_signed_in_outweighs_what_anybody_else_is_known_by() -> None:
    token = Evidence(SIGNED_IN, owned_by("B", verified=True), verified=True)
    decision = decide([Evidence("visitor", owned_by("A")), token])
    assert (decision.customer_id, decision.assurance) == ("B", AUTHENTICATED)
    assert decision.reasons == [
        {"signed_in": True},
        {"identifier": "visitor", "verified": False, "conflicts": True},
    ]
    attributed = decide([token, Evidence(ATTRIBUTED, owned_by("C"))])
    assert attributed.customer_id == "C"
    assert attributed.reasons == [{"attributed": True}, {"signed_in": True, "conflicts": True}]


@pytest.mark.parametrize(("type_", "variant_of"), [("phone", "phone"), ("whatsapp", "phone"), ("email", "email")])
def test_who_is_known_by_a_variant_is_proposed_and_the_reason_says_so(type_: str, variant_of: str) -> None:
    decision = decide([Evidence(type_, (), candidates=("A",), variants=("A",))])
    assert (decision.result, decision.candidates, decision.assurance) == ("many", ("A",), CLAIMED)
    assert decision.reasons == [
        {"identifier": type_, "verified": False, "candidate": True, "variant_of": variant_of}
    ]


def test_a_number_on_two_channels_is_one_piece_of_evidence() -> None:
    wrote, said = Evidence("whatsapp", owned_by("A")), Evidence("phone", owned_by("A"), typed=True)
    assert decide([wrote, said]).assurance == CLAIMED
    assert decide([wrote, Evidence("email", owned_by("A"), typed=True)]).assurance == CORROBORATED
