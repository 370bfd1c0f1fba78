"""Looking somebody up: who it is, what is known, what to ask. Opens nothing and changes nothing."""

from chalicelib.models.requests.contacts import LookUp
from chalicelib.rules.access import Caller
from chalicelib.services.customers.situation import Situation
from chalicelib.services.deps import Deps
from chalicelib.services.facts.fact_entries import claims_in, read_facts
from chalicelib.services.identity import acting, weighing
from chalicelib.services.identity.identify import Claim, check, new_in, read_identifier


def look_up(deps: Deps, caller: Caller, request: LookUp) -> Situation:
    """One read where nobody is known by the identifier; two for one customer or several."""
    identifiers = (
        read_identifier(deps, given, f"identifiers.{index}") for index, given in enumerate(request.identifiers)
    )
    facts = read_facts(deps, caller, request.facts)
    presented = list({one.key: one for one in identifiers if one}.values())
    claims = [*(Claim(one) for one in presented), *new_in(claims_in(facts), presented)]
    evidence = [item.evidence for item in check(deps, claims)]
    now = weighing.weigh(deps, evidence, request.need, facts, presented=presented)
    acting.require_customer(caller, now.record)
    return now
