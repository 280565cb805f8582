"""Expressions between matrices, each a sum of small numbers: their value in NumPy, and what they hand on.

The oracle is the same expression computed part by part, each in full (nothing is broadcast), and nudged.
"""

from itertools import pairwise

import numpy as np
import pytest
import sympy as sp
from helpers import central_differences, stretch, total, value_of

from course_utils import relu, sigmoid, step, tanh
from course_utils.compiled.arrays import ArrayPrinter, array_functions, array_of, lower, rowwise_log_sum_exp
from course_utils.compiled.lines import line_by_line
from course_utils.derivation.matrix_rules import backward, hadamard, hand_on, log_sum_exp, ones, reshaped

t, n, k, m = sp.symbols("t n k m")
SIZES = {n: 3, k: 2, m: 4}
X, W, Y, Z = (sp.MatrixSymbol(*s) for s in (("X", n, k), ("W", k, m), ("Y", n, m), ("Z", n, m)))
b, c, G = sp.MatrixSymbol("b", 1, m), sp.MatrixSymbol("c", n, 1), sp.MatrixSymbol("G", m, m)
p, q = sp.MatrixSymbol("p", 1, 1), sp.MatrixSymbol("q", k, 1)
ROWS, COLUMNS = ones(n, 1) * b, c * ones(1, m)  # each collapsed to its one row, its one column


def some_values(*matrices):
    """{symbol: a random array} for each matrix symbol, always the same for the same symbols."""
    numbers = np.random.default_rng(0)
    symbols = sorted({s for matrix in matrices for s in matrix.atoms(sp.MatrixSymbol)}, key=str)
    return {s: numbers.uniform(0.25, 1.5, [int(d.subs(SIZES)) for d in s.shape]) for s in symbols}


def compiled(expression, symbols):
    """(a function of the symbols' values and the sizes, its source), for one lowered expression."""
    value, names = sp.Symbol("value"), [sp.Symbol(symbol.name) for symbol in symbols]
    return line_by_line([*names, *SIZES], [(value, expression)], [value], ArrayPrinter(), array_functions())


def assert_value_and_shape(matrix):
    values = some_values(matrix)
    expected = value_of(matrix, values, SIZES)
    array, shape = lower(matrix)
    for expression, full in ((array_of(matrix), True), (array, False)):
        (result,) = compiled(expression, values)[0](*values.values(), *SIZES.values())
        allowed = {expected.shape} if full else {tuple(int(d.subs(SIZES)) for d in shape), ()}
        assert np.shape(result) in allowed and (not full or isinstance(result, np.ndarray))
        np.testing.assert_allclose(np.broadcast_to(result, expected.shape), expected, rtol=1e-12, atol=1e-12)


def assert_it_hands_on_its_slopes(matrix):
    """Paired with an adjoint it is a number, and each symbol's part is that number's slope."""
    adjoint, value = (sp.MatrixSymbol(name, *matrix.shape) for name in ("E_bar", "E"))
    values = some_values(adjoint, matrix)
    given = values | {value: value_of(matrix, values, SIZES)}
    handed = {symbol: 0 for symbol in matrix.atoms(sp.MatrixSymbol)}
    for symbol, part in hand_on(matrix, adjoint, value):
        assert part.shape == symbol.shape
        handed[symbol] += value_of(part, given, SIZES)

    def paired(arrays):
        nudged = values | dict(zip(handed, arrays, strict=True))
        return np.sum(values[adjoint] * value_of(matrix, nudged, SIZES))

    expected = central_differences(paired, [values[symbol] for symbol in handed])
    for slope, part in zip(expected, handed.values(), strict=True):
        np.testing.assert_allclose(part, slope, rtol=1e-7, atol=1e-7)


EXPRESSIONS = [
    Y,
    Y - 2 * Z + ones(n, m),
    -sp.Rational(3, 2) * X,
    X * W + ones(n, 1) * b,
    3 * X * W / n - Y,
    Y * Z.T * Y,
    G * G,
    (Y + Z) * (Y - Z).T,
    (X * W).T,
    X * (W + q * b),
    n * p,
    c * p * b,
    ones(1, 1) * p,
    ones(n, 1) * p * ones(1, m) * G,
    # repeated rows and columns, and their sums
    ROWS,
    ROWS * G,
    COLUMNS * G,
    G * ROWS.T,
    ROWS + COLUMNS,
    (ROWS + COLUMNS).T,
    ROWS.T * Y,
    ones(n, m) * G,
    G * ones(m, k),
    2 * ones(n, m) / m - ROWS,
    ones(1, n) * ROWS * ones(m, 1),
    ones(1, n) * COLUMNS * ones(m, 1),
    ones(1, n) * (ones(n, m) + ROWS) * ones(m, 1),
    ones(k, n) * Y * ones(m, k),
    Y * ones(m, n) * X,
    X * ones(k, n) * Y * ones(m, k) * W,
    ones(1, m) * G * ones(m, 1) * b,
    ones(n, 1) * ones(1, n) * Y,
    X * ones(k, 5) * ones(5, k) * W,
    # entry by entry
    sp.HadamardProduct(ROWS, COLUMNS),
    sp.HadamardProduct(Y, ROWS) * ones(m, 1),
    sp.HadamardProduct(ones(n, m), ROWS) * G,
    sp.HadamardProduct(X * W, Y - COLUMNS) / 2,
    sp.HadamardProduct(Y, 2 * X * W, Z),
    sp.HadamardProduct(Y, Y),
    sp.Transpose(sp.HadamardProduct(Y, X * W)) * Z,
    sp.HadamardPower(X * W + Y, 2),
    sp.HadamardPower(ROWS, 3) * G,
    sp.HadamardPower(X * W, -1) * G,
    sp.HadamardProduct(Y, sp.HadamardPower(X * W, -1)),
    sp.HadamardPower(Y, sp.Rational(1, 2)),
    sp.HadamardPower(X, 1),
    sp.HadamardPower(Y, n),
    # functions
    *(
        (Y - ones(n, m)).applyfunc(function)
        for function in (sigmoid, tanh, relu, stretch, sp.exp, sp.cos, step)
    ),
    *(ROWS.applyfunc(function) * G for function in (tanh, sp.log)),
    sp.Transpose(COLUMNS.applyfunc(stretch)),
    c.applyfunc(tanh).applyfunc(sigmoid),
    X.applyfunc(sp.Lambda(t, t / n)),
    X.applyfunc(sp.Lambda(t, t * sp.exp(-(t**2)))),
    X.applyfunc(sp.Lambda(t, t * sigmoid(t))),
    (Y - ones(n, m)).applyfunc(sp.Lambda(t, sp.Max(t, t / 8))),
    sp.HadamardProduct(ROWS.applyfunc(sp.exp), COLUMNS.applyfunc(sp.exp)),
    # log_sum_exp and reshaped
    log_sum_exp(ROWS),
    log_sum_exp(COLUMNS),
    log_sum_exp(ROWS.T),
    ones(1, n) * log_sum_exp(ROWS),
    log_sum_exp(X * W) * ones(1, m) - Y,
    log_sum_exp(log_sum_exp(Y) * ones(1, m) + ROWS),
    log_sum_exp(log_sum_exp(X).T),
    log_sum_exp(2 * Y.applyfunc(tanh)),
    reshaped(Y.T, n, m),
    reshaped(ROWS, m, n),
    reshaped(X * W - Y, 1, n * m) * ones(n * m, 1),
    reshaped(ROWS + COLUMNS, m, n) * Y,
    reshaped(reshaped(X, n * k, 1).applyfunc(tanh), k, n),
]


@pytest.mark.parametrize("matrix", EXPRESSIONS, ids=str)
def test_value_shape_and_slopes_are_those_of_full_matrices(matrix):
    assert_value_and_shape(matrix)
    assert_it_hands_on_its_slopes(matrix)


@pytest.mark.parametrize(
    "matrix",
    [
        sp.HadamardProduct(Y, sp.HadamardPower(Y, -1)),
        ones(1, n) * sp.HadamardProduct(Y, sp.HadamardPower(Y, -1), ROWS),
        sp.HadamardProduct(COLUMNS, sp.HadamardPower(COLUMNS, -1), ROWS) * G,
        sp.MatAdd(sp.HadamardProduct(Y, Z), -sp.HadamardProduct(Z, Y), evaluate=False),
        sp.HadamardPower(Y, 0),
        sp.Transpose(Y.applyfunc(sp.Lambda(t, 5))),
        ones(1, n) * Y.applyfunc(sp.Lambda(t, 5)),
        log_sum_exp(ones(n, m)),
        ones(n, m).applyfunc(sp.exp),
        ones(1, n) * ones(n, m) * ones(m, 1),
        sp.Identity(1) / n,
        c * (ones(1, 1) / n),
    ],
    ids=str,
)
def test_what_cancels_leaves_an_array_of_the_full_shape(matrix):
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
    code = compiled(array_of(matrix), sorted(matrix.atoms(sp.MatrixSymbol), key=str))[1]
    assert code.splitlines()[1] == f"    value = {source}"


to_Y, value = sp.MatrixSymbol("dL_dY", n, m), sp.MatrixSymbol("E", n, m)


@pytest.mark.parametrize(
    ("matrix", "handed"),
    [
        (X * W + ones(n, 1) * b, {X: to_Y * W.T, W: X.T * to_Y, b: ones(1, n) * to_Y}),
        (sp.HadamardPower(Y, 2), {Y: 2 * sp.HadamardProduct(Y, to_Y)}),
        (ones(n, m) + sp.ZeroMatrix(n, k) * W, {}),
    ],
    ids=str,
)
def test_what_is_handed_on_is_the_textbooks_formula(matrix, handed):
    assert dict(hand_on(matrix, to_Y, value)) == handed


@pytest.mark.parametrize("function", [sigmoid, tanh, sp.exp, relu, stretch], ids=str)
def test_the_slope_of_an_activation_is_written_with_its_output(function):
    ((symbol, part),) = hand_on(Y.applyfunc(function), to_Y, value)
    assert symbol == Y and part.atoms(sp.MatrixSymbol) == {value, to_Y}


def test_hadamard_puts_numbers_in_front_and_leaves_ones_out():
    assert hadamard(2 * Y, 3 * ones(n, m), -Z) == -6 * sp.HadamardProduct(Y, Z)
    assert hadamard(ones(n, m), 2 * ones(n, m)) == 2 * ones(n, m)


@pytest.mark.parametrize(
    ("matrix", "culprit"),
    [
        (sp.MatMul(p[0, 0], X, W), r"p\[0, 0\] is made of a matrix"),
        (sp.MatMul(sp.Trace(G), X, W), r"Trace\(G\) is made of a matrix"),
        (sp.MatMul(2 * G[0, 1], X), r"G\[0, 1\] is made of a matrix"),
        (X.applyfunc(sp.Lambda(t, t**2 * p[0, 0])), r"p\[0, 0\]"),
        (sp.HadamardPower(X, p[0, 0]), r"p\[0, 0\] is made of a matrix"),
        (sp.HadamardPower(Y, Z), "Z is made of a matrix"),
        (Y.applyfunc(sp.floor), "has no derivative that can be computed"),
        (X * W * sp.Inverse(G), r"no rule for Inverse, in G\*\*\(-1\)"),
        (sp.MatPow(G, k), "its exponent is no positive whole number"),
    ],
    ids=str,
)
def test_what_has_no_rule_is_refused_by_name(matrix, culprit):
    with pytest.raises(ValueError, match=culprit):
        list(hand_on(matrix, sp.MatrixSymbol("E_bar", *matrix.shape), matrix))


@pytest.mark.parametrize(
    ("matrix", "culprit"),
    [
        (Y + sp.Inverse(G) * Y.T, r"no NumPy form for Inverse, in G\*\*\(-1\)"),
        (sp.KroneckerProduct(Y, Z), "no NumPy form for KroneckerProduct, in "),
        (G + sp.Identity(m), "no NumPy form for an identity matrix of m rows"),
        (sp.MatPow(G, k), "its exponent is no positive whole number"),
    ],
    ids=str,
)
def test_what_has_no_numpy_form_is_refused_by_name(matrix, culprit):
    with pytest.raises(ValueError, match=culprit):
        array_of(matrix)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([[1000.0, 1000.0]], [[1000 + np.log(2)]]),
        ([[-1000.0, -1001.0, -999.0]], [[-999 + np.log(1 + np.exp(-1) + np.exp(-2))]]),
        ([[0.0, np.log(3)], [5.0, 5.0]], [[np.log(4)], [5 + np.log(2)]]),
        ([[-750.0]], [[-750.0]]),
        (np.full((2, 1000), 800.0), np.full((2, 1), 800 + np.log(1000))),
        ([[0.0, np.nan], [0.0, 0.0]], [[np.nan], [np.log(2)]]),
    ],
    ids=lambda rows: str(rows)[:20],
)
def test_log_sum_exp_of_any_numbers(rows, expected):
    np.testing.assert_allclose(rowwise_log_sum_exp(np.array(rows)), expected, rtol=1e-15)


L, U, H, R = sp.MatrixSymbol("L", 1, 1), *(sp.MatrixSymbol(name, n, m) for name in "UHR")


def test_the_backward_equations_are_in_the_order_of_computation():
    equations = {
        U: X * W + ones(n, 1) * b,
        H: U.applyfunc(tanh),
        R: H - Y,
        L: total(sp.HadamardPower(R, 2)) / 2,
    }
    names = [adjoint.name for adjoint, _ in backward(equations, [W, b]).values()]
    assert names == ["dL_dR", "dL_dH", "dL_dU", "dL_dW", "dL_db"]


def test_the_backward_pass_takes_each_adjoint_once_where_paths_are_many():
    chain = [sp.MatrixSymbol(f"u{i}", n, m) for i in range(10)]
    doubling = {after: sp.HadamardProduct(u, u + Y) for u, after in pairwise(chain)}
    equations = {chain[0]: X * W, **doubling, L: total(sp.HadamardPower(chain[-1], 2))}
    assert len(backward(equations, [W])) == len(equations)


def test_the_backward_pass_leaves_out_what_no_parameter_reaches_and_what_the_loss_does_not_use():
    equations = {R: Y.applyfunc(tanh), U: X * W, H: R * G, L: total(sp.HadamardPower(H, 2))}
    assert list(backward(equations, [G])) == [H, G]
