"""What a model accepts, and how it refuses: a ValueError that names the culprit."""

import numpy as np
import pytest
import sympy as sp

from course_utils import Model, sigmoid

x, y, w1, b1, w2, b2 = sp.symbols("x y w1 b1 w2 b2")
z, h, y_hat, L = sp.symbols("z h y_hat L")
stranger = sp.Symbol("stranger")


def test_equations_may_be_pairs(seed_model):
    pairs = Model(list(seed_model.equations.items()), seed_model.parameters, seed_model.data)
    assert pairs.equations == seed_model.equations


def test_the_last_equation_is_the_loss(seed_model):
    assert seed_model.loss == L


def test_a_model_needs_no_data():
    assert Model({L: (w1 - 3) ** 2}, [w1]).gradient(w1) == 2 * (w1 - 3)


def test_a_number_counts_as_an_expression():
    assert Model({z: 2, L: w1 * z}, [w1]).expand(L) == 2 * w1


def test_the_repr_shows_equations_parameters_and_data(seed_model):
    assert repr(seed_model).splitlines()[1:] == [
        "h = sigmoid(z)",
        "y_hat = b2 + h*w2",
        "L = (y - y_hat)**2",
        "parameters (w1, b1, w2, b2), data (x, y)",
    ]


def test_no_equation_is_refused():
    with pytest.raises(ValueError, match="at least one equation"):
        Model({}, [], [])


def test_an_undefined_symbol_is_named():
    with pytest.raises(ValueError, match="z uses stranger, which is no equation, parameter or data"):
        Model({z: w1 * x + stranger, L: z**2}, [w1], [x])


def test_a_symbol_computed_twice_is_named():
    with pytest.raises(ValueError, match="z is defined twice"):
        Model([(z, w1 * x), (z, w1 + x), (L, z**2)], [w1], [x])


@pytest.mark.parametrize(
    ("parameters", "data"),
    [([w1, w1], [x]), ([w1], [x, x, w1]), ([w1], [x, w1])],
    ids=["two parameters", "datum twice", "parameter and datum"],
)
def test_a_symbol_given_twice_is_named(parameters, data):
    with pytest.raises(ValueError, match=r"(w1|x) is defined twice"):
        Model({z: w1 * x, L: z**2}, parameters, data)


@pytest.mark.parametrize("role", ["parameters", "data"])
def test_a_symbol_both_computed_and_given_is_named(role):
    given = {"parameters": [w1], "data": [x]}
    given[role] = [*given[role], z]
    with pytest.raises(ValueError, match="z is defined twice"):
        Model({z: w1 * x, L: z**2}, **given)


def test_a_cycle_is_spelled_out():
    with pytest.raises(ValueError, match=r"in a circle: (z -> h -> z|h -> z -> h)"):
        Model({z: w1 * h, h: sigmoid(z), L: h**2}, [w1])


def test_an_equation_that_uses_itself_is_a_cycle():
    with pytest.raises(ValueError, match="in a circle: z -> z"):
        Model({z: w1 * z, L: z**2}, [w1])


def test_a_symbol_used_before_it_is_computed_is_named():
    with pytest.raises(ValueError, match="h uses z before it is computed: put z first"):
        Model({h: sigmoid(z), z: w1 * x, L: h**2}, [w1], [x])


def test_a_parameter_without_influence_on_the_loss_is_named():
    with pytest.raises(ValueError, match="the loss L does not depend on parameter b2"):
        Model({z: w1 * x, L: z**2}, [w1, b2], [x])


def test_a_parameter_that_only_reaches_a_dead_end_is_named():
    with pytest.raises(ValueError, match="does not depend on parameter b2"):
        Model({z: w1 * x, h: b2 * z, L: z**2}, [w1, b2], [x])


@pytest.mark.parametrize("key", [0.5, "z", sp.Integer(3), w1 * x, sigmoid(z)], ids=repr)
def test_a_key_that_is_no_symbol_is_named(key):
    with pytest.raises(ValueError, match="is not a SymPy symbol") as refusal:
        Model({key: w1 * x, L: w1**2}, [w1], [x])
    assert repr(key) in str(refusal.value)


@pytest.mark.parametrize("role", ["parameters", "data"])
def test_a_number_in_place_of_a_symbol_is_named(role):
    given = {"parameters": [w1], "data": [x]}
    given[role] = [*given[role], 0.25]
    with pytest.raises(ValueError, match=r"0\.25 is not a SymPy symbol"):
        Model({z: w1 * x, L: z**2}, **given)


def test_the_same_name_with_other_assumptions_is_pointed_out():
    with pytest.raises(ValueError, match=r"z uses x, .*\(same name, other assumptions\?\)"):
        Model({z: w1 * sp.Symbol("x", positive=True), L: z**2}, [w1], [x])


def test_the_same_name_with_other_assumptions_counts_as_defined_twice():
    with pytest.raises(ValueError, match="x is defined twice"):
        Model({z: w1 * x, L: z**2}, [w1], [x, sp.Symbol("x", positive=True)])


@pytest.mark.parametrize("name", ["w 1", "w-1", "1w", "", "lambda", "class", r"\theta"])
def test_a_name_that_python_cannot_use_is_named(name):
    with pytest.raises(ValueError, match="cannot be a name in Python code") as refusal:
        Model({L: sp.Symbol(name) ** 2}, [sp.Symbol(name)])
    assert repr(name) in str(refusal.value)


def test_factors_of_several_paths_are_refused():
    model = Model({z: w1 * x, h: sigmoid(z), L: h * z}, [w1], [x])
    with pytest.raises(ValueError, match="w1 has 2 paths"):
        model.factors(w1)


def test_factors_of_no_path_are_refused():
    model = Model({z: w1 * x, L: w1**2}, [w1], [x])
    with pytest.raises(ValueError, match="z has 0 paths"):
        model.factors(z)


@pytest.mark.parametrize(
    "ask",
    [
        lambda model: model.local(stranger, z),
        lambda model: model.local(L, stranger),
        lambda model: model.paths(stranger),
        lambda model: model.factors(stranger),
        lambda model: model.gradient(stranger),
        lambda model: model.evaluate(stranger, {}),
    ],
    ids=["local of", "local wrt", "paths", "factors", "gradient", "evaluate"],
)
def test_a_question_about_an_unknown_symbol_names_it(seed_model, ask):
    with pytest.raises(ValueError, match="stranger is no equation, parameter or data of this model"):
        ask(seed_model)


def test_what_is_given_has_no_local_derivative(seed_model):
    with pytest.raises(ValueError, match="w1 is given, not computed"):
        seed_model.local(w1, x)


def test_evaluate_broadcasts_over_the_samples(seed_model):
    values = {w1: 2, b1: -1, w2: 3, b2: 0.5, x: np.array([0.0, 0.5, 4.0])}
    expected = 3 / (1 + np.exp(1 - 2 * values[x])) + 0.5
    np.testing.assert_allclose(seed_model.evaluate(y_hat, values), expected, rtol=1e-14)


def test_evaluate_takes_names_as_well(seed_model):
    assert seed_model.evaluate(z, {"w1": 2, "b1": 1, "x": 3}) == 7


def test_evaluate_ignores_what_it_does_not_need(seed_model):
    assert seed_model.evaluate(z, {w1: 2, b1: 1, x: 3, y: np.ones(5), "other": None}) == 7


def test_evaluate_names_what_is_missing(seed_model):
    with pytest.raises(ValueError, match="y_hat depends on b1, b2: give it a value"):
        seed_model.evaluate(y_hat, {w1: 1, w2: 1, x: 1})
