"""Numbers to try a learner's function with."""

from collections.abc import Sequence

import numpy as np
import sympy as sp

from ..derivation.chain_rule import Equations
from .equivalence import shown_apart
from .flow import same
from .inputs import chosen_inputs
from .values import Point

SAMPLES = 3  # data points for each setting of the parameters
MANY = 40  # copies of them, where many are tried
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
    points: list[Trial] = [
        [{name: v[index] for name, v in values.items()} for index in row] for row in indices(shape)
    ]
    return points, regions


def indices(shape: tuple[int, int]) -> list[list[tuple[int, int]]]:
    """For each trial the (trial, sample) of its points, to index arrays of this shape with."""
    return [[(trial, sample) for sample in range(shape[1])] for trial in range(shape[0])]


def resized(tried: Sequence[Trial]) -> list[Trial]:
    """The first trial with one data point, with two, and with many."""
    return [tried[0][:1], tried[0][:2], tried[0] * MANY]


def right_in(answers: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """In which trials an answer is right, shape (trials,). answers, keys: shape (trials, numbers)."""
    near = np.abs(answers - keys) <= CLOSE * np.abs(keys)
    return np.all(near | ((keys == 0) & (np.abs(answers) < 1e-12)), axis=-1)


def telling(right: np.ndarray) -> list[int]:
    """The first trials, and the first in which each answer is wrong. right: shape (answers, trials)."""
    wrong = [int(np.argmin(trials)) for trials in right if not trials.all()]
    return sorted({*range(min(TOLD, right.shape[1])), *wrong})


def numbers(points: Sequence[Point], symbol: sp.Symbol) -> np.ndarray:
    """A symbol's values at the points, as floats of shape (points,)."""
    return np.array([float(point[symbol.name]) for point in points])


def agrees(answer: np.ndarray, key: np.ndarray) -> bool:
    """Whether an answer is right: the same numbers, or as near to zero as floats get."""
    return bool(same(answer, key)) or (not key.any() and bool(np.all(np.abs(answer) < 1e-12)))


def compared(what, answer: np.ndarray, key: np.ndarray) -> str:
    """The sentence that shows the first number that is not as it should be."""
    index = int(np.argmin([agrees(a, k) for a, k in zip(answer[:, None], key[:, None], strict=True)]))
    yours, expected = shown_apart(answer[index], key[index])
    return f"{what} came out as {yours} in a trial, and it should be {expected}."
