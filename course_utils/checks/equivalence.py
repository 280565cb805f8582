"""Are two expressions equal, whatever their form?"""

import random

import sympy as sp

DIGITS = 30  # compared at generic points with this many digits
POINTS = 3


def rename(expression: sp.Expr, symbols: set[sp.Symbol]) -> sp.Expr:
    """The expression with its symbols replaced by those of the same name.

    symbols('w1') and symbols('w1', positive=True) look alike, so they count as alike.
    """
    known = {symbol.name: symbol for symbol in symbols}
    return expression.xreplace({s: known[s.name] for s in expression.free_symbols if s.name in known})


def generic_point(symbols: set[sp.Symbol], seed: int) -> dict[sp.Symbol, sp.Rational]:
    """A rational number between 1/3 and 2 for each symbol, the same for the same seed."""
    numbers = random.Random(seed)
    return {
        symbol: sp.Rational(numbers.randint(334, 1999), 1000)
        for symbol in sorted(symbols, key=lambda symbol: symbol.name)
    }


def equivalent(one: sp.Expr, other: sp.Expr) -> bool:
    """Whether the two agree at generic points, to far more digits than chance allows."""
    symbols = one.free_symbols | other.free_symbols
    for seed in range(POINTS):
        point = generic_point(symbols, seed)
        a, b = (sp.N(side.xreplace(point), DIGITS) for side in (one, other))
        if not (a.is_number and a.is_finite and b.is_finite):
            return False
        if abs(a - b) > sp.Float(10) ** (8 - DIGITS) * (1 + abs(b)):
            return False
    return True
