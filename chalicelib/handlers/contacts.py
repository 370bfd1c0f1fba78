"""The main job over HTTP: a contact starts, facts are saved, the agent's screen pops, it ends."""

from chalice.app import Blueprint

from chalicelib.errors import Conflict, NotFound, TooManyTries
from chalicelib.models.requests.contacts import AttributeContact, LookUp, StartContact, WhichContact
from chalicelib.models.requests.facts import SaveFacts, VerifyFacts
from chalicelib.models.requests.wrap_up import EndContact
from chalicelib.models.views.contacts import ContactAnswer, ContactView
from chalicelib.models.views.matches import Verified
from chalicelib.models.views.screen_pop import ScreenPop
from chalicelib.observability import count
from chalicelib.runtime import Answer, Call, endpoint
from chalicelib.services.contacts import answers, contacts, ending
from chalicelib.services.continuation import carrying_on
from chalicelib.services.customers import lookup, screen_pop
from chalicelib.services.facts import facts
from chalicelib.services.identity import attribution, verify

blueprint = Blueprint(__name__)


@endpoint(
    blueprint,
    "POST",
    "/contacts",
    "contacts:start",
    body=StartContact,
    answers={201: ContactAnswer, 200: ContactAnswer},
)
def start_contact(call: Call) -> Answer:
    """Begin a contact: who it is, what is known, what is still to ask.

    The same `provider` and `provider_contact_id` again give the same contact. With a `continuation_code` it
    carries on another contact: see `continues`, and in `continuation` what became of the code.
    """
    situation, created = carrying_on.start_contact(
        call.deps, call.caller, call.body, call.correlation_id, address=call.address
    )
    count(f"Lookups{situation.decision.result.title()}" if created else "Duplicates")
    view = answers.answer(call.deps, call.caller, situation)
    return Answer(view, 201 if created else 200, {"Location": f"/v1/contacts/{view.contact_id}"})


@endpoint(
    blueprint,
    "PATCH",
    "/contacts/{contact_id}/facts",
    "facts:save",
    body=SaveFacts,
    answers={200: ContactAnswer},
    problems=(Conflict,),
)
def save_facts(call: Call, contact_id: str) -> Answer:
    """Save what was keyed, typed or said, and match anew."""
    situation = facts.save_facts(call.deps, call.caller, contact_id, call.body)
    count("FactsSaved", len(call.body.facts))
    return Answer(answers.answer(call.deps, call.caller, situation))


@endpoint(blueprint, "GET", "/contacts/{contact_id}/screen-pop", "screen_pop:read", answers={200: ScreenPop})
def get_screen_pop(call: Call, contact_id: str) -> Answer:
    """What the agent sees when the contact arrives."""
    pop = screen_pop.get_screen_pop(call.deps, contact_id)
    count("ScreenPops")
    return Answer(answers.screen_pop(call.caller, pop))


@endpoint(
    blueprint,
    "GET",
    "/screen-pop",
    "screen_pop:read",
    query=WhichContact,
    answers={200: ScreenPop},
    problems=(NotFound,),
)
def find_screen_pop(call: Call) -> Answer:
    """What the agent sees, by the provider's own contact id."""
    contact_id = contacts.contact_id_for(call.query.provider, call.query.provider_contact_id)
    return get_screen_pop(call, contact_id)


@endpoint(
    blueprint,
    "POST",
    "/contacts/{contact_id}/end",
    "contacts:end",
    body=EndContact,
    answers={200: ContactView},
    problems=(Conflict,),
)
def end_contact(call: Call, contact_id: str) -> Answer:
    """End a contact and put it on the timeline."""
    contact = ending.end_contact(call.deps, contact_id, call.body, call.correlation_id)
    return Answer(ContactView.from_item(contact))


@endpoint(
    blueprint,
    "POST",
    "/contacts/{contact_id}/verify",
    "facts:verify",
    body=VerifyFacts,
    answers={200: Verified},
    problems=(Conflict, TooManyTries),
)
def verify_facts(call: Call, contact_id: str) -> Answer:
    """Compare facts with what is known, and tell how many agree, never which."""
    compared = verify.verify(call.deps, call.caller, contact_id, call.body)
    count("ChecksFailed" if compared.failed else "ChecksPassed")
    return Answer(Verified.model_validate(compared))


@endpoint(
    blueprint,
    "POST",
    "/contacts/{contact_id}/attribution",
    "contacts:attribute",
    body=AttributeContact,
    answers={200: ContactAnswer},
    problems=(Conflict,),
)
def attribute_contact(call: Call, contact_id: str) -> Answer:
    """Say whose a contact is, or whose it is not: it moves, with what was said on it and what hangs on it."""
    situation = attribution.attribute(call.deps, call.caller, contact_id, call.body)
    return Answer(answers.answer(call.deps, call.caller, situation))


@endpoint(
    blueprint,
    "DELETE",
    "/contacts/{contact_id}/attribution",
    "contacts:attribute",
    answers={200: ContactAnswer},
    problems=(Conflict,),
)
def undo_attribution(call: Call, contact_id: str) -> Answer:
    """Take the latest attribution of a contact back."""
    situation = attribution.undo(call.deps, call.caller, contact_id)
    return Answer(answers.answer(call.deps, call.caller, situation))


@endpoint(blueprint, "POST", "/lookup", "lookup", body=LookUp, answers={200: ContactAnswer})
def look_up(call: Call) -> Answer:
    """Who is it, what is known, what to ask; opens nothing."""
    situation = lookup.look_up(call.deps, call.caller, call.body)
    count(f"Lookups{situation.decision.result.title()}")
    return Answer(answers.answer(call.deps, call.caller, situation))
