"""The training loop: forward, loss, backward, update, until a reason to stop."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..compiled.inputs import finite_start
from ..compiled.matrices import CompiledMatrices
from ..compiled.scalars import Compiled
from ..models.model import Model
from .update_rules import GradientDescent, UpdateRule

DIVERGED = 1e6  # a loss this many times the first (or 1, if that is more) will not come back


@dataclass(frozen=True)
class History:
    """What happened in a training run of n steps.

    parameters: shape (n + 1, number of parameters), at the start and after every step.
    loss: shape (n + 1,), the mean loss of those parameters.
    stop_reason: "converged" (the loss reached the tolerance), "max_steps" or "diverged".
    """

    parameters: np.ndarray
    loss: np.ndarray
    stop_reason: str

    @property
    def steps(self) -> int:
        return len(self.loss) - 1

    def __repr__(self) -> str:
        advice = {
            "converged": "as good as asked for",
            "max_steps": "the limit on steps",
            "diverged": "it grows without bound; try a smaller learning rate",
        }[self.stop_reason]
        return (
            f"{self.stop_reason} after {self.steps} steps: "
            f"loss {self.loss[0]:.4g} -> {self.loss[-1]:.4g} ({advice})"
        )


def train(
    model: Model | Compiled,
    start: Mapping | Sequence,
    data: Mapping | Sequence,
    rule: UpdateRule | None = None,
    max_steps: int = 1000,
    tolerance: float = 0.0,
    on_step: Callable[[int, float], None] | None = None,
) -> History:
    """Train from `start` and return the History.

    start: one number for each parameter. data: an array of shape (samples,) for each data symbol.
    rule: how to update; gradient descent at 0.1 unless told.
    tolerance: the loss that is good enough; training stops there.
    on_step: called with (step, loss) after each look at the loss, for a progress bar.
    Raises ValueError for bad data or start, naming the culprit.
    """
    compiled = model.compile() if isinstance(model, Model) else model
    rule = rule or GradientDescent(0.1)
    if max_steps < 0:
        raise ValueError(f"max_steps should be 0 or more, not {max_steps}")
    if not isinstance(rule, UpdateRule):
        raise ValueError(f"rule should be an update rule such as GradientDescent(0.1), not {rule!r}")
    compiled.check_data(data)
    parameters = finite_start(start, compiled.parameters)
    memory, trail, losses = rule.start(parameters), [], []
    with np.errstate(all="ignore"):  # divergence is reported by stop_reason, not by warnings
        while True:
            loss, gradients = compiled(parameters, data)
            trail.append(parameters)
            losses.append(loss)
            if on_step:
                on_step(len(losses) - 1, loss)
            if reason := stop_reason(losses, tolerance, max_steps):
                return History(np.array(trail), np.array(losses), reason)
            parameters, memory = rule.step(parameters, gradients, memory)


def train_in_batches(
    compiled: CompiledMatrices,
    start: Sequence[np.ndarray],
    rows: np.ndarray,
    data_of: Callable[[np.ndarray], Sequence[np.ndarray]],
    rule: UpdateRule,
    epochs: int,
    batch_size: int = 32,
    seed: int = 0,
) -> Iterator[list[np.ndarray]]:
    """Yield the parameters after each epoch, one pass through all rows in random order.

    rows: the numbers of the samples to train on. data_of: the model's data for some of these numbers.
    batch_size: samples for each update; the last batch of an epoch may be smaller.
    """
    parameters, memory, random = list(start), rule.start(start), np.random.default_rng(seed)
    for _ in range(epochs):
        order = random.permutation(rows)
        for first in range(0, len(order), batch_size):
            _, gradients = compiled(parameters, data_of(order[first : first + batch_size]))
            parameters, memory = rule.step(parameters, gradients, memory)
        yield parameters


def stop_reason(losses: Sequence[float], tolerance: float, max_steps: int) -> str | None:
    """Why to stop after these losses, or None to go on."""
    if not losses[-1] <= DIVERGED * max(losses[0], 1):  # true of nan as well
        return "diverged"
    if losses[-1] <= tolerance:
        return "converged"
    return "max_steps" if len(losses) > max_steps else None
