"""What somebody wrote in a mail, without what they quoted and without the signature."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from chalicelib.mail.attributions import LONGEST as LONGEST_ATTRIBUTION
from chalicelib.mail.attributions import MOST_LINES, attribution_at, ends_like_attribution, is_attribution
from chalicelib.mail.header_blocks import is_header_block
from chalicelib.mail.markers import is_marker, is_reply_above
from chalicelib.mail.quoted_lines import end_of_quote, is_quoted, next_with_text, without_marks
from chalicelib.mail.signatures import trimmed, without_signature

LONGEST = 100_000
"""Characters that are read: a reply is above what it quotes."""
LONG_ANSWER = 7
"""Lines: as much text below a quote answers it point by point, and reads only beside it."""
_EMPTY_PAGES = re.compile(r"\n{4,}")
_BETWEEN_DASHES = re.compile(r"\s*[-_=–—]{2,}[^-_=].*[-_=–—]{2,}\s*$")
_SHARED = re.compile(r"(?<=[\s-])On \w+,.*$")


@dataclass(frozen=True)
class _Block:
    """Lines that belong together: said, or quoted, and then with or without a line that says of whom."""

    lines: Sequence[str]
    quoted: bool = False
    attributed: bool = False


def reply_of(text: str) -> str:
    """The reply; the whole text where nothing else than quotes would be left out."""
    lines = [line.rstrip() for line in text[:LONGEST].split("\n")]
    said = "\n".join(_said(_blocks(lines)))
    reply = said if said.split() not in ([], text.split()) else "\n".join(trimmed(lines))
    return _EMPTY_PAGES.sub("\n\n\n", reply)


def _said(blocks: Sequence[_Block]) -> list[str]:
    stripped = [
        _Block(block.lines if block.quoted else without_signature(block.lines), block.quoted, block.attributed)
        for block in blocks
    ]
    written = [n for n, block in enumerate(stripped) if block.lines and not block.quoted]
    if not written:
        return []
    keep_attributed = _answers_inside(stripped)
    end = _end_of_own(stripped, written[-1])
    kept: list[str] = []
    for block in stripped[:end]:
        if block.lines and (keep_attributed or not block.attributed):
            kept += [*block.lines, ""]
    return trimmed(kept)


def _end_of_own(blocks: Sequence[_Block], last_written: int) -> int:
    """Where what the program quoted begins, at the end: behind what the writer quoted, if both are there."""
    trailing = range(last_written + 1, len(blocks))
    return next((n for n in trailing if blocks[n].attributed), last_written + 1)


def _answers_inside(blocks: Sequence[_Block]) -> bool:
    """Whether the text below the quotes answers them one by one."""
    answered = [
        sum(bool(line.strip()) for line in after.lines)
        for block, after in pairwise(blocks)
        if block.quoted and not after.quoted and after.lines
    ]
    begun = bool(blocks and not blocks[0].quoted and blocks[0].lines)
    return len(answered) > 1 or (begun and sum(answered) >= LONG_ANSWER)


def _blocks(lines: Sequence[str]) -> list[_Block]:
    """Reads from above until something says that all below is quoted."""
    blocks: list[_Block] = []
    text: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        length = 0
        if is_quoted(lines, at):
            above = at
        elif (shared := _shared_line(lines, at)) is not None:
            text.append(shared)
            length, above = 1, next_with_text(lines, at + 1)
        elif length := _attribution(lines, at):
            above = next_with_text(lines, at + length)
        elif is_reply_above(line) or is_marker(line) or is_header_block(lines, at):
            said = _without_announcement(text)
            return [*blocks, _Block(said)] if _has_text(said) or blocks else [_Block(lines)]
        else:
            text.append(line)
            at += 1
            continue
        if is_quoted(lines, above):
            end = end_of_quote(lines, above)
            attributed = length > 0 or _begins_attributed(lines[above:end])
            blocks += [_Block(text), _Block(lines[above:end], quoted=True, attributed=attributed)]
            text, at = [], end
        elif _has_text(text) or any(not block.quoted and block.lines for block in blocks):
            return [*blocks, _Block(text)]
        else:
            text, at = [], at + length
    return [*blocks, _Block(text)]


def _without_announcement(lines: Sequence[str]) -> Sequence[str]:
    """Without a line between dashes above a quoted head, whatever it says, in whatever language."""
    above = trimmed(lines)
    return above[:-1] if above and _BETWEEN_DASHES.match(above[-1]) else above


def _has_text(lines: Sequence[str]) -> bool:
    return bool(without_signature(lines))


def _attribution(lines: Sequence[str], at: int) -> int:
    length = attribution_at(lines, at)
    if not length and ends_like_attribution(lines[at]):
        below = next_with_text(lines, at + 1)
        return int(is_quoted(lines, below))
    return length


def _begins_attributed(quote: Sequence[str]) -> bool:
    """Whether who wrote it stands inside, in the quote's first lines."""
    return attribution_at([without_marks(line) for line in quote[:MOST_LINES]], 0) > 0


def _shared_line(lines: Sequence[str], at: int) -> str | None:
    """What is said on a line whose rest is an attribution, if a quote follows."""
    match = _SHARED.search(lines[at][:LONGEST_ATTRIBUTION])
    if not match or not is_attribution(match.group()) or is_attribution(lines[at]):
        return None
    below = next_with_text(lines, at + 1)
    return lines[at][: match.start()].rstrip(" -") if is_quoted(lines, below) else None
