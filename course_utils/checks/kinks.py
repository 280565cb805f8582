"""Where an expression changes its formula: each such place is where one number crosses another.

A pair (a, b) stands for the place a = b, such as (x, 4) for abs(x - 4) or for a Piecewise with x > 4.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

import sympy as sp
from sympy.core.relational import Relational

from ..derivation.functions import Activation
from .values import formula

Pair = tuple[sp.Basic, sp.Basic]

ONE = {
    sp.Abs,
    sp.sign,
    sp.Heaviside,
    sp.log,
    sp.loggamma,
    sp.gamma,
    sp.acosh,
}  # at 0, or defined from there on
BOUNDED = {sp.asin, sp.acos, sp.acosh, sp.atanh}  # defined between -1 and 1, or beyond
PAIRS = 100  # so many of the largest of several arguments


@lru_cache(1000)
def kinks(expression: sp.Basic) -> tuple[Pair, ...]:
    """The places where the expression jumps, has a corner or ceases to have a value, each once."""
    return tuple(dict.fromkeys(pair for part in parts(expression) for pair in kinks_of(part)))


@lru_cache(1000)
def marks(expression: sp.Basic) -> tuple[Pair, ...]:
    """The places where it may be steep or have a narrow bump: where a function's argument is smallest."""
    return tuple(dict.fromkeys(pair for part in parts(expression) for pair in marks_of(part)))


def parts(expression: sp.Basic) -> Iterator[sp.Basic]:
    """Every subexpression once."""
    waiting, seen = [expression], set()
    while waiting:
        if (part := waiting.pop()) not in seen:
            seen.add(part)
            yield part
            waiting += reversed(part.args)


def kinks_of(part: sp.Basic) -> Iterator[Pair]:
    """The kinks of a part's own operation, as pairs; those inside its arguments are not looked at."""
    if isinstance(part, Relational) and not isinstance(part, sp.Eq | sp.Ne):
        yield part.args
    elif isinstance(part, sp.Max | sp.Min):
        yield from list(combinations(part.args, 2))[:PAIRS]
    elif isinstance(part, Activation):
        z = sp.Symbol("z")
        written_out = formula(part.func, z)
        for pair in ((z, sp.S.Zero),) if written_out is None else kinks(written_out):
            yield tuple(side.xreplace({z: part.args[0]}) for side in pair)
    elif part.func == sp.atan2:
        yield from ((argument, sp.S.Zero) for argument in part.args)
    elif part.is_Pow and not part.exp.is_Integer:  # the root of a square is a corner too
        yield from ((factor, sp.S.Zero) for factor in factors_of(part.base))
    if part.func in ONE:
        yield from ((factor, sp.S.Zero) for factor in factors_of(part.args[0]))
    if part.func in BOUNDED:
        yield from ((part.args[0], end) for end in (sp.S.One, sp.S.NegativeOne))


def marks_of(part: sp.Basic) -> Iterator[Pair]:
    """The marks of a part's own operation, as pairs: where two sides are equal, an argument or base is 0."""
    if isinstance(part, sp.Eq | sp.Ne):
        yield part.args
    elif isinstance(part, sp.Function) and not isinstance(part, sp.Piecewise | sp.Max | sp.Min):
        yield from ((argument, sp.S.Zero) for argument in part.args)
    elif part.is_Pow and not (part.exp.is_Integer and part.exp.is_positive):
        yield from ((factor, sp.S.Zero) for factor in factors_of(part.base))


def factors_of(expression: sp.Basic) -> Iterator[sp.Basic]:
    """The expression, and what it is a product of powers of, if it is one."""
    yield expression
    for factor in sp.Mul.make_args(expression):
        base, _ = factor.as_base_exp() if isinstance(factor, sp.Expr) else (factor, 1)
        if base != expression and not base.is_number:
            yield base
