"""What our own mail server found about the sender: never what somebody else's header says it found.

Our server writes its fields above all others (RFC 8601, 5), so only those above the second Received count.
"""

import re
from email.message import Message

from chalicelib.mail.headers import unfolded
from chalicelib.mail.message import Receiver, Verdicts

_METHOD = re.compile(
    r"(?:^|;)\s*(?P<method>spf|dkim|dmarc)\s*=\s*(?P<result>[a-z]+)(?P<properties>[^;]*)", re.IGNORECASE
)
_DOMAIN = re.compile(
    r"\b(?:header\.(?:from|d|i)|smtp\.mailfrom|envelope-from)\s*=\s*\"?(?:[^\s;\"@]*@)?([^\s;\"@>]+)",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"\([^()]*\)")
_SES = {"spam": "x-ses-spam-verdict", "virus": "x-ses-virus-verdict"}


def verdicts_of(message: Message, sender_domain: str, receiver: Receiver) -> Verdicts:
    """The verdicts, and whether one that passed speaks for the sender's domain."""
    ours = _written_by_us(message)
    found: dict[str, str] = {}
    domains: dict[str, set[str]] = {}
    for name, value in ours:
        if name == "authentication-results" and value.split(";")[0].split()[:1] == [receiver.authserv_id]:
            _read(_COMMENT.sub(" ", value), found, domains)
            break
    for key, header in _SES.items():
        said = next((value for name, value in ours if name == header), "none")
        found[key] = said.lower().split()[0] if said.strip() else "none"
    aligned = any(
        found.get(method) == "pass"
        and any(_speaks_for(domain, sender_domain) for domain in domains.get(method, ()))
        for method in ("dmarc", "dkim", "spf")
    )
    return Verdicts(**found, aligned=aligned and found.get("dmarc") not in {"fail", "permerror"})


def _written_by_us(message: Message) -> list[tuple[str, str]]:
    """The fields above the second Received: the first is ours too."""
    ours: list[tuple[str, str]] = []
    for name, value in message.items():
        if name.lower() == "received" and any(other == "received" for other, _ in ours):
            break
        ours.append((name.lower(), unfolded(value)))
    return ours


def _read(value: str, found: dict[str, str], domains: dict[str, set[str]]) -> None:
    for match in _METHOD.finditer(value):
        method, result = match["method"].lower(), match["result"].lower()
        if found.get(method) == "pass" and result != "pass":
            continue  # of several signatures one that holds is enough
        if found.get(method) != "pass" and result == "pass":
            domains[method] = set()
        found[method] = result
        domains.setdefault(method, set()).update(domain.lower() for domain in _DOMAIN.findall(match["properties"]))


def _speaks_for(domain: str, sender_domain: str) -> bool:
    """The domain itself, or one above it; never one beside or below it."""
    return (
        bool(sender_domain) and (sender_domain == domain or sender_domain.endswith(f".{domain}")) and "." in domain
    )
