"""Many training runs at once: every learning rate, side by side by broadcasting."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import sympy as sp

from ..compiled.inputs import as_floats, in_order
from ..compiled.scalars import Compiled
from ..models.model import Model
from .update_rules import GradientDescent, UpdateRule


@dataclass(frozen=True)
class Sweep:
    """Many training runs side by side, one for each learning rate.

    learning_rates: shape (runs,). parameters: (steps + 1, number of parameters, runs).
    loss: (steps + 1, runs); where a run overflows, inf or nan.
    """

    learning_rates: np.ndarray
    parameters: np.ndarray
    loss: np.ndarray


def starts(start: Mapping | Sequence, parameters: Sequence[sp.Symbol], runs: tuple) -> list[np.ndarray]:
    """Where each run begins: for each parameter an array of shape runs, from a number or such an array.

    Raises ValueError naming the parameter whose start is no finite number, or has another shape.
    """
    begun = []
    for symbol, value in zip(parameters, in_order(start, parameters, "start"), strict=True):
        numbers = as_floats(value, symbol)
        if numbers.shape not in ((), runs) or not np.all(np.isfinite(numbers)):
            raise ValueError(
                f"start for {symbol} should be a finite number, or one for each run: {value!r:.60}"
            )
        begun.append(np.broadcast_to(numbers, runs))
    return begun


def sweep(
    model: Model | Compiled,
    start: Mapping | Sequence,
    data: Mapping | Sequence,
    learning_rates: Sequence[float],
    steps: int,
    rule: Callable[[np.ndarray], UpdateRule] = GradientDescent,
) -> Sweep:
    """Train once for every learning rate, all runs together.

    model: compiled by numba, `model.compile("numba")`, the whole sweep is machine code, which takes about two
        seconds to compile for each kind of rule: worth it for many or long sweeps.
    start: for each parameter one number, or a number for each run.
    rule: makes the update rule of all runs from their learning rates.
    Raises ValueError for bad start, data or learning rates, naming the culprit.
    """
    compiled = model.compile() if isinstance(model, Model) else model
    rates = np.asarray(learning_rates, dtype=float)
    update = rule(rates)
    compiled.check_data(data)
    parameters = starts(start, compiled.parameters, rates.shape)
    if compiled.engine == "numba" and type(update).step is UpdateRule.step:
        from .whole_runs import in_machine_code as runs  # brings numba, which not everybody needs
    else:
        runs = by_broadcasting
    return Sweep(rates, *runs(compiled, update, parameters, data, steps))


def by_broadcasting(compiled: Compiled, update: UpdateRule, parameters: list, data, steps: int) -> tuple:
    """(parameters, loss) before the first step and after each."""
    memory, trail, losses = update.start(parameters), [parameters], []
    with np.errstate(all="ignore"):  # the runs that diverge say so in their losses
        for _ in range(steps):
            loss, gradients = compiled(parameters, data)
            parameters, memory = update.step(parameters, gradients, memory)
            trail.append(parameters)
            losses.append(loss)
        losses.append(compiled(parameters, data)[0])
    return np.array(trail), np.array(losses)


def loss_grid(
    model: Model,
    data: Mapping | Sequence,
    range_1: tuple[float, float],
    range_2: tuple[float, float],
    size: int = 80,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(axis_1, axis_2, loss) of a model of two parameters; loss has shape (size, size)."""
    axis_1, axis_2 = (np.linspace(*bounds, size) for bounds in (range_1, range_2))
    loss, _ = model.compile()(np.meshgrid(axis_1, axis_2), data)
    return axis_1, axis_2, loss
