"""HTML as a tree, walked without recursion; and what is no tree that anybody wrote."""

import re
from collections.abc import Callable, Iterator
from typing import Any

MOST_WORK = 5_000_000
"""Sum over all tags of how deep they are: above, the parser would take minutes, and nobody wrote it by hand."""
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_UNCLOSED = {
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "wbr"),
    *("p", "li", "td", "th", "tr", "dt", "dd", "option", "thead", "tbody", "tfoot", "o"),
}
"""Tags that nobody needs to close."""


def is_too_deep(html: str) -> bool:
    """Whether the parser, which holds each tag against those around it, would take minutes."""
    depth = work = 0
    for match in _TAG.finditer(html):
        closes, name = match.groups()
        if name.lower() in _UNCLOSED:
            work += depth
        elif closes:
            depth = max(0, depth - 1)
        else:
            depth += 1
            work += depth
        if work > MOST_WORK:
            return True
    return False


def steps(root: Any, skips: Callable[[Any], bool]) -> Iterator[tuple[Any, bool]]:
    """Each node on the way in (True), each element again on the way out (False), in the order of the document."""
    node, entering = root, True
    while True:
        inside = None
        if entering:
            if not node.is_text_node and skips(node):
                entering = False
            else:
                yield node, True
                inside = node.first_child if node.is_element_node else None
                if inside is None:
                    if node.is_element_node:
                        yield node, False
                    entering = False
        if inside is not None:
            node = inside
            continue
        if node.mem_id == root.mem_id:
            return
        if node.next is not None:
            node, entering = node.next, True
        else:
            node = node.parent
            yield node, False
