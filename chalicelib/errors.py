"""Every exception that the product raises on purpose, and the HTTP status it becomes.

ThroughlineError
├── BadInput             422  what the caller sent breaks a rule; `fields` names where
│   ├── Malformed        400  it is not even JSON, or not an object
│   └── TooLarge         413  the body is larger than any honest one
├── Unauthenticated      401  no token or key, or not a valid one
├── Forbidden            403  a known caller who may not do this
├── NotFound             404  nothing by that id that this caller may know of
├── Conflict             409  the record is in a state that does not allow it
│   └── VersionMismatch  412  somebody changed it since the caller read it
├── Unavailable          503  the store refuses or is too slow; a retry will do
│   └── WriteConflict         two writers met; services try again, callers see Unavailable
├── TooManyTries         429  guessing is over for now
├── TooManyRequests      429  more than this caller may send in so short a time; later it may
└── VersionRequired      428  a change that must say which version it was made on
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with the input: a dotted path to the field, and what to do about it."""

    field: str
    message: str


class ThroughlineError(Exception):
    """Base of all; `code` is stable for programs, the message is for people."""

    status = 500
    code = "internal_error"
    title = "Internal error"
    retry_after: int | None = None
    """Seconds after which the same may succeed, where it may."""


class BadInput(ThroughlineError):
    status = 422
    code = "invalid_input"
    title = "The request has invalid fields"

    def __init__(self, *fields: FieldError) -> None:
        super().__init__("; ".join(f"{error.field}: {error.message}" for error in fields))
        self.fields = fields

    @classmethod
    def at(cls, field: str, message: str) -> "BadInput":
        return cls(FieldError(field, message))

    def under(self, prefix: str) -> "BadInput":
        """The same complaint, seen from one level further out."""
        return type(self)(
            *(FieldError(f"{prefix}.{error.field}".rstrip("."), error.message) for error in self.fields)
        )


class Malformed(BadInput):
    status = 400
    code = "malformed_request"
    title = "The request cannot be read"


class TooLarge(BadInput):
    status = 413
    code = "body_too_large"
    title = "The request body is too large"


class Unauthenticated(ThroughlineError):
    status = 401
    code = "unauthenticated"
    title = "A valid bearer token or API key is needed"


class Forbidden(ThroughlineError):
    status = 403
    code = "forbidden"
    title = "This caller may not do that"


class NotFound(ThroughlineError):
    status = 404
    code = "not_found"
    title = "There is no such record"


class Conflict(ThroughlineError):
    status = 409
    code = "conflict"
    title = "The record does not allow that now"


class VersionMismatch(Conflict):
    status = 412
    code = "version_mismatch"
    title = "The record has changed since it was read"


class VersionRequired(ThroughlineError):
    status = 428
    code = "version_required"
    title = "Say which version the change was made on"


class TooManyTries(ThroughlineError):
    status = 429
    code = "too_many_tries"
    title = "Too many tries failed; go on without"


class TooManyRequests(ThroughlineError):
    status = 429
    code = "too_many_requests"
    title = "Too many requests; try again later"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(ThroughlineError):
    status = 503
    code = "unavailable"
    title = "The store is not answering; try again"
    retry_after = 1


class WriteConflict(Unavailable):
    """A condition failed or two transactions met: read again and decide anew."""
