"""Matrices whose shapes have to fit, since NumPy would stretch a row that SymPy lets through."""

from itertools import pairwise

import sympy as sp

from ..language import refusal, say
from .given import DEEPEST, MOST, TEXT, brief, parts_and_depth, some


def as_matrix(value, symbol: sp.MatrixSymbol) -> sp.MatrixExpr:
    """The value if it is an expression between matrices that fit, of the symbol's shape.

    Raises ValueError naming the symbol, and where two shapes do not fit.
    """
    if isinstance(value, TEXT):
        raise refusal(
            "{symbol} should be an expression, not the text {value}: leave out the quotation marks",
            symbol=symbol,
            value=brief(value),
        )
    if not isinstance(value, sp.MatrixExpr):
        raise refusal(
            "{symbol} has shape {shape}, but its expression a number or the like: {value}",
            symbol=symbol,
            shape=symbol.shape,
            value=brief(value),
        )
    if parts_and_depth(value) > (MOST, 0) or parts_and_depth(value)[1] > DEEPEST:
        raise refusal(
            "{symbol} is too large to work with: give what is in it equations of their own", symbol=symbol
        )
    for part in sp.preorder_traversal(value):
        check_fit(part, symbol)
    if value.shape != symbol.shape:
        raise refusal(
            "{symbol} has shape {shape}, but its expression {given}",
            symbol=symbol,
            shape=symbol.shape,
            given=value.shape,
        )
    return value


def check_fit(part: sp.Basic, symbol: sp.MatrixSymbol) -> None:
    """Raise ValueError naming the symbol if the matrices of a sum or a product do not fit."""
    if isinstance(part, sp.MatAdd | sp.HadamardProduct):
        largest = max(part.args, key=lambda matrix: sum(dim != 1 for dim in matrix.shape))
        for other in part.args:
            if not all(map(is_same, largest.shape, other.shape)):
                raise refusal(
                    "{symbol} takes {names} of shape {shape} and {others} of shape {given} entry by entry: "
                    "they should have one shape{stretched}",
                    symbol=symbol,
                    names=some([largest]),
                    shape=largest.shape,
                    others=some([other]),
                    given=other.shape,
                    stretched=stretched(other, largest),
                )
    if isinstance(part, sp.MatMul):
        factors = part.as_coeff_matrices()[1]
        for one, other in pairwise(factors):
            if not is_same(one.cols, other.rows):
                raise refusal(
                    "{symbol} multiplies {names} of shape {shape} by {others} of shape {given}",
                    symbol=symbol,
                    names=some([one]),
                    shape=one.shape,
                    others=some([other]),
                    given=other.shape,
                )


def is_same(one: sp.Expr, other: sp.Expr) -> bool:
    """Whether two sizes are equal, also when they are written differently, such as 2*(n + 1) and 2*n + 2."""
    return one == other or sp.expand(one - other) == 0


def stretched(small: sp.MatrixExpr, large: sp.MatrixExpr) -> str:
    """How to repeat the small matrix to the shape of the large one, in words; empty if that cannot be."""
    rows = f"ones({large.rows}, 1)*" * (small.rows == 1 != large.rows)
    cols = f"*ones(1, {large.cols})" * (small.cols == 1 != large.cols)
    return say("; {mended} repeats it", mended=f"{rows}{some([small])}{cols}") if rows or cols else ""
