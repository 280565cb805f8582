"""Checks of a network that a learner made up. There is no key: it is compared with itself and a rival."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import sympy as sp

from ..derivation.names import by_name
from ..models.model import Model
from .answers import UNANSWERED
from .simple import check_number
from .verdict import Verdict, right, wrong

UNFIT = AttributeError, TypeError, ValueError  # what a model raises for parameters that are none

STRAIGHT = Verdict(
    False, "this is the straight line that was given: make a network of it.", slips=("unanswered",)
)


def check_network(model: Model, prediction: sp.Symbol, data: Sequence[sp.Symbol], most: int = 10) -> Verdict:
    """Check that a model is a network: its prediction bends, and its first parameter is inside the bend.

    prediction: the symbol that it predicts with. data: what it predicts from, and the target.
    most: the largest number of parameters.
    """
    if model is ...:
        return UNANSWERED
    if not isinstance(model, Model):
        return wrong(f"the network should be a Model, not {type(model).__name__}.")
    if model.data != tuple(data):
        return wrong(f"its data should be {', '.join(map(str, data))}.")
    if prediction not in model.equations:
        return wrong(f"no equation computes {prediction}: the loss needs a prediction of this name.")
    if not 0 < len(model.parameters) <= most:
        return wrong(f"it has {len(model.parameters)} parameters. It should have some, at most {most}.")
    return check_bend(model, model.expand(prediction), given=data[0])


def check_bend(model: Model, curve: sp.Expr, given: sp.Symbol) -> Verdict:
    """Check that a curve bends, and that the model's first parameter is inside the bend."""
    if given not in sp.diff(curve, given).free_symbols:
        return STRAIGHT
    first = model.parameters[0]
    if first not in sp.diff(curve, first).free_symbols:
        return wrong(f"put a weight of the hidden layer first among the parameters. {first} is none.")
    return right(f"a network of {len(model.parameters)} parameters.")


def for_network(
    model: Model, prediction: sp.Symbol, data: Sequence[sp.Symbol], check: Callable[[Model], Verdict]
) -> Verdict:
    """The verdict of another check of the model; what `check_network` says if that is not right.

    A model that a check cannot work with is wrong, and gets the reason.
    """
    network = check_network(model, prediction, data)
    if not network.correct:
        return network
    try:
        return check(model)
    except ValueError as error:
        return wrong(f"your network cannot be checked: {error!s:.200}.")


def predicted(model: Model, prediction: sp.Symbol, parameters: Mapping, places: Mapping) -> np.ndarray | None:
    """What a model predicts, or None if these are no parameters of it.

    parameters: a number for each, by name. places: {data symbol: array}.
    """
    try:
        curve = model.evaluate(prediction, by_name(parameters) | by_name(places))
        return np.broadcast_to(curve, np.shape(next(iter(places.values()))))
    except UNFIT:
        return None


def check_fit(model: Model, parameters: Mapping, data: Mapping, rival: float) -> Verdict:
    """Check that a model with these parameters has a smaller loss on the data than a rival's.

    parameters: a number for each, by name. rival: the loss to beat.
    """
    if parameters is ...:
        return UNANSWERED
    try:
        loss = float(model.compile()(parameters, data)[0])
    except UNFIT as error:
        return wrong(f"this cannot be evaluated: {error!s:.200}.")
    if loss < rival:
        return right(f"the loss is {loss:.4g}, and the rival's {rival:.4g}.")
    return wrong(f"the loss is {loss:.4g}. It should be smaller than {rival:.4g}.")


def check_steepest(curve: np.ndarray | None, axis: np.ndarray, answer) -> Verdict:
    """Check where on an axis a curve changes fastest, to a thousandth.

    curve, axis: shape (points,), the axis evenly spaced; None where there is no curve yet.
    """
    if answer is ...:
        return UNANSWERED
    if curve is None or not np.all(np.isfinite(curve)):
        return wrong("train first: the answer is read from your trained network.")
    change = np.abs(np.gradient(curve, axis))
    return check_number(answer, axis[change.argmax()], tolerance=1e-3)
