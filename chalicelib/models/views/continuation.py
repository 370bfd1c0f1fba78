"""What goes out where a contact is to be carried on: a code and a link."""

from datetime import datetime

from chalicelib.models.views.base import View


class ContinuationView(View):
    """A code to key in and a link to tap, of which one can be used, once.

    Six digits are good only from the number that was announced. `link` is null where the business has no page.
    """

    code: str
    link: str | None
    expires_at: datetime
    link_expires_at: datetime
