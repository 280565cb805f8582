"""Values that somebody gives: in the order of their symbols, as floats, finite."""

from collections.abc import Mapping, Sequence

import numpy as np
import sympy as sp


def in_order(values: Mapping | Sequence, symbols: Sequence[sp.Symbol], what: str) -> list:
    """The values in the order of the symbols, from a sequence or a mapping by symbol or name.

    Raises ValueError for a missing or surplus value, naming it.
    """
    if not isinstance(values, (list, tuple)) and isinstance(values, Mapping):
        by_name = {str(key): value for key, value in values.items()}
        names = [str(symbol) for symbol in symbols]
        if wrong := sorted(set(by_name) ^ set(names)):
            raise ValueError(f"{what} should give a value to each of {names}; look at {wrong}")
        return [by_name[name] for name in names]
    if len(values) != len(symbols):
        raise ValueError(f"{what} should be {len(symbols)} values, {symbols}, not {len(values)}")
    return list(values)


def as_floats(values, symbol: sp.Symbol) -> np.ndarray:
    try:
        return np.asarray(values, float)
    except (TypeError, ValueError):
        raise ValueError(f"{symbol} should be numbers, not {values!r:.60}") from None


def finite_start(
    start: Mapping | Sequence, parameters: Sequence[sp.Symbol], what: str = "start"
) -> list[float]:
    """One finite number for each parameter, in order. Raises ValueError naming the culprit."""
    values = in_order(start, parameters, what)
    for symbol, value in zip(parameters, values, strict=True):
        number = as_floats(value, symbol)
        if number.ndim or not np.isfinite(number):
            raise ValueError(f"{what} for {symbol} should be one finite number, not {value!r:.60}")
    return [float(value) for value in values]
