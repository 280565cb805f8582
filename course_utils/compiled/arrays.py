"""From expressions between matrices to NumPy: matrix products by @, the rest entry by entry.

Each matrix becomes an array's name in an ordinary SymPy expression, which the course's printer writes.
Where the mathematics multiplies by ones to repeat a row or a column, NumPy repeats it unasked (broadcasting).
So an expression is lowered together with the shape its array will have, 1 where it is still to be repeated.
"""

from functools import reduce, singledispatch

import numpy as np
import sympy as sp
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.printing.precedence import PRECEDENCE

from ..derivation.matrix_rules import as_product, log_sum_exp, ones, reshaped
from ..language import refusal
from .lines import CodePrinter

Lowered = tuple[sp.Expr, tuple[sp.Expr, sp.Expr]]


class Array(sp.Symbol):
    """The name of an array."""


class ArrayFunctionBase(sp.Function):
    """An operation on arrays. code: how NumPy writes it. (SymPy's printers look up a base by its ending.)"""


class matmul(ArrayFunctionBase):
    """The product of two matrices."""

    code = "{} @ {}"
    precedence = PRECEDENCE["Mul"] - 1  # so 2*(A @ B) keeps its brackets: (2*A) @ B would cost more


class transpose(ArrayFunctionBase):
    """A matrix with rows and columns exchanged."""

    code = "{}.T"


class sum_all(ArrayFunctionBase):
    """The sum of all entries, of shape (1, 1)."""

    code = "{}.sum(keepdims=True)"


class sum_cols(ArrayFunctionBase):
    """Each row's sum over its columns, a column of shape (rows, 1)."""

    code = "{}.sum(axis=1, keepdims=True)"


class sum_rows(ArrayFunctionBase):
    """Each column's sum over its rows, a row of shape (1, columns)."""

    code = "{}.sum(axis=0, keepdims=True)"

    @classmethod
    def eval(cls, array):
        """Sums over the columns, summed over the rows, are one sum of everything."""
        return sum_all(*array.args) if isinstance(array, sum_cols) else None


class reshape(ArrayFunctionBase):
    """The same entries, row by row, in another shape."""

    code = "{}.reshape({}, {})"


class repeat(ArrayFunctionBase):
    """One row, column or number repeated to a shape, without a copy."""

    code = "broadcast_to({}, ({}, {}))"


class copied(ArrayFunctionBase):
    """An array of floats of its own, so that an output is never a view of an input."""

    code = "array({}, float)"


class row_log_sum_exp(ArrayFunctionBase):
    """log(sum(exp)) of each row, a column of shape (rows, 1), without overflow."""

    code = "log_sum_exp({})"


class ArrayPrinter(CodePrinter):
    """Lowered expressions as NumPy source."""

    def _term_order(self, term):
        return super()._term_order(term) if not term.has(matmul) else (term.could_extract_minus_sign(), -2)

    def _print_ArrayFunctionBase(self, expr):
        return expr.code.format(*(self.parenthesize(argument, PRECEDENCE["Pow"]) for argument in expr.args))

    def _print_Pow(self, expr, **kwargs):
        if expr.exp == -1:
            return f"1/{self.parenthesize(expr.base, PRECEDENCE['Pow'])}"
        return super()._print_Pow(expr, **kwargs)


def rowwise_log_sum_exp(array: np.ndarray) -> np.ndarray:
    """log(exp(z1) + ... + exp(zk)) of each row. The largest z is taken out, so that no exp overflows."""
    largest = array.max(axis=1, keepdims=True)
    return largest + np.log(np.exp(array - largest).sum(axis=1, keepdims=True))


def array_functions() -> dict:
    """What the generated code of arrays calls besides activations, by name."""
    return {
        "log_sum_exp": rowwise_log_sum_exp,
        "broadcast_to": np.broadcast_to,
        "array": np.array,
        "float": float,
    }


def arrays_in(*expressions: sp.Expr) -> set:
    """All arrays in the expressions, and all that is computed from arrays by a function."""
    return set().union(*(expression.atoms(Array, ArrayFunctionBase) for expression in expressions))


def array_of(matrix: sp.MatrixExpr) -> sp.Expr:
    """The lowered matrix in its full shape, nothing left to broadcasting."""
    array, shape = lower(matrix)
    return array if shape == matrix.shape and arrays_in(array) else repeat(array, *matrix.shape)


def own_array_of(matrix: sp.MatrixExpr) -> sp.Expr:
    """The same in memory of its own, so that whoever gets it may change it."""
    array = array_of(matrix)
    return copied(array) if isinstance(array, Array | transpose | reshape | repeat) else array


def entry_by_entry(function, *matrices: sp.MatrixExpr) -> Lowered:
    """A function of arrays whose shapes NumPy makes equal."""
    arrays, shapes = zip(*map(lower, matrices), strict=True)
    shape = tuple(next((d for d in sizes if d != 1), sp.S.One) for sizes in zip(*shapes, strict=True))
    result = function(*arrays)
    if arrays_in(*arrays) - arrays_in(result):
        return repeat(result, *shape), shape  # an array cancelled out, and its shape with it
    return result, shape


@singledispatch
def lower(matrix: sp.MatrixExpr) -> Lowered:
    """(the matrix as an expression of arrays, that array's shape). Raises ValueError for an unknown kind."""
    raise refusal("no NumPy form for {name}, in {matrix}", name=type(matrix).__name__, matrix=matrix)


@lower.register
def _(symbol: sp.MatrixSymbol):
    return Array(symbol.name), symbol.shape


@lower.register
def _(repeated: ones):
    return sp.S.One, (sp.S.One, sp.S.One)


@lower.register
def _(nothing: sp.ZeroMatrix):
    return sp.S.Zero, (sp.S.One, sp.S.One)


@lower.register
def _(unit: sp.Identity):
    if unit.rows != 1:
        raise refusal("no NumPy form for an identity matrix of {rows} rows", rows=unit.rows)
    return sp.S.One, (sp.S.One, sp.S.One)


@lower.register
def _(total: sp.MatAdd):
    return entry_by_entry(sp.Add, *total.args)


@lower.register
def _(product: sp.HadamardProduct):
    return entry_by_entry(sp.Mul, *product.args)


@lower.register
def _(power: sp.HadamardPower):
    return entry_by_entry(lambda array: array**power.exp, power.base)


@lower.register
def _(applied: ElementwiseApplyFunction):
    return entry_by_entry(applied.function, applied.expr)


@lower.register
def _(transposed: sp.Transpose):
    return transpose(array_of(transposed.arg)), transposed.shape


@lower.register
def _(power: sp.MatPow):
    return lower(as_product(power))


lower.register(sp.Inverse, lower.dispatch(object))  # a MatPow to SymPy, but no product


@lower.register
def _(same: reshaped):
    return reshape(array_of(same.args[0]), *same.shape), same.shape


@lower.register
def _(total: log_sum_exp):
    return row_log_sum_exp(array_of(total.args[0])), total.shape


@lower.register
def _(product: sp.MatMul):
    scale, factors = product.as_coeff_matrices()
    first, last = factors[0], factors[-1]
    if len(factors) == 1:
        array, shape = lower(first)
    elif isinstance(first, ones):
        array, (_, cols) = column_sums(sp.MatMul(*factors[1:]))
        shape = (sp.S.One, cols)
    elif isinstance(last, ones):
        array, (rows, _) = row_sums(sp.MatMul(*factors[:-1]))
        shape = (rows, sp.S.One)
    else:
        array, shape = reduce(matmul, map(array_of, factors)), product.shape
    return scale * array, shape


def column_sums(matrix: sp.MatrixExpr) -> Lowered:
    """ones*matrix, except that its equal rows are left to broadcasting."""
    return lower(matrix) if matrix.rows == 1 else (sum_rows(array_of(matrix)), (sp.S.One, matrix.cols))


def row_sums(matrix: sp.MatrixExpr) -> Lowered:
    """matrix*ones, except that its equal columns are left to broadcasting."""
    return lower(matrix) if matrix.cols == 1 else (sum_cols(array_of(matrix)), (matrix.rows, sp.S.One))
