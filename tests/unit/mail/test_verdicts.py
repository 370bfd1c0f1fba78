"""Whether the sender is believed: what our own server found, and nobody else's word."""

import pytest

from chalicelib.mail.message import Verdicts
from chalicelib.mail.parse import parse

OURS = "Received: from x by inbound-smtp.example\nX-SES-Spam-Verdict: PASS\nX-SES-Virus-Verdict: FAIL\n"
RESULTS = "Authentication-Results: amazonses.com; {}\n"
FROM = "From: Ada <ada@mail.example.com>\n\nHello"


def verdicts(results: str, sender: str = FROM) -> Verdicts:
    return parse(f"{OURS}{RESULTS.format(results)}{sender}".encode()).verdicts


def test_results_are_read() -> None:
    said = (
        "spf=pass (spfCheck: of example.com) client-ip=192.0.2.1; envelope-from=a@example.com; helo=x;"
        " dkim=pass header.i=@example.com; dkim=fail header.d=x.example; dmarc=pass header.from=mail.example.com"
    )
    assert verdicts(said) == Verdicts("pass", "pass", "pass", "pass", "fail", aligned=True)
    assert parse(FROM.encode()).verdicts == Verdicts()


@pytest.mark.parametrize(
    ("results", "aligned"),
    [
        ("dmarc=pass header.from=mail.example.com", True),
        ("dkim=pass header.i=@example.com; dmarc=none", True),
        ("dkim=fail header.d=other.example; dkim=pass header.d=mail.example.com", True),
        ("spf=pass smtp.mailfrom=bounce@mail.example.com", True),
        ("dkim=pass header.d=evil.example", False),
        ("dkim=pass header.d=sub.mail.example.com", False),
        ("dkim=pass header.d=com", False),
        ("dkim=pass", False),
        ("spf=pass smtp.mailfrom=example.com; dmarc=fail header.from=mail.example.com", False),
        ("dkim=fail header.d=mail.example.com", False),
        ("none", False),
    ],
)
def test_what_passed_must_speak_for_the_senders_domain(results: str, aligned: bool) -> None:  # noqa: FBT001
    assert verdicts(results).aligned is aligned


def test_only_our_own_server_is_believed() -> None:
    forged = "Authentication-Results: {}; dmarc=pass header.from=mail.example.com\n"
    theirs = forged.format("amazonses.com")
    # Given a header of another server, one below the sender's own Received, and a second one below ours
    assert verdicts("dmarc=fail", theirs + FROM).dmarc == "fail"
    assert parse(f"{OURS}{forged.format('mx.example')}{FROM}".encode()).verdicts.dmarc == "none"
    assert parse(f"{OURS}Received: from y\n{theirs}{FROM}".encode()).verdicts.dmarc == "none"


def test_a_mail_without_a_sender_is_never_aligned() -> None:
    assert not verdicts("dmarc=pass header.from=example.com", "Subject: x\n\nHello").aligned
