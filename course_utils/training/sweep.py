"""Many training runs at once: every learning rate, side by side by broadcasting."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import sympy as sp

from ..compiled.inputs import as_floats, in_order
from ..compiled.scalars import MOST_NUMBERS, Compiled
from ..compiled.settings import count
from ..derivation.given import brief, listed
from ..language import later, refusal
from ..models.model import Model, check_model
from .update_rules import GradientDescent, UpdateRule, positive


@dataclass(frozen=True)
class Sweep:
    """Many training runs side by side, one for each learning rate.

    learning_rates: shape (runs,). parameters: (steps + 1, number of parameters, runs).
    loss: (steps + 1, runs); where a run overflows, inf or nan. Fewer steps, if it was interrupted.
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
            raise refusal(
                "start for {symbol} should be a finite number, or one for each run: {value}",
                symbol=symbol,
                value=brief(value),
            )
        begun.append(np.broadcast_to(numbers, runs))
    return begun


def rule_of(rule: Callable, rates: np.ndarray) -> UpdateRule:
    """The update rule of all runs. Raises ValueError naming bad rates, or what makes no rule."""
    positive(rates, "learning_rates")
    made = rule(rates) if callable(rule) else rule
    if made is rule or not isinstance(made, UpdateRule):
        raise refusal(
            "rule should make an update rule from learning rates, as Adam does, not {rule}", rule=brief(rule)
        )
    for name, value in made.settings.items():
        if np.ndim(value) and np.shape(value) != rates.shape:
            raise refusal(
                "{name} of the rule should have shape {shape}, not {given}",
                name=name,
                shape=rates.shape,
                given=np.shape(value),
            )
    return made


def sweep(
    model: Model | Compiled,
    start: Mapping | Sequence,
    data: Mapping | Sequence,
    learning_rates: Sequence[float],
    steps: int,
    rule: Callable[[np.ndarray], UpdateRule] = GradientDescent,
) -> Sweep:
    """Train once for every learning rate, all runs together; of an interrupted sweep, the steps so far.

    model: compiled by numba, `model.compile("numba")`, the whole sweep is machine code, which takes about two
        seconds to compile for each kind of rule: worth it for many or long sweeps.
    start: for each parameter one number, or a number for each run.
    rule: makes the update rule of all runs from their learning rates.
    Raises ValueError for bad start, data or learning rates, naming the culprit.
    """
    if not isinstance(model, Compiled):
        check_model(model)
    rates, steps = as_floats(learning_rates, "learning_rates"), count(steps, "steps")
    if rates.ndim != 1 or not rates.size or steps * rates.size * len(model.parameters) > MOST_NUMBERS:
        raise refusal(
            "learning_rates should be a list of numbers, and steps not too many: "
            "shape {shape}, {steps} steps",
            shape=rates.shape,
            steps=steps,
        )
    update, compiled = rule_of(rule, rates), model if isinstance(model, Compiled) else model.compile()
    compiled.must_be_whole()
    data, parameters = compiled.check_data(data), starts(start, model.parameters, rates.shape)
    runs: Callable = by_broadcasting
    if compiled.engine == "numba" and parameters and type(update).step is UpdateRule.step:
        from .whole_runs import in_machine_code  # brings numba, which not everybody needs

        runs = in_machine_code
    return Sweep(rates, *runs(compiled, update, parameters, data, steps))


def by_broadcasting(
    compiled: Compiled, update: UpdateRule, parameters: list, data: list, steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """(parameters, loss) before the first step and after each, of all runs side by side.

    Those so far, if it is interrupted.
    """
    memory, trail, losses = update.start(parameters), [parameters], []
    try:
        with np.errstate(all="ignore"):  # the runs that diverge say so in their losses
            for _ in range(steps):
                loss, gradients = compiled(parameters, data)
                losses.append(loss)
                parameters, memory = update.step(parameters, gradients, memory)
                trail.append(parameters)
            losses.append(compiled(parameters, data)[0])
    except KeyboardInterrupt:
        if not losses:
            raise
    return np.array(trail[: len(losses)]), np.array(losses)


def loss_grid(
    model: Model,
    data: Mapping | Sequence,
    range_1: tuple[float, float],
    range_2: tuple[float, float],
    size: int = 80,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(axis_1, axis_2, loss) of a model of two parameters; loss has shape (size, size)."""
    check_model(model)
    if len(model.parameters) != 2:
        raise refusal("the model should have two parameters, not {count}", count=len(model.parameters))
    size = count(size, "size", least=2, most=10_000)
    ranges = {"range_1": range_1, "range_2": range_2}
    axis_1, axis_2 = (np.linspace(*bounds(given, name), size) for name, given in ranges.items())
    compiled = model.compile()
    loss, _ = compiled(np.meshgrid(axis_1, axis_2), compiled.check_data(data))
    return axis_1, axis_2, loss


def bounds(given: tuple[float, float], name: str) -> tuple[float, float]:
    """The two ends of a range. Raises ValueError, naming it, unless they are finite and in order."""
    ends = as_floats(listed(given, name, later("two numbers")), name)
    if ends.shape != (2,) or not np.isfinite(ends).all() or not ends[0] < ends[1]:
        raise refusal(
            "{name} should be two finite numbers, the lower first, not {given}", name=name, given=brief(given)
        )
    return float(ends[0]), float(ends[1])
