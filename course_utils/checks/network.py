"""Checks of a network that a learner made up. There is no key: it is compared with itself and a rival."""

from collections.abc import Callable, Sequence

import numpy as np
import sympy as sp

from ..compiled.settings import count
from ..derivation.chain_rule import Equations, backward, downstream, needed_for, until, upstream
from ..derivation.functions import OWN, Activation
from ..derivation.given import listed, some
from ..language import enumerated, refusal, say
from ..models.model import Model
from .answers import UNANSWERED, brief
from .budget import bounded
from .floats import Floats
from .loss import fault_of_loss
from .symbols import must_be_scalar
from .verdict import Verdict, right, wrong

STRAIGHT = Verdict(False, "this is still a straight line: make a network of it.", slips=("unanswered",))
AXIS = np.linspace(-2, 2, 41)  # of the input, and of a parameter
TRIED = 200  # settings of all parameters
BENDS = 1e-3  # of a curve's size: so far from a straight line at some setting, or it is one
FITS = 0.9  # of the places: there a slope is that of the function; some may be kinks


def told(check: Callable[[], Verdict]) -> Verdict:
    """The verdict of a check; why, if it cannot work with the model."""
    try:
        with bounded():
            return check()
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        return wrong(say("your network cannot be checked: {error}.", error=f"{error!s:.200}".rstrip(".。")))


def check_network(model: Model, prediction: sp.Symbol, data: Sequence[sp.Symbol], most: int = 10) -> Verdict:
    """Check that a model is a network: it predicts from the input alone, bends, and its loss is a loss.

    Its first parameter has to be inside the bend, beside the input, and the slope of an activation of one's
    own its derivative. prediction: the symbol that it predicts with. data: what it predicts from, and the
    target. most: the largest number of parameters. Raises ValueError for a question's own that are none.
    """
    data, most = listed(data, "data"), count(most, "most", least=1)
    if len(data) != 2 or not all(isinstance(symbol, sp.Symbol) for symbol in (prediction, *data)):
        raise refusal(
            "data should be two symbols, and the prediction one, not {names}", names=some([*data, prediction])
        )
    return UNANSWERED if model is ... else told(lambda: verdict_on(model, prediction, data, most))


def verdict_on(model: Model, prediction: sp.Symbol, data: Sequence[sp.Symbol], most: int) -> Verdict:
    """What `check_network` says of an answer. Raises an error for what no check can work with."""
    if not isinstance(model, Model):
        return wrong(say("the network should be a Model, not {model}.", model=brief(model)))
    must_be_scalar(model)
    if model.data != tuple(data):
        return wrong(say("its data should be {names}.", names=enumerated(data)))
    if prediction not in model.equations:
        return wrong(
            say(
                "no equation computes {prediction}: the loss needs a prediction of this name.",
                prediction=prediction,
            )
        )
    if not 0 < len(model.parameters) <= most:
        return wrong(
            say(
                "it has {count} parameters. It should have some, at most {most}.",
                count=len(model.parameters),
                most=most,
            )
        )
    given, target = data
    if target in upstream(until(model.equations, prediction)):
        return wrong(
            say(
                "{prediction} should not know {target}: predict from {given} and the parameters alone.",
                prediction=prediction,
                target=target,
                given=given,
            )
        )
    bend = check_bend(model, prediction, given)
    fault = fault_of_loss(model, prediction, target)
    fault = fault or false_slope(model)
    if bend.correct and not fault and not has_slope(model):
        return wrong(
            say(
                "the gradient of {parameters} is 0: take an activation that has a slope.",
                parameters=model.parameters[0],
            )
        )
    return wrong(fault) if bend.correct and fault else bend


def false_slope(model: Model) -> str | None:
    """A sentence about an activation of one's own whose slope is not its derivative, by differences."""
    z, points = sp.Symbol("z"), np.random.default_rng(0).uniform(-3, 3, TRIED)
    kinds = set().union(*({type(a) for a in e.atoms(Activation)} for e in model.equations.values())) - OWN
    for kind in sorted(kinds, key=lambda kind: kind.__name__):
        (behind, ahead), given = (
            [Floats({"z": points + step}).value(kind(z)) for step in (-1e-5, 1e-5)],
            Floats({"z": points}).value(kind(z).diff(z)),
        )
        slopes = (ahead - behind) / 2e-5
        same = np.abs(given - slopes) <= 1e-3 * (np.abs(given) + np.abs(slopes)) + 1e-6
        if np.mean(same) < FITS:
            return say(
                "the slope of {name} is not the derivative of its numpy: derive it once more.",
                name=kind.__name__,
            )
    return None


def has_slope(model: Model) -> bool:
    """Whether the gradient of the model's first parameter is anything but zero somewhere, or unknown."""
    passes, first = backward(model.equations, model.parameters), model.parameters[0]
    random = np.random.default_rng(0)
    points = Floats({s.name: random.uniform(-3, 3, TRIED) for s in (*model.parameters, *model.data)})
    slopes = points.compute(model.equations | dict(passes.values())).points[passes[first][0].name]
    known = slopes[np.isfinite(slopes)]
    return bool(known.any() or not known.size)


def check_bend(model: Model, prediction: sp.Symbol, given: sp.Symbol) -> Verdict:
    """Check that the prediction bends somewhere, and that the model's first parameter is inside the bend."""
    lines, first = needed_for(model.equations, prediction)[0], model.parameters[0]
    along_input = bend_along(given, [*model.parameters, given], lines)
    if np.isnan(along_input):
        return wrong(
            say(
                "your network cannot be checked: {prediction} has no value wherever it was tried.",
                prediction=prediction,
            )
        )
    if along_input < BENDS:
        return STRAIGHT
    inside = bend_along(first, [*model.parameters, given], lines) >= BENDS
    if not (inside and is_weight(first, given, lines)):
        return wrong(
            say("put a weight of the hidden layer first among the parameters. {first} is none.", first=first)
        )
    return right(say("a network of {count} parameters.", count=len(model.parameters)))


def is_weight(parameter: sp.Symbol, given: sp.Symbol, lines: Equations) -> bool:
    """Whether it is in a factor of something that depends on the input, as no bias is."""
    of_input = downstream(lines, [given])
    alone = downstream(lines, [parameter]) - of_input
    return any(
        any(f.free_symbols & alone and not f.free_symbols & of_input for f in product.args)
        and product.free_symbols & of_input
        for line in lines.values()
        for product in line.atoms(sp.Mul)
    )


def bend_along(symbol: sp.Symbol, inputs: Sequence[sp.Symbol], lines: Equations) -> float:
    """How far the last line's value, as a function of one input, can be from a straight line, of its size.

    The largest of TRIED random settings of all other inputs, and nan if there is no value for any of them.
    """
    random = np.random.default_rng(0)
    points = {s.name: random.uniform(-3, 3, (TRIED, 1)) + 0 * AXIS for s in inputs}
    curves = (
        Floats(points | {symbol.name: np.tile(AXIS, (TRIED, 1))}).compute(lines).points[list(lines)[-1].name]
    )
    curves = curves[np.isfinite(curves).all(axis=1)]
    if not len(curves):
        return np.nan
    sizes = np.abs(curves).max(axis=1)
    return max(
        (bend(AXIS, curve) / size for curve, size in zip(curves, sizes, strict=True) if size), default=0.0
    )


def bend(axis: np.ndarray, curve: np.ndarray) -> float:
    """The largest distance of a curve from its best straight line; nan if it has a hole."""
    if not np.isfinite(curve).all():
        return np.nan
    return float(np.abs(curve - np.polyval(np.polyfit(axis, curve, 1), axis)).max())


def for_network(
    model: Model, prediction: sp.Symbol, data: Sequence[sp.Symbol], check: Callable[[Model], Verdict]
) -> Verdict:
    """The verdict of another check of the model; what `check_network` says if that is not right.

    A model that a check cannot work with is wrong, and gets the reason.
    """
    if not callable(check):
        raise refusal("check should be a function of a model, not {check}", check=brief(check))
    network = check_network(model, prediction, data)
    return told(lambda: check(model)) if network.correct else network
