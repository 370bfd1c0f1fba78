"""What was sent with a mail is handed out to a desk; what was too large says so."""

import json
from io import StringIO
from urllib.parse import parse_qs, urlsplit

from chalicelib.models import aws
from chalicelib.services.deps import Deps
from chalicelib.services.inbound import inbox, mails
from tests.channels.email import a_mail
from tests.conftest import Api
from tests.provider import Provider
from tests.settings import SETTINGS
from tests.unit.test_email import BUCKET, WITH_FILES, event_of, put_mail, receive

GONE = "there is no such attachment, or it is not kept any more"


def test_an_attachment_is_fetched_by_a_link_that_lives_for_a_minute(
    provider: Provider, agent: Api, trail: StringIO
) -> None:
    # Given a mail with two files
    receive(provider, "ses-1", WITH_FILES.format(subject="Files").encode())
    interaction_id = event_of("ses-1").interaction_id
    whole = agent.get(f"/interactions/{interaction_id}").json
    page, order = whole["attachments"]
    # listed under ids that no release may change: who has kept one finds it still
    assert [page["attachment_id"], order["attachment_id"]] == [
        "HCVFZS6D4QSFPBJ77Q67WKZ6N7",
        "3LE5NQ2DNJGFT5P44LQH62KMMW",
    ]
    assert (order["name"], order["type"], order["size"]) == ("order.pdf", "application/pdf", 8)
    # When a desk asks for one
    path = f"/interactions/{interaction_id}/attachments"
    answer = agent.get(f"{path}/{page['attachment_id']}")
    # Then there is a link to that one, under its name, for a minute
    assert answer.json == page | {
        "interaction_id": interaction_id,
        "customer_id": whole["customer_id"],
        "link": answer.json["link"],
        "expires_at": "2026-11-22T09:01:00Z",
    }
    asked = urlsplit(answer.json["link"])
    assert asked.path == "/attachments/email/ses-1/1"
    signed = parse_qs(asked.query)
    assert signed["response-content-disposition"] == ["attachment; filename*=UTF-8''a%20page.html"]
    assert (signed["X-Amz-Expires"], signed["X-Amz-Algorithm"]) == (["60"], ["AWS4-HMAC-SHA256"])
    # and the audit log says who was given which
    audited = json.loads(trail.getvalue().splitlines()[-1])
    assert (audited["who"], audited["purpose"], audited["outcome"]) == ("agent-1", "attachments:read", 200)
    assert audited["records"] == {
        "interaction_id": [interaction_id],
        "attachment_id": [page["attachment_id"]],
        "customer_id": [whole["customer_id"]],
    }
    # and there is none where it is not kept any more, is another's, or nobody's
    store = aws.client("s3", SETTINGS.region)
    store.delete_object(Bucket=SETTINGS.archive_bucket, Key="attachments/email/ses-1/2")
    receive(provider, "ses-2", a_mail(message_id="2@example.com"))
    other = event_of("ses-2").interaction_id
    for gone in (
        f"{path}/{order['attachment_id']}",
        f"/interactions/{other}/attachments/{page['attachment_id']}",
        f"{path}/{'0' * 26}",
    ):
        refused = agent.get(gone)
        assert (refused.status, refused.json["detail"]) == (404, GONE)


def test_a_mail_that_is_too_large_says_that_it_was_cut(provider: Provider, deps: Deps) -> None:
    # Given a mail that has a byte more than is read
    raw = a_mail("Where is my sofa?")
    put_mail("ses-1", raw)
    # When it is taken in
    kept = mails.read_mail(deps, BUCKET, "ses-1", most=len(raw) - 1)
    inbox.take_event(deps, "email", kept, f"s3://{BUCKET}/ses-1")
    provider.process()
    # Then its entry says so, and the entry of one that is read whole says nothing
    receive(provider, "ses-2", a_mail(message_id="2@example.com"))
    cut, whole = event_of("ses-1"), event_of("ses-2")
    assert cut.attributes["cut"] == f"{len(raw) - 1} of {len(raw)} bytes were read"
    assert "cut" not in whole.attributes
