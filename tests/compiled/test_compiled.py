"""The compiled model: its gradients checked three independent ways, its shapes and its refusals."""

from types import SimpleNamespace

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
import sympy as sp
from helpers import central_differences, plain
from hypothesis import assume, given
from hypothesis import strategies as st

from course_utils import Compiled, GradientDescent, Model, sigmoid, step, tanh, train
from course_utils.training import sweep

x, y, w1, b1, w2, b2 = sp.symbols("x y w1 b1 w2 b2")
z, h, y_hat, L = sp.symbols("z h y_hat L")
START = [0.5, -0.25, 1.5, 0.75]
DATA = [np.array([-1.0, 0.5, 2.0]), np.array([0.25, 1.0, 1.75])]

eighths = st.integers(-12, 12).map(lambda n: n / 8)
FORMS = [
    lambda a, b: a * b,
    lambda a, b: a * b + a,
    lambda a, b: a - 2 * b,
    lambda a, b: a**2 / 4 + b,
    lambda a, b: sigmoid(a + b),
    lambda a, b: sigmoid(a * b) * a,
    lambda a, b: tanh(a * b),
    lambda a, b: tanh(a + b) ** 2,
]


@st.composite
def cases(draw):
    """A random model with values: .model, .compiled, .parameters (a list), .data (a list of arrays)."""
    parameters = sp.symbols(f"p1:{draw(st.integers(1, 4)) + 1}")
    data = sp.symbols(f"d1:{draw(st.integers(1, 2)) + 1}")
    known, equations = [*parameters, *data], {}
    for index in range(draw(st.integers(2, 5))):
        form, weight = draw(st.sampled_from(FORMS)), draw(st.sampled_from([*parameters, *known]))
        unit = sp.Symbol(f"u{index}")
        equations[unit] = form(draw(st.sampled_from(known[-3:])), weight)
        known.append(unit)
    used = {symbol for expression in equations.values() for symbol in expression.free_symbols}
    unused = [symbol for symbol in known if symbol not in used]
    equations[L] = (sp.Add(*unused) - 1) ** 2  # so that the loss depends on each of them
    model, samples = Model(equations, parameters, data), draw(st.integers(1, 4))
    case = SimpleNamespace(
        model=model,
        compiled=model.compile(),
        parameters=[draw(eighths) for _ in parameters],
        data=[np.array([draw(eighths) for _ in range(samples)]) for _ in data],
    )
    loss, gradients = case.compiled(case.parameters, case.data)
    assume(np.abs([loss, *gradients]).max() < 1e4)  # well scaled, so that errors are comparable
    return case


def expanded(model):
    """The loss and its derivatives of each sample, from the expanded loss, as one function."""
    loss = plain(model.expand(model.loss))
    slopes = [sp.diff(loss, parameter) for parameter in model.parameters]
    return sp.lambdify([*model.parameters, *model.data], [loss, *slopes], "numpy", cse=True)


def by_autograd(model, parameters, data):
    """The gradients of the mean loss as autograd finds them, from the equations in turn."""
    functions = {"sigmoid": lambda v: 1 / (1 + anp.exp(-v)), "tanh": anp.tanh}
    names, lines = [*model.parameters, *model.data], []
    for symbol, expression in model.equations.items():
        lines.append(sp.lambdify(names, expression, [functions, anp]))
        names = [*names, symbol]

    def mean_loss(*parameters):
        values = [*parameters, *data]
        for line in lines:
            values.append(line(*values))
        return anp.mean(values[-1])

    return autograd.grad(mean_loss, tuple(range(len(parameters))))(*map(float, parameters))


@given(cases())
def test_loss_and_gradients_agree_with_three_other_ways(case):
    loss, gradients = case.compiled(case.parameters, case.data)
    expected = [np.mean(values) for values in expanded(case.model)(*case.parameters, *case.data)]
    np.testing.assert_allclose([loss, *gradients], expected, rtol=1e-9, atol=1e-9)
    by_nudging = central_differences(lambda p: case.compiled(p, case.data)[0], case.parameters)
    scale = 1 + abs(loss) + np.abs(gradients).max()
    np.testing.assert_allclose(gradients, by_nudging, rtol=1e-5, atol=1e-6 * scale)
    others = by_autograd(case.model, case.parameters, case.data)
    np.testing.assert_allclose(gradients, others, rtol=1e-9, atol=1e-9)


@given(cases())
def test_the_gradients_of_some_parameters_are_those_among_all(case):
    some = case.model.parameters[::-2]
    compiled = Compiled(case.model.equations, case.model.parameters, case.model.data, wrt=some)
    loss, gradients = case.compiled(case.parameters, case.data)
    among_all = dict(zip(case.model.parameters, gradients, strict=True))
    found = compiled(case.parameters, case.data)
    np.testing.assert_allclose([found[0], *found[1]], [loss, *map(among_all.get, some)], rtol=1e-12)


def test_infinity_in_the_data_of_many_runs_is_refused_even_where_nothing_shows_it():
    compiled = Model({L: (w1 / x) ** 2}, [w1], [x]).compile()
    for _ in range(2):
        with pytest.raises(ValueError, match="data for x is not finite at sample 1"):
            compiled([np.array([1.0, 2.0])], [np.array([1.0, np.inf])])


def test_training_refuses_some_of_the_gradients_and_nobody_asks_for_one_twice(seed_model):
    for wrt in ([w2, b2], [b2, w2, b1, w1]):
        compiled = Compiled(seed_model.equations, seed_model.parameters, seed_model.data, wrt=wrt)
        with pytest.raises(ValueError, match="each parameter"):
            train(compiled, START, DATA, GradientDescent(0.1), max_steps=1)
        with pytest.raises(ValueError, match="each parameter"):
            sweep(compiled, START, DATA, [0.1], steps=1)
    with pytest.raises(ValueError, match="b1 is defined twice"):
        Compiled(seed_model.equations, seed_model.parameters, seed_model.data, wrt=[b1, b1])


@given(cases(), st.lists(eighths, min_size=2, max_size=4))
def test_runs_and_samples_together_are_those_one_at_a_time(case, offsets):
    runs = [np.array(offsets) + parameter for parameter in case.parameters]
    loss, gradients = case.compiled(runs, case.data)
    singly = [case.compiled([run[i] for run in runs], case.data) for i in range(len(offsets))]
    np.testing.assert_allclose(loss, [one for one, _ in singly], rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(np.transpose(gradients), [g for _, g in singly], rtol=1e-10, atol=1e-10)
    samples = [[[value] for value in sample] for sample in zip(*case.data, strict=True)]
    singly = np.mean([case.compiled(case.parameters, sample)[1] for sample in samples], axis=0)
    together = case.compiled(case.parameters, case.data)[1]
    np.testing.assert_allclose(together, singly, rtol=1e-10, atol=1e-12)


@given(cases())
def test_the_source_has_the_equations_line_by_line_and_assigns_each_name_once(case):
    left = [line.split(" = ")[0].strip() for line in case.compiled.source.splitlines() if " = " in line]
    assert left[: len(case.model.equations)] == [str(symbol) for symbol in case.model.equations]
    assert len(set(left)) == len(left)


def test_the_source_of_the_network_is_the_chain_rule_and_its_repr(seed_model):
    compiled = seed_model.compile()
    assert repr(compiled) == compiled.source
    assert (
        compiled.source
        == """def step(w1, b1, w2, b2, x, y):
    z = w1*x + b1
    h = sigmoid(z)
    y_hat = w2*h + b2
    L = (y - y_hat)**2
    dL_dy_hat = 2*(y_hat - y)
    dL_dh = w2*dL_dy_hat
    dL_dz = dL_dh*h*(1 - h)
    dL_dw1 = dL_dz*x
    dL_db1 = dL_dz
    dL_dw2 = dL_dy_hat*h
    dL_db2 = dL_dy_hat
    return [L, dL_dw1, dL_db1, dL_dw2, dL_db2]
"""
    )


def test_an_activation_with_an_equation_of_its_own_is_called_once():
    p, q = sp.symbols("p q")
    model = Model({p: sigmoid(w1 * x), q: tanh(w2 * p), L: (p * q - q - y) ** 2}, [w1, w2], [x, y])
    source = model.compile().source
    assert (source.count("sigmoid("), source.count("tanh(")) == (1, 1)


SAMPLES, RUNS = [1.0, 2.0, 3.0], np.array([1.0, 2.0])


@pytest.mark.parametrize(
    ("equations", "parameters", "data", "loss", "slopes"),
    [
        # predictions 3 and 5, errors -1 and 2
        (
            {y_hat: w1 * x + b1, L: (y - y_hat) ** 2},
            {w1: 2.0, b1: 1.0},
            {x: [1.0, 2.0], y: [4.0, 3.0]},
            2.5,
            (3, 1),
        ),
        ({L: (w1 - 3) ** 2}, {w1: 1.0}, {}, 4, (-4,)),
        ({L: w1 + x}, {w1: 0.5}, {x: SAMPLES}, 2.5, (1,)),  # a constant derivative of many samples,
        ({L: 3 * w1 + x}, {w1: RUNS}, {x: SAMPLES}, [5, 8], ([3, 3],)),  # of many runs,
        ({L: w1**2 + x}, {w1: RUNS}, {x: SAMPLES}, [3, 6], ([2, 4],)),  # and one without data in it
        ({h: step(w1 * x), L: (y - h) ** 2}, {w1: 1.0}, {x: [1.0, -1.0], y: [3.0, 1.0]}, 2.5, (0,)),
        ({L: sp.Abs(y - w1 * x)}, {w1: 2.0}, {x: [1.0, -2.0, 3.0], y: [2.5, -3.0, 5.0]}, 2.5 / 3, (4 / 3,)),
        ({L: w1 * x * y}, {w1: 2.0}, {x: SAMPLES, y: 0.5}, 2, (1,)),  # one number is shared by all samples
    ],
    ids=lambda value: str(value)[:40],
)
def test_numbers_by_hand(equations, parameters, data, loss, slopes):
    found, gradients = Model(equations, parameters, data).compile()(parameters, data)
    assert np.shape(found) == np.shape(loss) and list(map(np.shape, gradients)) == list(map(np.shape, slopes))
    np.testing.assert_allclose([found, *gradients], [loss, *slopes])


def test_parameters_of_different_shapes_broadcast(seed_model):
    loss, gradients = seed_model.compile()([np.ones((2, 1)), 0, np.arange(3.0), 1], DATA)
    assert {np.shape(loss), *map(np.shape, gradients)} == {(2, 3)}


def test_data_of_numbers_only_are_one_sample_and_integers_as_good_as_floats(seed_model):
    compiled = seed_model.compile()
    assert compiled(START, [0.5, 1.0]) == compiled(START, [[0.5], [1.0]])
    for whole in ([1, 0, 2, -1], np.array([1, 0, 2, -1])):
        loss, gradients = compiled(whole, [[1], [0]])
        assert loss == pytest.approx((2 / (1 + np.exp(-1)) - 1) ** 2)
        np.testing.assert_allclose(gradients, compiled([1.0, 0.0, 2.0, -1.0], [[1.0], [0.0]])[1], rtol=1e-14)


@pytest.mark.parametrize("key", [lambda s: s, str], ids=["symbols", "names"])
def test_a_mapping_gives_values_in_any_order(seed_model, key):
    compiled = seed_model.compile()
    parameters = {key(s): v for s, v in zip([w1, b1, w2, b2], START, strict=True)}
    data = {key(y): DATA[1], key(x): DATA[0]}
    backwards = dict(reversed(parameters.items()))
    assert compiled(backwards, data) == compiled(START, DATA)


def test_gradients_are_ordered_as_the_parameters(seed_model):
    equations = seed_model.equations
    turned = Model(equations, [b2, w2, b1, w1], [x, y]).compile()
    np.testing.assert_allclose(
        turned(START[::-1], DATA)[1], seed_model.compile()(START, DATA)[1][::-1], rtol=1e-14
    )


SHAPES = r"arrays of one length, .* {'x': \(.*\), 'y': \(.*\)}"


@pytest.mark.parametrize(
    ("parameters", "data", "culprit"),
    [
        (START, [[1.0, 2.0, 3.0], [1.0, 2.0]], SHAPES),
        (START, [[1.0], [1.0, 2.0]], SHAPES),
        (START, [[[1.0, 2.0]], [[1.0, 2.0]]], SHAPES),
        (START, [[], []], SHAPES),
        (START, [[1.0, np.nan, 3.0], [1.0, 2.0, 3.0]], "data for x is not finite at sample 1"),
        (START, [[1.0, 2.0, 3.0], [1.0, 2.0, np.inf]], "data for y is not finite at sample 2"),
        ([np.ones(5), 0, 1, 0], [[np.nan, 1.0], [1.0, 1.0]], "data for x is not finite at sample 0"),
        (START, [["many", "few"], [1.0, 2.0]], "x should be numbers"),
        (START[:3], DATA, r"parameters should be 4 values, \(w1, b1, w2, b2\), not 3"),
        ([*START, 1.0], DATA, "parameters should be 4 values, .* not 5"),
        (START, DATA[:1], r"data should be 2 values, \(x, y\), not 1"),
        ({"w1": 1, "b1": 0, "w2": 1}, DATA, r"parameters .* look at \['b2'\]"),
        ({"w1": 1, "b1": 0, "w2": 1, "b2": 1, "b3": 1}, DATA, r"parameters .* look at \['b3'\]"),
        (START, {"x": DATA[0]}, r"data .* look at \['y'\]"),
        (START, {"x": DATA[0], "y": DATA[1], "t": DATA[1]}, r"data .* look at \['t'\]"),
    ],
)
def test_what_cannot_be_computed_is_refused_by_name(seed_model, parameters, data, culprit):
    with pytest.raises(ValueError, match=culprit):
        seed_model.compile()(parameters, data)


def test_infinity_in_the_data_is_refused_where_only_a_gradient_shows_it():
    flat = Model({z: sigmoid(w1 * x), L: z}, [w1], [x])
    with np.errstate(all="ignore"), pytest.raises(ValueError, match="x is not finite at sample 1"):
        flat.compile()([1.0], [[1.0, np.inf]])
