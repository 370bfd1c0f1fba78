"""What Contact Lens finds is in files that Amazon Connect writes into a bucket of its own."""

from chalicelib.errors import TooLarge
from chalicelib.services.deps import Deps

MOST_BYTES = 20 * 1024 * 1024
"""An hour's talk, word by word with the mood of each sentence, is about two."""


def read_analysis(deps: Deps, bucket: str, key: str, most: int = MOST_BYTES) -> bytes:
    """A file of that bucket. Raises `NotFound`, `Unavailable`, and `TooLarge`: half of one cannot be read."""
    content, size = deps.archive.read(bucket, key, most)
    if len(content) < size:
        raise TooLarge.at("body", f"has at most {most} bytes")
    return content
