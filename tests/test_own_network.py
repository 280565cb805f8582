"""Checks of a network that a learner made up: honest ones pass, the others are told what to do."""

from pathlib import Path

import numpy as np
import pytest
import sympy as sp

from course_utils import Activation, Model, check_gradient, relu, sigmoid, step, tanh, train
from course_utils.checks import check_fit, check_network, check_steepest, for_network, predicted

x, y, w, b, v, c, u, q, z, h, k, e, y_hat, L = sp.symbols("x y w b v c u q z h k e y_hat L")
AXIS = np.linspace(-2, 2, 401)
YEARS, FLOW = np.loadtxt(
    Path(__file__).parents[1] / "exercises/source/5_project/nile.csv", delimiter=",", unpack=True
)
SCALED, EVEN = (YEARS - YEARS.mean()) / YEARS.std(), YEARS % 2 == 0
NILE = [{"x": SCALED[part], "y": FLOW[part] / 1000} for part in (EVEN, ~EVEN)]
LINE_ERROR = np.mean(
    (NILE[1]["y"] - np.polyval(np.polyfit(NILE[0]["x"], NILE[0]["y"], 1), NILE[1]["x"])) ** 2
)
SQUARE = {L: (y - y_hat) ** 2}


def network(activation=tanh, loss=SQUARE, parameters=(w, b, v, c), data=(x, y), **lines):
    """One hidden unit; `lines` stand in place of its equations, and `loss` in place of what is there too."""
    usual = {"z": w * x + b, "h": activation(z), "y_hat": v * h + c} | lines
    before = {sp.Symbol(name): line for name, line in usual.items() if sp.Symbol(name) not in loss}
    return Model(before | loss, parameters, data)


class softsign(Activation):
    @staticmethod
    def slope(output):
        return (1 - abs(output)) ** 2

    @staticmethod
    def numpy(values):
        return values / (1 + np.abs(values))


def own(numpy, slope=lambda output: 1 - output**2):
    """An activation of one's own, tanh unless told."""
    return type("own", (Activation,), {"slope": staticmethod(slope), "numpy": staticmethod(numpy)})


TWO = {sp.Symbol("h2"): tanh(u * x + q), y_hat: v * h - v * sp.Symbol("h2") + c}
DEEP = {sp.Symbol("h2"): sigmoid(u * h + q), y_hat: v * sp.Symbol("h2") + c}
FALL = [2.0, 2.0, -0.3, 1.0]  # where training begins: a fall before the middle
HONEST = {
    "tanh": (network(), FALL),
    "sigmoid": (network(sigmoid), [-3.0, -3.0, 0.3, 0.8]),
    "atan": (network(sp.atan), FALL),
    "relu": (network(relu), [-1.0, -0.3, 0.3, 0.8]),
    "a bump": (network(lambda z: sp.exp(-(z**2))), [1.0, 2.0, 0.3, 0.8]),
    "a parabola": (network(lambda z: z**2), [0.3, -0.5, 0.5, 0.8]),
    "a wave": (network(sp.sin), FALL),
    "softplus": (network(lambda z: sp.log(1 + sp.exp(z))), [-2.0, -2.0, 0.3, 0.8]),
    "one's own activation": (network(softsign), FALL),
    "gated": (network(lambda z: z * sigmoid(2 * z)), [-1.0, -0.3, 0.3, 0.8]),
    "values in a list": (network(own(lambda z: [float(np.tanh(one)) for one in z])), FALL),
    "a relu in place": (
        network(own(lambda z: np.multiply(z, z > 0, out=z), step)),
        [-1.0, -0.3, 0.3, 0.8],
    ),
    "a weight beside a difference": (network(z=w * (x - b)), [2.0, -1.0, -0.3, 1.0]),
    "a positive weight": (network(z=sp.exp(w) * x + b), [0.7, 2.0, -0.3, 1.0]),
    "two units": (
        network(loss=TWO | SQUARE, parameters=(w, b, v, c, u, q)),
        [2.0, 2.0, -0.1, 1.0, -2.0, -2.0],
    ),
    "two layers": (
        network(loss=DEEP | SQUARE, parameters=(w, b, v, c, u, q)),
        [2.0, 2.0, -0.3, 1.0, 2.0, 0.0],
    ),
    "around the unit": (network(y_hat=v * h + c + u * x, parameters=(w, b, v, c, u)), [*FALL, 0.0]),
    "no hidden line": (network(y_hat=v * tanh(w * x + b) + c, loss={L: (y_hat - y) ** 2}), FALL),
    "half the square": (network(loss={L: (y - y_hat) ** 2 / 2}), FALL),
    "the error by name": (network(loss={e: y - y_hat, L: e**2}), FALL),
    "absolute": (network(loss={L: sp.Abs(y - y_hat)}), FALL),
    "a logarithm": (network(loss={L: sp.log(1 + (y - y_hat) ** 2)}), FALL),
    "log-cosh": (network(loss={L: sp.log(sp.cosh(y - y_hat))}), FALL),
    "Huber": (
        network(loss={e: sp.Abs(y - y_hat), L: sp.Piecewise((e**2 / 2, e < 0.2), (0.2 * e - 0.02, True))}),
        FALL,
    ),
}


@pytest.mark.parametrize(("model", "start"), HONEST.values(), ids=HONEST)
def test_an_honest_network_that_is_trained_has_all_points(model, start):
    assert check_network(model, y_hat, [x, y]).correct
    end = train(model, start, NILE[0], max_steps=4000).parameters[-1]
    assert check_fit(model, y_hat, (start, list(end)), NILE, LINE_ERROR).correct


LINE = Model({y_hat: w * x + b} | SQUARE, [w, b], [x, y])
MANY = sp.symbols("w1:12")
DISTANCE = "smallest where y_hat is y, and grow"
NO_NETWORK = {
    "open": (..., "no answer yet"),
    "text": ("network", "should be a Model, not 'network'"),
    "the line": (LINE, "straight line"),
    "a straight activation": (network(lambda z: 3 * z), "straight line"),
    "straight, of two bends": (network(lambda z: relu(z) - relu(-z)), "straight line"),
    "a billionth of a curve": (network(y_hat=v * x + c + h / 10**9), "straight line"),
    "data the other way": (network(data=[y, x]), "data should be x, y"),
    "parameters as data": (network(parameters=[], data=[x, y, w, b, v, c]), "data should be x, y"),
    "an outer weight first": (network(parameters=[v, w, b, c]), "v is none"),
    "a bias first": (network(parameters=[b, w, v, c]), "b is none"),
    "a bias first, in one line": (network(z=x, h=tanh(w * x + b), parameters=[b, w, v, c]), "b is none"),
    "an outer bias first": (network(parameters=[c, w, b, v]), "c is none"),
    "no prediction": (Model({L: (y - w * x) ** 2}, [w], [x, y]), "no equation computes y_hat"),
    "no parameters": (Model({y_hat: tanh(x)} | SQUARE, [], [x, y]), "has 0 parameters"),
    "many": (Model({y_hat: sum(tanh(s * x) for s in MANY)} | SQUARE, MANY, [x, y]), "has 11 parameters"),
    "a step": (network(step), "the gradient of w is 0: take an activation that has a slope"),
    "Heaviside's step": (network(sp.Heaviside), "the gradient of w is 0"),
    "a sign": (network(lambda z: sp.sign(z)), "the gradient of w is 0"),
    "two levels": (network(lambda z: sp.Piecewise((1, z > 0.5), (-1, True))), "the gradient of w is 0"),
    "no value": (network(lambda z: sp.sqrt(-1 - z**2)), "cannot be checked: y_hat has no value"),
    # an activation that gives no numbers, or is not what its slope says
    "no return": (network(own(lambda z: None)), "numpy of the activation own should give numbers"),
    "a text": (network(own(lambda z: "tanh")), "shape (8200,), not 'tanh'"),
    "a mean": (network(own(np.mean)), "(8200,), not shape ()"),
    "less the mean": (network(own(lambda z: z - np.mean(z))), "another value beside others"),
    "objects": (network(own(lambda z: np.full(np.shape(z), None))), "should give numbers"),
    "another argument": (network(own(lambda: 1)), "numpy of the activation own fails with TypeError"),
    "a complex number": (network(own(lambda z: z * 1j)), "y_hat has no value"),
    "another slope": (network(own(np.arctan)), "the slope of own is not the derivative of its numpy"),
    "a slope of the input": (network(own(np.tanh, lambda output: 1 / output)), "the slope of own"),
    # the prediction knows the target
    "the target predicts": (Model({y_hat: w * y, L: (x - y_hat) ** 2}, [w], [x, y]), "should not know y"),
    "the target added": (network(y_hat=v * h + c + y), "should not know y"),
    "a little of it": (network(y_hat=v * h + c + y / 10**9), "should not know y"),
    "added and taken away": (network(y_hat=sp.Add(v * h + c, y, -y, evaluate=False)), "should not know y"),
    "by another equation": (network(h=tanh(z) + y / 10**9), "should not know y"),
    "as a factor": (network(z=w * x + b + w * y * 0.5), "should not know y"),
    # the loss is none
    "a thousandth": (network(loss={L: (y - y_hat) ** 2 / 1000}), "an error of 1 costs 0.001 in L"),
    "a scale in the error": (network(loss={e: (y - y_hat) / 40, L: e**2}), "costs 0.000625 in L: leave out"),
    "a millionfold": (network(loss={L: (1000 * (y - y_hat)) ** 2}), "costs 1e+06 in L"),
    "a weight as scale": (network(loss={L: (y - y_hat) ** 2 * w}), "alone: take w out"),
    "a constant less": (network(loss={L: (y - y_hat) ** 2 - 1}), "It is -1: take away what is added"),
    "a constant more": (network(loss={e: y - y_hat, L: e**2 + sp.Rational(1, 100)}), "It is 0.01"),
    "a hidden constant": (network(loss={k: sp.cos(y - y_hat), L: (y - y_hat) ** 2 - k}), "It is -1"),
    "negative": (network(loss={L: -((y - y_hat) ** 2)}), DISTANCE),
    "the error itself": (network(loss={L: y_hat - y}), DISTANCE),
    "a cube": (network(loss={L: (y_hat - y) ** 3}), DISTANCE),
    "a wave of it": (network(loss={L: sp.sin(y_hat - y) ** 2}), DISTANCE),
    "zero far away too": (network(loss={L: (y - y_hat) ** 2 * (y_hat - 3) ** 2}), DISTANCE),
    "a zone without cost": (network(loss={L: sp.Max(sp.Abs(y - y_hat) - 0.1, 0)}), DISTANCE),
    "capped": (network(loss={L: sp.Min((y - y_hat) ** 2, 1)}), DISTANCE),
    "capped far out": (network(loss={L: sp.Min((y - y_hat) ** 2, 400)}), DISTANCE),
    "capped smoothly": (network(loss={L: 1 - sp.exp(-((y - y_hat) ** 2))}), DISTANCE),
    "of twice the target": (network(loss={L: (2 * y - y_hat) ** 2}), "should be 0 where y_hat is y"),
    "of a sum": (network(loss={L: (y + y_hat) ** 2}), "should be 0 where y_hat is y"),
    "without the prediction": (network(loss={L: (y - v * h - c) ** 2}), "L does not use y_hat"),
    "without the target": (network(loss={L: y_hat**2}), "L does not use y"),
    "of a hidden unit too": (network(loss={L: (y - y_hat) ** 2 + h**2}), "alone: take h out of it"),
    "of the input too": (network(loss={k: x, L: (y - y_hat) ** 2 * k**2}), "alone: take k out of it"),
    "of a weight too": (network(loss={L: (y - y_hat) ** 2 + w**2 / 100}), "alone: take w out of it"),
    "no value at all": (network(loss={L: sp.sqrt(-1 - (y - y_hat) ** 2)}), "should have a value"),
}  # fmt: skip


@pytest.mark.parametrize(("model", "message"), NO_NETWORK.values(), ids=NO_NETWORK)
def test_what_is_no_network_is_told_why_and_earns_nothing_further(model, message):
    verdict = check_network(model, y_hat, [x, y])
    assert not verdict.correct and message in verdict.message
    further = for_network(model, y_hat, [x, y], lambda own: check_gradient(own, w, own.gradient(w)))
    assert further == verdict


def test_a_network_goes_on_to_the_next_check():
    model = network()
    assert for_network(model, y_hat, [x, y], lambda own: check_gradient(own, w, own.gradient(w))).correct
    assert for_network(model, y_hat, [x, y], lambda own: check_gradient(own, w, own.gradient(b))).score < 1


def refusing(model):
    raise ValueError("it has no values")


def test_a_network_that_another_check_cannot_work_with_is_told_why():
    verdict = for_network(network(), y_hat, [x, y], refusing)
    assert float(verdict) == 0 and "cannot be checked: it has no values" in verdict.message


START, FITTED = [1.0, 0.0, 1.0, 0.0], [1.5, 0.0, 1.0, 0.0]
CURVE = {"x": AXIS, "y": np.tanh(1.5 * AXIS)}
STRAIGHT_DATA = {"x": AXIS, "y": AXIS / 10**3}
NAMED = dict(zip("wbvc", FITTED, strict=True))
FITS = {
    "trained": (START, FITTED, CURVE, "it was trained"),
    "by name": (dict(zip("wbvc", START, strict=True)), NAMED, CURVE, "it was trained"),
    "open": (START, ..., CURVE, "no answer yet"),
    "no start": (..., FITTED, CURVE, "no answer yet"),
    "worse than the rival": (START, [-1.0, 0.0, 1.0, 0.0], CURVE, "should be smaller than 0.01"),
    "not trained": (FITTED, FITTED, CURVE, "these are the parameters of the start"),
    "hardly trained": ([1.5, 0.01, 1.0, 0.0], [1.5, 0.0098, 1.0, 0.0], CURVE, "bring the error well down"),
    "straight": (START, [1e-6, 0.0, 1e3, 0.0], STRAIGHT_DATA, "to the eye this is a straight line"),
    "from far away": ([1e300] * 4, FITTED, CURVE, "nobody can train from this start"),
    "from afar": ([1.0, 0.0, 1e5, 0.0], FITTED, CURVE, "nobody can train from this start"),
    "one missing": (START, {"w": 1.0}, CURVE, "cannot be evaluated"),
    "text": (START, "w", CURVE, "cannot be evaluated"),
    "nothing": (START, None, CURVE, "cannot be evaluated"),
    "words": (START, NAMED | {"w": "one"}, CURVE, "cannot be evaluated"),
    "nan": (START, NAMED | {"w": np.nan}, CURVE, "it seems that the training diverged"),
    "too many": (START, [*FITTED, 1.0], CURVE, "cannot be evaluated"),
    "the start is none": ([1.0], FITTED, CURVE, "cannot be evaluated"),
}


@pytest.mark.parametrize(("start", "end", "data", "words"), FITS.values(), ids=FITS)
def test_a_fit_is_trained_bends_and_beats_its_rival(start, end, data, words):
    verdict = check_fit(network(), y_hat, (start, end), (data, data), rival=0.01)
    assert words in verdict.message and verdict.correct == (words == "it was trained")


@pytest.mark.parametrize("end", [end for _, end, _, words in FITS.values() if end is not START])
def test_only_parameters_have_a_curve(end):
    drawn = predicted(network(), y_hat, end, {x: AXIS})
    usable = end is NAMED or (isinstance(end, list) and len(end) == 4)
    assert (drawn is not None) == usable


def test_the_steepest_place_is_read_from_the_curve():
    curve = predicted(network(), y_hat, {"w": 4.0, "b": -4.0, "v": 0.5, "c": 0.0}, {x: AXIS})
    assert check_steepest(curve, AXIS, 1.0).correct
    assert not check_steepest(curve, AXIS, 0.9).correct
    assert check_steepest(curve, AXIS, ...).mark == "○ open"


@pytest.mark.parametrize(
    ("place", "correct"), [(-1.9, True), (0.0, True), (0.9, True), (1.5, False), ("0", False)]
)
def test_where_a_curve_is_straight_each_place_is_as_steep(place, correct):
    assert check_steepest(np.minimum(0.3 * AXIS, 0.3), AXIS, place).correct == correct


@pytest.mark.parametrize("curve", [None, np.full(401, np.nan), np.full(401, 0.7)])
def test_without_a_curve_there_is_no_steepest_place(curve):
    verdict = check_steepest(curve, AXIS, 0)
    assert float(verdict) == 0 and "train first" in verdict.message
