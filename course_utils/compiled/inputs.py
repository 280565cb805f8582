"""Values that somebody gives: in the order of their symbols, as floats, finite."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from numbers import Real

import numpy as np
import sympy as sp

from ..derivation.given import MOST, TEXT, brief, some
from ..derivation.names import by_name, duplicates_in, spelled
from ..language import later, refusal, say

FLOAT = np.dtype(float)
KINDS = {
    "c": later("complex numbers"),
    "M": later("dates"),
    "m": later("spans of time"),
    "U": later("text"),
    "S": later("text"),
    "V": later("records"),
}
AT_SAMPLE = later(" at sample {number}")


def in_order(values: Mapping | Sequence, symbols: Sequence[sp.Symbol], what: str) -> list:
    """The values in the order of the symbols, from a sequence, or from a mapping or table by symbol or name.

    Raises ValueError for a missing or surplus value, naming it.
    """
    if type(values) not in (list, tuple, dict):
        try:
            values = mapping_or_list(values, what)
            values = dict(values) if isinstance(values, Mapping) else list(values)
        except Exception as error:  # an object of any kind decides by itself what is in it
            if isinstance(error, ValueError):
                raise
            raise refusal("{what} should be a list of values, or a mapping by name", what=what) from None
    if isinstance(values, dict):
        named, names = by_name(values, what), list(map(spelled, symbols))
        if wrong := sorted(set(named) ^ set(names)):
            culprits = [name[:40] for name in wrong[:5]]
            raise refusal(
                "{what} should give a value to each of {names}; look at {culprits}",
                what=what,
                names=some(names),
                culprits=culprits,
            )
        return [named[name] for name in names]
    if len(values) != len(symbols):
        raise refusal(
            "{what} should be {count} values, ({names}), not {given}",
            what=what,
            count=len(symbols),
            names=some(symbols),
            given=len(values),
        )
    return list(values)


def mapping_or_list(values, what: str) -> Mapping | list:
    """The values by their labels if they have some, as in pandas, else by place.

    Raises ValueError for what has no order.
    """
    if isinstance(values, Mapping):
        return values
    columns = getattr(values, "columns", None)
    if columns is not None and not callable(columns):
        return {column: values[column] for column in columns}
    no_list = isinstance(values, TEXT | set | frozenset | sp.MatrixBase) or not np.iterable(values)
    if no_list or not hasattr(values, "__len__"):
        raise refusal(
            "{what} should be a list of values, or a mapping by name, not {values}",
            what=what,
            values=brief(values),
        )
    if len(values) > MOST:
        raise refusal("{what} should be fewer than {count} values", what=what, count=len(values))
    labels = labels_of(values)
    if labels is None or labels == list(range(len(labels))):
        return list(values)
    if twice := duplicates_in(labels):
        raise refusal("{what} gives {names} two values", what=what, names=some(twice))
    return dict(zip(labels, values, strict=True))


def as_mapping(values, what: str) -> Mapping:
    """The values by symbol or name. Raises ValueError for values by place."""
    values = mapping_or_list(values, what)
    if not isinstance(values, Mapping):
        raise refusal(
            "{what} should be given by symbol or name, not by place: {values}",
            what=what,
            values=brief(values),
        )
    return values


def labels_of(values) -> list | None:
    """The labels of a column of a table, as in pandas; None for what has none."""
    index = getattr(values, "index", None)
    return None if index is None or callable(index) else list(index)


def columns_of(data: Mapping | Sequence, symbols: Sequence) -> list[np.ndarray]:
    """The data as arrays of floats, in order.

    Raises ValueError naming what is no numbers, and columns whose labels (as in pandas) are not the same.
    """
    values = in_order(data, symbols, "data")
    if not all(type(column) is np.ndarray for column in values):
        labels = {s: own for s, column in zip(symbols, values, strict=True) if (own := labels_of(column))}
        if different := [symbol for symbol, own in labels.items() if own != next(iter(labels.values()))]:
            raise refusal(
                "the labels of {different} are not those of {next} in the same order: "
                "align the two, or give their values alone",
                different=different[0],
                next=next(iter(labels)),
            )
    return list(map(as_floats, values, symbols))


def as_floats(values, symbol: sp.Symbol) -> np.ndarray:
    """The values as an array of floats. Raises ValueError, naming the symbol, for what is no real numbers."""
    if type(values) is np.ndarray and values.dtype is FLOAT:
        return values
    masked = np.ma.getmaskarray(values) if np.ma.isMaskedArray(values) else np.array(False)
    if masked.any():
        raise refusal("{symbol} is masked{at}: leave that out", symbol=symbol, at=at(masked))
    try:
        array = np.asarray(values)
        if array.dtype.kind == "O":
            array = np.reshape([real(value) for value in array.flat], array.shape)
        if array.dtype.kind in "fiub":
            return array.astype(float)
    except Exception:  # an object of any kind decides by itself how it becomes an array
        raise refusal(
            "{symbol} should be numbers, not {values}", symbol=symbol, values=brief(values)
        ) from None
    raise refusal(
        "{symbol} should be numbers, not {values}: these are {kind}",
        symbol=symbol,
        values=brief(values),
        kind=say(KINDS[array.dtype.kind]),
    )


def real(value) -> float:
    """A number of any kind as a float. Raises ValueError for what is no real number."""
    if isinstance(value, Real | Decimal) or (isinstance(value, sp.Expr) and value.is_comparable):
        return float(value)
    raise refusal("{value} is no real number", value=brief(value))


def at(wrong: np.ndarray, place: str = AT_SAMPLE) -> str:
    """Where the first of the samples is that are marked: " at sample 3"; empty if there is only one value."""
    if not wrong.ndim:
        return ""
    return say(place, number=int(np.argmax(wrong.reshape(len(wrong), -1).any(axis=1))))


def finite_start(
    start: Mapping | Sequence, parameters: Sequence[sp.Symbol], what: str = "start"
) -> list[float]:
    """One finite number for each parameter, in order. Raises ValueError naming the culprit."""
    values = in_order(start, parameters, what)
    numbers = list(map(as_floats, values, parameters))
    for symbol, value, one in zip(parameters, values, numbers, strict=True):
        if one.ndim or not np.isfinite(one):
            raise refusal(
                "{what} for {symbol} should be one finite number, not {value}",
                what=what,
                symbol=symbol,
                value=brief(value),
            )
    return list(map(float, numbers))
