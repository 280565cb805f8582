"""What somebody gives to be drawn or told: numbers of the right shape, texts, or a refusal by name."""

from collections.abc import Iterable, Mapping

import numpy as np

from ..compiled.inputs import as_floats
from ..derivation.given import brief
from ..language import refusal, say


def array(values, name: str, axes: int = 1) -> np.ndarray:
    """The values as floats with so many axes. Raises ValueError, naming them, for any others."""
    numbers = as_floats(values, name)
    if numbers.ndim != axes or not numbers.size:
        wanted = {1: say("numbers in a row"), 2: say("a table of numbers")}[axes]
        raise refusal(
            "{name} should be {wanted}, but its shape is {shape}",
            name=name,
            wanted=wanted,
            shape=numbers.shape,
        )
    return numbers


def points(pair, name: str) -> tuple[np.ndarray, np.ndarray]:
    """(x, y), each of one length. Raises ValueError, naming the pair, for anything else."""
    if not isinstance(pair, tuple | list | np.ndarray) or len(pair) != 2:
        raise refusal(
            "{name} should be a pair (x, y) of numbers in a row, not {pair}", name=name, pair=brief(pair)
        )
    x, y = array(pair[0], say("x of {name}", name=name)), array(pair[1], say("y of {name}", name=name))
    if x.shape != y.shape:
        raise refusal(
            "{name} should have as many x as y, not {of_x} and {of_y}", name=name, of_x=len(x), of_y=len(y)
        )
    return x, y


def by_label(values, name: str) -> Mapping:
    """Values by what they are called. Raises ValueError, naming them, for anything else."""
    if not isinstance(values, Mapping) or not all(isinstance(label, str) for label in values):
        raise refusal("{name} should be a mapping from texts, not {values}", name=name, values=brief(values))
    return values


def texts(values, name: str, count: int) -> list[str]:
    """So many texts; numbers are written as such. Raises ValueError, naming them, for anything else."""
    if not isinstance(values, Iterable) or len(found := [f"{value!s:.60}" for value in values]) != count:
        raise refusal(
            "{name} should be {count} texts, not {values}", name=name, count=count, values=brief(values)
        )
    return found
