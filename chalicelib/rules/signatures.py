"""How providers sign what they send. Every comparison takes the same time, wherever the difference is."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from itertools import product
from urllib.parse import parse_qs, parse_qsl, quote, quote_plus, urlencode, urlsplit, urlunsplit

Parameters = Mapping[str, Sequence[str]]
"""A form's fields; one that comes several times has several values."""

STALE_SECONDS = 300
DEFAULT_PORTS = {"https": 443, "http": 80}
BODY_DIGEST = "bodySHA256"
MOMENT = re.compile(r"[0-9]{1,20}")
PORT = re.compile(r":\d+$")
BLANK = re.compile(r"=(?=&|$)")
NEED_NOT_BE_QUOTED = "/:?@!$'()*,;"
"""In a query (RFC 3986, 3.4), but what divides its fields."""


def twilio(token: str, url: str, form: Parameters, body: bytes, signature: str) -> bool:
    """Whether Twilio signed this request to this public URL: `X-Twilio-Signature`.

    A form is signed with its fields; any other body by its digest, which is in the URL.
    https://www.twilio.com/docs/usage/webhooks/webhooks-security
    """
    try:
        digest = parse_qs(urlsplit(url).query).get(BODY_DIGEST, [""])[0]
    except ValueError:  # a Host that no URL can have
        return False
    if digest and not hmac.compare_digest(digest.encode(), hashlib.sha256(body).hexdigest().encode()):
        return False
    fields = {} if digest else form
    signed = "".join(f"{name}{value}" for name in sorted(fields) for value in sorted(set(fields[name])))
    return any(_same(_hmac("sha1", token, address + signed), signature) for address in _ways_to_write(url))


def slack(secret: str, timestamp: str, body: bytes, signature: str, now: float) -> bool:
    """Whether Slack signed this, lately: `X-Slack-Signature`, `X-Slack-Request-Timestamp`.

    https://docs.slack.dev/authentication/verifying-requests-from-slack/
    """
    if not MOMENT.fullmatch(timestamp) or abs(now - int(timestamp)) > STALE_SECONDS:
        return False
    made = hmac.digest(secret.encode(), f"v0:{timestamp}:".encode() + body, "sha256").hex()
    return hmac.compare_digest(f"v0={made}".encode(), signature.encode())


def line(secret: str, body: bytes, signature: str) -> bool:
    """Whether LINE signed this body: `x-line-signature`.

    https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/
    """
    return _same(hmac.digest(secret.encode(), body, "sha256"), signature)


def _hmac(algorithm: str, key: str, text: str) -> bytes:
    return hmac.digest(key.encode(), text.encode(), algorithm)


def _same(digest: bytes, given: str) -> bool:
    return hmac.compare_digest(base64.b64encode(digest), given.encode())


def _ways_to_write(url: str) -> list[str]:
    """Twilio signs the URL with its port or without, and its query as whoever configured it wrote it.

    A gateway hands over what a query says, not how: each way to write the same is as good.
    """
    parts = urlsplit(url)
    bare = PORT.sub("", parts.netloc)
    hosts = (parts.netloc, bare, f"{bare}:{DEFAULT_PORTS.get(parts.scheme)}")
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    ways = (quote_plus, quote)
    quoted = [urlencode(pairs, quote_via=quoting) for quoting in ways]
    quoted += [urlencode(pairs, quote_via=quoting, safe=NEED_NOT_BE_QUOTED) for quoting in ways]
    queries = dict.fromkeys([parts.query, *quoted, *(BLANK.sub("", query) for query in quoted)])
    return [urlunsplit(parts._replace(netloc=host, query=query)) for host, query in product(hosts, queries)]
