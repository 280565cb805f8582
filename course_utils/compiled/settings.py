"""Single numbers that somebody gives: how many steps, how good, which rows."""

from numbers import Integral, Real

import numpy as np

from ..derivation.given import brief
from ..language import refusal, say
from .inputs import as_floats


def count(value, name: str, least: int = 0, most: int = 10**9) -> int:
    """The value if it is a whole number within bounds. Raises ValueError otherwise, naming it."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise refusal("{name} should be a whole number, not {value}", name=name, value=brief(value))
    if not least <= int(value) <= most:
        bound = say("at most {most}", most=most)
        if int(value) < least:
            bound = say("{least} or more", least=least)
        raise refusal("{name} should be {bound}, not {value}", name=name, bound=bound, value=brief(value))
    return int(value)


def number(value, name: str, least: float = -np.inf) -> float:
    """The value if it is one finite real number, `least` or more. Raises ValueError otherwise, naming it."""
    if isinstance(value, Real) and not isinstance(value, bool):
        as_float = float(as_floats(value, name))
        if np.isfinite(as_float) and as_float >= least:
            return as_float
    if least != -np.inf:
        text = say(
            "{name} should be a finite number, {least} or more, not {value}",
            name=name,
            least=least,
            value=brief(value),
        )
        raise ValueError(text)
    raise refusal("{name} should be a finite number, not {value}", name=name, value=brief(value))


def whole_numbers(values, name: str) -> np.ndarray:
    """The values as an array of whole numbers in a row. Raises ValueError, naming it, for any others."""
    array = np.asarray(values) if isinstance(values, list | tuple | range | np.ndarray) else np.array(0)
    if array.dtype.kind not in "iu" or array.ndim != 1 or not array.size:
        raise refusal(
            "{name} should be whole numbers in a row, one or more, not {values}",
            name=name,
            values=brief(values),
        )
    return array
