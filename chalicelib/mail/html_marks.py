"""What mail programs tell by the structure of their HTML: what is quoted, what is a signature, what is hidden."""

import re
from enum import Enum
from typing import Any


class Mark(Enum):
    """What an element is."""

    NONE = 0
    QUOTE = 1
    """It holds a quote."""
    QUOTES_REST = 2
    """With it begins a quote that holds the rest of the document."""
    SIGNATURE = 3
    HIDDEN = 4


QUOTE_CLASSES = {
    *("gmail_quote", "gmail_quote_container", "gmail_attr", "yahoo_quoted", "protonmail_quote", "zmail_extra"),
    *("moz-cite-prefix", "moz-forward-container", "tutanota_quote", "freshdesk_quote", "front-blockquote"),
    "ntes-mailmaster-quote",
}
"""Gmail, Yahoo, Proton, Zoho, Thunderbird, Tuta, Freshdesk, Front, Netease."""
QUOTE_IDS = {"isreplycontent", "isforwardcontent", "mail-editor-reference-message-container", "reply-intro"}
"""Netease, Outlook, Roundcube."""
REST_CLASSES = {"outlookmessageheader", "moz-email-headers-table", "ms-outlook-mobile-reference-message"}
REST_IDS = {"divrplyfwdmsg", "stopspelling", "zwchr", "olk_src_body_section"}
"""Outlook in its many kinds, Thunderbird's forwards, Hotmail, Zimbra."""
SIGNATURE_CLASSES = {
    *("gmail_signature", "gmail_signature_prefix", "moz-signature", "acompli_signature", "bloop_sign"),
    "protonmail_signature_block",
}
SIGNATURE_IDS = {"signature", "ms-outlook-mobile-signature", "applemailsignature", "composer_signature"}
"""Gmail, Thunderbird, Outlook, Airmail, Proton, Apple, Samsung."""

_STYLE_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden", re.IGNORECASE)
_STYLE_INDENT = re.compile(r"border(?:-left)?\s*:\s*(?:none|0|medium\s+none)", re.IGNORECASE)
_STYLE_OUTLOOK = re.compile(
    r"border\s*:\s*none\s*;\s*border-top\s*:\s*solid\s+#?\w+\s+1\.0pt\s*;\s*padding\s*:\s*3\.0pt\s+0",
    re.IGNORECASE,
)
_X_PREFIX = re.compile(r"^(?:x_)+")
"""Outlook puts it before the ids and classes of what it quotes."""
_YAHOO = re.compile(r"^(?:ydp\w+)?yahoo[_-]quoted")


def mark_of(node: Any) -> Mark:
    """What an element is by its tag, class, id and style."""
    attributes = node.attributes
    if not attributes:
        return Mark.QUOTE if node.tag == "blockquote" else Mark.NONE
    style = attributes.get("style") or ""
    if "hidden" in attributes or _STYLE_HIDDEN.search(style):
        return Mark.HIDDEN
    classes = {_X_PREFIX.sub("", name) for name in (attributes.get("class") or "").lower().split()}
    name = _X_PREFIX.sub("", (attributes.get("id") or "").lower())
    if node.tag == "blockquote":
        return Mark.NONE if _is_indent(attributes, style) else Mark.QUOTE
    if (
        classes & SIGNATURE_CLASSES
        or name in SIGNATURE_IDS
        or attributes.get("data-smartmail") == "gmail_signature"
    ):
        return Mark.SIGNATURE
    if name in REST_IDS or classes & REST_CLASSES or _STYLE_OUTLOOK.search(style):
        return Mark.QUOTES_REST
    quoted = classes & QUOTE_CLASSES or name in QUOTE_IDS or "QUOTED" in (attributes.get("data-marker") or "")
    return Mark.QUOTE if quoted or any(map(_YAHOO.match, classes | {name})) else Mark.NONE


def _is_indent(attributes: dict[str, str | None], style: str) -> bool:
    """The indent button of a composer makes a block quote without a bar."""
    return attributes.get("type") != "cite" and _STYLE_INDENT.search(style) is not None
