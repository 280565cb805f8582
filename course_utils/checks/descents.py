"""Runs of gradient descent: right ones, and with a slip in each step or in their number."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from ..language import say
from ..models.model import Model
from .mistakes import Mistake
from .reruns import Arguments
from .trials import agrees

UPHILL = "the update goes uphill: subtract the gradient. If you do, the gradient has the wrong sign."
SUMMED = "each loss should be the mean over the samples, not their sum."
Run = tuple[np.ndarray, np.ndarray]  # the parameters at the end, and the losses


class Descent:
    """Gradient descent from a start."""

    def __init__(self, model: Model, arguments: Arguments):
        self.model, self.data = model.compile(), arguments.data
        self.start, self.rate = arguments.start, arguments.learning_rate

    def compiled(self, at: np.ndarray):
        """The loss and the gradients."""
        return self.model(list(at), self.data)

    def run(self, move: Callable, steps: int) -> tuple[list, np.ndarray]:
        """The parameters from the start on, and the losses there. move(parameters, gradients)."""
        trail, losses = [self.start], []
        for step in range(steps + 1):
            loss, gradients = self.compiled(trail[-1])
            losses.append(loss)
            if step < steps:
                trail.append(move(trail[-1], np.array(gradients)))
        return trail, np.array(losses)

    def downhill(self, at, gradients):
        """Where a right step leads."""
        return at - self.rate * gradients

    def uphill(self, at, gradients):
        """Where a step leads that adds the gradients instead of subtracting them."""
        return at + self.rate * gradients

    def in_turns(self, turns, at, _):
        """Where a step leads whose gradients are computed anew after the update of some of the parameters."""
        for some in turns:
            at = at - self.rate * np.array(self.compiled(at)[1]) * np.isin(np.arange(len(at)), some)
        return at

    def mistaken(self, losses: np.ndarray, steps: int, samples: int) -> Iterator[tuple[Mistake, Run]]:
        """Runs with a slip in each step: those that begin like these losses, whole."""
        moves = {
            "sign": (self.uphill, UPHILL),
            "sum for mean": (
                lambda at, gradients: at - samples * self.rate * gradients,
                "the gradient should be the mean over the samples, not their sum.",
            ),
            "same gradient": (
                lambda at, _: at - self.rate * np.array(self.compiled(self.start)[1]),
                "the gradients are those of the start in every step: compute them anew in each.",
            ),
            "step alone": (
                lambda at, gradients: -self.rate * gradients,
                "the step alone is kept: subtract it from the parameter.",
            ),
        }
        text, few = "compute all gradients before any parameter changes.", min(steps, 2)
        each = [(name, *move) for name, move in moves.items()]
        each += [("one by one", partial(self.in_turns, turns), text) for turns in all_turns(len(self.start))]
        for name, move, message in each if len(losses) == steps + 1 else ():
            if agrees(losses[: few + 1], self.run(move, few)[1]):
                trail, run = self.run(move, steps)
                yield Mistake(name, message), (trail[-1], run)


def all_turns(count: int) -> list[list[list[int]]]:
    """Orders in which people update so many parameters: one by one, or first those of one layer."""
    places = list(range(count))
    turns = [[[place] for place in places]] if count > 1 else []
    turns += [[places[:cut], places[cut:]] for cut in range(1, count) if count > 2]
    return [each for one in turns for each in (one, one[::-1])]


def cut_runs(trail: list, losses: np.ndarray, samples: int) -> Iterator[tuple[Mistake, Run]]:
    """Right steps, but one more than was asked, one less, or other losses. trail: one step more."""
    summed = Mistake("sum for mean", SUMMED)
    yield summed, (trail[-2], samples * losses[:-1])
    surplus = Mistake("surplus step", "one step too many.")
    yield surplus, (trail[-1], losses)
    moved = "the parameters move once more after the last loss: one step too many."
    yield Mistake("surplus step", moved), (trail[-1], losses[:-1])
    if len(trail) > 2:
        missing = Mistake("missing step", "one step is missing.")
        yield missing, (trail[-3], losses[:-2])
    for when, some in ((say("at the start"), losses[1:-1]), (say("after the last step"), losses[:-2])):
        missing = Mistake("missing loss", "the loss {when} is missing.", names={"when": when})
        yield missing, (trail[-2], some)


def all_finite(run: Run) -> bool:
    """Whether a run has stayed within the numbers."""
    return all(np.isfinite(numbers).all() for numbers in run)


def run_agrees(answer: Run, run: Run) -> bool:
    """Whether a learner's run is this one, parameters and losses: the same shapes, the same numbers."""
    return all(a.shape == b.shape and (not a.size or agrees(a, b)) for a, b in zip(answer, run, strict=True))
