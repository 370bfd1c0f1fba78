"""HTML to the text that a reader sees, with quotes marked by `> ` as in plain text.

The parser is selectolax (lexbor), which follows the HTML standard; a tree is walked without recursion.
"""

import re
from html import unescape
from typing import Any

from chalicelib.mail.html_marks import Mark, mark_of
from chalicelib.mail.html_tree import is_too_deep, steps

LONGEST = 1_000_000
"""Characters of HTML that are read."""

_ANY_TAG = re.compile(r"<[^<>]*>?")
_SPACE = re.compile(r"[ \t\n\r\f\u200b\ufeff\u00ad\u034f\u2007]+")
_HIDDEN = {"head", "style", "script", "title", "noscript", "template", "object", "select", "svg", "math", "iframe"}
_BLOCKS = {
    *("address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset"),
    *("figure", "footer", "form", "header", "hr", "html", "li", "main", "nav", "ol", "pre", "section", "table"),
    *("tr", "ul"),
}
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6"}
_CELLS = {"td", "th"}


def text_of_html(html: str, *, signatures: bool = True) -> str:
    """The text; without what a program marked as its signature, if asked so."""
    html = html[:LONGEST].replace("\0", "")
    if is_too_deep(html):
        return _SPACE.sub(" ", unescape(_ANY_TAG.sub(" ", html))).strip()
    from selectolax.lexbor import LexborHTMLParser

    root = LexborHTMLParser(html).root
    if root is None:
        return ""
    writer = _Writer(signatures=signatures)
    writer.walk(root)
    if not writer.said:  # all of it is marked as quoted: then nothing is
        writer = _Writer(signatures=signatures, quotes=False)
        writer.walk(root)
    return writer.text()


class _Writer:
    """Writes a tree as lines. `said` tells whether any text stands outside quotes."""

    def __init__(self, *, signatures: bool, quotes: bool = True) -> None:
        self.said = False
        self._signatures = signatures
        self._quotes = quotes
        self._lines: list[tuple[int, str]] = []
        self._line = ""
        self._depth = 0
        self._rest = 0
        self._verbatim = 0

    def text(self) -> str:
        self._break()
        lines: list[str] = []
        for depth, line in self._lines:
            if line or (lines and lines[-1].strip("> ")):
                lines.append(f"{'>' * depth} {line}".rstrip() if depth else line)
        return "\n".join(lines).strip("\n")

    def walk(self, root: Any) -> None:
        for node, enters in steps(root, self._skips):
            if node.is_text_node:
                self._write(node.text_content or "")
            elif node.is_element_node:
                (self._enter if enters else self._leave)(node)

    def _skips(self, node: Any) -> bool:
        if not node.is_element_node:
            return True
        mark = mark_of(node)
        if mark is Mark.SIGNATURE and not self._signatures:
            self._forget_delimiter()
            return True
        return node.tag in _HIDDEN or mark is Mark.HIDDEN

    def _forget_delimiter(self) -> None:
        """Where a program says how far its signature goes, the line above it says nothing more."""
        self._break()
        if self._lines and self._lines[-1][1].strip("-") == "":
            self._lines.pop()

    def _enter(self, node: Any) -> None:
        tag, mark = node.tag, mark_of(node)
        if tag == "br":
            self._break(keep_blank=True)
        elif tag in _CELLS:
            self._line = f"{self._line} " if self._line else ""
        elif tag in _BLOCKS or mark is not Mark.NONE:
            self._break()
        elif tag in _PARAGRAPHS:
            self._paragraph()
        self._verbatim += tag == "pre"
        if self._quotes and mark is Mark.QUOTE:
            self._depth += 1
        elif self._quotes and mark is Mark.QUOTES_REST:
            self._rest = 1

    def _leave(self, node: Any) -> None:
        tag, mark = node.tag, mark_of(node)
        if tag in _PARAGRAPHS:
            self._paragraph()
        elif tag in _BLOCKS or mark is not Mark.NONE:
            self._break()
        self._verbatim -= tag == "pre"
        if self._quotes and mark is Mark.QUOTE:
            self._depth -= 1

    def _write(self, text: str) -> None:
        if self._verbatim:
            first, *others = text.replace("\r\n", "\n").split("\n")
            self._line += first
            for other in others:
                self._break(keep_blank=True)
                self._line = other
        else:
            text = _SPACE.sub(" ", text)
            self._line += text.lstrip(" ") if not self._line or self._line.endswith(" ") else text
        self.said |= not self._depth + self._rest and bool(text.strip())

    def _break(self, *, keep_blank: bool = False) -> None:
        line = self._line.replace("\xa0", " ").rstrip()
        if line or keep_blank:
            self._lines.append((self._depth + self._rest, line if self._verbatim else line.strip()))
        self._line = ""

    def _paragraph(self) -> None:
        self._break()
        self._lines.append((self._depth + self._rest, ""))
