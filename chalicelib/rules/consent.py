"""What a customer lets be done with what is known: a purpose is allowed, or withdrawn, or was never asked for."""

from collections.abc import Mapping

JOURNEYS = "journeys"
"""The purpose of keeping and showing what somebody did by themselves on the web site or in the app."""


def hides_journeys(consent: Mapping[str, bool]) -> bool:
    """Whether a person's journeys may not be kept or shown any more."""
    return consent.get(JOURNEYS) is False
