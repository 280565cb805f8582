"""Numbers to try a learner's function with."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ..derivation.chain_rule import Equations
from ..language import enumerated, later, say, sentences
from .answers import Unreadable
from .calls import wanted
from .equivalence import shown, shown_apart
from .floats import Numbers
from .flow import same
from .inputs import chosen_inputs

SAMPLES = 3  # data points for each setting of the parameters
MANY = 40  # copies of them, where many are tried
TOLD = 4  # trials from which a slip is told
NAMED = 12  # inputs that a sentence can show
NEARLY = 1e-5  # relative: so near comes a right formula in floats of 32 bits, or with rounded numbers

Trial = Mapping[str, Numbers]  # for each name an array of shape (samples,)


class Trials(NamedTuple):
    """Settings in which a function is tried. In each of them only the data change from sample to sample.

    values: of all symbols by name, shape (trials, samples). close: how far from them is right, relative, in
    each trial. regions: in how many of the model's they are.
    """

    values: Mapping[str, Numbers]
    close: Numbers
    regions: int

    def each(self) -> Iterator[Trial]:
        """The trials, one after the other."""
        return (dict(zip(self.values, row, strict=True)) for row in zip(*self.values.values(), strict=True))

    def some(self, trials: Sequence[int]) -> list[Trial]:
        """Some of the trials."""
        return [{name: numbers[trial] for name, numbers in self.values.items()} for trial in trials]

    def resized(self) -> list[Trial]:
        """The first trial with one data point, with two, and with many."""
        first = next(self.each())
        sizes = (lambda v: v[:1], lambda v: v[:2], lambda v: np.tile(v, MANY))
        return [{name: size(numbers) for name, numbers in first.items()} for size in sizes]

    def points(self, trials: Sequence[int]) -> dict[str, Numbers]:
        """The values in some of the trials, all samples in a row."""
        return {name: numbers[trials].ravel() for name, numbers in self.values.items()}


def trials_of(
    equations: Equations, fixed: Sequence, varied: Sequence, asked: Sequence, written: Equations
) -> Trials:
    """Trials of a model. asked: the symbols whose values are compared. written: its own equations.

    Raises ValueError where it has no values.
    """
    return Trials(*chosen_inputs(equations, fixed, varied, asked, SAMPLES, written))


def right_in(answers: np.ndarray, keys: np.ndarray, close: np.ndarray) -> np.ndarray:
    """In which trials an answer is right, shape (trials,). answers, keys: shape (trials, numbers).

    close: how far it may be from the key in each, relative.
    """
    near = np.abs(answers - keys) <= close[..., np.newaxis] * np.abs(keys)
    return np.all(near | ((keys == 0) & (np.abs(answers) < 1e-12)), axis=-1)


def telling(right: np.ndarray) -> list[int]:
    """The first trials, and the first in which each answer is wrong, or right: a slip explains both.

    right: shape (answers, trials).
    """
    wrong = [int(np.argmin(trials)) for trials in right if not trials.all()]
    same = [int(np.argmax(trials)) for trials in right if trials.any()]
    return sorted({*range(min(TOLD, right.shape[1])), *wrong, *same})


def agrees(answer: np.ndarray, key: np.ndarray) -> bool:
    """Whether an answer is right: the same numbers, or as near to zero as floats get."""
    return bool(same(answer, key)) or (not key.any() and bool(np.all(np.abs(answer) < 1e-12)))


@np.errstate(all="ignore")
def differs(answer: np.ndarray, key: np.ndarray) -> int:
    """Where a number is farthest from what it should be."""
    gap = np.abs(answer - key) / (np.abs(answer) + np.abs(key))
    return int(np.argmax(np.where(answer == key, 0, np.where(np.isfinite(gap), gap, np.inf))))


CAME_OUT = later("{what} came out as {mine}, and it should be {expected}.")
NEARLY_RIGHT = later(
    "Nearly: compute in floats of 64 bits, round nothing, and subtract no two numbers that are nearly equal."
)
CAME_OUT_AT = later("at {where} {what} came out as {mine}, and it should be {expected}.")


def compared(what: str, yours: float, right: float, at: Mapping = {}) -> str:
    """The sentence that shows a number that is not as it should be, and the inputs that it came from.

    Not those of a large network, which would fill a page.
    """
    mine, expected = shown_apart(yours, right)
    values = enumerated(f"{name} = {listed(number)}" for name, number in at.items())
    told = {"where": values, "what": what, "mine": mine, "expected": expected}
    nearly = abs(yours - right) < NEARLY * abs(right)
    text = say(CAME_OUT_AT if 0 < len(at) <= NAMED else CAME_OUT, **told)
    return sentences(text, say(NEARLY_RIGHT) if nearly else "")


def listed(number) -> str:
    """A number, or the numbers of an array, as a person would write them."""
    return f"[{', '.join(map(shown, number))}]" if np.ndim(number) else shown(number)


def asked_by(function: Callable, given: Mapping) -> dict:
    """Of the values that a function may ask for those that it does."""
    try:
        by_place, by_name = wanted(function, given)
    except Unreadable:
        return {}
    return {name: value for name, value in given.items() if name in (*by_place, *by_name)}
