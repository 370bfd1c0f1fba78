"""What goes out of journeys, beside `RecentJourney` of the screen pop."""

from chalicelib.models.views.base import View


class JourneyEventsTaken(View):
    """What became of a batch: how many events were new, had come before, and were not to be kept."""

    accepted: int
    duplicates: int
    ignored: int
