"""An equation as a sentence: in names, in numbers, and its result."""

import re
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from unicodedata import normalize

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike

from ..compiled.lines import CodePrinter, as_function
from ..derivation.names import spelled as spelled_name

DIGITS = range(3, 17)  # in which a number may be told: three where they do, or as many as a float has


def spelled(text: str) -> str:
    """Code as people write it: ŷ, ·, ², ∂L/∂w1."""
    text = re.sub(r"\bd([A-Za-z]\w*?)_d([A-Za-z]\w*)", r"∂\1/∂\2", text)
    text = re.sub(r"([A-Za-z])_hat", lambda found: normalize("NFC", found[1] + "\u0302"), text)
    return re.sub(r"\*\*2(?![\w.])", "²", text).replace("**", "^").replace("*", " · ")


def in_numbers(code: str, values: Mapping[str, float], digits: int) -> str:
    """Code with a number, to so many digits, in place of each name that has a value."""

    def number(found):
        if found[0] not in values:
            return found[0]
        written = f"{values[found[0]]:.{digits}g}"
        return f"({written})" if written.startswith("-") else written

    return re.sub(r"[A-Za-z_]\w*", number, code)


@lru_cache(maxsize=512)
def formula(expression: sp.Expr) -> tuple[list[str], Callable]:
    """The names that an expression needs, and a function of them: compiled once, whatever the round."""
    inputs = sorted(expression.free_symbols, key=str)
    return [spelled_name(s) for s in inputs], as_function(inputs, [], [expression], CodePrinter())


def computed(expression: sp.Expr, values: Mapping[str, ArrayLike]) -> np.ndarray:
    """The value of an expression, from numbers or arrays by the names of its symbols."""
    names, function = formula(expression)
    return function(*(np.asarray(values[name], dtype=float) for name in names))[0]


def digits_that_compute(expression: sp.Expr, values: Mapping[str, float], shown: str) -> int:
    """In how few digits the values can be told, so that whoever computes with those finds what is shown."""
    told = {
        name: [float(f"{values[name]:.{digits}g}") for digits in DIGITS] for name in formula(expression)[0]
    }
    with np.errstate(all="ignore"):
        found = np.broadcast_to(computed(expression, told), len(DIGITS))
    return next((digits for digits, one in zip(DIGITS, found, strict=True) if f"{one:.3g}" == shown), 3)


def told(
    name: str,
    expression: sp.Expr,
    values: Mapping[str, float],
    result: float,
    parameters: Collection[sp.Symbol] | None = None,
) -> str:
    """An equation in names, in numbers, and its result: z = b1 + w1 · x = 0 + 0.5 · 1.5 = 0.75.

    The result has three digits; the numbers have as many as it takes to compute it from them.
    parameters: the symbols that stand first in a product.
    """
    code, shown = CodePrinter(parameters).doprint(expression), f"{result:.3g}"
    numbers = in_numbers(code, values, digits_that_compute(expression, values, shown))
    steps = [name, code, shown] if numbers.strip("()") == shown else [name, code, numbers, shown]
    return " = ".join(map(spelled, steps))
