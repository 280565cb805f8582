"""Lowering to NumPy: the values of full matrices, in their full shape, whatever is left to broadcasting."""

from functools import reduce
from operator import add, matmul, mul

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from course_utils import relu, sigmoid, tanh
from course_utils.compiled.arrays import ArrayPrinter, array_functions, array_of, lower, rowwise_log_sum_exp
from course_utils.compiled.lines import line_by_line
from course_utils.derivation.matrix_rules import log_sum_exp, ones, reshaped

t, n, k, m = sp.symbols("t n k m")
SIZES = {n: 3, k: 2, m: 4}
DIMENSIONS = [n, k, m, sp.S.One]
X, W, Y, Z = (sp.MatrixSymbol(*s) for s in (("X", n, k), ("W", k, m), ("Y", n, m), ("Z", n, m)))
b, c, G = sp.MatrixSymbol("b", 1, m), sp.MatrixSymbol("c", n, 1), sp.MatrixSymbol("G", m, m)
p, q = sp.MatrixSymbol("p", 1, 1), sp.MatrixSymbol("q", k, 1)


def sizes_of(shape):
    return tuple(int(sp.sympify(size).subs(SIZES)) for size in shape)


def some_values(matrix):
    """{symbol: a random array} for each matrix symbol in it, always the same for the same symbols."""
    numbers = np.random.default_rng(0)
    return {
        symbol: numbers.uniform(0.25, 1.5, sizes_of(symbol.shape))
        for symbol in sorted(matrix.atoms(sp.MatrixSymbol), key=str)
    }


def plain(expression):
    """The expression with the library's functions written out."""
    expression = sp.sympify(expression).replace(sigmoid, lambda z: 1 / (1 + sp.exp(-z)))
    return expression.replace(relu, lambda z: sp.Max(z, 0))


def in_full(matrix, values):
    """The matrix's value, computed part by part, each part in its full shape: nothing is broadcast."""
    if isinstance(matrix, sp.MatrixSymbol):
        return values[matrix]
    parts = [in_full(part, values) for part in matrix.args if isinstance(part, sp.MatrixExpr)]
    assert len({part.shape for part in parts}) < 2 or isinstance(matrix, sp.MatMul)
    match matrix:
        case sp.OneMatrix():
            return np.ones(sizes_of(matrix.shape))
        case sp.Identity():
            return np.eye(*sizes_of(matrix.shape))
        case sp.MatAdd():
            return reduce(add, parts)
        case sp.MatMul():
            return float(matrix.as_coeff_matrices()[0].subs(SIZES)) * reduce(matmul, parts)
        case sp.Transpose():
            return parts[0].T
        case sp.HadamardProduct():
            return reduce(mul, parts)
        case sp.HadamardPower():
            return parts[0] ** float(sp.sympify(matrix.exp).subs(SIZES))
        case ElementwiseApplyFunction():
            formula = plain(matrix.function(t)).subs(SIZES)
            return np.full(parts[0].shape, sp.lambdify(t, formula, "numpy")(parts[0]))
        case log_sum_exp():
            return np.log(np.exp(parts[0]).sum(axis=1, keepdims=True))
        case reshaped():
            return parts[0].reshape(sizes_of(matrix.shape))
    raise TypeError(type(matrix))


def compiled(expression, symbols):
    """(a function of the symbols' values, its source), for one lowered expression."""
    value = sp.Symbol("value")
    names = [sp.Symbol(symbol.name) for symbol in symbols]
    return line_by_line([*names, *SIZES], [(value, expression)], [value], ArrayPrinter(), array_functions())


def source_of(matrix):
    """The right-hand side that the generated code has for the matrix."""
    source = compiled(array_of(matrix), sorted(matrix.atoms(sp.MatrixSymbol), key=str))[1]
    return source.splitlines()[1].removeprefix("    value = ")


def assert_value_and_shape(matrix):
    values = some_values(matrix)
    expected = in_full(matrix, values)
    (result,) = compiled(array_of(matrix), values)[0](*values.values(), *SIZES.values())
    assert np.shape(result) == sizes_of(matrix.shape)
    np.testing.assert_allclose(result, expected, rtol=1e-12, atol=1e-12)
    array, shape = lower(matrix)
    (collapsed,) = compiled(array, values)[0](*values.values(), *SIZES.values())
    assert np.shape(collapsed) in {sizes_of(shape), ()}
    np.testing.assert_allclose(np.broadcast_to(collapsed, expected.shape), expected, rtol=1e-12, atol=1e-12)


ROWS, COLUMNS = ones(n, 1) * b, c * ones(1, m)  # each collapsed to its one row, its one column

EXPRESSIONS = [
    Y,
    X * W + ones(n, 1) * b,
    3 * X * W / n - Y,
    Y * Z.T * Y,
    X * (W + q * b),
    (Y + Z) * (Y - Z).T,
    (X * W).T,
    ROWS,
    ROWS * G,
    COLUMNS * G,
    G * ROWS.T,
    ROWS + COLUMNS,
    ROWS + Y,
    ones(n, m),
    2 * ones(n, m) / m,
    ones(n, m) * G,
    G * ones(m, k),
    ones(n, m) - 2 * Y,
    ones(1, n) * ROWS,
    ROWS * ones(m, 1),
    ones(1, n) * ROWS * ones(m, 1),
    ones(1, n) * COLUMNS,
    COLUMNS * ones(m, 1),
    ones(1, n) * COLUMNS * ones(m, 1),
    ones(k, n) * Y,
    Y * ones(m, k),
    ones(k, n) * Y * ones(m, k),
    ones(1, n) * (ROWS + COLUMNS) * ones(m, 1),
    ones(1, n) * (ones(n, m) + ROWS) * ones(m, 1),
    Y * ones(m, n) * X,
    X * ones(k, n) * Y * ones(m, k) * W,
    ones(n, 1) * p * ones(1, m),
    ones(n, 1) * p * ones(1, m) * G,
    ones(n, 1) * (b * G) * ones(m, 1),
    ones(1, m) * G * ones(m, 1) * b,
    ones(n, 1) * ones(1, n) * Y,
    sp.HadamardProduct(ROWS, COLUMNS),
    sp.HadamardProduct(ROWS, ROWS),
    sp.HadamardProduct(Y, ROWS) * ones(m, 1),
    sp.HadamardProduct(ones(n, m), ROWS) * G,
    sp.HadamardProduct(X * W, Y - COLUMNS) / 2,
    sp.HadamardProduct(Y, 2 * X * W, Z),
    sp.HadamardPower(X * W + Y, 2),
    sp.HadamardPower(ROWS, 3) * G,
    sp.HadamardPower(Y, -1),
    sp.HadamardPower(X * W, -1) * G,
    sp.HadamardProduct(Y, sp.HadamardPower(X * W, -1)),
    sp.HadamardProduct(Y, sp.HadamardPower(Z, -2)),
    sp.HadamardPower(Y, sp.Rational(1, 2)),
    sp.HadamardPower(Y, n),
    log_sum_exp(Y),
    log_sum_exp(ROWS),
    log_sum_exp(COLUMNS),
    log_sum_exp(ones(n, m)),
    log_sum_exp(ones(n, 1) * p * ones(1, m)),
    log_sum_exp(X * W) * ones(1, m) - Y,
    ones(1, n) * log_sum_exp(ROWS),
    log_sum_exp(ROWS).T,
    log_sum_exp(ROWS.T),
    log_sum_exp(log_sum_exp(Y) * ones(1, m) + ROWS),
    reshaped(Y, m, n),
    reshaped(Y.T, n, m),
    reshaped(ROWS, m, n),
    reshaped(COLUMNS, m, n),
    reshaped(ROWS, n * m, 1),
    reshaped(ones(n, m), 1, n * m),
    reshaped(X * W - Y, 1, n * m) * ones(n * m, 1),
    reshaped(ROWS + COLUMNS, m, n) * Y,
    ROWS.T,
    COLUMNS.T,
    ROWS.T * Y,
    (ROWS + COLUMNS).T,
    sp.Transpose(sp.HadamardProduct(ROWS, ROWS)),
    sp.Transpose(sp.HadamardProduct(Y, X * W)) * Z,
    (X * W).applyfunc(sigmoid) * G,
    ROWS.applyfunc(tanh),
    ROWS.applyfunc(tanh) * G,
    (COLUMNS - Y).applyfunc(relu),
    COLUMNS.applyfunc(sp.Lambda(t, t**2 + 1 / t)),
    X.applyfunc(sp.Lambda(t, t / n)),
    sp.HadamardProduct((X * W).applyfunc(sp.exp), Y.applyfunc(sp.exp)),
    sp.HadamardProduct(ROWS.applyfunc(sp.exp), COLUMNS.applyfunc(sp.exp)),
    p,
    ones(1, 1) * p,
    p * b,
    c * p,
    n * p,
]


@pytest.mark.parametrize("matrix", EXPRESSIONS, ids=str)
def test_value_and_shape_are_those_of_full_matrices(matrix):
    assert_value_and_shape(matrix)


@pytest.mark.parametrize(
    "matrix",
    [
        sp.HadamardProduct(Y, sp.HadamardPower(Y, -1)),
        sp.HadamardProduct(Y.applyfunc(sp.exp), (-Y).applyfunc(sp.exp)),
        sp.MatAdd(sp.HadamardProduct(Y, Z), -sp.HadamardProduct(Z, Y), evaluate=False),
        sp.HadamardPower(Y, 0),
        sp.HadamardProduct(Y, sp.HadamardPower(Y, -1), ROWS),
        ones(1, n) * sp.HadamardProduct(Y, sp.HadamardPower(Y, -1), ROWS),
        sp.HadamardProduct(COLUMNS, sp.HadamardPower(COLUMNS, -1), ROWS) * G,
        Y.applyfunc(sp.Lambda(t, 5)),
        Y.applyfunc(sp.Lambda(t, 5)) * G,
        sp.Transpose(Y.applyfunc(sp.Lambda(t, 5))),
        ones(1, n) * Y.applyfunc(sp.Lambda(t, 5)),
        ones(n, m).applyfunc(sp.exp),
        sp.Transpose(ones(n, m).applyfunc(sp.exp)),
        ones(1, 1),
        ones(1, n) * ones(n, m) * ones(m, 1),
        sp.Identity(1),
        sp.Identity(1) / n,
        ones(1, 1) / n,
        c * (ones(1, 1) / n),
    ],
    ids=str,
)
def test_what_cancels_leaves_an_array_of_the_full_shape(matrix):
    values = some_values(matrix)
    (result,) = compiled(array_of(matrix), values)[0](*values.values(), *SIZES.values())
    assert isinstance(result, np.ndarray)
    np.testing.assert_allclose(result, in_full(matrix, values), rtol=1e-12)


@st.composite
def matrices(draw, shape=None, depth=3):
    """A random expression of the shape, whose sizes are n, k, m and 1."""
    size, below = st.sampled_from(DIMENSIONS), depth - 1
    rows, cols = shape = shape or (draw(size), draw(size))
    if depth == 0 or draw(st.integers(0, 7)) == 0:
        name = f"M{DIMENSIONS.index(rows)}{DIMENSIONS.index(cols)}"
        return draw(st.sampled_from([sp.MatrixSymbol(name, *shape), ones(*shape)]))

    def part(*shape):
        return draw(matrices(shape, below))

    middle, other = draw(size), draw(size)
    match draw(
        st.sampled_from(["+", "*", "**", "1*", "*1", "1*1", "T", "o", "f", "log", "reshape", "scale"])
    ):
        case "+":
            return part(*shape) + part(*shape)
        case "*":
            return part(rows, middle) * part(middle, cols)
        case "**":
            return part(rows, middle) * part(middle, other) * part(other, cols)
        case "1*":
            return ones(rows, middle) * part(middle, cols)
        case "*1":
            return part(rows, middle) * ones(middle, cols)
        case "1*1":
            return ones(rows, middle) * part(middle, other) * ones(other, cols)
        case "T":
            return part(cols, rows).T
        case "o":
            return sp.HadamardProduct(part(*shape), part(*shape))
        case "f":
            matrix = part(*shape)
            return matrix if shape == (1, 1) else matrix.applyfunc(draw(st.sampled_from([tanh, sp.cos])))
        case "log":
            return log_sum_exp(part(rows, middle)) * ones(1, cols)
        case "reshape":
            return reshaped(part(cols, rows), *shape)
        case "scale":
            return draw(st.sampled_from([-1, 2, sp.Rational(1, 3), 1 / n, -m])) * part(*shape)


@given(
    matrices().filter(lambda matrix: matrix.atoms(sp.MatrixSymbol) and not matrix.has(sp.MatPow, sp.Identity))
)
def test_random_expressions_have_the_value_and_shape_of_full_matrices(matrix):
    assert_value_and_shape(matrix)


@pytest.mark.parametrize(
    ("matrix", "source"),
    [
        (X * W + ones(n, 1) * b, "X @ W + b"),
        (Y - Z, "Y - Z"),
        (X.T * Y, "X.T @ Y"),
        (2 * X * W, "2*(X @ W)"),
        (X * W / n, "(X @ W)/n"),
        ((X * W).T, "W.T @ X.T"),
        (Y * Z.T * Y, "(Y @ Z.T) @ Y"),
        ((Y + Z).T, "Y.T + Z.T"),
        (ones(1, n) * Y, "Y.sum(axis=0, keepdims=True)"),
        (Y * ones(m, 1), "Y.sum(axis=1, keepdims=True)"),
        (ones(1, n) * sp.HadamardPower(Y, 2) * ones(m, 1) / n, "(Y**2).sum(keepdims=True)/n"),
        (sp.HadamardProduct(Y, ones(n, m) - Z), "Y*(1 - Z)"),
        (sp.HadamardPower(X * W, -1), "1/(X @ W)"),
        (ROWS, "broadcast_to(b, (n, m))"),
        (log_sum_exp(Y), "log_sum_exp(Y)"),
        (reshaped(Y, m, n), "Y.reshape(m, n)"),
    ],
    ids=str,
)
def test_the_source_is_what_one_would_write_by_hand(matrix, source):
    assert source_of(matrix) == source


@pytest.mark.parametrize(
    "matrix", [sp.Inverse(G), Y + sp.Inverse(G) * Y.T, sp.KroneckerProduct(Y, Z)], ids=str
)
def test_an_expression_without_a_numpy_form_is_refused_by_its_kind(matrix):
    with pytest.raises(ValueError, match=r"no NumPy form for (Inverse|KroneckerProduct), in \S"):
        array_of(matrix)


def test_an_identity_of_many_rows_is_refused():
    with pytest.raises(ValueError, match=r"[Ii]dentity"):
        array_of(G + sp.Identity(m))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([[1000.0, 1000.0]], [[1000 + np.log(2)]]),
        ([[-1000.0, -1000.0]], [[-1000 + np.log(2)]]),
        ([[1000.0, -1000.0], [-1000.0, 1000.0]], [[1000.0], [1000.0]]),
        ([[-1000.0, -1001.0, -999.0]], [[-999 + np.log(1 + np.exp(-1) + np.exp(-2))]]),
        ([[0.0, np.log(3)], [5.0, 5.0]], [[np.log(4)], [5 + np.log(2)]]),
        ([[-750.0]], [[-750.0]]),
    ],
    ids=str,
)
def test_log_sum_exp_of_large_numbers(rows, expected):
    np.testing.assert_allclose(rowwise_log_sum_exp(np.array(rows)), expected, rtol=1e-15)


def test_log_sum_exp_of_many_equal_numbers():
    np.testing.assert_allclose(rowwise_log_sum_exp(np.full((2, 1000), 800.0)), 800 + np.log(1000), rtol=1e-15)


def test_nan_stays_nan_in_its_own_row():
    assert np.isnan(rowwise_log_sum_exp(np.array([[0.0, np.nan], [0.0, 1.0]]))).tolist() == [[True], [False]]


def test_the_functions_of_the_generated_code_are_known_by_name():
    assert {"sigmoid", "relu", "log_sum_exp"} <= set(array_functions())
