"""Numbers to try a learner's function with, and what a slip in an equation makes of them."""

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
import sympy as sp

from ..derivation.chain_rule import Equations
from .equivalence import computed, generic_points, shown
from .mistakes import Mistake, equation_mistakes
from .slips import same
from .values import Point, Undefined
from .verdict import Verdict, slipped

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


def equations_mistaken(
    equations: Equations, symbol: sp.Symbol, roles: Sequence
) -> Iterator[tuple[Mistake, Equations]]:
    """The equations up to a symbol, with one slip in one of them, the last first."""
    until = list(equations)[: list(equations).index(symbol) + 1]
    for of in reversed(until):
        for mistake in equation_mistakes(of, equations[of], roles):
            yield mistake, {s: equations[s] for s in until} | {of: mistake.expression}


def explained(
    answer: np.ndarray, symbol: sp.Symbol, mistaken: Iterator, points: Sequence[Point]
) -> Verdict | None:
    """The verdict on the first slip that gives this answer at the points."""
    for mistake, equations in mistaken:
        inputs = points[0].keys() - {s.name for s in equations}
        try:
            wrong_points = [computed(equations, {n: point[n] for n in inputs}) for point in points]
        except (Undefined, KeyError):
            continue
        if same(answer, numbers(wrong_points, symbol)):
            return slipped([mistake])
    return None
