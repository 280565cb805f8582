"""A training loop once more, with other arguments: it has to use each, and no numbers of its own."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import sympy as sp

FEW = 2  # steps: a right loop that is slow should not become too slow


class Arguments(NamedTuple):
    """What a training loop is called with. start: a number for each parameter, data: arrays."""

    start: np.ndarray
    data: Sequence[np.ndarray]
    learning_rate: float
    steps: int

    def given(self, parameters: Sequence[sp.Symbol], data: Sequence[sp.Symbol]) -> dict:
        """The arguments by name, as a learner's function gets them."""
        start = {p.name: float(number) for p, number in zip(parameters, self.start, strict=True)}
        return self._asdict() | {
            "start": start,
            "data": {s.name: numbers for s, numbers in zip(data, self.data, strict=True)},
        }


def fewer_steps(usual: Arguments) -> Arguments:
    """The arguments with another number of steps, which is small."""
    return usual._replace(steps=FEW if usual.steps != FEW else FEW + 1)


def others(few: Arguments) -> Iterator[tuple[str, Arguments]]:
    """(the name of an argument but for the steps, arguments in which it alone is another).

    A large learning rate may lead far away: see `is_calm`.
    """
    for rate in (few.learning_rate / 100, max(4 * few.learning_rate, 2.0)):
        yield "learning_rate", few._replace(learning_rate=rate)
    for signs in (1, -1, (-1) ** np.arange(len(few.start))):
        yield "start", few._replace(start=0.75 * signs * np.asarray(few.start) + 0.01)
    if few.data and all(np.ndim(a) and len(a) > 1 for a in few.data):
        yield "data", few._replace(data=[np.asarray(a)[1:] for a in few.data])
        yield "data", few._replace(data=[np.append(a, a[:1]) for a in few.data])


def is_calm(arguments: Arguments, end: np.ndarray) -> bool:
    """Whether a run stays where numbers are of usual size: elsewhere exp overflows in a right loop too."""
    reached = np.abs(end).max(initial=0)
    sizes = [np.abs(column).max(initial=1) for column in arguments.data]
    return bool(
        reached <= 20 * np.abs(arguments.start).max(initial=1) and reached * max(sizes, default=1) < 300
    )
