"""Mistakes that were once made here, each by its smallest example."""

import numpy as np
import pytest
import sympy as sp

from course_utils import (
    Activation,
    Model,
    check_derivative,
    check_gradient,
    check_number,
    pictures,
    relu,
    sigmoid,
)
from course_utils.pictures.words import regime
from course_utils.training.curvature import largest_stable_learning_rate
from course_utils.training.sweep import sweep

x, z, w, L = sp.symbols("x z w L")
LINE = Model({z: w * x, L: (z - 1) ** 2}, [w], [x])


def test_a_symbol_cannot_take_the_name_of_a_backward_line():
    q = sp.Symbol("dL_dz")
    with pytest.raises(ValueError, match="dL_dz"):
        Model({z: w * x * q, L: (z - 1) ** 2}, [w, q], [x])


@pytest.mark.parametrize("function", [sp.exp, sigmoid, sp.tanh, sp.sqrt])
def test_a_symbol_cannot_take_the_name_of_a_function_in_use(function):
    clash = sp.Symbol(function.__name__)
    with pytest.raises(ValueError, match=function.__name__):
        Model({z: function(w * x), L: z * clash}, [w, clash], [x])


def test_names_that_python_reads_alike_are_one_name():
    with pytest.raises(ValueError, match="twice"):
        Model({L: sp.Symbol("\u00b5") * sp.Symbol("\u03bc")}, [sp.Symbol("\u00b5"), sp.Symbol("\u03bc")])


@pytest.mark.parametrize("expression", [None, (w * x,), sp.Eq(w, x), sp.Matrix([w, x])])
def test_an_equation_that_is_no_scalar_expression_is_refused(expression):
    with pytest.raises(ValueError, match="L should be a scalar expression"):
        Model({L: expression}, [w], [x])


def test_an_equation_without_a_derivative_is_refused_by_name():
    with pytest.raises(ValueError, match="dL_dz"):
        Model({z: w * x, L: sp.floor(z)}, [w], [x]).compile()


def test_an_activation_may_inherit_from_another():
    class softer(sigmoid):
        @staticmethod
        def numpy(values):
            return sigmoid.numpy(values / 2)

    loss, _ = Model({z: w * x, L: softer(z)}, [w], [x]).compile()([1.0], [[0.0]])
    assert loss == 0.5


@pytest.mark.parametrize("answer", [2.0 * x, x * 2, sp.Rational(4, 2) * x])
def test_an_answer_with_decimals_is_exact(answer):
    assert check_derivative(x**2, x, answer).correct
    assert check_derivative(x**2 / 10, x, answer * 0.1).correct


def test_a_derivative_must_be_right_on_both_sides_of_zero():
    assert not check_derivative(relu(z), z, sp.Integer(1)).correct
    assert check_derivative(relu(z), z, sp.diff(relu(z), z)).correct


def test_a_learners_own_activation_can_be_checked():
    class cube(Activation):
        @staticmethod
        def slope(output):
            return 3 * sp.cbrt(output) ** 2

        @staticmethod
        def numpy(values):
            return values**3

    assert check_derivative(cube(x), x, sp.diff(cube(x), x)).correct
    assert not check_derivative(cube(x), x, cube(x)).correct


@pytest.mark.parametrize(
    "answer",
    [
        True,
        10**400,
        sp.Derivative(x**2, x),
        sp.Integral(2, x),
        sp.Lambda(x, 2 * x),
        sp.Limit(x, x, 1),
        sp.O(x),
    ],
)
def test_a_strange_answer_gets_a_sentence(answer):
    assert not check_derivative(x**2, x, answer).correct
    assert not check_gradient(LINE, w, answer).correct
    assert not check_number(answer, 3).correct


def test_the_tolerance_is_relative():
    assert not check_number(0, 0.005, tolerance=0.01).correct
    assert check_number(np.array(3.0), 3).correct


def test_infinity_in_the_data_is_refused_where_only_a_gradient_shows_it():
    flat = Model({z: sigmoid(w * x), L: z}, [w], [x])
    with np.errstate(all="ignore"), pytest.raises(ValueError, match="x is not finite at sample 1"):
        flat.compile()([1.0], [[1.0, np.inf]])


def test_data_that_are_no_numbers_are_refused_by_name():
    with pytest.raises(ValueError, match="x should be numbers"):
        LINE.compile()([1.0], [["many", "few"]])


def test_stability_refuses_what_training_refuses():
    with pytest.raises(ValueError, match="start for w"):
        sweep(LINE, [np.nan], [[1.0]], [0.1], 5)
    with pytest.raises(ValueError, match="x is not finite"):
        largest_stable_learning_rate(LINE, [1.0], [[np.nan]])


def test_a_run_at_rest_is_steady():
    assert regime(np.zeros((5, 2)), np.ones(5), 1.0) == "steady"


def test_a_surface_may_touch_zero_or_be_flat():
    axis = np.linspace(-1, 1, 5)
    for loss in (np.add.outer(axis**2, axis**2), np.ones((5, 5)), np.zeros((5, 5))):
        pictures.loss_surface(axis, axis, loss, np.zeros((2, 2)), ("a", "b"), "A surface.").png()


def test_a_picture_is_the_same_at_every_call():
    picture = pictures.plot({"one": (np.arange(1, 4), [1.5, 2, 3])}, "x", "y", "A line.", log="xy")
    assert picture.png() == picture.png()


def test_small_numbers_on_a_logarithmic_axis_are_told():
    picture = pictures.plot({"one": ([1e-15, 1], [1e-12, 1])}, "x", "y", "A line.", log="xy")
    assert "x 1e-15 1 | y 1e-12 1" in picture.numbers()
