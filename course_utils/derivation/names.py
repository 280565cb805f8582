"""What may be a name, and values by their names."""

from collections import Counter
from collections.abc import Iterable, Mapping
from keyword import iskeyword
from unicodedata import normalize

import sympy as sp


def duplicates_in(items: Iterable) -> list:
    """The items that occur more than once, each named once."""
    return [item for item, times in Counter(items).items() if times > 1]


def check_names(symbols: Iterable, kind: type = sp.Symbol, called: str = "SymPy symbol") -> None:
    """Raise ValueError naming the symbol that is of another kind, defined twice or no Python name."""
    for symbol in symbols:
        if not isinstance(symbol, kind):
            raise ValueError(f"{symbol!r} is not a {called}: was it given another value?")
    names = [normalize("NFKC", str(symbol)) for symbol in symbols]  # as Python reads them
    if twice := duplicates_in(names):
        raise ValueError(f"{twice[0]} is defined twice, as equation, parameter or data")
    for name in names:
        if not name.isidentifier() or iskeyword(name):
            raise ValueError(f"{name!r} cannot be a name in Python code: choose another")


def by_name(values: Mapping) -> dict:
    """Values by the names of their symbols."""
    return {str(symbol): value for symbol, value in values.items()}
