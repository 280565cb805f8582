"""What a model accepts, and how it refuses: a ValueError that names the culprit."""

import re

import numpy as np
import pytest
import sympy as sp

from course_utils import Model, sigmoid

x, y, w1, b1, w2, b2 = sp.symbols("x y w1 b1 w2 b2")
z, h, y_hat, L = sp.symbols("z h y_hat L")
stranger, positive = sp.Symbol("stranger"), sp.Symbol("x", positive=True)
LINE = {z: w1 * x, L: z**2}


def test_equations_may_be_pairs_and_the_last_is_the_loss(seed_model):
    pairs = Model(list(seed_model.equations.items()), seed_model.parameters, seed_model.data)
    assert pairs.equations == seed_model.equations and pairs.loss == L


def test_a_model_needs_no_data_and_a_number_counts_as_an_expression():
    model = Model({z: 2, L: (w1 - 3) ** 2 * z}, [w1])
    assert model.gradient(w1) == 2 * (w1 - 3) * z and model.expand(L) == 2 * (w1 - 3) ** 2


def test_the_repr_shows_equations_parameters_and_data(seed_model):
    assert repr(seed_model).splitlines()[1:] == [
        "h = sigmoid(z)",
        "y_hat = b2 + h*w2",
        "L = (y - y_hat)**2",
        "parameters (w1, b1, w2, b2), data (x, y)",
    ]


def clash(function):
    """A model with a symbol of the function's name."""
    named = sp.Symbol(function.__name__)
    return {z: function(w1 * x), L: z * named}, [w1, named], [x], function.__name__


def said(thing):
    return re.escape(repr(thing))


SLOPE = sp.Symbol("dL_dz")
MU, SIGN = sp.Symbol("\u03bc"), sp.Symbol("\u00b5")  # Python reads both as one
REFUSED = {
    "no equation": ({}, [], [], "at least one equation"),
    "an undefined symbol": (
        {z: w1 * x + stranger, L: z**2}, [w1], [x], "z uses stranger, which is no equation, parameter or",
    ),
    "computed twice": ([(z, w1 * x), (z, w1 + x), (L, z**2)], [w1], [x], "z is defined twice"),
    "two parameters": (LINE, [w1, w1], [x], "w1 is defined twice"),
    "a datum twice": (LINE, [w1], [x, x], "x is defined twice"),
    "a parameter and a datum": (LINE, [w1], [x, w1], "w1 is defined twice"),
    "computed and a parameter": (LINE, [w1, z], [x], "z is defined twice"),
    "computed and a datum": (LINE, [w1], [x, z], "z is defined twice"),
    "a circle": ({z: w1 * h, h: sigmoid(z), L: h**2}, [w1], [], "in a circle: (z -> h -> z|h -> z -> h)"),
    "a circle of one": ({z: w1 * z, L: z**2}, [w1], [], "in a circle: z -> z"),
    "before it is computed": ({h: sigmoid(z), z: w1 * x, L: h**2}, [w1], [x], "h uses z before it is"),
    "no influence": (LINE, [w1, b2], [x], "the loss L does not depend on parameter b2"),
    "a dead end": ({z: w1 * x, h: b2 * z, L: z**2}, [w1, b2], [x], "does not depend on parameter b2"),
    "a number as a parameter": (LINE, [w1, 0.25], [x], r"0\.25 is not a SymPy symbol"),
    "a number as a datum": (LINE, [w1], [x, 0.25], r"0\.25 is not a SymPy symbol"),
    "other assumptions": (
        {z: w1 * positive, L: z**2}, [w1], [x], r"z uses x, .*\(same name, other assumptions\?\)",
    ),
    "both assumptions": (LINE, [w1], [x, positive], "x is defined twice"),
    "the name of a backward line": ({z: w1 * SLOPE, L: z**2}, [w1, SLOPE], [], "dL_dz"),
    "two names that Python reads alike": ({L: MU * SIGN}, [MU, SIGN], [], "twice"),
    **{f"a symbol called {f.__name__}": clash(f) for f in (sp.exp, sigmoid, sp.tanh, sp.sqrt)},
    **{
        f"{key!r} as a key": ({key: w1 * x, L: w1**2}, [w1], [x], said(key) + " is not a SymPy symbol")
        for key in (0.5, "z", sp.Integer(3), w1 * x, sigmoid(z))
    },
    **{
        f"{name!r} as a name": ({L: (p := sp.Symbol(name)) ** 2}, [p], [], said(name) + " cannot be")
        for name in ("w 1", "w-1", "1w", "", "lambda", "class", r"\theta")
    },
    **{
        f"{value} as an expression": ({L: value}, [w1], [x], "L should be a scalar expression")
        for value in (None, (w1 * x,), sp.Eq(w1, x), sp.Matrix([w1, x]))
    },
}  # fmt: skip


@pytest.mark.parametrize(("equations", "parameters", "data", "culprit"), REFUSED.values(), ids=REFUSED)
def test_a_model_that_cannot_be_is_refused_by_the_name_of_the_culprit(equations, parameters, data, culprit):
    with pytest.raises(ValueError, match=culprit):
        Model(equations, parameters, data)


def test_an_equation_without_a_derivative_is_refused_by_name():
    with pytest.raises(ValueError, match=r"floor\(z\) has no derivative .* with respect to z"):
        Model({z: w1 * x, L: sp.floor(z)}, [w1], [x]).compile()


UNKNOWN = "stranger is no equation, parameter or data of this model"
TWO_WAYS = Model({z: w1 * x, h: sigmoid(z), L: h * z}, [w1], [x])
NO_WAY = Model({z: w1 * x, L: w1**2}, [w1], [x])


@pytest.mark.parametrize(
    ("ask", "culprit"),
    [
        (lambda model: model.local(stranger, z), UNKNOWN),
        (lambda model: model.local(L, stranger), UNKNOWN),
        (lambda model: model.paths(stranger), UNKNOWN),
        (lambda model: model.factors(stranger), UNKNOWN),
        (lambda model: model.gradient(stranger), UNKNOWN),
        (lambda model: model.evaluate(stranger, {}), UNKNOWN),
        (lambda model: model.local(w1, x), "w1 is given, not computed"),
        (
            lambda model: model.evaluate(y_hat, {w1: 1, w2: 1, x: 1}),
            "y_hat depends on b1, b2: give it a value",
        ),
        (lambda _: TWO_WAYS.factors(w1), "w1 has 2 paths"),
        (lambda _: NO_WAY.factors(z), "z has 0 paths"),
    ],
)
def test_a_question_that_has_no_answer_names_the_culprit(seed_model, ask, culprit):
    with pytest.raises(ValueError, match=culprit):
        ask(seed_model)


def test_evaluate_broadcasts_over_the_samples_and_ignores_what_it_does_not_need(seed_model):
    values = {w1: 2, "b1": -1, w2: 3, "b2": 0.5, x: np.array([0.0, 0.5, 4.0]), y: np.ones(5), "other": None}
    expected = 3 / (1 + np.exp(1 - 2 * values[x])) + 0.5
    np.testing.assert_allclose(seed_model.evaluate(y_hat, values), expected, rtol=1e-14)
    assert seed_model.evaluate(z, {"w1": 2, "b1": 1, "x": 3}) == 7
