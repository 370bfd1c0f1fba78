"""What services are handed where a test hands them nothing else."""

from datetime import UTC, datetime, timedelta

from ulid import ULID

from chalicelib.models.archive import Archive
from chalicelib.models.inbox import Inbox
from chalicelib.services.deps import Deps
from tests.settings import SETTINGS


def test_the_clock_is_the_machines_and_says_its_zone() -> None:
    now = Deps(SETTINGS).now()
    assert now.tzinfo is UTC
    assert abs(datetime.now(UTC) - now) < timedelta(minutes=1)


def test_each_id_is_another_ulid_of_now() -> None:
    deps = Deps(SETTINGS)
    made = {deps.new_id() for _ in range(3)}
    assert len(made) == 3
    assert all(abs(ULID.from_str(one).datetime - deps.now()) < timedelta(minutes=1) for one in made)


def test_the_archive_and_the_inbox_are_those_of_the_settings() -> None:
    deps = Deps(SETTINGS)
    assert deps.archive == Archive(SETTINGS.archive_bucket, SETTINGS.region)
    assert deps.inbox == Inbox(SETTINGS.inbox_url, SETTINGS.region)
