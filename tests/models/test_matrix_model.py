"""Models of matrices: gradients checked against four others, shapes, what comes back, and refusals."""

import numpy as np
import pytest
import sympy as sp
from helpers import central_differences, stretch, total

from course_utils import sigmoid, step, tanh
from course_utils.derivation.matrix_rules import log_sum_exp, ones, reshaped
from course_utils.models.matrix_model import MatrixModel

t, n, d, k, m = sp.symbols("t n d k m")
X, Y = sp.MatrixSymbol("X", n, d), sp.MatrixSymbol("Y", n, m)
W1, b1 = sp.MatrixSymbol("W1", d, k), sp.MatrixSymbol("b1", 1, k)
W2, b2 = sp.MatrixSymbol("W2", k, m), sp.MatrixSymbol("b2", 1, m)
V, W = sp.MatrixSymbol("V", k, k), sp.MatrixSymbol("W", d, m)
Z1, H1, Z2, H2 = (sp.MatrixSymbol(name, n, k) for name in ("Z1", "H1", "Z2", "H2"))
Z3, Y_hat, R = (sp.MatrixSymbol(name, n, m) for name in ("Z3", "Y_hat", "R"))
L, S, T, s = (sp.MatrixSymbol(name, 1, 1) for name in ("L", "S", "T", "s"))
SIZES = {n: 5, d: 4, k: 3, m: 2} | dict.fromkeys(sp.symbols("h in"), 6)


def squared_error(matrix):
    return total(sp.HadamardPower(matrix, 2)) / matrix.rows


def some_arrays(symbols, sizes=SIZES, seed=0):
    numbers = np.random.default_rng(seed)
    return [numbers.normal(size=[int(size.subs(sizes)) for size in symbol.shape]) for symbol in symbols]


def assert_finite_differences_agree(model, sizes=SIZES):
    compiled, parameters = model.compile(), some_arrays(model.parameters, sizes)
    data = some_arrays(model.data, sizes, seed=1)
    loss, gradients = compiled(parameters, data)
    largest = max(np.abs(gradient).max() for gradient in gradients)
    differences = central_differences(lambda arrays: compiled(arrays, data)[0], parameters)
    for expected, gradient in zip(differences, gradients, strict=True):
        assert np.shape(gradient) == expected.shape
        np.testing.assert_allclose(gradient, expected, rtol=1e-5, atol=1e-7 * (1 + abs(loss) + largest))


HIDDEN = {Z1: X * W1 + ones(n, 1) * b1, H1: Z1.applyfunc(tanh)}
OUTPUT = {Y_hat: H1 * W2 + ones(n, 1) * b2, R: Y_hat - Y}
ERROR = {L: squared_error(R)}
SOFTMAX = {
    Z3: H1 * W2 + ones(n, 1) * b2,
    L: (ones(1, n) * log_sum_exp(Z3) - total(sp.HadamardProduct(Y, Z3))) / n,
}


def network(activation):
    equations = HIDDEN | {H1: Z1.applyfunc(activation)} | OUTPUT | ERROR
    return equations, [W1, b1, W2, b2], [X, Y]


A, square = sp.MatrixSymbol("A", n, n), sp.MatrixSymbol("G", d, d)
h, slopes = sp.MatrixSymbol("h", n, k), sp.MatrixSymbol("dL_dW1", d, k)
width, size = sp.symbols("h in")
wide, narrow = sp.MatrixSymbol("X", width, d), sp.MatrixSymbol("W", d, m)
X_in, W_in = sp.MatrixSymbol("X", n, size), sp.MatrixSymbol("W", size, m)
SCORES = X * W1 * W1.T * X.T
MODELS = {
    "sigmoid": network(sigmoid),
    "the learner's own activation": network(stretch),
    "softmax": (HIDDEN | SOFTMAX, [W1, b1, W2, b2], [X, Y]),
    "one weight in three places": (
        HIDDEN | {Z2: H1 * V, H2: (Z2 * V).applyfunc(tanh) * V.T, R: H2 * W2 - Y} | ERROR,
        [W1, b1, V, W2],
        [X, Y],
    ),
    "one weight twice in an equation": ({R: X * W1 * W1.T * W - Y} | ERROR, [W1, W], [X, Y]),
    "a residual connection": (
        {Z1: X * W1, H1: (Z1 * V).applyfunc(tanh) + Z1, R: H1 * W2 - Y} | ERROR,
        [W1, V, W2],
        [X, Y],
    ),
    "a gate": (
        {Z1: X * W1, H1: sp.HadamardProduct(Z1.applyfunc(sigmoid), ones(n, k) - Z1), R: H1 * W2 - Y} | ERROR,
        [W1, W2],
        [X, Y],
    ),
    "attention": (
        {A: (SCORES - log_sum_exp(SCORES) * ones(1, n)).applyfunc(sp.exp), R: A * X * W - Y} | ERROR,
        [W1, W],
        [X, Y],
    ),
    "a bias that is multiplied": ({Z1: ones(n, 1) * b1, R: Z1 * W2 - Y} | ERROR, [b1, W2], [Y]),
    "a penalty": (
        {R: X * W - Y, S: squared_error(R), T: total(sp.HadamardPower(W, 2)), L: S + T / 8},
        [W],
        [X, Y],
    ),
    "a number to learn": (
        {R: X * W + ones(n, 1) * s * ones(1, m), L: squared_error(R) + s},
        [W, s],
        [X],
    ),
    "a number that is the loss": ({L: s}, [s], []),
    "no slope": network(step),
    "a constant slope": network(sp.Lambda(t, 2 * t)),
    "a bell called h": (
        {Z1: X * W1, h: Z1.applyfunc(sp.Lambda(t, sp.exp(-(t**2)))), L: total(sp.HadamardProduct(h, h))},
        [W1],
        [X],
    ),
    "a weight twice in a row": ({R: X * square * square * W} | ERROR, [square], [X, W]),
    "a size called h in a function": (
        {L: total((wide * narrow).applyfunc(sp.Lambda(t, t / width)))},
        [narrow],
        [wide],
    ),
    "a size called as a keyword": (
        {R: (X_in * W_in).applyfunc(tanh), L: squared_error(R) / size},
        [W_in],
        [X_in],
    ),
    "a parameter called as the slope that it replaces": ({L: squared_error(X * slopes)}, [slopes], [X]),
}


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_gradients_agree_with_finite_differences(model):
    assert_finite_differences_agree(MatrixModel(*model))


TINY = {R: X * W + ones(n, 1) * b2 - Y, L: squared_error(R)}, [W, b2], [X, Y]
WEIGHTS, BIAS = PARAMETERS = [np.array([[1.0], [2.0]]), np.array([[0.5]])]
INPUTS, TARGETS = DATA = [
    np.array([[1.0, 0.0], [2.0, -1.0]]),
    np.array([[1.0], [3.0]]),
]  # errors 0.5 and -2.5
GRADIENTS = [[[-4.5], [2.5]], [[-2.0]]]
tiny = MatrixModel(*TINY).compile()


def each(change, arrays):
    return [change(array) for array in arrays]


GIVEN = {
    "arrays": (PARAMETERS, DATA),
    "integers": ([WEIGHTS.astype(int), BIAS], each(lambda a: a.astype(int), DATA)),
    "lists of lists": (each(np.ndarray.tolist, PARAMETERS), each(np.ndarray.tolist, DATA)),
    "float32": (each(np.float32, PARAMETERS), each(np.float32, DATA)),
    "by columns": (each(np.asfortranarray, PARAMETERS), each(np.asfortranarray, DATA)),
    "views": (each(lambda a: a[::-1][::-1], PARAMETERS), each(lambda a: a[::-1][::-1], DATA)),
    "by symbol": ({b2: BIAS, W: WEIGHTS}, {Y: TARGETS, X: INPUTS}),
    "by name": ({"b2": BIAS, "W": WEIGHTS}, {"Y": TARGETS, "X": INPUTS}),
    "twice as many samples": (PARAMETERS, each(lambda a: np.vstack([a, a]), DATA)),
}


@pytest.mark.parametrize(("parameters", "data"), GIVEN.values(), ids=GIVEN)
def test_numbers_by_hand_however_they_are_given(parameters, data):
    loss, gradients = tiny(parameters, data)
    assert (type(loss), loss, each(np.ndarray.tolist, gradients)) == (float, 3.25, GRADIENTS)


def test_gradients_are_ordered_as_the_parameters_and_what_is_given_is_not_changed():
    equations, parameters, data = TINY
    given = each(np.copy, [*PARAMETERS[::-1], *DATA])
    _, gradients = MatrixModel(equations, parameters[::-1], data).compile()(given[:2], given[2:])
    assert each(np.ndarray.tolist, gradients) == GRADIENTS[::-1]
    for array, before in zip(given, [*PARAMETERS[::-1], *DATA], strict=True):
        np.testing.assert_array_equal(array, before)


def test_the_source_of_a_network_is_the_chain_rule_and_its_repr():
    equations = HIDDEN | {H1: Z1.applyfunc(sigmoid)} | SOFTMAX
    model = MatrixModel(equations, [W1, b1, W2, b2], [X, Y])
    compiled = model.compile()
    assert [symbol.name for symbol in model.backward()][:3] == ["dL_dZ3", "dL_dH1", "dL_dZ1"]
    assert repr(model).splitlines()[0].startswith("Z1 = ") and repr(compiled) == compiled.source
    assert (
        compiled.source
        == """def step(W1, b1, W2, b2, X, Y, d, k, m, n):
    Z1 = X @ W1 + b1
    H1 = sigmoid(Z1)
    Z3 = H1 @ W2 + b2
    L = (log_sum_exp(Z3).sum(axis=0, keepdims=True) - (Y*Z3).sum(keepdims=True))/n
    dL_dZ3 = exp(Z3 - log_sum_exp(Z3))/n - Y/n
    dL_dH1 = dL_dZ3 @ W2.T
    dL_dZ1 = H1*dL_dH1*(1 - H1)
    dL_dW1 = X.T @ dL_dZ1
    dL_db1 = dL_dZ1.sum(axis=0, keepdims=True)
    dL_dW2 = H1.T @ dL_dZ3
    dL_db2 = dL_dZ3.sum(axis=0, keepdims=True)
    return [L, dL_dW1, dL_db1, dL_dW2, dL_db2]
"""
    )


def test_scores_of_a_thousand_give_a_finite_loss_and_softmax():
    Z = sp.MatrixSymbol("Z", n, m)
    model = MatrixModel({L: (ones(1, n) * log_sum_exp(Z) - total(sp.HadamardProduct(Y, Z))) / n}, [Z], [Y])
    loss, (gradient,) = model.compile()([[[1000, -1000], [-1000, -1000]]], [[[0, 1], [1, 0]]])
    assert loss == pytest.approx((2000 + np.log(2)) / 2, rel=1e-15)
    np.testing.assert_allclose(gradient, [[0.5, -0.5], [-0.25, 0.25]], rtol=1e-12)


B, C, D = sp.MatrixSymbol("B", n, m), sp.MatrixSymbol("C", n, m), sp.MatrixSymbol("D", m, n)
SHARING = {
    "a datum": ({L: total(sp.HadamardProduct(B, Y))}, [B], [Y]),
    "a number that is a datum": ({L: s * S}, [s], [S]),
    "a parameter": ({L: total(sp.HadamardProduct(B, C))}, [B, C], []),
    "a transposed datum": ({L: total(sp.HadamardProduct(B.T, Y.T))}, [B], [Y]),
    "a reshaped datum": (
        {L: total(sp.HadamardProduct(reshaped(B, m, n), reshaped(Y, m, n)))},
        [B],
        [Y],
    ),
    "ones": ({L: total(B)}, [B], []),
    "one row": ({L: total(X * W)}, [W], [X]),
    "a number": ({L: s + total(B)}, [s, B], []),
    "equal to another": ({R: B + C, L: squared_error(R)}, [B, C], []),
    "another transposed": ({R: B + D.T, L: squared_error(R)}, [B, D], []),
    "an adjoint": ({R: B - Y, L: squared_error(R)}, [B], [Y]),
    "zero": ({L: total(B.applyfunc(step))}, [B], []),
}


@pytest.mark.parametrize("model", SHARING.values(), ids=SHARING)
def test_a_gradient_is_an_array_of_floats_of_its_own_whatever_it_equals(model):
    model = MatrixModel(*model)
    parameters, data = some_arrays(model.parameters), some_arrays(model.data, seed=1)
    _, gradients = model.compile()(parameters, data)
    for place, (gradient, parameter) in enumerate(zip(gradients, parameters, strict=True)):
        assert isinstance(gradient, np.ndarray)
        assert (gradient.shape, gradient.dtype, gradient.flags.writeable) == (parameter.shape, float, True)
        others = [*parameters, *data, *gradients[:place]]
        assert not any(np.shares_memory(gradient, other) for other in others)


KNOWN = dict(zip(["W", "b2", "X", "Y"], [*PARAMETERS, *DATA], strict=True))
BIASED = {Y_hat: X * W, R: Y_hat + ones(n, 1) * b2 - Y, L: squared_error(R)}
SPREAD = {Y_hat: ones(n, 1) * b2, R: X * W + Y_hat - Y, L: squared_error(R)}


@pytest.mark.parametrize(
    ("equations", "symbol", "values", "expected"),
    [
        (TINY[0], R, KNOWN, [[0.5], [-2.5]]),
        (TINY[0], L, KNOWN, [[3.25]]),
        (TINY[0], R, {W: [[1], [2]], b2: [[0.5]], X: [[1, 0]], Y: [[1]]}, [[0.5]]),
        (BIASED, Y_hat, {"W": [[1], [2]], "X": [[1, 0]]}, [[1]]),  # the others are not needed
        (BIASED, Y_hat, KNOWN | {"Y": [[0.0]] * 50}, [[1], [0]]),  # and not minded
        (SPREAD, Y_hat, KNOWN, [[0.5], [0.5]]),  # a size that only other arrays have
    ],
)
def test_evaluate_gives_the_value_of_an_equation(equations, symbol, values, expected):
    assert MatrixModel(equations, *TINY[1:]).evaluate(symbol, values).tolist() == expected


@pytest.mark.parametrize(
    ("symbol", "values", "culprit"),
    [
        (R, {"W": WEIGHTS, "X": INPUTS}, "R depends on b2, Y: give it a value"),
        *((symbol, KNOWN, f"{symbol} is not computed by this model") for symbol in (X, W, C)),
    ],
)
def test_evaluate_names_what_is_missing(symbol, values, culprit):
    with pytest.raises(ValueError, match=culprit):
        MatrixModel(*TINY).evaluate(symbol, values)


x, positive = sp.Symbol("x"), sp.MatrixSymbol("Y", sp.Symbol("n", positive=True), 1)
XW, X_m = total(X * W), sp.MatrixSymbol("X", n, m)
REFUSED = {
    "a scalar among the data": ({L: XW}, [W], [X, x], "x is not a "),
    "a name among the data": ({L: XW}, [W], ["X"], "'X' is not a "),
    "a scalar equation": ({x: XW}, [W], [X], "x is not a "),
    "an array among the parameters": ({L: XW}, [2.5], [X], r"2\.5 is not a "),
    "a parameter that is a datum": ({L: XW}, [W], [X, W], "W is defined twice"),
    "an equation that is a datum": ({R: X * W, L: total(R)}, [W], [X, R], "R is defined twice"),
    "one name with two shapes": ({X_m: X * W, L: total(X_m)}, [W], [X], "X is defined twice"),
    "an unknown matrix": (
        {L: XW + total(V)},
        [W],
        [X],
        "L uses V, which is not computed before it, nor given",
    ),
    "used before it is computed": (
        {R: Y_hat - Y, Y_hat: X * W, L: total(R)},
        [W],
        [X, Y],
        "R uses Y_hat, which",
    ),
    "an equation that uses itself": (
        {R: R + X * W, L: total(R)},
        [W],
        [X],
        "R uses R, which is not computed",
    ),
    "another shape": (
        {R: X * W1, L: total(R)},
        [W1],
        [X],
        r"R has shape \(n, m\), but its expression \(n, k\)",
    ),
    "a number": ({R: X * W, L: 5}, [W], [X], r"L has shape \(1, 1\), but its expression a number"),
    "a scalar": ({R: X * W, L: x**2}, [W], [X], r"L has shape \(1, 1\), but its expression a number"),
    "a loss of many entries": ({R: X * W}, [W], [X], r"the loss R should have shape \(1, 1\)"),
    "an unused parameter": ({L: XW}, [W, V], [X], "the loss does not depend on parameter V"),
    "a dead end": ({R: X * W, Z1: X * W1, L: total(R)}, [W, W1], [X], "does not depend on parameter W1"),
    "no equations": ({}, [W], [X], "at least one equation"),
    "an unknown number": ({L: x * XW}, [W], [X], "L uses x, which is no size of"),
    "an unknown number in a function": (
        {L: total((X * W).applyfunc(sp.Lambda(t, t * x)))},
        [W],
        [X],
        "L uses x",
    ),
    "a size that no array has": ({L: XW / k}, [W], [X], "L uses k, which is no size of"),
    "a size with two meanings": ({L: XW + total(positive)}, [W], [X, positive], r"\bn\b"),
    "an entry as a number": ({L: W[0, 0] * XW}, [W], [X], r"W\[0, 0\]"),
    "an expression without a rule": ({L: total(sp.Inverse(V))}, [V], [], "no rule for Inverse, in V"),
}


@pytest.mark.parametrize(("equations", "parameters", "data", "culprit"), REFUSED.values(), ids=REFUSED)
def test_a_model_that_cannot_be_is_refused_by_the_name_of_the_culprit(equations, parameters, data, culprit):
    with pytest.raises(ValueError, match=culprit):
        MatrixModel(equations, parameters, data).compile()


NAMES = [(name, role) for name in ("n", "lambda", "Z'", "tanh", "dL_dZ1", "L") for role in (H1, W1, X)]


@pytest.mark.parametrize(("name", "role"), [*NAMES, ("dL_dW1", H1), ("dL_dW1", X)], ids=str)
def test_a_name_with_another_meaning_is_refused(name, role):
    equations = {Z1: X * W1, H1: Z1.applyfunc(tanh), L: squared_error(H1)}
    renaming = {role: sp.MatrixSymbol(name, *role.shape)}
    renamed = {of.subs(renaming): expression.subs(renaming) for of, expression in equations.items()}
    with pytest.raises(
        ValueError, match=f"{name}['\"]? (means something else|cannot be a name|is defined twice)"
    ):
        MatrixModel(renamed, [W1.subs(renaming)], [X.subs(renaming)]).compile()


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("sqrt", sp.Lambda(t, sp.sqrt(t**2 + 1))),
        ("pi", sp.Lambda(t, sp.pi * t)),
        ("select", sp.Lambda(t, sp.Piecewise((t, t > 0), (t / 8, True)))),
        ("exp", sp.Lambda(t, 1 / (1 + sp.exp(t)))),
        ("dL_dR", tanh),
    ],
)
def test_a_name_that_the_generated_code_uses_is_refused(name, function):
    named = sp.MatrixSymbol(name, n, m)
    equations = {named: X * W, R: named.applyfunc(function), L: total(sp.HadamardProduct(R, Y))}
    with pytest.raises(ValueError, match=f"{name} means something else in the generated code"):
        MatrixModel(equations, [W], [X, Y]).compile()


@pytest.mark.parametrize(
    ("shapes", "given", "value"),
    [
        ([(3, 2)], [(3, 2)], 3),  # numbers of rows may be fixed
        ([(2 * n, d)], [(10, 4)], 5),
        ([(n + 1, d)], [(6, 4)], 5),
        ([(n * d, d)], [(20, 4)], 5),
        ([(n**2, d)], [(25, 4)], 5),
        ([(n * k, 1), (3 * k, 1)], [(8, 1), (6, 1)], 4),  # k is 2, so n is 4
    ],
    ids=str,
)
def test_a_size_may_be_told_by_a_formula(shapes, given, value):
    x, *others = (sp.MatrixSymbol(name, *shape) for name, shape in zip("XY", shapes, strict=False))
    weights, factor = sp.MatrixSymbol("W", x.cols, 1), n if x.rows.has(n) else x.rows
    model = MatrixModel({L: factor * total(x * weights)}, [weights], [x, *others])
    loss, (gradient,) = model.compile()([np.full((given[0][1], 1), 0.5)], [np.ones(shape) for shape in given])
    assert loss == value * np.prod(given[0]) / 2
    np.testing.assert_array_equal(gradient, np.full((given[0][1], 1), value * given[0][0]))


@pytest.mark.parametrize(
    ("parameters", "data", "culprit"),
    [
        ([WEIGHTS, BIAS.repeat(2, axis=1)], DATA, r"b2 should have shape \(1, m\) = \(1, 1\), not \(1, 2\)"),
        ([WEIGHTS, BIAS.repeat(2, axis=0)], DATA, r"b2 should have shape \(1, m\) = \(1, 1\), not \(2, 1\)"),
        ([WEIGHTS[:, 0], BIAS], DATA, r"W should have shape \(d, m\), not \(2,\)"),
        ([WEIGHTS, 0.5], DATA, r"b2 should have shape \(1, m\), not \(\)"),
        (PARAMETERS, [INPUTS[:1], TARGETS], r"Y should have shape \(n, m\) = \(1, 1\), not \(2, 1\)"),
        (PARAMETERS, [INPUTS[:, :1], TARGETS], r"X should have shape \(n, d\) = \(2, 2\), not \(2, 1\)"),
        (PARAMETERS, [INPUTS[np.newaxis], TARGETS], r"X should have shape \(n, d\), not \(1, 2, 2\)"),
        (PARAMETERS, [INPUTS[:0], TARGETS[:0]], r"X is empty: its shape is \(0, 2\)"),
        (PARAMETERS[:1], DATA, r"parameters should be 2 values, \(W, b2\), not 1"),
        (PARAMETERS, [*DATA, BIAS], r"data should be 2 values, \(X, Y\), not 3"),
        ({"W": WEIGHTS}, DATA, r"parameters .* look at \['b2'\]"),
        (PARAMETERS, {"X": INPUTS, "Y": TARGETS, "t": TARGETS}, r"data .* look at \['t'\]"),
        (PARAMETERS, ["abc", TARGETS], "X should be numbers, not 'abc'"),
        (PARAMETERS, [[[1, 2], [3]], TARGETS], r"X should be numbers, not \[\[1, 2\], \[3\]\]"),
        (PARAMETERS, [[[1, 2], [None, 3]], TARGETS], "X should be numbers"),
        (PARAMETERS, [[[1, 2], [np.nan, 3]], TARGETS], "data for X is not finite in row 1"),
        (PARAMETERS, [INPUTS, [[1], [-np.inf]]], "data for Y is not finite in row 1"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_arrays_that_do_not_fit_are_refused_by_name(parameters, data, culprit):
    with pytest.raises(ValueError, match=culprit):
        tiny(parameters, data)


def test_infinite_data_are_refused_though_the_loss_is_finite():
    compiled = MatrixModel({H1: (X * W1).applyfunc(tanh), L: squared_error(H1)}, [W1], [X]).compile()
    with np.errstate(all="ignore"), pytest.raises(ValueError, match="data for X is not finite in row 0"):
        compiled([[[1.0]]], [[[np.inf], [1.0]]])


def test_parameters_that_have_diverged_give_a_loss_that_is_not_finite():
    assert np.isnan(tiny([[[np.nan], [1.0]], BIAS], DATA)[0])
