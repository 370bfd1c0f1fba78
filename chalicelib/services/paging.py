"""Cursors: where a list goes on, opaque to the caller and checked when it comes back."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from chalicelib.errors import BadInput
from chalicelib.models import keys


def to_cursor(sort_key: str | None) -> str | None:
    return urlsafe_b64encode(sort_key.encode()).decode().rstrip("=") if sort_key else None


def cursor_key(cursor: str | None, first: str, last: str | None = None) -> str | None:
    """The sort key in a cursor. It can only lead on within its own list. Raises `BadInput` at `cursor`.

    The list's keys lie between `first` and `last`, or all begin with `first`.
    """
    if cursor is None:
        return None
    try:
        sort_key = urlsafe_b64decode(cursor + "==").decode()  # what is padded too much is read all the same
    except ValueError as error:
        raise BadInput.at("cursor", "is not a cursor that a list gave out") from error
    inside = first <= sort_key <= (last or first + keys.AFTER_ALL)
    if not inside or not sort_key.isprintable():
        raise BadInput.at("cursor", "is not a cursor of this list")
    return sort_key
