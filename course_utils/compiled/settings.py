"""Single numbers that somebody gives: how many steps, how good, which rows."""

from numbers import Integral, Real

import numpy as np

from ..derivation.given import brief
from .inputs import as_floats


def count(value, name: str, least: int = 0, most: int = 10**9) -> int:
    """The value if it is a whole number within bounds. Raises ValueError otherwise, naming it."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise ValueError(f"{name} should be a whole number, not {brief(value)}")
    if not least <= int(value) <= most:
        bound = f"{least} or more" if int(value) < least else f"at most {most}"
        raise ValueError(f"{name} should be {bound}, not {brief(value)}")
    return int(value)


def number(value, name: str, least: float = -np.inf) -> float:
    """The value if it is one finite real number, `least` or more. Raises ValueError otherwise, naming it."""
    if isinstance(value, Real) and not isinstance(value, bool):
        as_float = float(as_floats(value, name))
        if np.isfinite(as_float) and as_float >= least:
            return as_float
    bound = "" if least == -np.inf else f", {least} or more"
    raise ValueError(f"{name} should be a finite number{bound}, not {brief(value)}")


def whole_numbers(values, name: str) -> np.ndarray:
    """The values as an array of whole numbers in a row. Raises ValueError, naming it, for any others."""
    array = np.asarray(values) if isinstance(values, list | tuple | range | np.ndarray) else np.array(0)
    if array.dtype.kind not in "iu" or array.ndim != 1 or not array.size:
        raise ValueError(f"{name} should be whole numbers in a row, one or more, not {brief(values)}")
    return array
