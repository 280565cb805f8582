"""What may be a name, and values by their names."""

from collections import Counter
from collections.abc import Iterable, Mapping
from keyword import iskeyword
from unicodedata import normalize

import sympy as sp

from ..language import later, refusal, say
from .given import TEXT, brief, some

LONGEST = 100  # letters of a name


def duplicates_in(items: Iterable) -> list:
    """The items that occur more than once, each named once."""
    return [item for item, times in Counter(items).items() if times > 1]


def spelled(symbol) -> str:
    """A symbol's name as Python reads it: two that look alike may be one."""
    return normalize("NFKC", symbol.name if isinstance(symbol, sp.Symbol) else str(symbol))  # str is slow


def check_names(symbols: Iterable, kind: type = sp.Symbol, called: str = later("SymPy symbol")) -> None:
    """Raise ValueError naming the symbol that is of another kind, defined twice or no Python name."""
    for symbol in symbols:
        if not isinstance(symbol, kind):
            hint = (
                say("leave out the quotation marks")
                if isinstance(symbol, TEXT)
                else say("was it given another value?")
            )
            raise refusal(
                "{symbol} is not a {called}: {hint}", symbol=brief(symbol), called=say(called), hint=hint
            )
        check_name(str(symbol))
    if twice := duplicates_in(map(spelled, symbols)):
        raise refusal("{twice} is defined twice, as equation, parameter or data", twice=twice[0])


def check_name(name: str) -> None:
    """Raise ValueError for a name that cannot stand in Python code."""
    if len(name) > LONGEST:
        raise refusal(
            "a name should have at most {most} letters: look at {names}...",
            most=LONGEST,
            names=some([name]),
        )
    if not name.isidentifier() or iskeyword(spelled(name)) or (name[:2], name[-2:]) == ("__", "__"):
        raise refusal("{name!r} cannot be a name in Python code: choose another", name=name)


def by_name(values: Mapping, what: str = "") -> dict:
    """Values by the names of their symbols. Raises ValueError for a key of another kind, or two of a name."""
    what = what or say("the mapping")
    for key in values:
        if not isinstance(key, str | sp.Basic):
            raise refusal(
                "{what} should have symbols or their names for keys, not {key}", what=what, key=brief(key)
            )
    if twice := duplicates_in(map(spelled, values)):
        raise refusal("{what} gives {names} two values", what=what, names=some(twice))
    return {spelled(key): value for key, value in values.items()}
