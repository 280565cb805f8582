"""Are two expressions equal, whatever their form?"""

import random

import sympy as sp

DIGITS = 30  # compared at generic points with this many digits
POINTS = 5


def rename(expression: sp.Expr, symbols: set[sp.Symbol]) -> sp.Expr:
    """The expression with its symbols replaced by those of the same name.

    symbols('w1') and symbols('w1', positive=True) look alike, so they count as alike.
    """
    known = {symbol.name: symbol for symbol in symbols}
    return expression.xreplace({s: known[s.name] for s in expression.free_symbols if s.name in known})


def generic_point(symbols: set[sp.Symbol], seed: int) -> dict[sp.Symbol, sp.Rational]:
    """A rational number for each symbol, between 1/3 and 2, from the second point on with either sign.

    The same for the same seed.
    """
    numbers = random.Random(seed)
    return {
        symbol: sp.Rational(numbers.randint(334, 1999), 1000) * (numbers.choice([1, -1]) if seed else 1)
        for symbol in sorted(symbols, key=lambda symbol: symbol.name)
    }


def agree(one: sp.Expr, other: sp.Expr, point: dict[sp.Symbol, sp.Rational]) -> bool:
    """Whether the two have the same finite value at a point, to far more digits than chance allows."""
    a, b = (sp.N(side.xreplace(point), DIGITS) for side in (one, other))
    finite = a.is_number and a.is_finite and b.is_finite
    return bool(finite and abs(a - b) <= sp.Float(10) ** (8 - DIGITS) * (1 + abs(b)))


def equivalent(one: sp.Expr, other: sp.Expr) -> bool:
    """Whether the two agree at generic points."""
    symbols = one.free_symbols | other.free_symbols
    return all(agree(one, other, generic_point(symbols, seed)) for seed in range(POINTS))


def difference(one: sp.Expr, other: sp.Expr) -> str:
    """A simple point where the two are not equal, and what they are there."""
    symbols = sorted(one.free_symbols | other.free_symbols, key=lambda symbol: symbol.name)
    for first in [*range(1, 10), *range(-9, 1)]:
        point = {symbol: sp.Integer(first + i) for i, symbol in enumerate(symbols)}
        if not agree(one, other, point) and sp.N(other.xreplace(point)).is_finite:
            break
    where = ", ".join(f"{symbol} = {value}" for symbol, value in point.items())
    values = (f"{sp.N(side.xreplace(point), 4)}" for side in (one, other))
    return (f"at {where} " if where else "") + "yours is {}, and it should be {}".format(*values)
