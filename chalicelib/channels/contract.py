"""What a channel is. One is one file in this folder that has a `CHANNEL`; `registry` finds it by its name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.models.inbound import Inbound, RawRequest, Reply

Settings = Mapping[str, str]


@dataclass(frozen=True)
class Setting:
    """Something that a deployment must say for the channel to work, and what it is."""

    name: str
    description: str


def taken_in(_raw: RawRequest) -> Reply:
    """The answer to a provider that only looks at the status."""
    return Reply()


@dataclass(frozen=True)
class Channel:
    """A provider's way in.

    `verify` raises `Unauthenticated` or `Forbidden` unless the provider itself sent the request, lately; a channel
    without it does not come by HTTP: AWS hands it over, and IAM says who may.
    `parse` gives what happened, by ids that a redelivery has too; what it does not know it leaves out, and
    what cannot be read raises `Malformed`. It knows nothing but the request: it may be run again from the
    archive. `free_text` names the fields in which people write or key in what they like: card and social
    security numbers are masked there before anything is kept, and nowhere else. Where such a field is an object,
    what is in it is judged by its own name: an id is left.
    """

    name: str
    settings: tuple[Setting, ...]
    free_text: frozenset[str]
    verify: Callable[[RawRequest, Settings], None] | None
    parse: Callable[[RawRequest], list[Inbound]]
    answer: Callable[[RawRequest], Reply] = taken_in
