"""Checks of a network that a learner made up. There is no key: it is compared with itself and a rival."""

from collections.abc import Mapping, Sequence

import numpy as np
import sympy as sp

from ..model import Model
from .plain import check_number
from .reading import UNANSWERED
from .verdict import Verdict, right, wrong

UNFIT = AttributeError, TypeError, ValueError  # what a model raises for parameters that are none

STRAIGHT = Verdict(
    False, "this is the straight line that was given: make a network of it.", slips=("unanswered",)
)


def check_network(model: Model, prediction: sp.Symbol, given: sp.Symbol) -> Verdict:
    """Check that a model is a network: its prediction bends, and its first parameter is inside the bend.

    prediction: the symbol that it predicts with. given: the data symbol that it predicts from.
    """
    if model is ...:
        return UNANSWERED
    if not isinstance(model, Model):
        return wrong(f"the network should be a Model, not {type(model).__name__}.")
    if prediction not in model.equations:
        return wrong(f"no equation computes {prediction}: the loss needs a prediction of this name.")
    curve = model.expand(prediction)
    if given not in curve.free_symbols:
        return wrong(f"{prediction} does not depend on {given}.")
    if given not in sp.diff(curve, given).free_symbols:
        return STRAIGHT
    first = model.parameters[0]
    if first not in sp.diff(curve, first).free_symbols:
        return wrong(f"put a weight of the hidden layer first among the parameters. {first} is none.")
    return right(f"a network of {len(model.parameters)} parameters.")


def check_fit(model: Model, parameters: Mapping, data: Mapping | Sequence, rival: float) -> Verdict:
    """Check that a model with these parameters has a smaller loss on the data than a rival's.

    parameters: a number for each, by name. rival: the loss to beat.
    """
    if parameters is ...:
        return UNANSWERED
    try:
        loss = float(model.compile()(parameters, data)[0])
    except UNFIT as error:
        return wrong(f"this cannot be evaluated: {error}.")
    if loss < rival:
        return right(f"the loss is {loss:.4g}, and the rival's {rival:.4g}.")
    return wrong(f"the loss is {loss:.4g}. It should be smaller than {rival:.4g}.")


def check_steepest(
    model: Model, prediction: sp.Symbol, parameters: Mapping, places: Mapping, axis: np.ndarray, answer
) -> Verdict:
    """Check where on an axis the prediction of a trained model changes fastest, to a thousandth.

    parameters: a number for each, by name. places: {data symbol: its value at each point of the axis}.
    axis: shape (points,), evenly spaced.
    """
    if answer is ...:
        return UNANSWERED
    if parameters is ...:
        return wrong("train first: the answer is read from your trained network.")
    try:
        curve = model.evaluate(prediction, {**by_name(parameters), **by_name(places)})
        change = np.abs(np.gradient(curve, axis))
    except UNFIT as error:
        return wrong(f"this cannot be evaluated: {error}.")
    return check_number(answer, axis[change.argmax()], tolerance=1e-3)


def by_name(values: Mapping) -> dict:
    return {str(symbol): value for symbol, value in values.items()}
