"""Arguments that a function does not ask for, or does not care for, because it has numbers from elsewhere."""

import dis
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from .answers import Unreadable
from .calls import FEW_SECONDS, as_written, call_each, outside
from .mistakes import Mistake
from .trials import asked_by

HOLDERS = Mapping | list | tuple | np.ndarray | float | int


def borrowed(function: Callable, given: Mapping) -> list[Mistake]:
    """The mistake that a function takes from outside what it should ask for as an argument."""
    used = [name for name in outside(function) if name in given and name not in asked_by(function, given)]
    text = "{name} comes from outside the function: make it one of its arguments."
    return [Mistake("global for argument", text, names={"name": name}) for name in used[:1]]


def replaced(function: Callable, tested: Sequence[Mapping], read: Callable) -> list[Mistake]:
    """The mistake that a function puts something of its own, or from outside, in an argument's place.

    tested: what it was called with. A slip explains more.
    """
    held = any(isinstance(thing, HOLDERS) for thing in outside(function).values())
    names = tested[0] if held else bound_names(function)
    for name in asked_by(function, tested[0]):
        if name in names and is_unheeded(function, name, tested, read):
            text = "whatever {name} is, this returns the same: use what comes in, no numbers of your own."
            return [Mistake("unused argument", text, credit=0.0, names={"name": name})]
    return []


def is_unheeded(function: Callable, name: str, tested: Sequence[Mapping], read: Callable) -> bool:
    """Whether a function returns the same with any of the values that this argument has elsewhere."""
    changed = ({**one, name: other[name]} for one, other in zip(tested, reversed(tested), strict=True))
    try:
        one, other = (call_each(function, given, read, FEW_SECONDS) for given in (tested, changed))
    except Unreadable:
        return False
    return len(tested) > 1 and np.array_equal(one, other, equal_nan=True)


def bound_names(function: Callable) -> set[str]:
    """The names to which a function gives a value."""
    try:
        code = dis.get_instructions(as_written(function).__code__)  # type: ignore[attr-defined]
    except Exception:  # an object of any kind may say that it can be called
        return set()
    stores = [one.argval for one in code if "STORE" in one.opname]
    return {name for names in stores for name in (names if isinstance(names, tuple) else (names,))}
