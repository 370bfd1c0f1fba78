"""The table's stream: what hangs on a contact follows it, and who changed is found again by what they say.

A contact is watched while it is live, so that it ends even if nobody tells; a case while it is open, so that
somebody is warned before it is late, and it is listed with its team. What came by the API is archived. Agents on
a contact are told what changed.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint, DynamoDBEvent

from chalicelib.observability import count, log_crash, log_done, logger
from chalicelib.runtime import get_deps
from chalicelib.services.cases.case_queue import Stood, follow_case
from chalicelib.services.cases.entry_cases import put_entries
from chalicelib.services.cases.finding import MESSAGE
from chalicelib.services.chat import pushes
from chalicelib.services.contacts import chain, late
from chalicelib.services.contacts.follow import follow_contact as follow
from chalicelib.services.contacts.silence import watch
from chalicelib.services.identity.recognition import index_customer
from chalicelib.services.inbound.keeping import keep
from chalicelib.services.wrap_up import following_up, tallying

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

blueprint = Blueprint(__name__)

STREAM = "set-by-the-template"
LISTED_BY = ("team", "status", "due_at", "watch_at")
"""What of a case says where it is listed, and when it is looked at."""
LISTED_WITH = ("customer_id", "subject", "priority", "owner", "late", "pending_on")
"""What else of it is told where it is listed."""
TOLD_BY = {"profile": "name", "facts": "entries"}
"""What of an item tells who is meant by what people say, by the kind of item."""


@blueprint.on_dynamodb_record(stream_arn=STREAM, name="follow_contact")
def follow_contact(event: DynamoDBEvent) -> dict[str, Any]:
    """Carries interactions over for each contact in the batch that changed its customer."""
    # Powertools' batch support is a sixth of the application's cold start, and the API never needs it.
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

    get_deps()
    processor = BatchProcessor(event_type=EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)
    answer = dict(process_partial_response(event.to_dict(), record_handler=_follow, processor=processor))
    for _kind, error, _trace in processor.exceptions:
        if isinstance(error, Exception):
            log_crash(error)
    if processor.exceptions:
        count("Errors", len(processor.exceptions))
        log_done("follow_contact", failed=len(processor.exceptions))
    return answer


def _follow(record: "DynamoDBRecord") -> None:
    images = record.dynamodb
    if images is None or not images.new_image:
        return
    old, new = images.old_image or {}, images.new_image
    told = TOLD_BY.get(new.get("kind", ""))
    if told and new.get(told) != old.get(told):
        index_customer(get_deps(), new["PK"].removeprefix("C#"))
    elif new.get("kind") == "event":
        if not old:
            _keep(new["interaction_id"])
        _count_message(old, new)
    elif new.get("kind") == "contact":
        _watch(old, new)
        _follow_contact(old, new)
        _put_entries(old, new)
        _go_on(old, new)
        _catch_up(old, new)
        _count(old, new)
    elif new.get("kind") == "case":
        _follow_case(old, new)
    pushes.tell(get_deps(), old, new, record.event_id or "")


def _keep(interaction_id: str) -> None:
    if keep(get_deps(), interaction_id):
        count("Kept")
        log_done("follow_contact", interaction_id=interaction_id)


def _follow_case(old: dict[str, Any], new: dict[str, Any]) -> None:
    if _listed(old) != _listed(new):
        follow_case(new["case_id"], _stood(old) if old else None)
    if any(new.get(name) != old.get(name) for name in ("closed_at", "joined_into")):
        tallying.count_effort(new["case_id"])
        if old.get("joined_into"):
            tallying.count_effort(old["joined_into"], part_id=new["case_id"])


def _listed(image: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(image.get(name) for name in (*LISTED_BY, *LISTED_WITH))


def _stood(image: dict[str, Any]) -> Stood:
    team, status, *moments = (image.get(name) for name in LISTED_BY)
    due_at, watch_at = (datetime.fromisoformat(at) if at else None for at in moments)
    return Stood(team, str(status), due_at, watch_at)


def _watch(old: dict[str, Any], new: dict[str, Any]) -> None:
    live = new.get("status") == "live"
    if live != (old.get("status") == "live"):
        received_at = datetime.fromisoformat(new["received_at"])
        watch(get_deps(), new["contact_id"], new["channel"], received_at, live=live)


def _go_on(old: dict[str, Any], new: dict[str, Any]) -> None:
    """What was found out on a contact is known on those before and after it."""
    changed = any(new.get(name) != old.get(name) for name in chain.CARRIED)
    if new.get("previous_contact_id") and (changed or not old.get("previous_contact_id")):
        chain.go_on(new["contact_id"])
    if changed:
        chain.pass_on(new["contact_id"])


def _catch_up(old: dict[str, Any], new: dict[str, Any]) -> None:
    """What is told of a contact after its end is as if it had been told before."""
    was_over = old.get("status") == new.get("status") == "ended"
    if not (was_over and new.get("customer_id") and any(new.get(name) != old.get(name) for name in late.TELLS)):
        return
    if late.catch_up(get_deps(), new["contact_id"]):
        count("CaughtUp")
        log_done("follow_contact", contact_id=new["contact_id"])


def _count(old: dict[str, Any], new: dict[str, Any]) -> None:
    """What was asked for, and what a case cost."""
    if new.get("asked", "{}") != old.get("asked", "{}"):
        tallying.count_asks(new["contact_id"])
    if any(new.get(name) != old.get(name) for name in ("case_id", "transfers", "previous_contact_id")):
        for case_id in {old.get("case_id"), new.get("case_id")} - {None}:
            tallying.count_effort(str(case_id), new["contact_id"])


def _follow_contact(old: dict[str, Any], new: dict[str, Any]) -> None:
    if not old or new.get("customer_id") == old.get("customer_id"):
        return
    logger.set_correlation_id(new.get("correlation_id"))
    moved = follow(get_deps(), new["contact_id"], old.get("customer_id"))
    if old.get("customer_id") and new.get("follow_ups", "[]") != "[]":
        following_up.move_with(new["contact_id"], old["customer_id"])
    count("InteractionsCarriedOver", moved)
    log_done("follow_contact", contact_id=new["contact_id"], moved=moved)


def _count_message(old: dict[str, Any], new: dict[str, Any]) -> None:
    """What somebody wrote outside of a contact, to which a case was one more time of asking."""
    is_one = (new["direction"], new["event_kind"]) == ("inbound", MESSAGE) and not new.get("contact_id")
    if is_one and new.get("case_id") != old.get("case_id"):
        for case_id in {old.get("case_id"), new.get("case_id")} - {None}:
            tallying.count_effort(str(case_id), message_id=new["interaction_id"])


def _put_entries(old: dict[str, Any], new: dict[str, Any]) -> None:
    """What was said on a contact before it had its case, or had another, is of its case.

    Whoever the contact is of since has taken over what was said on it without the case of whom it was of.
    """
    stays = new.get("customer_id") == old.get("customer_id")
    left_case_id = old.get("case_id") if stays else None
    if not old or new.get("case_id") == left_case_id or not new.get("customer_id"):
        return
    put = put_entries(new["contact_id"], left_case_id)
    log_done("follow_contact", contact_id=new["contact_id"], put_to_case=put)
