"""What goes out of what is to be done after a contact."""

from datetime import datetime

from chalicelib.models.views.base import CallerName, Listing, View


class FollowUpView(View):
    """What is still to be done for a customer after a contact, until when and by whom."""

    follow_up_id: str
    customer_id: str
    contact_id: str
    case_id: str | None
    what: str
    due_at: datetime
    team: str | None
    agent: str | None
    agreed_at: datetime
    done_at: datetime | None
    done_by: CallerName | None


class FollowUpList(Listing[FollowUpView]):
    """A list of follow-ups, first due first."""
