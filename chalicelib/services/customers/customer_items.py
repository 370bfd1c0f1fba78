"""A new customer's profile."""

from chalicelib.errors import BadInput
from chalicelib.models import keys
from chalicelib.models.fact_kinds import FACT_KINDS
from chalicelib.models.items import Profile
from chalicelib.services.deps import Deps


def new_profile(deps: Deps, *, name: str | None = None, language: str | None = None) -> Profile:
    """The profile of a customer who has just been met. A language that is not one is left out."""
    customer_id = deps.new_id()
    return Profile(
        PK=keys.customer(customer_id),
        SK=keys.PROFILE,
        customer_id=customer_id,
        name=name,
        language=_language(language),
        created_at=deps.now(),
        updated_at=deps.now(),
    )


def _language(tag: str | None) -> str | None:
    try:
        return FACT_KINDS["language"].read(tag, None) if tag else None
    except BadInput:
        return None
