"""Whether what somebody says of themselves is enough to know who it is.

A date of birth is shared by one in thirty thousand, a postcode by a street, a name by many: two of them
that agree name one person in a very large directory, one alone never does. What is heard is misheard,
so the second may be nearly right, except where a household or a namesake would do as well.
"""

from collections.abc import Mapping

from chalicelib.rules.contradiction import Fit, Fits

TELLING = ("date_of_birth", "name", "postcode")
"""What people say of themselves that is found again; two of them are needed."""
ENOUGH = 2


def can_recognise(said: Mapping[str, str]) -> bool:
    """Whether enough was said to look for anybody by it."""
    return sum(name in said for name in TELLING) >= ENOUGH


def recognises(fits: Fits) -> bool:
    """Whether what was said is this person's, by how well it fits what is known of them."""
    born, called, lives = (fits.get(name) for name in TELLING)
    if born is Fit.SAME:
        # a twin has the same birthday and address, but goes by another name
        if called is Fit.OTHER:
            return False
        return called is Fit.SAME or lives in {Fit.SAME, Fit.NEAR}
    return born is not Fit.OTHER and called is Fit.SAME and lives is Fit.SAME


def keys_of(told: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Under what somebody is found again by what they say: the birthday, and the address with the initial.

    Each is shared by few, so a look through all who share it is short. `told` are normalised facts.
    """
    found: list[tuple[str, ...]] = []
    if "date_of_birth" in told:
        found.append(("date_of_birth", told["date_of_birth"]))
    if "postcode" in told and (words := told.get("name", "").casefold().split()):
        found.append(("postcode", told["postcode"].replace(" ", ""), words[-1][0]))
    return found
