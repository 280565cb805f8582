"""A sum over the samples where their mean belongs: as it is, or divided by a number of one's own."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import sympy as sp

from ..language import later
from .answers import Unreadable
from .calls import FEW_SECONDS, call_each
from .flow import same
from .mistakes import Mistake
from .trials import MANY

SUM = Mistake("sum for mean", "take the mean over the samples.")
MORE = Mistake("sum for mean", "take the mean over the samples that come in. That is not all.", credit=0.0)
OWN_NUMBER = (
    "the sum over the samples is not divided by how many come in: divide by `len({data})`, and by no number"
    " of your own."
)
OWN_NUMBER_OR_LOST = later(
    "the sum over the samples is not divided by how many come in: divide by `len({data})`. Perhaps it is"
    " divided by a number of your own. Or perhaps it is not divided at all, and {other}"
)
COUNT = (
    "the same samples several times over give another gradient: add up all samples, and then divide the sum"
    " by `len({data})`, once, and by nothing else."
)


class Sum(NamedTuple):
    """What stands where a mean belongs: the mistake, and by what a sum was divided; None for no sum."""

    mistake: Mistake
    divisor: float | None = 1.0

    def or_lost(self, factors: Mapping[float, Mistake]) -> "Sum":
        """With a doubt: what is divided by a number may be a sum in which such a factor is lost.

        factors: what is said of a gradient that is right but for a number, see `facts`.
        """
        lost = factors.get(1 / self.divisor) if self.divisor else None
        if lost is None or lost.slip != "lost number":
            return self
        doubt = self.mistake._replace(text=OWN_NUMBER_OR_LOST)
        return self._replace(mistake=doubt.about(other=lost.message))

    def and_then(self, others: Sequence[Mistake], wrong: bool) -> list[Mistake]:
        """The mistakes in an answer whose mean is wrong, or right. others: those known in the mean."""
        if not wrong or self.divisor is None:
            return [self.mistake]
        return [self.mistake, *others] if len(others) == 1 else [MORE]


@np.errstate(all="ignore")
def sum_for_mean(growth: float, answer: np.ndarray, key: np.ndarray, samples: int, data: Sequence) -> Sum:
    """What stands where a mean belongs. growth: how many times as large it is with MANY times the samples.

    answer, key: a number for each trial. By what a sum was divided is told by a gradient that is right but
    for a number, which may be negative.
    """
    largest = np.nanargmax(np.abs(key))
    ratio, names = answer[largest] / key[largest], {"data": data[0].name}
    alone = bool(same(answer, ratio * key))
    if not alike(growth, MANY):
        return Sum(Mistake("own number", COUNT, credit=0.5 * (alone and ratio > 0), names=names), None)
    divisor = samples / abs(ratio)
    if alone and divisor > 1.5 and alike(divisor, round(divisor)):
        return Sum(Mistake("own number", OWN_NUMBER, names=names), round(divisor))
    return Sum(SUM)


def alike(one: float, other: float) -> bool:
    """Whether two numbers are the same, but for rounding."""
    return bool(same(np.array([one]), np.array([other])))


@np.errstate(all="ignore")
def growth_of(
    function: Callable, given: Sequence[Mapping], read: Callable, answers: Mapping
) -> dict[sp.Symbol, float] | None:
    """How many times as large each answer is with so many copies of the data: 1 for a mean, MANY for a sum.

    given: what the function was called with. answers: for each parameter a number for each of these calls.
    Those that grow now by this and now by that are left out. None if it does not work with more data.
    """
    copies = (
        {name: np.tile(value, MANY) if np.ndim(value) else value for name, value in each.items()}
        for each in given
    )
    try:
        found = np.transpose(call_each(function, copies, read, FEW_SECONDS))
    except Unreadable:
        return None
    growth = {}
    for (p, answer), more in zip(answers.items(), found, strict=True):
        largest = np.argmax(np.abs(answer))
        if same(more, more[largest] / answer[largest] * answer):
            growth[p] = float(more[largest] / answer[largest])
    return growth
