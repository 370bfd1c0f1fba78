"""An Amazon Connect flow's event, as documented or not quite, becomes the main job's own calls."""

from dataclasses import dataclass
from typing import Any

from chalicelib.errors import BadInput, NotFound
from chalicelib.models import keys
from chalicelib.models.fact_kinds import FACT_KINDS
from chalicelib.models.requests.contacts import LookUp, StartContact
from chalicelib.models.requests.facts import FactGiven, SaveFacts
from chalicelib.models.requests.identifiers import IdentifierGiven
from chalicelib.models.requests.kinds import Channel, Direction, IdentifierType
from chalicelib.models.views.contacts import ContactAnswer
from chalicelib.rules.access import Caller, Role
from chalicelib.rules.masking import mask_attribute
from chalicelib.rules.text import readable
from chalicelib.services.contacts import answers, contacts
from chalicelib.services.continuation import carrying_on
from chalicelib.services.customers import lookup
from chalicelib.services.customers.situation import Situation
from chalicelib.services.deps import Deps
from chalicelib.services.facts import facts
from chalicelib.services.facts.fact_entries import read_facts
from chalicelib.services.identity.identify import is_our_end, read_identifier

FlowAnswer = dict[str, str]
"""A STRING_MAP: one flat map of strings."""

PROVIDER = "amazon-connect"
CHANNELS = {"VOICE": Channel.VOICE, "CHAT": Channel.CHAT, "EMAIL": Channel.EMAIL}
ENDPOINTS = {"TELEPHONE_NUMBER": IdentifierType.PHONE, "EMAIL_ADDRESS": IdentifierType.EMAIL}
OUTBOUND = frozenset({"OUTBOUND", "CALLBACK"})
LONGEST = 256
MOST_ATTRIBUTES = 50


@dataclass(frozen=True)
class FlowEvent:
    """What of the event counts. Reading one never fails: what is missing or odd is empty."""

    contact_id: str
    channel: Channel
    direction: Direction
    customer: IdentifierGiven | None
    system: IdentifierGiven | None
    instance: str
    previous: str
    initial: str
    attributes: dict[str, str]
    parameters: dict[str, str]

    @classmethod
    def read(cls, event: Any) -> "FlowEvent":
        details = _map(_map(event).get("Details"))
        data = _map(details.get("ContactData"))
        attributes = _strings(data.get("Attributes"))
        if language := _text(data.get("LanguageCode")):
            attributes.setdefault("language", language)
        return cls(
            contact_id=_text(data.get("ContactId")),
            channel=CHANNELS.get(_text(data.get("Channel")), Channel.OTHER),
            direction=(
                Direction.OUTBOUND if _text(data.get("InitiationMethod")) in OUTBOUND else Direction.INBOUND
            ),
            customer=_endpoint(data.get("CustomerEndpoint")),
            system=_endpoint(data.get("SystemEndpoint")),
            instance=_text(data.get("InstanceARN")),
            previous=_text(data.get("PreviousContactId")),
            initial=_text(data.get("InitialContactId")),
            attributes={
                name: mask_attribute(name, value) for name, value in list(attributes.items())[:MOST_ATTRIBUTES]
            },
            parameters=_strings(details.get("Parameters")),
        )

    @property
    def caller(self) -> Caller:
        """A flow is a trusted caller: only Connect may invoke the function (its resource policy)."""
        return Caller(Role.IVR, self.instance or PROVIDER)

    @property
    def need(self) -> list[str]:
        """The facts that the flow needs; names that are no facts are left out."""
        return [name for name in _names(self.parameters.get("need", "")) if name in FACT_KINDS]

    @property
    def code(self) -> str | None:
        """A continuation code that the caller keyed in."""
        return self.parameters.get("continuation_code") or None

    @property
    def facts(self) -> dict[str, FactGiven]:
        """The facts among the parameters; `verified` lists those that the flow has verified."""
        verified = set(_names(self.parameters.get("verified", "")))
        return {
            name: FactGiven(value=value, source="ivr", verified=name in verified)
            for name, value in self.parameters.items()
            if name in FACT_KINDS and value.strip()
        }


def look_up(deps: Deps, flow: FlowEvent, correlation_id: str) -> FlowAnswer:
    """Begins the contact and answers; without a contact id, only looks up."""
    if not flow.contact_id:
        return _look_up_only(deps, flow)
    situation, reason = _start(deps, flow, correlation_id)
    if flow.facts:
        return _save(deps, flow, correlation_id, situation.continuation)
    return _answer(deps, flow, situation, reason)


def save(deps: Deps, flow: FlowEvent, correlation_id: str) -> FlowAnswer:
    """Saves the facts that are valid, on a contact that is begun if it was not."""
    if not flow.contact_id:
        return _look_up_only(deps, flow)
    if flow.code is None:
        return _save(deps, flow, correlation_id, None)
    started, reason = _start(deps, flow, correlation_id)
    if not flow.facts:
        return _answer(deps, flow, started, reason)
    return _save(deps, flow, correlation_id, started.continuation)


def _save(deps: Deps, flow: FlowEvent, correlation_id: str, continuation: str | None) -> FlowAnswer:
    contact_id = contacts.contact_id_for(PROVIDER, flow.contact_id)
    valid, reason = _valid_facts(deps, flow)
    need = flow.need if "need" in flow.parameters else None
    if not valid and need is None:
        situation, started = _start(deps, flow, correlation_id)
        return _answer(deps, flow, situation, reason or started or "no_facts")
    request = SaveFacts(facts=valid, need=need)
    try:
        situation = facts.save_facts(deps, flow.caller, contact_id, request, begun_with=flow.attributes)
    except NotFound:
        _start(deps, flow, correlation_id)
        situation = facts.save_facts(deps, flow.caller, contact_id, request)
    situation.continuation = continuation
    return _answer(deps, flow, situation, reason)


def nobody(flow: FlowEvent, reason: str) -> FlowAnswer:
    """The answer where nothing can be said: the flow goes on and asks what it needs."""
    contact_id = contacts.contact_id_for(PROVIDER, flow.contact_id) if flow.contact_id else ""
    return _blank() | {"contact_id": contact_id, "ask": ",".join(flow.need), "reason": reason}


def _start(deps: Deps, flow: FlowEvent, correlation_id: str) -> tuple[Situation, str]:
    customer, reason = _usable(deps, flow)
    system = flow.system if flow.system and is_our_end(flow.system) else None
    sender, recipient = (customer, system) if flow.direction is Direction.INBOUND else (system, customer)
    request = StartContact.model_construct(
        channel=flow.channel,
        direction=flow.direction,
        provider=PROVIDER,
        provider_contact_id=flow.contact_id,
        previous_provider_contact_id=flow.previous or None,
        initial_provider_contact_id=flow.initial or None,
        sender=sender,
        recipient=recipient,
        attributes=flow.attributes,
        need=flow.need,
        continuation_code=flow.code,
    )
    situation, _created = carrying_on.start_contact(deps, flow.caller, request, correlation_id)
    return situation, reason


def _usable(deps: Deps, flow: FlowEvent) -> tuple[IdentifierGiven | None, str]:
    """The customer's address, unless it is none that identifies anybody, and why not."""
    if flow.customer is None:
        return None, "no_customer_endpoint"
    try:
        identifier = read_identifier(deps, flow.customer, "customer_endpoint", flow.system)
    except BadInput:
        return None, "unusable_customer_endpoint"
    return (flow.customer, "") if identifier else (flow.customer, "withheld")


def _valid_facts(deps: Deps, flow: FlowEvent) -> tuple[dict[str, FactGiven], str]:
    """The facts that are valid, and which were not: a mistyped date must not lose the account number."""
    valid, wrong = {}, []
    for name, fact in flow.facts.items():
        try:
            read_facts(deps, flow.caller, {name: fact})
            valid[name] = fact
        except BadInput:
            wrong.append(name)
    return valid, "invalid_" + "_and_".join(wrong) if wrong else ""


def _look_up_only(deps: Deps, flow: FlowEvent) -> FlowAnswer:
    valid, _reason = _valid_facts(deps, flow)
    if not valid:
        return nobody(flow, "no_contact_id")
    situation = lookup.look_up(deps, flow.caller, LookUp(facts=valid, need=flow.need))
    return _answer(deps, flow, situation, "no_contact_id")


def _answer(deps: Deps, flow: FlowEvent, situation: Situation, reason: str) -> FlowAnswer:
    view = answers.answer(deps, flow.caller, situation)
    head = situation.head
    person = answers.customer(flow.caller, head.profile, head.facts, keys.instant(deps.now())) if head else {}
    case = view.open_cases[0] if view.open_cases else None
    return _blank() | {
        "contact_id": view.contact_id or "",
        "matched": view.match.result,
        "customer_id": view.customer_id or "",
        "customer_name": person.get("name") or "",
        "confidence": f"{view.match.confidence:.2f}",
        "ask": ",".join(view.ask),
        "confirm": ",".join(view.confirm),
        **_known(view),
        "open_case_id": case.case_id if case else "",
        "open_case_subject": (case.subject or "") if case else "",
        "preferred_language": person.get("language") or "",
        **_continues(view),
        "reason": reason,
    }


def _known(view: ContactAnswer) -> FlowAnswer:
    return {f"known_{name}": "yes" if fact.withheld else str(fact.value) for name, fact in view.known.items()}


def _continues(view: ContactAnswer) -> FlowAnswer:
    answer = {"continuation": view.continuation or ""}
    if told := view.continues:
        answer |= {f"continues_{name}": told[name] or "" for name in ("contact_id", "channel", "case_id")}
    return answer


def _blank() -> FlowAnswer:
    names = "contact_id customer_id customer_name ask confirm open_case_id open_case_subject"
    continued = "preferred_language reason continuation continues_contact_id continues_channel continues_case_id"
    return dict.fromkeys(f"{names} {continued}".split(), "") | {"matched": "none", "confidence": "0.00"}


def _endpoint(value: Any) -> IdentifierGiven | None:
    endpoint = _map(value)
    type_, address = ENDPOINTS.get(_text(endpoint.get("Type"))), _text(endpoint.get("Address"))
    return IdentifierGiven(type=type_, value=address) if type_ and address else None


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _strings(value: Any) -> dict[str, str]:
    """The entries of a map that are short text; Connect passes on whatever a flow put there."""
    pairs = ((_text(key), _text(item)) for key, item in _map(value).items())
    return {key: item for key, item in pairs if key and item}


def _text(value: Any) -> str:
    """Text on one line and of bounded length, or nothing."""
    text = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    return " ".join(readable(text).split())[:LONGEST]


def _names(listed: str) -> list[str]:
    return [name.strip() for name in listed.split(",") if name.strip()]
