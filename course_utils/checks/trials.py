"""Numbers to try a learner's function with, and what a slip in an equation makes of them."""

from collections.abc import Iterator, Sequence

import numpy as np
import sympy as sp

from ..derivation.chain_rule import Equations
from .equivalence import computed, shown
from .inputs import chosen_inputs
from .mistakes import Mistake, equation_mistakes
from .slips import same
from .values import Point, Undefined
from .verdict import Verdict, slipped

SAMPLES = 3  # data points for each setting of the parameters
TOLD = 4  # trials from which a slip is told
CLOSE = 1e-9  # relative: these are floats

Trial = list[Point]  # points in which only the data change


def trials(
    equations: Equations, fixed: Sequence, varied: Sequence, asked: Sequence
) -> tuple[list[Trial], int]:
    """Trials with the values of all symbols, and in how many of the model's regions they are.

    asked: the symbols whose values are compared. Raises ValueError where the model has none.
    """
    values, regions = chosen_inputs(equations, fixed, varied, asked, SAMPLES)
    shape = next(iter(values.values())).shape
    points = [[{name: v[index] for name, v in values.items()} for index in row] for row in indices(shape)]
    return points, regions


def indices(shape: tuple[int, int]) -> list[list[tuple[int, int]]]:
    return [[(trial, sample) for sample in range(shape[1])] for trial in range(shape[0])]


def right_in(answers: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """In which trials an answer is right, shape (trials,). answers, keys: shape (trials, numbers)."""
    near = np.abs(answers - keys) <= CLOSE * np.abs(keys)
    return np.all(near | ((keys == 0) & (np.abs(answers) < 1e-12)), axis=-1)


def telling(right: np.ndarray) -> list[int]:
    """The first trials, and the first in which each answer is wrong. right: shape (answers, trials)."""
    wrong = [int(np.argmin(trials)) for trials in right if not trials.all()]
    return sorted({*range(min(TOLD, right.shape[1])), *wrong})


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
