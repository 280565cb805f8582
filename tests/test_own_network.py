"""Checks of a network that a learner made up: whatever it is, there is a verdict and no crash."""

import numpy as np
import pytest
import sympy as sp

from course_utils import Model, check_backward, check_gradient, relu, tanh
from course_utils.checks.network import check_fit, check_network, check_steepest, for_network, predicted

x, y, w, b, v, z, h, y_hat, L = sp.symbols("x y w b v z h y_hat L")
AXIS = np.linspace(-2, 2, 401)


def network(activation, parameters=(w, b, v), data=(x, y)):
    return Model({z: w * x + b, h: activation(z), y_hat: v * h, L: (y - y_hat) ** 2}, parameters, data)


LINE = Model({y_hat: w * x + b, L: (y - y_hat) ** 2}, [w, b], [x, y])


@pytest.mark.parametrize("activation", [tanh, relu, sp.atan, lambda z: sp.exp(-(z**2)), lambda z: z**2])
def test_anything_that_bends_is_a_network(activation):
    assert check_network(network(activation), y_hat, [x, y]).correct


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (..., "no answer yet"),
        (LINE, "straight line"),
        (network(lambda z: 3 * z), "straight line"),
        ("network", "should be a Model, not str"),
        (network(tanh, data=[y, x]), "data should be x, y"),
        (network(tanh, parameters=[v, w, b]), "v is none"),
        (network(tanh, parameters=[], data=[x, y, w, b, v]), "data should be x, y"),
        (Model({L: (y - w * x) ** 2}, [w], [x, y]), "no equation computes y_hat"),
        (Model({y_hat: w * y, L: (x - y_hat) ** 2}, [w], [x, y]), "straight line"),
        (Model({y_hat: tanh(x), L: (y - y_hat) ** 2}, [], [x, y]), "has 0 parameters"),
        (
            Model(
                {y_hat: sum(tanh(s * x) for s in sp.symbols("w1:12")), L: y_hat}, sp.symbols("w1:12"), [x, y]
            ),
            "has 11 parameters",
        ),
    ],
)
def test_what_is_no_network_is_told_why_and_earns_nothing_further(model, message):
    verdict = check_network(model, y_hat, [x, y])
    assert not verdict.correct and message in verdict.message
    further = for_network(model, y_hat, [x, y], lambda own: check_gradient(own, w, own.gradient(w)))
    assert further == verdict


def test_a_network_goes_on_to_the_next_check():
    model = network(tanh)
    assert for_network(model, y_hat, [x, y], lambda own: check_gradient(own, w, own.gradient(w))).correct
    assert for_network(model, y_hat, [x, y], lambda own: check_gradient(own, w, own.gradient(b))).score < 1


@pytest.mark.parametrize(
    "check",
    [
        lambda own: check_gradient(own, w, own.gradient(w)),
        lambda own: check_backward(own, lambda w, b, v, x, y: (w, b, v)),
    ],
)
def test_a_network_that_cannot_be_checked_is_told_why(check):
    nowhere = network(lambda z: sp.sqrt(-1 - z**2))
    verdict = for_network(nowhere, y_hat, [x, y], check)
    assert float(verdict) == 0 and "cannot be checked" in verdict.message


def test_a_fit_has_to_beat_its_rival():
    model, data = network(tanh), {"x": AXIS, "y": np.tanh(AXIS)}
    assert check_fit(model, {"w": 1.0, "b": 0.0, "v": 1.0}, data, rival=0.01).correct
    worse = check_fit(model, {"w": -1.0, "b": 0.0, "v": 1.0}, data, rival=0.01)
    assert float(worse) == 0 and "smaller than 0.01" in worse.message
    assert check_fit(model, ..., data, rival=0.01).mark == "○ open"


@pytest.mark.parametrize("parameters", [{"w": 1.0}, "w", None, {"w": "one", "b": 0, "v": 0}, [1, 2, 3, 4]])
def test_parameters_that_are_none_have_no_fit_and_no_curve(parameters):
    verdict = check_fit(network(tanh), parameters, {"x": AXIS, "y": AXIS}, rival=1e9)
    assert float(verdict) == 0 and "cannot be evaluated" in verdict.message
    if parameters != [1, 2, 3, 4]:
        assert predicted(network(tanh), y_hat, parameters, {x: AXIS}) is None


def test_the_steepest_place_is_read_from_the_curve():
    curve = predicted(network(tanh), y_hat, {"w": 4.0, "b": -4.0, "v": 0.5}, {x: AXIS})
    assert check_steepest(curve, AXIS, 1.0).correct
    assert not check_steepest(curve, AXIS, 0.9).correct
    assert check_steepest(curve, AXIS, ...).mark == "○ open"


@pytest.mark.parametrize("curve", [None, np.full(401, np.nan)])
def test_without_a_curve_there_is_no_steepest_place(curve):
    verdict = check_steepest(curve, AXIS, 0)
    assert float(verdict) == 0 and "train first" in verdict.message
