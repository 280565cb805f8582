"""Numbers to try a learner's function with."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ..derivation.chain_rule import Equations
from .equivalence import shown_apart
from .floats import Numbers
from .flow import same
from .inputs import chosen_inputs

SAMPLES = 3  # data points for each setting of the parameters
MANY = 40  # copies of them, where many are tried
TOLD = 4  # trials from which a slip is told
CLOSE = 1e-9  # relative: these are floats

Trial = Mapping[str, Numbers]  # for each name an array of shape (samples,)


class Trials(NamedTuple):
    """Settings in which a function is tried. In each of them only the data change from sample to sample.

    values: of all symbols by name, shape (trials, samples). regions: in how many of the model's they are.
    """

    values: Mapping[str, Numbers]
    regions: int

    def each(self) -> Iterator[Trial]:
        """The trials, one after the other."""
        return (dict(zip(self.values, row, strict=True)) for row in zip(*self.values.values(), strict=True))

    def resized(self) -> list[Trial]:
        """The first trial with one data point, with two, and with many."""
        first = next(self.each())
        sizes = (lambda v: v[:1], lambda v: v[:2], lambda v: np.tile(v, MANY))
        return [{name: size(numbers) for name, numbers in first.items()} for size in sizes]

    def points(self, trials: Sequence[int]) -> dict[str, Numbers]:
        """The values in some of the trials, all samples in a row."""
        return {name: numbers[trials].ravel() for name, numbers in self.values.items()}


def trials_of(equations: Equations, fixed: Sequence, varied: Sequence, asked: Sequence) -> Trials:
    """Trials of a model. asked: the symbols whose values are compared.

    Raises ValueError where it has no values.
    """
    return Trials(*chosen_inputs(equations, fixed, varied, asked, SAMPLES))


def right_in(answers: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """In which trials an answer is right, shape (trials,). answers, keys: shape (trials, numbers)."""
    near = np.abs(answers - keys) <= CLOSE * np.abs(keys)
    return np.all(near | ((keys == 0) & (np.abs(answers) < 1e-12)), axis=-1)


def telling(right: np.ndarray) -> list[int]:
    """The first trials, and the first in which each answer is wrong. right: shape (answers, trials)."""
    wrong = [int(np.argmin(trials)) for trials in right if not trials.all()]
    return sorted({*range(min(TOLD, right.shape[1])), *wrong})


def agrees(answer: np.ndarray, key: np.ndarray) -> bool:
    """Whether an answer is right: the same numbers, or as near to zero as floats get."""
    return bool(same(answer, key)) or (not key.any() and bool(np.all(np.abs(answer) < 1e-12)))


def compared(what, answer: np.ndarray, key: np.ndarray) -> str:
    """The sentence that shows the first number that is not as it should be."""
    index = int(np.argmin([agrees(a, k) for a, k in zip(answer[:, None], key[:, None], strict=True)]))
    yours, expected = shown_apart(answer[index], key[index])
    return f"{what} came out as {yours} in a trial, and it should be {expected}."
