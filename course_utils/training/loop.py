"""The training loop: forward, loss, backward, update, until a reason to stop."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from ..compiled.base import CompiledModel
from ..compiled.settings import count, number, whole_numbers
from ..derivation.given import brief
from ..language import later, refusal, say, say_count
from ..models.matrix_model import MatrixModel
from ..models.model import Model
from .update_rules import GradientDescent, UpdateRule, check_rule

DIVERGED = 1e6  # a loss this many times the first (or 1, if that is more) will not come back

ADVICE = {
    "converged": later("as good as asked for"),
    "max_steps": later("the limit on steps"),
    "diverged": later("it grows without bound; try a smaller learning rate"),
    "undefined": later("there is no finite number; try another start, or look at the formula"),
    "interrupted": later("stopped by hand; the steps so far are here"),
}
LEFT = later("a step led to where it has no value; try a smaller learning rate")


@dataclass(frozen=True)
class History:
    """What happened in a training run of n steps.

    parameters: shape (n + 1, number of parameters), at the start and after every step.
        Of a model between matrices: a list of n + 1 lists of arrays, one array for each parameter.
    loss: shape (n + 1,), the mean loss of those parameters.
    stop_reason: "converged" (the loss reached the tolerance), "max_steps", "diverged",
        "undefined" (the loss or a gradient was no finite number, and no learning rate is to blame)
        or "interrupted" (by the stop button, a KeyboardInterrupt).
    where: what was no finite number, and where: "h is nan at sample 3"; empty if nothing was.
    """

    parameters: np.ndarray | list[list[np.ndarray]]
    loss: np.ndarray
    stop_reason: str
    where: str = ""

    @property
    def steps(self) -> int:
        """How many updates were made: one fewer than there are losses."""
        return len(self.loss) - 1

    def __repr__(self) -> str:
        left = self.stop_reason == "diverged" and "nan" in self.where.split()
        told = say("; ").join(filter(None, [self.where, say(LEFT if left else ADVICE[self.stop_reason])]))
        return say_count(
            "{reason} after {count} step: loss {first:.4g} -> {last:.4g} ({told})",
            "{reason} after {count} steps: loss {first:.4g} -> {last:.4g} ({told})",
            self.steps,
            **{"reason": self.stop_reason, "told": told, "first": self.loss[0], "last": self.loss[-1]},
        )


def train(
    model: Model | MatrixModel | CompiledModel,
    start: Mapping | Sequence,
    data: Mapping | Sequence,
    rule: UpdateRule | None = None,
    max_steps: int = 1000,
    tolerance: float = 0.0,
    on_step: Callable[[int, float], None] | None = None,
) -> History:
    """Train from `start` and return the History; of an interrupted run, the History so far.

    start: one number for each parameter. data: an array of shape (samples,) for each data symbol.
        For a model between matrices, both are arrays of the shapes of their symbols.
    rule: how to update; gradient descent at 0.1 unless told.
    tolerance: the loss that is good enough; training stops there.
    on_step: called with (step, loss) after each look at the loss, for a progress bar.
    Raises ValueError for bad arguments, naming the culprit.
    """
    compiled, rule = compiled_of(model), check_rule(GradientDescent(0.1) if rule is None else rule)
    max_steps, tolerance = count(max_steps, "max_steps"), number(tolerance, "tolerance", least=0)
    if on_step is not None and not callable(on_step):
        raise refusal("on_step should be a function of (step, loss), not {on_step}", on_step=brief(on_step))
    columns, parameters = compiled.check_data(data), compiled.start(start)
    memory, trail, losses = rule.start(parameters), [], []
    try:
        with np.errstate(all="ignore"):  # divergence is reported by stop_reason, not by warnings
            while True:
                loss, gradients = compiled(parameters, columns)
                trail.append(parameters)
                losses.append(loss)
                if on_step:
                    on_step(len(losses) - 1, loss)
                if reason := stop_reason(losses, tolerance, max_steps):
                    break
                parameters, memory = rule.step(parameters, gradients, memory)
    except KeyboardInterrupt:
        if not losses:
            raise
        reason = "interrupted"
    trail, where = trail[: len(losses)], ""
    if not isfinite(losses[-1]):
        reason, where = what_became(compiled, trail, columns, reason)
    return History(compiled.history(trail), np.array(losses), reason, where)


def compiled_of(model) -> CompiledModel:
    """The model compiled, if it is not yet. Raises ValueError for what is no model."""
    if isinstance(model, Model | MatrixModel):
        return model.compile()
    if not isinstance(model, CompiledModel):
        raise refusal(
            "model should be a Model or a MatrixModel, or one compiled, not {model}", model=brief(model)
        )
    return model


def what_became(compiled: CompiledModel, trail: list, data: Sequence, reason: str) -> tuple[str, str]:
    """(why a run ended whose last loss is no finite number, what was the first such number)."""
    here = compiled.trouble(trail[-1], data)
    if len(trail) == 1:
        return "undefined", say("at the start {here}", here=here) if here else ""
    with np.errstate(all="ignore"):
        _, gradients = compiled(trail[-2], data)
    if all(np.isfinite(gradient).all() for gradient in gradients):
        return reason, here
    return "undefined", compiled.trouble(trail[-2], data)


def train_in_batches(
    compiled: MatrixModel | CompiledModel,
    start: Mapping | Sequence,
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
    An interruption (KeyboardInterrupt) ends the epochs; what was yielded before it stays.
    Raises ValueError for bad arguments, naming the culprit.
    """
    compiled, rule, rows = compiled_of(compiled), check_rule(rule), whole_numbers(rows, "rows")
    batch_size, random = count(batch_size, "batch_size", least=1), np.random.default_rng(count(seed, "seed"))
    if not callable(data_of):
        raise refusal(
            "data_of should be a function of the numbers of rows, not {data_of}", data_of=brief(data_of)
        )

    def batches() -> Iterator[Sequence]:
        order = random.permutation(rows)
        return (data_of(order[first : first + batch_size]) for first in range(0, len(order), batch_size))

    each = (batches() for _ in range(count(epochs, "epochs")))
    return epoch_by_epoch(compiled, rule, compiled.start(start), each)


def epoch_by_epoch(
    compiled: CompiledModel, rule: UpdateRule, parameters: list, epochs: Iterable[Iterable[Sequence]]
) -> Iterator[list]:
    """Yield the parameters after each epoch, an update for each batch in it, until it is interrupted."""
    memory = rule.start(parameters)
    try:
        for batches in epochs:
            for data in batches:
                _, gradients = compiled(parameters, data)
                parameters, memory = rule.step(parameters, gradients, memory)
            yield parameters
    except KeyboardInterrupt:
        return


def stop_reason(losses: Sequence[float], tolerance: float, max_steps: int) -> str | None:
    """Why to stop after these losses, or None to go on."""
    if not (isfinite(losses[-1]) and losses[-1] <= DIVERGED * max(losses[0], 1)):
        return "diverged"
    if losses[-1] <= tolerance:
        return "converged"
    return "max_steps" if len(losses) > max_steps else None
