"""Numbers to try a learner's function with."""

from collections.abc import Sequence
from itertools import islice

import numpy as np
import sympy as sp

from ..derivation.chain_rule import Equations
from .equivalence import computed, generic_points, shown
from .flow import same
from .values import Point, Undefined

SETTINGS, SAMPLES = 4, 3  # values of the parameters, and data points for each of them


def trials(equations: Equations, fixed: Sequence, varied: Sequence) -> list[list[Point]]:
    """Points with all values: lists of SAMPLES in which only the `varied` symbols change."""
    fixed_points = generic_points([symbol.name for symbol in fixed])
    varied_points = generic_points([symbol.name for symbol in varied], seed=1)
    found = []
    for point in islice(fixed_points, 100):
        try:
            samples = islice(varied_points, SAMPLES)
            found.append([computed(equations, point | sample) for sample in samples])
        except Undefined:
            continue
        if len(found) == SETTINGS:
            return found
    raise ValueError("this model has no values at the points that were tried")


def numbers(points: Sequence[Point], symbol: sp.Symbol) -> np.ndarray:
    return np.array([float(point[symbol.name]) for point in points])


def agrees(answer: np.ndarray, key: np.ndarray) -> bool:
    """Whether an answer is right: the same numbers, or as near to zero as floats get."""
    return bool(same(answer, key)) or (not key.any() and bool(np.all(np.abs(answer) < 1e-12)))


def compared(what, answer: np.ndarray, key: np.ndarray) -> str:
    """The sentence that shows the first number that is not as it should be."""
    index = int(np.argmin([agrees(a, k) for a, k in zip(answer[:, None], key[:, None], strict=True)]))
    yours, expected = shown(answer[index]), shown(key[index])
    return f"{what} came out as {yours} in a trial, and it should be {expected}."
