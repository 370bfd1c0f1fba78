"""The profile of a customer who has just been met."""

import pytest

from chalicelib.models import keys
from chalicelib.services.customers.customer_items import new_profile
from chalicelib.services.deps import Deps
from tests.settings import NOW


def test_it_is_somebody_new_as_of_now(deps: Deps) -> None:
    ada, bob = new_profile(deps, name="Ada"), new_profile(deps)
    assert (ada.name, bob.name) == ("Ada", None)
    assert (ada.created_at, ada.updated_at) == (NOW, NOW)
    assert keys.customer(ada.customer_id) == ada.PK
    assert ada.SK == keys.PROFILE
    assert ada.customer_id != bob.customer_id


@pytest.mark.parametrize(
    ("given", "kept"), [("pt_br", "pt-BR"), ("EN", "en"), (None, None), ("", None), ("English, please", None)]
)
def test_a_language_that_is_none_is_left_out(deps: Deps, given: str | None, kept: str | None) -> None:
    assert new_profile(deps, language=given).language == kept
