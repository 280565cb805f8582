"""What may be a name, and values by their names."""

from collections import Counter
from collections.abc import Iterable, Mapping
from keyword import iskeyword
from unicodedata import normalize

import sympy as sp

from .given import TEXT, brief, some

LONGEST = 100  # letters of a name


def duplicates_in(items: Iterable) -> list:
    """The items that occur more than once, each named once."""
    return [item for item, times in Counter(items).items() if times > 1]


def spelled(symbol) -> str:
    """A symbol's name as Python reads it: two that look alike may be one."""
    return normalize("NFKC", str(symbol))


def check_names(symbols: Iterable, kind: type = sp.Symbol, called: str = "SymPy symbol") -> None:
    """Raise ValueError naming the symbol that is of another kind, defined twice or no Python name."""
    for symbol in symbols:
        if not isinstance(symbol, kind):
            hint = (
                "leave out the quotation marks" if isinstance(symbol, TEXT) else "was it given another value?"
            )
            raise ValueError(f"{brief(symbol)} is not a {called}: {hint}")
        check_name(str(symbol))
    if twice := duplicates_in(map(spelled, symbols)):
        raise ValueError(f"{twice[0]} is defined twice, as equation, parameter or data")


def check_name(name: str) -> None:
    """Raise ValueError for a name that cannot stand in Python code."""
    if len(name) > LONGEST:
        raise ValueError(f"a name should have at most {LONGEST} letters: look at {some([name])}...")
    if not name.isidentifier() or iskeyword(spelled(name)) or (name[:2], name[-2:]) == ("__", "__"):
        raise ValueError(f"{name!r} cannot be a name in Python code: choose another")


def by_name(values: Mapping, what: str = "the mapping") -> dict:
    """Values by the names of their symbols. Raises ValueError for a key of another kind, or two of a name."""
    for key in values:
        if not isinstance(key, str | sp.Basic):
            raise ValueError(f"{what} should have symbols or their names for keys, not {brief(key)}")
    if twice := duplicates_in(map(spelled, values)):
        raise ValueError(f"{what} gives {some(twice)} two values")
    return {spelled(key): value for key, value in values.items()}
