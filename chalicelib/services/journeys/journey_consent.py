"""Whether what people do by themselves may be kept and shown: by what they last said.

Withdrawn is what the record says is withdrawn, whoever wrote it there. A browser that says yes does not lift that
by itself, for it may not have heard: only a consent that was given after the withdrawal does.
"""

from chalicelib.models import changes, keys
from chalicelib.models.changes import commit
from chalicelib.models.items import Item, Profile
from chalicelib.models.requests.journeys import JourneyConsent
from chalicelib.rules.access import Caller
from chalicelib.rules.consent import JOURNEYS, hides_journeys
from chalicelib.services.customers.records import Record
from chalicelib.services.deps import Deps
from chalicelib.services.journeys.journey_home import Home, find_record
from chalicelib.services.settle import settled


def given(deps: Deps, home: Home, consent: JourneyConsent) -> bool:
    """Whether journeys may be kept now. A consent that lifts a withdrawal changes the profile."""
    if not hides_journeys(home.record.whole.profile.consent):
        return True
    withdrawn_at = max(head.profile.consent_given_at.get(JOURNEYS, "") for head in home.record.heads)
    if consent.given_at is None or keys.instant(consent.given_at) <= withdrawn_at:
        return False
    profile = _say(deps, home.record, journeys=True)
    home.changed = [*(one for one in home.changed if one is not profile), profile]
    return True


@settled
def withdraw(deps: Deps, caller: Caller, browser: str | None) -> None:
    """Notes on the record that there is no consent any more, if there is a record, and forgets the single acts."""
    record = find_record(deps, caller, browser)
    if record is None or hides_journeys(record.whole.profile.consent):
        return
    profile = _say(deps, record, journeys=False)
    acts = [Item(PK=keys.customer(one), SK=keys.JOURNEYS) for one in record.member_ids]
    commit([changes.change_profile(profile, content=True), *map(changes.remove, acts)])


def _say(deps: Deps, record: Record, *, journeys: bool) -> Profile:
    """Says it on the surviving record, which counts, for the caller to write."""
    profile = record.at(record.customer_id).home.profile
    profile.consent = {**profile.consent, JOURNEYS: journeys}
    profile.consent_given_at = {**profile.consent_given_at, JOURNEYS: keys.instant(deps.now())}
    profile.updated_at = deps.now()
    return profile
