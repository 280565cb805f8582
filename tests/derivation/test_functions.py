"""Activation functions: values, derivatives, and what they look like."""

import numpy as np
import pytest
import sympy as sp
from helpers import NUMPY_FORMS

from course_utils import Activation, Model, relu, sigmoid, step, tanh
from course_utils.pictures.latex import latex

z, h, w, x = sp.symbols("z h w x")


class softplus(Activation):
    """log(1 + exp(z)), as a learner would define it. Its derivative is 1 - exp(-h)."""

    @staticmethod
    def slope(output):
        return 1 - sp.exp(-output)

    @staticmethod
    def numpy(z):
        return np.logaddexp(0, z)


SMOOTH = [sigmoid, tanh, softplus]
EVERY = [*SMOOTH, relu, step]
each = pytest.mark.parametrize("activation", EVERY, ids=str)


def in_numpy(expression):
    """The expression of z as a function of an array."""
    return sp.lambdify(z, expression, modules=[NUMPY_FORMS | {"softplus": softplus.numpy}, "numpy"])


def value_and_slope(activation, inputs):
    """f(w*x) at w = 1, and its derivative with respect to w divided by x, one sample at a time."""
    compiled = Model({z: w * x, h: activation(z)}, [w], [x]).compile()
    pairs = [compiled([1.0], [[value]]) for value in inputs]
    return np.array(
        [[value, slope / given] for (value, (slope,)), given in zip(pairs, inputs, strict=True)]
    ).T


@each
def test_the_derivative_agrees_with_finite_differences(activation):
    function, nudge = in_numpy(activation(z)), 1e-6
    inputs = np.array([-2.3, -0.7, 0.4, 1.9])  # on both sides of the kinks of relu and step
    expected = (function(inputs + nudge) - function(inputs - nudge)) / (2 * nudge)
    np.testing.assert_allclose(value_and_slope(activation, inputs)[1], expected, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(
    ("activation", "values", "slopes"),
    [
        (sigmoid, (0, 1), (0, 0)),
        (tanh, (-1, 1), (0, 0)),
        (softplus, (0, 800), (0, 1)),
        (relu, (0, 800), (0, 1)),
        (step, (0, 1), (0, 0)),
    ],
    ids=str,
)
def test_far_from_zero_value_and_derivative_are_their_limits(activation, values, slopes):
    np.testing.assert_allclose(value_and_slope(activation, [-800.0, 800.0]), [values, slopes], atol=1e-15)


@pytest.mark.parametrize(
    ("activation", "slope"),
    [
        (sigmoid, h * (1 - h)),
        (tanh, 1 - h**2),
        (relu, step(h)),
        (step, sp.Integer(0)),
        (softplus, 1 - sp.exp(-h)),
    ],
    ids=str,
)
def test_in_a_model_the_derivative_is_a_formula_of_the_output(activation, slope):
    assert Model({z: w * x, h: activation(z)}, [w], [x]).local(h, z) == slope


@each
def test_the_chain_rule_reaches_through_the_argument(activation):
    assert sp.diff(activation(3 * z), z) == 3 * sp.diff(activation(z), z).subs(z, 3 * z)


@pytest.mark.parametrize("activation", [sigmoid, tanh, relu, step], ids=str)
@pytest.mark.parametrize("number", [sp.Rational(-7, 3), sp.Integer(0), sp.Rational(5, 4)])
def test_evalf_agrees_with_numpy(activation, number):
    assert float(activation(number).evalf()) == pytest.approx(float(in_numpy(activation(z))(float(number))))


def test_sigmoid_is_its_definition_to_any_number_of_digits():
    assert sigmoid(z).rewrite(sp.exp) == 1 / (1 + sp.exp(-z))
    assert sigmoid(1).evalf(30) == (1 / (1 + sp.exp(-1))).evalf(30)
    assert sp.diff(sigmoid(z), z) == sigmoid(z) * (1 - sigmoid(z))


@pytest.mark.parametrize("activation", [relu, step], ids=str)
def test_the_piecewise_form_has_the_same_values(activation):
    pieces = activation(z).rewrite(sp.Piecewise)
    inputs = np.array([-1.5, 0.0, 2.5])
    np.testing.assert_array_equal([float(pieces.subs(z, v)) for v in inputs], in_numpy(activation(z))(inputs))


@pytest.mark.parametrize("activation", [sigmoid, tanh, relu, step], ids=str)
def test_the_shape_is_kept_and_nan_stays_nan(activation):
    assert in_numpy(activation(z))(np.ones((2, 3))).shape == (2, 3)
    assert np.isnan(in_numpy(activation(z))(np.array([np.nan]))).all()


def test_an_activation_takes_one_argument():
    with pytest.raises(TypeError, match="sigmoid takes exactly 1 argument"):
        sigmoid(z, h)


def test_the_learners_own_activation_may_inherit():
    class softer(sigmoid):
        @staticmethod
        def numpy(values):
            return sigmoid.numpy(values / 2)

    loss, _ = Model({z: w * x, h: softer(z)}, [w], [x]).compile()([1.0], [[2.0]])
    assert loss == 1 / (1 + np.exp(-1))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (sigmoid(z), r"\sigma\left(z\right)"),
        (sigmoid(z) ** 2, r"\sigma^{2}\left(z\right)"),
        (sigmoid(w * x), r"\sigma\left(w x\right)"),
        (softplus(z), r"\operatorname{softplus}{\left(z \right)}"),
    ],
    ids=str,
)
def test_latex(expression, expected):
    assert latex(expression) == expected
