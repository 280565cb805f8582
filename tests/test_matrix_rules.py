"""The chain rule between matrices, against differentiating explicit matrices entry by entry."""

from collections import defaultdict
from functools import reduce
from itertools import pairwise
from operator import add, matmul, mul

import numpy as np
import pytest
import sympy as sp
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from course_utils import Activation, relu, sigmoid, step, tanh
from course_utils.derivation.matrix_rules import backward, hadamard, hand_on, log_sum_exp, ones, reshaped

t, n, k, m = sp.symbols("t n k m")
X, W, V = sp.MatrixSymbol("X", 2, 3), sp.MatrixSymbol("W", 3, 2), sp.MatrixSymbol("V", 2, 4)
b, c, q = sp.MatrixSymbol("b", 1, 2), sp.MatrixSymbol("c", 2, 1), sp.MatrixSymbol("q", 1, 1)
A, B, G = sp.MatrixSymbol("A", 2, 3), sp.MatrixSymbol("B", 2, 3), sp.MatrixSymbol("G", 3, 3)
Y, U, Z, H, R = (sp.MatrixSymbol(name, 2, 2) for name in "YUZHR")
L, S, T = (sp.MatrixSymbol(name, 1, 1) for name in "LST")


class stretch(Activation):
    """asinh(z), as a learner would define it. Its derivative is 1/cosh(h)."""

    @staticmethod
    def slope(output):
        return 1 / sp.cosh(output)

    @staticmethod
    def numpy(z):
        return np.arcsinh(z)


WRITTEN_OUT = {
    sigmoid: lambda z: 1 / (1 + sp.exp(-z)),
    relu: lambda z: sp.Max(z, 0),
    step: lambda z: sp.Piecewise((1, z > 0), (0, True)),
    stretch: sp.asinh,
}


def plain(expression):
    """The expression without the library's functions, so that no derivative of the library's own is in it."""
    for function, formula in WRITTEN_OUT.items():
        expression = sp.sympify(expression).replace(function, formula)
    return expression


def explicit(matrix, known):
    """The matrix as an array of SymPy expressions. known: {symbol: the array that it stands for}."""
    if isinstance(matrix, sp.MatrixSymbol):
        return known[matrix]
    parts = [explicit(part, known) for part in matrix.args if isinstance(part, sp.MatrixExpr)]
    match matrix:
        case sp.OneMatrix() | sp.ZeroMatrix() | sp.Identity():
            return np.array(matrix.as_explicit().tolist(), object)
        case sp.MatAdd():
            return reduce(add, parts)
        case sp.MatMul():
            return matrix.as_coeff_matrices()[0] * reduce(matmul, parts)
        case sp.Transpose():
            return parts[0].T
        case sp.HadamardProduct():
            return reduce(mul, parts)
        case sp.HadamardPower():
            return parts[0] ** matrix.exp
        case ElementwiseApplyFunction():
            return np.vectorize(lambda value: plain(matrix.function(value)), otypes=[object])(parts[0])
        case log_sum_exp():
            return np.array([[sp.log(sp.Add(*map(sp.exp, row)))] for row in parts[0]])
        case reshaped():
            return parts[0].reshape(tuple(map(int, matrix.shape)))
    raise TypeError(type(matrix))


def some_values(symbols):
    """{symbol: an array of fractions between 1/4 and 7/4}, the same at each call."""
    numbers = np.random.default_rng(0)
    return {s: numbers.integers(2, 15, tuple(map(int, s.shape))) * sp.Rational(1, 8) for s in symbols}


def as_numbers(values):
    return {symbol: array.astype(float).astype(object) for symbol, array in values.items()}


def derivative(scalar, symbol, values):
    """∂scalar/∂symbol at the values, one entry at a time. scalar: a function of the values."""
    entries = np.array(sp.symbols(f"e:{values[symbol].size}", positive=True)).reshape(values[symbol].shape)
    expression = sp.sympify(scalar(values | {symbol: entries}))
    slopes = sp.lambdify([*entries.flat], [expression.diff(e) for e in entries.flat], "numpy", cse=True)
    return np.reshape(slopes(*values[symbol].astype(float).flat), entries.shape)


def assert_pairing_is_differentiated(expression):
    adjoint = sp.MatrixSymbol("E_bar", *expression.shape)
    values = some_values([adjoint, *sorted(expression.atoms(sp.MatrixSymbol), key=str)])
    contributions = defaultdict(list)
    for symbol, part in hand_on(expression, adjoint, expression):
        assert part.shape == symbol.shape
        contributions[symbol].append(explicit(part, as_numbers(values)).astype(float))
    assert {adjoint, *contributions} == set(values)
    for symbol, parts in contributions.items():
        expected = derivative(lambda v: (v[adjoint] * explicit(expression, v)).sum(), symbol, values)
        np.testing.assert_allclose(sum(parts), expected, rtol=1e-12, atol=1e-12)


EXPRESSIONS = [
    Y,
    Y + U,
    Y - 2 * U + Y.T,
    Y.applyfunc(sigmoid) - 2 * Y,
    -sp.Rational(3, 2) * X,
    X * W,
    -2 * X * W * V / 3,
    X * W + ones(2, 1) * b,
    c * b,
    ones(5, 2) * X,
    X * ones(3, 4),
    ones(1, 2) * X * ones(3, 1) / 8,
    X * ones(3, 5) * ones(5, 3) * W,
    2 * X * ones(3, 2) * V,
    ones(2, 1) * b * ones(2, 3),
    ones(3, 1) * q * ones(1, 2),
    X.T,
    W.T * X.T * Y,
    sp.Transpose(sp.HadamardProduct(Y, X * W)),
    sp.Transpose(Y.applyfunc(tanh)) * X,
    sp.Transpose(log_sum_exp(X)),
    sp.HadamardProduct(Y, U),
    sp.HadamardProduct(Y, U, X * W),
    sp.HadamardProduct(Y, Y),
    sp.HadamardProduct(2 * Y, U - X * W),
    sp.HadamardProduct(Y, ones(2, 1) * b),
    sp.HadamardProduct(c * ones(1, 2), ones(2, 1) * b),
    sp.HadamardProduct(Y, ones(2, 2) - Y),
    sp.HadamardPower(X, 2),
    sp.HadamardPower(X, 3),
    sp.HadamardPower(X, 1),
    sp.HadamardPower(X, -1),
    sp.HadamardPower(X, sp.Rational(1, 2)),
    sp.HadamardPower(c * b, 2),
    log_sum_exp(X),
    log_sum_exp(Y + ones(2, 1) * b),
    X - log_sum_exp(X) * ones(1, 3),
    log_sum_exp(c * b),
    log_sum_exp(log_sum_exp(X).T),
    reshaped(X, 3, 2),
    reshaped(X.T, 2, 3),
    reshaped(X * W, 1, 4),
    reshaped(X, 3, 2) * reshaped(b, 2, 1),
    reshaped(reshaped(X, 6, 1).applyfunc(tanh), 3, 2),
    Y * U * Y.T,
    Y * U * U.T,
    sp.HadamardProduct(X * G, X),
    log_sum_exp(2 * Y.applyfunc(tanh)),
    c.applyfunc(tanh).applyfunc(sigmoid),
    *((Y - ones(2, 2)).applyfunc(function) for function in (sigmoid, tanh, relu, stretch, sp.exp, sp.cos)),
    *((c * b).applyfunc(function) for function in (sigmoid, stretch, sp.exp, sp.log)),
    X.applyfunc(sp.Lambda(t, t**2 + 3 * t)),
    c.applyfunc(sp.Lambda(t, t * sigmoid(t))),
    X.applyfunc(sp.Lambda(t, 1 / (1 + sp.exp(-t)))),
    (Y - ones(2, 2)).applyfunc(sp.Lambda(t, sp.Max(t, t / 8))),
]


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_the_rules_agree_with_differentiating_the_pairing_entry_by_entry(expression):
    assert_pairing_is_differentiated(expression)


@pytest.mark.parametrize(
    "function",
    [sp.Lambda(t, sp.exp(-(t**2))), sp.Lambda(t, sigmoid(t**2)), sp.Lambda(t, t * sp.exp(t))],
    ids=str,
)
def test_a_slope_may_need_the_input_as_well_as_the_output(function):
    assert_pairing_is_differentiated(X.applyfunc(function))


@pytest.mark.parametrize("function", [step, sp.Lambda(t, 3 * t), sp.Lambda(t, t), sp.Lambda(t, 5)], ids=str)
def test_a_slope_may_be_constant(function):
    assert_pairing_is_differentiated((Y - ones(2, 2)).applyfunc(function))


@pytest.mark.parametrize("name", ["h", "z"])
@pytest.mark.parametrize("power", [1, 2])
def test_a_size_in_a_function_may_have_any_name(name, power):
    size, adjoint = sp.Symbol(name), sp.MatrixSymbol("E_bar", 2, 3)
    wide, wide_adjoint, value = (sp.MatrixSymbol(s, size, 3) for s in ("A", "E_bar", "E"))
    ((_, part),) = hand_on(wide.applyfunc(sp.Lambda(t, t**power / size)), wide_adjoint, value)
    values = as_numbers(some_values([A, adjoint]))
    values[sp.MatrixSymbol("E", 2, 3)] = values[A] ** power / 2
    expected = values[adjoint] * power * values[A] ** (power - 1) / 2
    np.testing.assert_allclose(explicit(part.subs(size, 2), values).astype(float), expected.astype(float))


def test_constants_are_handed_nothing():
    constants = ones(2, 3) + sp.Identity(2) * ones(2, 3) + sp.MatMul(sp.ZeroMatrix(2, 4), ones(4, 3))
    assert not list(hand_on(constants, A, constants))


@pytest.mark.parametrize(
    "expression",
    [
        sp.MatMul(q[0, 0], X, W),
        sp.MatMul(sp.Trace(G), X, W),
        sp.MatMul(sp.Determinant(G), X),
        sp.MatMul(2 * G[0, 1], X),
        X.applyfunc(sp.Lambda(t, t**2 * q[0, 0])),
        sp.HadamardPower(X, q[0, 0]),
    ],
    ids=str,
)
def test_a_number_made_of_a_matrix_is_refused_and_not_passed_over(expression):
    with pytest.raises(ValueError, match=r"q\[0, 0\]|G"):
        list(hand_on(expression, sp.MatrixSymbol("E_bar", *expression.shape), expression))


@pytest.mark.parametrize("expression", [sp.Inverse(G), X * sp.Inverse(G) + X], ids=str)
def test_an_expression_without_a_rule_is_refused_by_its_kind(expression):
    with pytest.raises(ValueError, match=r"no rule for Inverse, in G\*\*\(-1\)"):
        list(hand_on(expression, sp.MatrixSymbol("E_bar", *expression.shape), expression))


def test_a_power_with_a_matrix_for_its_exponent_is_refused():
    with pytest.raises(ValueError, match=r"HadamardPower|exponent"):
        list(hand_on(sp.HadamardPower(Y, U), Z, H))


data, weights, biases = (sp.MatrixSymbol(*s) for s in (("X", n, k), ("W", k, m), ("b", 1, m)))
inputs, outputs = sp.MatrixSymbol("Z", n, m), sp.MatrixSymbol("H", n, m)
to_inputs, to_outputs = sp.MatrixSymbol("dL_dZ", n, m), sp.MatrixSymbol("dL_dH", n, m)


def test_a_layer_hands_on_the_formulas_of_the_textbooks():
    assert dict(hand_on(data * weights + ones(n, 1) * biases, to_inputs, inputs)) == {
        data: to_inputs * weights.T,
        weights: data.T * to_inputs,
        biases: ones(1, n) * to_inputs,
    }


def test_a_square_hands_on_twice_its_base_without_a_power_of_one():
    square = sp.HadamardPower(inputs, 2)
    assert dict(hand_on(square, to_outputs, outputs)) == {inputs: 2 * sp.HadamardProduct(inputs, to_outputs)}


@pytest.mark.parametrize(
    ("function", "slope"),
    [(sigmoid, t * (1 - t)), (tanh, 1 - t**2), (sp.exp, t), (relu, step(t)), (stretch, 1 / sp.cosh(t))],
    ids=str,
)
def test_the_slope_of_an_activation_is_written_with_its_output(function, slope):
    ((symbol, part),) = hand_on(inputs.applyfunc(function), to_outputs, outputs)
    applied = outputs.applyfunc(sp.Lambda(t, slope)).doit()
    assert symbol == inputs and part.atoms(sp.MatrixSymbol) == {outputs, to_outputs}
    assert part.replace(ElementwiseApplyFunction, named) == hadamard(applied, to_outputs).replace(
        ElementwiseApplyFunction, named
    )


def named(function, matrix):
    """An applied function whose bound variable is t, so that two of them can be compared."""
    return ElementwiseApplyFunction(sp.Lambda(t, function(t)), matrix)


def test_the_softmax_is_written_with_the_value_of_log_sum_exp():
    value, adjoint = sp.MatrixSymbol("s", n, 1), sp.MatrixSymbol("dL_ds", n, 1)
    ((symbol, part),) = hand_on(log_sum_exp(inputs), adjoint, value)
    assert symbol == inputs and part.atoms(sp.MatrixSymbol) == {inputs, value, adjoint}
    assert not part.atoms(log_sum_exp)


def test_log_sum_exp_is_a_column_and_reshaped_has_the_shape_asked_for():
    assert (log_sum_exp(inputs).shape, reshaped(inputs, n * m, 1).shape) == ((n, 1), (n * m, 1))


def test_hadamard_puts_numbers_in_front_and_leaves_ones_out():
    assert hadamard(2 * inputs, 3 * ones(n, m), -outputs) == -6 * sp.HadamardProduct(inputs, outputs)


def test_hadamard_of_ones_alone_is_ones():
    assert hadamard(ones(n, m), 2 * ones(n, m)) == 2 * ones(n, m)


def total(matrix):
    return ones(1, matrix.rows) * matrix * ones(matrix.cols, 1)


LAYER = {Z: X * W + ones(2, 1) * b}
ERROR = {R: H - Y, L: total(sp.HadamardPower(R, 2)) / 2}
MODELS = {
    "a layer": (LAYER | {H: Z.applyfunc(sigmoid)} | ERROR, [W, b]),
    "data as parameters": (LAYER | {L: total(sp.HadamardPower(Z - Y, 2))}, [X, Y]),
    "softmax": (LAYER | {L: (ones(1, 2) * log_sum_exp(Z) - total(sp.HadamardProduct(Y, Z))) / 2}, [W, b]),
    "one weight in two equations": (
        {Z: (Y * U).applyfunc(tanh), H: Z * U, L: total(sp.HadamardPower(H, 2))},
        [U],
    ),
    "one weight twice in an equation": ({H: Y * U * U.T, L: total(sp.HadamardPower(H, 2))}, [U]),
    "one weight throughout": ({H: Y * U, L: total(sp.HadamardProduct(H, Y * U.T)) + total(U)}, [U]),
    "two branches": ({H: Y * U, Z: H.applyfunc(tanh), R: H + Z, L: total(sp.HadamardProduct(R, Z))}, [U]),
    "an equation that is only a name": ({H: Y, L: total(sp.HadamardPower(H, 2))}, [Y]),
    "a loss of two parts": ({S: total(X * W), T: total(sp.HadamardPower(W, 2)), L: S + 3 * T}, [W]),
    "a loss divided at the end": ({S: total(sp.HadamardPower(X * W, 2)), L: S / 2}, [W]),
    "a loss that is one parameter": ({L: q}, [q]),
    "reshaped": (
        {A: reshaped(reshaped(X, 3, 2) * Y, 2, 3).applyfunc(tanh), L: total(A * W * b.T)},
        [Y, W, b],
    ),
}
each_model = pytest.mark.parametrize(("equations", "parameters"), MODELS.values(), ids=MODELS)


@each_model
def test_the_backward_equations_agree_with_differentiating_the_loss_entry_by_entry(equations, parameters):
    def loss(values):
        for symbol, expression in equations.items():
            values = values | {symbol: explicit(expression, values)}
        return values[L].item()

    passes = backward(equations, parameters)
    used = {symbol for expression in equations.values() for symbol in expression.atoms(sp.MatrixSymbol)}
    values = some_values(sorted(used - set(equations), key=str))
    known = as_numbers(values)
    for symbol, expression in (equations | dict(passes.values())).items():
        known[symbol] = explicit(expression, known)
    for parameter in parameters:
        derived = known[passes[parameter][0]].astype(float)
        np.testing.assert_allclose(derived, derivative(loss, parameter, values), rtol=1e-12, atol=1e-12)


@each_model
def test_every_adjoint_has_the_shape_of_its_symbol(equations, parameters):
    for symbol, (adjoint, expression) in backward(equations, parameters).items():
        assert symbol.shape == adjoint.shape == expression.shape


def test_the_backward_equations_are_in_the_order_of_computation():
    equations = LAYER | {H: Z.applyfunc(tanh)} | ERROR
    names = [adjoint.name for adjoint, _ in backward(equations, [W, b]).values()]
    assert names == ["dL_dR", "dL_dH", "dL_dZ", "dL_dW", "dL_db"]


def test_the_backward_pass_takes_each_adjoint_once_where_paths_are_many():
    chain = [sp.MatrixSymbol(f"u{i}", 2, 2) for i in range(10)]
    doubling = {after: sp.HadamardProduct(u, u + Y) for u, after in pairwise(chain)}
    equations = {chain[0]: X * W, **doubling, L: total(sp.HadamardPower(chain[-1], 2))}
    assert len(backward(equations, [W])) == len(equations)


def test_the_backward_pass_leaves_out_what_no_parameter_reaches_and_what_the_loss_does_not_use():
    equations = {A: X.applyfunc(tanh), Z: X * W, H: A * W, L: total(sp.HadamardPower(H, 2))}
    assert list(backward(equations, [W])) == [H, W]
