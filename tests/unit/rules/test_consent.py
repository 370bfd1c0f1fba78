"""Consent to keep and show what somebody did by themselves."""

import pytest

from chalicelib.rules.consent import hides_journeys


@pytest.mark.parametrize(
    ("consent", "hidden"),
    [({}, False), ({"journeys": True}, False), ({"journeys": False}, True), ({"marketing": False}, False)],
)
def test_only_what_was_withdrawn_is_hidden(consent: dict[str, bool], *, hidden: bool) -> None:
    assert hides_journeys(consent) is hidden
