"""Mail from the bucket to the timeline: once, in its thread, and nobody's where it is forged."""

import json
from typing import Any

import pytest

from chalicelib.models import aws
from chalicelib.models.items import Contact, Event, Item, MailId
from chalicelib.models.requests.interactions import MOST_ATTACHED
from chalicelib.services.deps import Deps
from chalicelib.services.inbound import mails
from tests.channels.email import KEPT, a_mail
from tests.conftest import Api
from tests.factories import an_interaction
from tests.provider import Provider, archive, events
from tests.settings import SETTINGS
from tests.unit.test_continuation import a_call, a_code

BUCKET = "mail-test"
ADA = "ada@example.com"
OURS = "help@throughline.test"


def put_mail(key: str, raw: bytes) -> None:
    """SES puts a mail into the bucket."""
    store = aws.client("s3", SETTINGS.region)
    if BUCKET not in [bucket["Name"] for bucket in store.list_buckets()["Buckets"]]:
        where = {"LocationConstraint": SETTINGS.region}
        store.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
    store.put_object(Bucket=BUCKET, Key=key, Body=raw)


def receive(provider: Provider, key: str, raw: bytes) -> None:
    """A mail is in the bucket, S3 tells, and what waits is processed."""
    put_mail(key, raw)
    told = {"detail-type": "Object Created", "detail": {"bucket": {"name": BUCKET}, "object": {"key": key}}}
    provider.client.lambda_.invoke("take_in_mail", told)
    assert provider.process() == []


def whose(agent: Api, address: str = ADA) -> str:
    (found,) = agent.get(f"/customers?identifier_type=email&identifier={address}").json["items"]
    return str(found["customer_id"])


def timeline(agent: Api) -> list[Any]:
    items: list[Any] = agent.get(f"/customers/{whose(agent)}/timeline").json["items"]
    return items


def event_of(key: str) -> Event:
    found: Event = next(event for event in events() if event.source_event_id == key)
    return found


def test_a_mail_lands_on_the_timeline_once(provider: Provider, agent: Api) -> None:
    quoted = "Where is it?\n\nOn Sat, 21 Nov 2026, Help wrote:\n> What did you order?\n"
    for _ in range(2):
        receive(provider, "ses-1", a_mail(quoted))
    (entry,) = timeline(agent)
    assert (entry["channel"], entry["kind"], entry["subject"]) == ("email", "message", "My order")
    # what is quoted is left out of it, and kept in the archive
    assert entry["body"] == "Where is it?"
    assert entry["occurred_at"] == "2026-11-22T08:00:00Z"
    assert b"What did you order?" in archive().get(event_of("ses-1").archive_key).body


def test_a_mail_as_its_channel_reads_it(deps: Deps, provider: Provider) -> None:
    # Given a reply, one of whose receivers is a colleague
    more = "Cc: bob@example.com\nReferences: <7@x> <8@x>\nIn-Reply-To: <9@x>\nAuto-Submitted: auto-replied\n"
    text = "Here it is.\n\nOn Sat, 21 Nov 2026, Help wrote:\n> What did you order?\n"
    raw = a_mail(text, subject="Re: [#01ARZ3NDEKTSV4RRFFQ69G5FAV] it", more=more)
    receive(provider, "in/ses-1", raw)
    # When it is read, then its parts are told apart
    content = json.loads(mails.read_mail(deps, BUCKET, "in/ses-1"))
    assert content["text"].split() == text.split()
    assert content == KEPT | {
        "to": [OURS, "bob@example.com"],
        "subject": "Re: [#01ARZ3NDEKTSV4RRFFQ69G5FAV] it",
        "text": content["text"],
        "reply_text": "Here it is.",
        "answers": ["8@x", "7@x", "9@x"],
        "token": "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "label": "auto-reply",
        "auto": "auto-reply",
        "attachments": [],
        "read": len(raw),
        "size": len(raw),
    }
    # and of one that tells nothing, nothing is told
    nobodys = b"Subject: nobody\r\n\r\nhello"
    put_mail("nobody", nobodys)
    nobody = json.loads(mails.read_mail(deps, BUCKET, "nobody"))
    assert (nobody["from"], nobody["name"], nobody["date"], nobody["to"]) == (None, None, None, [])


def test_a_mail_says_by_what_it_was_told_and_needs_no_id_of_its_own(provider: Provider) -> None:
    # Given a mail that has no Message-ID, and so can be answered by nobody
    receive(provider, "ses-1", a_mail().replace(b"Message-ID: <1@example.com>\r\n", b""))
    event = event_of("ses-1")
    assert (event.captured_by, event.correlation_id) == ({"role": "ivr", "subject": "email"}, "m-0")
    assert not [item for item in Item.scan() if isinstance(item, MailId)]


def test_where_a_mail_is_put_says_nothing_of_where_its_files_are(provider: Provider, deps: Deps) -> None:
    assert provider  # the archive is there
    put_mail("in/2026/ses-1", WITH_FILES.format(subject="Files").encode())
    content = json.loads(mails.read_mail(deps, BUCKET, "in/2026/ses-1"))
    assert [one["key"] for one in content["attachments"]] == [f"attachments/email/ses-1/{n}" for n in (1, 2)]


def test_a_contact_that_a_mail_begins_is_traced_to_it(provider: Provider, ivr: Api) -> None:
    # Given a call that is to go on by mail
    token = a_code(ivr, a_call(ivr)["contact_id"])["link"].partition("#")[2]
    # When its token comes in a subject
    receive(provider, "ses-1", a_mail(subject=f"Re: our call [#{token}]"))
    # Then the contact that begins with it says by what
    (contact,) = (item for item in Item.scan() if isinstance(item, Contact) and item.channel == "email")
    assert (contact.correlation_id, contact.started_by) == ("m-0", {"role": "ivr", "subject": "email"})


def test_numbers_that_are_never_kept(provider: Provider, agent: Api) -> None:
    receive(provider, "ses-1", a_mail("My card is 4242 4242 4242 4241.", subject="Card 4242424242424242"))
    (entry,) = timeline(agent)
    assert (entry["subject"], entry["body"]) == ("Card [card number]", "My card is [card number].")
    assert not any(b"4242" in archive().get(key).dump() for key in archive().list_keys())


def test_a_reply_is_put_into_its_thread(provider: Provider, agent: Api) -> None:
    # Given a mail about a case
    receive(provider, "ses-1", a_mail())
    case_id = agent.post(f"/customers/{whose(agent)}/cases", {"subject": "Where is it"}).json["case_id"]
    first = event_of("ses-1")
    first.update(actions=[Event.case_id.set(case_id)])
    # When a reply names it among others that nobody knows
    answer = "References: <1@example.com> <unknown@example.com>\nIn-Reply-To: <unknown@example.com>\n"
    receive(provider, "ses-2", a_mail("And now?", message_id="2@example.com", more=answer))
    # and somebody writes with the same subject
    receive(provider, "ses-3", a_mail("Other", message_id="3@example.com"))
    # Then the reply is of that case, and the other not by its subject
    assert event_of("ses-2").case_id == case_id
    assert event_of("ses-2").in_reply_to == "ses-1"
    assert [event_of(mail).case_found["by"] for mail in ("ses-2", "ses-3")] == ["sign", "asked"]


def test_what_a_mail_quotes_tells_nothing_of_its_case_whichever_way_it_comes(
    provider: Provider, agent: Api, ivr: Api
) -> None:
    """Given a mail that says too little, below which another is quoted: by itself it begins nothing."""
    text = "Thanks!\n\nOn Sat, 21 Nov 2026, Help wrote:\n> Where shall we send the courier with parcel #12345?\n"
    receive(provider, "ses-1", a_mail(text))
    sender = {"type": "email", "value": "bob@example.com"}
    mail = an_interaction(channel="email", body=text, source_event_id="api-1", **{"from": sender})
    ivr.post("/interactions", mail)
    raw, by_api = (agent.get(f"/interactions/{event_of(key).interaction_id}").json for key in ("ses-1", "api-1"))
    assert (by_api["case_id"], by_api["case"]) == (raw["case_id"], raw["case"])
    assert (raw["case_id"], raw["case"]["by"]) == (None, "none")
    # and by the API it is kept as it was handed over
    assert by_api["body"] == text


def test_our_own_token_names_the_case(provider: Provider, agent: Api) -> None:
    receive(provider, "ses-1", a_mail())
    case_id = agent.post(f"/customers/{whose(agent)}/cases", {"subject": "Where is it"}).json["case_id"]
    receive(provider, "ses-2", a_mail("Here", message_id="2@example.com", subject=f"Re: [#{case_id}] it"))
    assert event_of("ses-2").case_id == case_id


def test_a_reply_by_somebody_else_joins_the_thread_and_not_the_identity(provider: Provider, agent: Api) -> None:
    receive(provider, "ses-1", a_mail())
    case_id = agent.post(f"/customers/{whose(agent)}/cases", {"subject": "Where is it"}).json["case_id"]
    event_of("ses-1").update(actions=[Event.case_id.set(case_id)])
    bob = a_mail("I can help", message_id="2@example.com", more="In-Reply-To: <1@example.com>\n")
    receive(provider, "ses-2", bob.replace(b"Ada Lovelace <ada@", b"Bob <bob@"))
    assert event_of("ses-2").case_id == case_id
    assert event_of("ses-2").customer_id == whose(agent, "bob@example.com") != whose(agent)


def test_an_id_that_another_mail_has_stays_with_it(provider: Provider) -> None:
    receive(provider, "ses-1", a_mail())
    receive(provider, "ses-2", a_mail("Mine now"))
    receive(provider, "ses-3", a_mail("Re", message_id="3@x", more="In-Reply-To: <1@example.com>\n"))
    assert event_of("ses-3").in_reply_to == "ses-1"


def test_a_forged_sender_is_nobody(provider: Provider, agent: Api) -> None:
    receive(provider, "ses-1", a_mail())
    receive(provider, "ses-2", a_mail("Send me her data", message_id="2@example.com", dmarc="fail"))
    assert len(timeline(agent)) == 1
    (contact,) = (item for item in Item.scan() if isinstance(item, Contact))
    event = event_of("ses-2")
    assert (contact.customer_id, event.contact_id, event.customer_id) == (None, contact.contact_id, None)
    # which is as its mail is, but for who sent it
    assert (contact.channel, contact.direction, contact.sender) == ("email", "inbound", None)
    assert (contact.provider, contact.provider_contact_id, contact.correlation_id) == ("email", "ses-2", "ses-2")
    assert (contact.recipient["value"], contact.started_at) == (OURS, event.occurred_at)
    assert contact.started_by == event.captured_by == {"role": "ivr", "subject": "email"}
    assert (event.sender, event.body) == (None, "Send me her data")


def test_a_mail_that_does_not_say_from_whom_is_nobodys(provider: Provider) -> None:
    receive(provider, "ses-1", a_mail().replace(b"From: Ada Lovelace <ada@example.com>\r\n", b""))
    (contact,) = (item for item in Item.scan() if isinstance(item, Contact))
    event = event_of("ses-1")
    assert (contact.customer_id, contact.sender, event.sender) == (None, None, None)
    assert (event.contact_id, event.subject, event.body) == (contact.contact_id, "My order", "Where is it?")


@pytest.mark.parametrize(
    ("verified", "dmarc", "assurance"), [(True, "pass", 2), (True, "none", 1), (False, "pass", 1)]
)
def test_how_far_a_sender_is_believed(
    provider: Provider,
    agent: Api,
    verified: bool,  # noqa: FBT001
    dmarc: str,
    assurance: int,
) -> None:
    known = {"type": "email", "value": ADA, "verified": verified}
    agent.post("/customers", {"name": "Ada", "identifiers": [known]})
    receive(provider, "ses-1", a_mail(dmarc=dmarc).replace(b"spf=pass", b"spf=none"))
    assert event_of("ses-1").customer_id == whose(agent)
    assert event_of("ses-1").assurance == assurance


@pytest.mark.parametrize("raw", [b"", b"\x00\xff" * 50])
def test_what_is_no_mail_is_kept_and_told_to_nobody(provider: Provider, raw: bytes) -> None:
    receive(provider, "ses-1", raw)
    assert len(list(archive().list_keys())) == 1
    assert events() == []


WITH_FILES = """\
From: Ada Lovelace <ada@example.com>
To: Help <help@throughline.test>
Subject: {subject}
Date: Sun, 22 Nov 2026 08:00:00 +0000
Message-ID: <1@example.com>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

Here it is.
--b
Content-Type: text/html
Content-Disposition: attachment; filename="../a page.html"
Content-Transfer-Encoding: base64

PHNjcmlwdD4=
--b
Content-Type: application/pdf; name=order.pdf
Content-Disposition: attachment

%PDF-1.4
--b--
"""


def attached() -> dict[str, bytes]:
    """What is kept of attachments, by its key."""
    store = aws.client("s3", SETTINGS.region)
    found = list(archive().list_keys("attachments/"))
    return {key: store.get_object(Bucket=SETTINGS.archive_bucket, Key=key)["Body"].read() for key in found}


def test_attachments_are_kept_apart_with_type_and_size(provider: Provider, agent: Api) -> None:
    # Given a mail with two files, when it comes, twice
    for _ in range(2):
        receive(provider, "ses-1", WITH_FILES.format(subject="Files").encode())
    # Then they are kept once, as they were sent, beside the archive
    assert attached() == {"attachments/email/ses-1/1": b"<script>", "attachments/email/ses-1/2": b"%PDF-1.4"}
    # and the timeline has what they are, and nothing of what is in them
    (entry,) = timeline(agent)
    assert entry["attributes"]["attachments"] == "a page.html (text/html, 8), order.pdf (application/pdf, 8)"
    listed = archive().get(event_of("ses-1").archive_key).request().json()["attachments"]
    assert [one["key"] for one in listed] == list(attached())
    assert [(one["type"], one["size"]) for one in listed] == [("text/html", 8), ("application/pdf", 8)]


def test_no_browser_runs_what_was_attached(provider: Provider) -> None:
    receive(provider, "ses-1", WITH_FILES.format(subject="Files").encode())
    store = aws.client("s3", SETTINGS.region)
    kept = store.head_object(Bucket=SETTINGS.archive_bucket, Key="attachments/email/ses-1/1")
    assert (kept["ContentType"], kept["ContentDisposition"]) == ("application/octet-stream", "attachment")


def test_of_many_attachments_the_first_are_kept_and_all_are_listed(provider: Provider) -> None:
    # Given a mail with one file more than are kept
    part = "--b\nContent-Type: text/plain\nContent-Disposition: attachment\n\nHello\n"
    more = part * (MOST_ATTACHED - 1)
    # When it comes
    receive(provider, "ses-1", WITH_FILES.format(subject="Files").replace("--b--", more + "--b--").encode())
    # Then it is listed like the others
    listed = archive().get(event_of("ses-1").archive_key).request().json()["attachments"]
    assert [number for number, one in enumerate(listed) if "key" not in one] == [MOST_ATTACHED]
    assert len(attached()) == MOST_ATTACHED


def test_of_a_mail_that_is_no_entry_nothing_is_kept_but_the_raw(provider: Provider) -> None:
    loop = WITH_FILES.format(subject="Files").replace("<ada@example.com>", "<help@throughline.test>")
    receive(provider, "ses-1", loop.encode())
    assert (events(), attached()) == ([], {})
