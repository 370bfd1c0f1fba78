"""Nothing that a test of this run sends is in a log of the stack.

That is judged when the stack has stopped, after the last test: by the fixture `stack`. Here is what it
stands on, and what it shall know beside what the tests' own clients send.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.demo import demo_customers
from infra.local.issuer import Issuer
from infra.seed import seed
from tests.e2e.launching import Description
from tests.e2e.sent import SENT, Sent, leaks


def test_demo_customers_are_seeded_once(stack: Description, stack_folder: Path) -> None:
    # Given the demo customers, whose every detail is to stay out of the logs
    SENT.note([vars(one) for one in demo_customers(datetime.now(UTC))])
    # When they are posted twice, then they are there after the first time
    issuer = Issuer(stack_folder, stack["endpoint_url"])
    assert seed(stack, issuer)
    assert not seed(stack, issuer)


@pytest.mark.parametrize(
    ("sent", "line"),
    [
        ({"from": {"type": "phone", "value": "+447700900123"}}, "number 07700 900-123 is busy"),
        ({"identifier": "07700 900123"}, '{"from": "+447700900123"}'),
        ({"facts": {"date_of_birth": {"value": "1957-02-06"}}}, "born 19570206"),
        ({"facts": {"postcode": {"value": "LS1 4AP"}}}, "PATCH ls1 4ap"),
        ({"name": "Marek Dvořák"}, json.dumps({"customer": "Marek Dvořák"})),
        ({"body": "It says delivered, but nobody has seen the parcel."}, "ERROR It says delivered, but nobody ha"),
        ({"tokens": {"ivr": "eyJhbGciOi.eyJpc3M.c2ln"}}, "Authorization: Bearer eyJhbGciOi.eyJpc3M.c2ln"),
    ],
)
def test_a_leak_is_found_in_any_form(tmp_path: Path, sent: object, line: str) -> None:
    """Given a value that was sent, when a log has it in another form, then it is found."""
    values = Sent()
    values.note(sent)
    (tmp_path / "functions.log").write_text(f"handler fine\nhandler {line}\n")
    assert len(leaks(tmp_path, values.values)) == 1


def test_words_of_the_api_and_ids_are_no_leaks(tmp_path: Path) -> None:
    """Given what logs are for, when a log has it, then that is no leak."""
    values = Sent()
    values.note({"channel": "voice", "contact_id": "7ZZZ9BPSY0Q4S2ZBQCCEJ0KW2M", "from": {"type": "phone"}})
    (tmp_path / "functions.log").write_text("voice contact 7ZZZ9BPSY0Q4S2ZBQCCEJ0KW2M from phone\n")
    assert leaks(tmp_path, values.values) == []


def test_zeros_do_not_make_a_telephone_number_of_few_digits(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text('{"ms": 630487}')
    assert leaks(tmp_path, {"00630487"}) == []


def test_a_birthday_within_a_random_id_is_no_leak(tmp_path: Path) -> None:
    """Given an id that happens to have the digits of a birthday, when a log has it, then only the id is there."""
    values = Sent()
    values.note({"date_of_birth": {"value": "1986-03-05"}})
    log = tmp_path / "audit.log"
    log.write_text('"audit_id":"d605b442830f41119860305d3c61f5f4"\n')
    assert leaks(tmp_path, values.values) == []
    # and by itself it is found as before
    log.write_text("born 19860305\n")
    assert len(leaks(tmp_path, values.values)) == 1
