"""Continuation codes over HTTP: given out on one contact, redeemed on another."""

from http import HTTPStatus

from chalice.app import Blueprint

from chalicelib.errors import Conflict, TooManyTries
from chalicelib.models.requests.continuation import ContinueContact, RedeemCode
from chalicelib.models.views.contacts import ContactAnswer
from chalicelib.models.views.continuation import ContinuationView
from chalicelib.observability import count
from chalicelib.runtime import Answer, Call, endpoint
from chalicelib.services.contacts import answers
from chalicelib.services.continuation import carrying_on, continuation_codes

blueprint = Blueprint(__name__)


@endpoint(
    blueprint,
    "POST",
    "/contacts/{contact_id}/continuation",
    "continuations:issue",
    body=ContinueContact,
    body_optional=True,
    answers={201: ContinuationView, 200: ContinuationView},
    problems=(Conflict, TooManyTries),
)
def continue_contact(call: Call, contact_id: str) -> Answer:
    """Give out a code and a link with which the customer carries this contact on to another channel.

    Asked again while the code lives, the same are given (200).
    """
    issued, made = continuation_codes.issue(call.deps, call.caller, contact_id, call.body)
    count("CodesIssued" if made else "CodesToldAgain")
    status = HTTPStatus.CREATED if made else HTTPStatus.OK
    return Answer(ContinuationView.model_validate(issued), status, {"Location": f"/v1/contacts/{contact_id}"})


@endpoint(
    blueprint,
    "POST",
    "/continuations/{code}/redeem",
    "continuations:redeem",
    body=RedeemCode,
    answers={200: ContactAnswer},
    problems=(Conflict, TooManyTries),
)
def redeem_code(call: Call, code: str) -> Answer:
    """Carry on, on this contact, the one whose code this is: its case, what was said, and what was tried.

    Again with the same contact, the answer is the same; a code redeemed by another contact is a conflict. One that
    has expired is as unknown as one that never was.
    """
    contact_id = call.body.contact_id
    situation = carrying_on.redeem(call.deps, call.caller, contact_id, code, address=call.address)
    count("CodesRedeemed")
    return Answer(answers.answer(call.deps, call.caller, situation))
