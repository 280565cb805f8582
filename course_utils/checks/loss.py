"""Is a loss a loss? Of prediction and target alone, 0 where they agree, growing as they part.

It has to grow however far they are apart (here up to a hundred). A loss that is capped, such as the smaller
of the square and 1, is refused, though statistics knows it: beyond the cap its gradient is 0, and no training
leads back from there. One that grows ever more slowly, such as log(1 + error**2), is a loss.
"""

import numpy as np
import sympy as sp

from ..derivation.chain_rule import downstream, upstream
from ..language import say
from ..models.model import Model
from .floats import Floats

TARGETS = np.array(
    [1, 0.3, 0.9, 1.4, 2.2, 7, 30, -0.2, -1, -3, -20]
)  # the first is the one to look at a scale
ERRORS = np.array([0, 0.01, 0.1, 0.3, 1, 3, 10, 30, 100])  # on either side of a target
UNIT = int(np.argmax(ERRORS == 1))
SCALES = 0.1, 10  # what an error of 1 may cost: half a square, an absolute value, a log-cosh


def fault_of_loss(model: Model, prediction: sp.Symbol, target: sp.Symbol) -> str | None:
    """What to change so that the model's loss is one: a sentence, or None if it is."""
    after = {symbol: line for symbol, line in model.equations.items() if symbol != prediction}
    used, compared = upstream(after), downstream(after, [prediction, target])
    if missing := [s for s in (prediction, target) if s not in used]:
        return say(
            "{loss} does not use {missing}: compare {prediction} with {target}.",
            loss=model.loss,
            missing=missing[0],
            prediction=prediction,
            target=target,
        )
    others = set().union(*(after[s].free_symbols for s in used & compared & after.keys())) - compared
    if others:
        first = min(others, key=str)
        return say(
            "{loss} should depend on {prediction} and {target} alone: take {first} out of it.",
            loss=model.loss,
            prediction=prediction,
            target=target,
            first=first,
        )
    above, below = (losses(after, prediction, target, side) for side in (1, -1))
    return fault_of_values(above, below, (model.loss, prediction, target))


def losses(equations, prediction: sp.Symbol, target: sp.Symbol, side: int) -> np.ndarray:
    """The loss for each target, and for predictions further and further from it: shape (targets, errors)."""
    targets, errors = np.meshgrid(TARGETS, ERRORS, indexing="ij")
    points = {target.name: targets, prediction.name: targets + side * errors}
    used = {s: line for s, line in equations.items() if s in upstream(equations)}
    return Floats(points).compute(used).points[list(equations)[-1].name]


def fault_of_values(above: np.ndarray, below: np.ndarray, names: tuple) -> str | None:
    """above, below: the loss for predictions on either side of the target, shape (targets, errors)."""
    loss, prediction, target = names
    if not np.isfinite(above[TARGETS > 0]).all():
        return say(
            "{loss} should have a value for any {prediction} and {target} above 0.",
            loss=loss,
            prediction=prediction,
            target=target,
        )
    agreeing = above[:, 0]
    if np.any(np.abs(agreeing) > 1e-9):
        most = agreeing[np.nanargmax(np.abs(agreeing))]
        return say(
            "{loss} should be 0 where {prediction} is {target}. It is {most:.3g}: take away what is added.",
            loss=loss,
            prediction=prediction,
            target=target,
            most=most,
        )
    steps = np.diff(np.stack([above, below]))  # nan, where there is no value, is no fault
    if np.any(steps <= 0):
        return say(
            "{loss} should be smallest where {prediction} is {target}, and grow the further they are apart.",
            loss=loss,
            prediction=prediction,
            target=target,
        )
    least, most = SCALES
    for cost in (above[0, UNIT], below[0, UNIT]):
        if not np.isnan(cost) and not least <= cost <= most:
            return say(
                "an error of 1 costs {cost:.3g} in {loss}: leave out the number that scales it.",
                cost=cost,
                loss=loss,
            )
    return None
