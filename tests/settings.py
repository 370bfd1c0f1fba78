"""The settings of the product under test, and the moment at which tests begin."""

from datetime import UTC, datetime
from hashlib import sha256

from chalicelib.rules.access import Role
from chalicelib.settings import ApiKey, Settings, Site

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SETTINGS = Settings(
    table_name="throughline-test",
    stage="local",
    region="eu-west-1",
    api_keys={sha256(f"{role}-key".encode()).hexdigest(): ApiKey(f"{role}-1", role) for role in Role},
    default_region="GB",
    archive_bucket="archive-test",
    inbox_url="https://sqs.eu-west-1.amazonaws.com/123456789012/inbox-test",
    public_url="https://api.example.com",
    mail_addresses=frozenset({"help@throughline.test"}),
    continuation_secret="what-codes-are-made-from-in-tests",
    continue_url="https://www.example.com/continue",
    sites={"pk_test": Site("web", ("https://www.example.com", "http://localhost:*"))},
    channels={"twilio": {"auth_token": "12345678901234567890123456789012"}},
)
