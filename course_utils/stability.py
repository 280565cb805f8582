"""How large a learning rate may be: curvature, its bound, and every learning rate at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import sympy as sp

from .compiled import as_floats, finite_start, in_order
from .functions import numpy_functions
from .model import Model
from .update_rules import GradientDescent, UpdateRule


def hessian(model: Model) -> sp.Matrix:
    """The loss's second derivatives, shape (parameters, parameters), in parameters and data."""
    return sp.hessian(model.expand(model.loss), model.parameters)


def curvature(model: Model, parameters: Mapping | Sequence, data: Mapping | Sequence) -> np.ndarray:
    """The Hessian's value, averaged over the samples: an array (parameters, parameters)."""
    second_derivatives = sp.lambdify(
        [*model.parameters, *model.data],
        list(hessian(model)),
        modules=[numpy_functions(), "numpy"],
        cse=True,
    )
    compiled = model.compile()
    compiled.check_data(data)
    values = second_derivatives(*finite_start(parameters, model.parameters), *compiled.columns(data))
    size = len(model.parameters)
    return np.array([np.mean(value) for value in values]).reshape(size, size)


def largest_stable_learning_rate(
    model: Model, parameters: Mapping | Sequence, data: Mapping | Sequence
) -> float:
    """2/λmax, where λmax is the largest eigenvalue of the Hessian at these parameters.

    Near a minimum each step multiplies the error along an eigenvector by 1 - learning_rate*λ,
    which shrinks it only if learning_rate < 2/λ (Nesterov, Lectures on Convex Optimization, 2018,
    section 1.2.3). Infinite where the loss curves upward in no direction.
    """
    steepest = np.linalg.eigvalsh(curvature(model, parameters, data))[-1]
    return 2 / steepest if steepest > 0 else np.inf


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
    model: Model,
    start: Mapping | Sequence,
    data: Mapping | Sequence,
    learning_rates: Sequence[float],
    steps: int,
    rule: Callable[[np.ndarray], UpdateRule] = GradientDescent,
) -> Sweep:
    """Train once for every learning rate, all runs together by broadcasting.

    start: for each parameter one number, or a number for each run.
    rule: makes the update rule of all runs from their learning rates.
    Raises ValueError for bad start, data or learning rates, naming the culprit.
    """
    compiled, rates = model.compile(), np.asarray(learning_rates, dtype=float)
    update = rule(rates)
    compiled.check_data(data)
    parameters = starts(start, model.parameters, rates.shape)
    memory, trail, losses = update.start(parameters), [parameters], []
    with np.errstate(all="ignore"):  # the runs that diverge say so in their losses
        for _ in range(steps):
            loss, gradients = compiled(parameters, data)
            parameters, memory = update.step(parameters, gradients, memory)
            trail.append(parameters)
            losses.append(loss)
        losses.append(compiled(parameters, data)[0])
    return Sweep(rates, np.array(trail), np.array(losses))


def settled(losses: np.ndarray, level: float) -> int | None:
    """The step from which on a run's loss stays below the level; None if it does not end below it."""
    above = np.flatnonzero(~(losses < level))  # nan counts as above
    first = int(above[-1]) + 1 if len(above) else 0
    return first if first < len(losses) else None


def regime(path: np.ndarray, losses: np.ndarray, reachable: float) -> str:
    """One run's behaviour in a word: "diverging", "oscillating", "slow" or "steady".

    path: shape (steps + 1, number of parameters). losses: (steps + 1,).
    reachable: the loss that a good run gets to.
    A run diverges if it ends above its start or overflows, oscillates if most of its steps turn back
    on the step before, and is slow if it ends with over a tenth of the way still to go.
    """
    if not losses[-1] <= losses[0]:
        return "diverging"
    moves = np.diff(path, axis=0)
    moves = moves[np.linalg.norm(moves, axis=1) > 1e-9]  # a run at rest has no direction
    turns = np.sum(moves[1:] * moves[:-1], axis=1) < 0
    if np.sum(turns) > len(turns) / 2:
        return "oscillating"
    if losses[-1] - reachable > 0.1 * (losses[0] - reachable):
        return "slow"
    return "steady"
