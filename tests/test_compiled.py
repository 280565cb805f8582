"""The compiled model: its gradients checked three independent ways, its shapes and its refusals."""

from types import SimpleNamespace

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
import sympy as sp
from hypothesis import assume, given
from hypothesis import strategies as st

from course_utils import Model, sigmoid, step, tanh

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


def plain(expression):
    """The expression with sigmoid written out, so that no function of the library is in it."""
    return expression.replace(sigmoid, lambda argument: 1 / (1 + sp.exp(-argument)))


def central_differences(function, point, nudge=1e-5):
    """The gradient of a function of a list of numbers, by nudging each both ways."""
    nudges = nudge * np.eye(len(point))
    return [(function(list(point + n)) - function(list(point - n))) / (2 * nudge) for n in nudges]


@given(cases())
def test_gradients_agree_with_finite_differences(case):
    loss, gradients = case.compiled(case.parameters, case.data)
    expected = central_differences(lambda p: case.compiled(p, case.data)[0], case.parameters)
    scale = 1 + abs(loss) + np.abs(gradients).max()
    np.testing.assert_allclose(gradients, expected, rtol=1e-5, atol=1e-6 * scale)


@given(cases())
def test_gradients_agree_with_differentiating_the_expanded_loss(case):
    model = case.model
    loss = plain(model.expand(model.loss))
    derivatives = [sp.diff(loss, parameter) for parameter in model.parameters]
    directly = sp.lambdify([*model.parameters, *model.data], derivatives, "numpy", cse=True)
    expected = [np.mean(values) for values in directly(*case.parameters, *case.data)]
    gradients = case.compiled(case.parameters, case.data)[1]
    np.testing.assert_allclose(gradients, expected, rtol=1e-9, atol=1e-9)


@given(cases())
def test_gradients_agree_with_autograd(case):
    model = case.model
    functions = {"sigmoid": lambda v: 1 / (1 + anp.exp(-v)), "tanh": anp.tanh}
    names, lines = [*model.parameters, *model.data], []
    for symbol, expression in model.equations.items():
        lines.append(sp.lambdify(names, expression, [functions, anp]))
        names = [*names, symbol]

    def mean_loss(*parameters):
        values = [*parameters, *case.data]
        for line in lines:
            values.append(line(*values))
        return anp.mean(values[-1])

    gradients = case.compiled(case.parameters, case.data)[1]
    everyone = tuple(range(len(gradients)))
    expected = autograd.grad(mean_loss, everyone)(*map(float, case.parameters))
    np.testing.assert_allclose(gradients, expected, rtol=1e-9, atol=1e-9)


@given(cases())
def test_the_loss_is_the_mean_of_the_expanded_loss(case):
    model = case.model
    every = sp.lambdify([*model.parameters, *model.data], plain(model.expand(model.loss)), "numpy")
    expected = np.mean(every(*case.parameters, *case.data))
    np.testing.assert_allclose(case.compiled(case.parameters, case.data)[0], expected, rtol=1e-9, atol=1e-12)


@given(cases(), st.lists(eighths, min_size=2, max_size=4))
def test_many_runs_at_once_equal_one_run_at_a_time(case, offsets):
    runs = [np.array(offsets) + parameter for parameter in case.parameters]
    loss, gradients = case.compiled(runs, case.data)
    singly = [case.compiled([run[i] for run in runs], case.data) for i in range(len(offsets))]
    np.testing.assert_allclose(loss, [one for one, _ in singly], rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(np.transpose(gradients), [g for _, g in singly], rtol=1e-10, atol=1e-10)


@given(cases())
def test_the_mean_over_samples_is_the_mean_of_single_samples(case):
    singly = [
        case.compiled(case.parameters, [[v] for v in sample])[1] for sample in zip(*case.data, strict=True)
    ]
    np.testing.assert_allclose(
        case.compiled(case.parameters, case.data)[1], np.mean(singly, axis=0), rtol=1e-10, atol=1e-12
    )


@given(cases())
def test_the_source_has_the_equations_line_by_line_and_assigns_each_name_once(case):
    left = [line.split(" = ")[0].strip() for line in case.compiled.source.splitlines() if " = " in line]
    assert left[: len(case.model.equations)] == [str(symbol) for symbol in case.model.equations]
    assert len(set(left)) == len(left)


def test_the_source_of_the_network_is_the_chain_rule(seed_model):
    assert seed_model.compile().source == "\n".join(
        [
            "def step(w1, b1, w2, b2, x, y):",
            "    z = w1*x + b1",
            "    h = sigmoid(z)",
            "    y_hat = w2*h + b2",
            "    L = (y - y_hat)**2",
            "    dL_dy_hat = 2*(y_hat - y)",
            "    dL_dh = w2*dL_dy_hat",
            "    dL_dz = dL_dh*h*(1 - h)",
            "    dL_dw1 = dL_dz*x",
            "    dL_db1 = dL_dz",
            "    dL_dw2 = dL_dy_hat*h",
            "    dL_db2 = dL_dy_hat",
            "    return [L, dL_dw1, dL_db1, dL_dw2, dL_db2]",
            "",
        ]
    )


def test_an_activation_with_an_equation_of_its_own_is_called_once():
    p, q = sp.symbols("p q")
    model = Model({p: sigmoid(w1 * x), q: tanh(w2 * p), L: (p * q - q - y) ** 2}, [w1, w2], [x, y])
    source = model.compile().source
    assert (source.count("sigmoid("), source.count("tanh(")) == (1, 1)


def test_the_repr_is_the_source(seed_model):
    compiled = seed_model.compile()
    assert repr(compiled) == compiled.source


def test_numbers_by_hand():
    compiled = Model({y_hat: w1 * x + b1, L: (y - y_hat) ** 2}, [w1, b1], [x, y]).compile()
    loss, gradients = compiled([2.0, 1.0], [[1.0, 2.0], [4.0, 3.0]])  # predictions 3 and 5, errors -1 and 2
    assert (loss, *gradients) == (2.5, 3.0, 1.0)


def test_a_constant_derivative_of_many_samples_is_one_number():
    _, (slope,) = Model({L: w1 + x}, [w1], [x]).compile()([0.5], [[1.0, 2.0, 3.0]])
    assert np.shape(slope) == () and slope == pytest.approx(1)


def test_a_constant_derivative_of_many_runs_has_their_shape():
    _, gradients = Model({L: 3 * w1 + x}, [w1], [x]).compile()([np.zeros((2, 4))], [[1.0, 2.0, 3.0]])
    np.testing.assert_allclose(gradients[0], np.full((2, 4), 3))


def test_a_derivative_without_data_in_it_has_the_shape_of_the_runs():
    _, gradients = Model({L: w1**2 + x}, [w1], [x]).compile()([np.array([1.0, 2.0])], [[1.0, 2.0, 3.0]])
    np.testing.assert_allclose(gradients[0], [2, 4])


def test_parameters_of_different_shapes_broadcast(seed_model):
    loss, gradients = seed_model.compile()([np.ones((2, 1)), 0, np.arange(3.0), 1], DATA)
    assert {np.shape(loss), *map(np.shape, gradients)} == {(2, 3)}


def test_one_number_in_the_data_is_shared_by_all_samples():
    model = Model({y_hat: w1 * x + b1, L: (y - y_hat) ** 2}, [w1], [x, y, b1])
    compiled = model.compile()
    shared, spelled_out = (compiled([0.5], [*DATA, bias])[1] for bias in (0.25, np.full(3, 0.25)))
    assert shared == spelled_out


def test_data_of_numbers_only_are_one_sample(seed_model):
    compiled = seed_model.compile()
    assert compiled(START, [0.5, 1.0]) == compiled(START, [[0.5], [1.0]])


def test_a_model_without_data_is_evaluated_once():
    loss, (slope,) = Model({L: (w1 - 3) ** 2}, [w1]).compile()([1.0], [])
    assert (loss, slope) == (4, -4)


def test_integers_are_as_good_as_floats(seed_model):
    compiled = seed_model.compile()
    np.testing.assert_allclose(
        compiled([1, 0, 2, -1], DATA)[1], compiled([1.0, 0.0, 2.0, -1.0], DATA)[1], rtol=1e-14
    )


def test_integer_parameters_are_not_truncated(seed_model):
    loss, _ = seed_model.compile()(np.array([1, 0, 2, -1]), [[1], [0]])
    assert loss == pytest.approx((2 / (1 + np.exp(-1)) - 1) ** 2)


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


def test_an_activation_without_slope_has_gradient_zero():
    _, gradients = Model({h: step(w1 * x), L: (y - h) ** 2}, [w1], [x, y]).compile()([1.0], DATA)
    assert gradients == (0,)


@pytest.mark.parametrize(
    "data",
    [
        [[1.0, 2.0, 3.0], [1.0, 2.0]],
        [[1.0], [1.0, 2.0]],
        [[[1.0, 2.0]], [[1.0, 2.0]]],
        [[], []],
    ],
    ids=["lengths 3 and 2", "lengths 1 and 2", "two axes", "empty"],
)
def test_data_of_the_wrong_shape_are_refused_with_their_shapes(seed_model, data):
    with pytest.raises(ValueError, match=r"arrays of one length, .* {'x': \(.*\), 'y': \(.*\)}"):
        seed_model.compile()(START, data)


@pytest.mark.parametrize("culprit", ["x", "y"])
def test_nan_in_the_data_is_refused_by_name_and_place(seed_model, culprit):
    data = {"x": [1.0, 2.0, 3.0], "y": [1.0, 2.0, 3.0]}
    data[culprit] = [1.0, np.nan, 3.0]
    with pytest.raises(ValueError, match=f"data for {culprit} is not finite at sample 1"):
        seed_model.compile()(START, data)


def test_infinity_in_the_data_is_refused_by_name(seed_model):
    with pytest.raises(ValueError, match="data for y is not finite at sample 2"):
        seed_model.compile()(START, [[1.0, 2.0, 3.0], [1.0, 2.0, np.inf]])


def test_nan_in_the_data_of_many_runs_is_refused(seed_model):
    with pytest.raises(ValueError, match="data for x is not finite at sample 0"):
        seed_model.compile()([np.ones(5), 0, 1, 0], [[np.nan, 1.0], [1.0, 1.0]])


@pytest.mark.parametrize(
    ("parameters", "data", "named"),
    [
        (START[:3], DATA, r"parameters should be 4 values, \(w1, b1, w2, b2\), not 3"),
        ([*START, 1.0], DATA, "parameters should be 4 values, .* not 5"),
        (START, DATA[:1], r"data should be 2 values, \(x, y\), not 1"),
        ({"w1": 1, "b1": 0, "w2": 1}, DATA, r"parameters .* look at \['b2'\]"),
        ({"w1": 1, "b1": 0, "w2": 1, "b2": 1, "b3": 1}, DATA, r"parameters .* look at \['b3'\]"),
        (START, {"x": DATA[0]}, r"data .* look at \['y'\]"),
        (START, {"x": DATA[0], "y": DATA[1], "t": DATA[1]}, r"data .* look at \['t'\]"),
    ],
)
def test_missing_and_surplus_values_are_named(seed_model, parameters, data, named):
    with pytest.raises(ValueError, match=named):
        seed_model.compile()(parameters, data)
