"""Are two expressions the same, whatever their form? Compared at generic points."""

import random
from collections.abc import Iterable, Iterator
from itertools import count, islice
from typing import NamedTuple

import mpmath
import sympy as sp

from ..derivation.chain_rule import Equations
from ..derivation.functions import Activation
from .values import DIGITS, Arithmetic, Point, Undefined, exact, finest, formula, mp, value

TOLERANCE = mpmath.mpf("1e-12")  # relative; a float such as 2/3 has 16 digits
ROUNDED = mpmath.mpf("1e-7")  # where an activation is known as floats alone: 1 - h loses some of them

USUAL = 50  # so many points are of usual size
FAR = [1, -1, 10, -10, mpmath.mpf("0.1"), mpmath.mpf("-0.1")]


def generic_points(names: Iterable[str], seed: int = 0) -> Iterator[dict[str, mpmath.mpf]]:
    """Numbers for the names, without end: between 1/3 and 2, from the second point on with either sign.

    After a while small and large ones are among them, to find where a log is defined or a relu alive.
    The same for the same seed.
    """
    names, numbers = sorted(names), random.Random(seed)
    for index in count():
        factors = [1] if index == 0 else [1, -1] if index < USUAL else FAR
        yield {name: mp.mpf(numbers.randint(334, 1999)) / 1000 * numbers.choice(factors) for name in names}


def inputs_of(equations: Equations) -> set[sp.Symbol]:
    """The symbols that the equations use and do not compute."""
    return set().union(*(e.free_symbols for e in equations.values())) - equations.keys()


def computed(equations: Equations, point: Point) -> dict[str, mpmath.mpf]:
    """The point, and the values of all equations there. Raises Undefined if one has none.

    A symbol that is said to be positive is made so.
    """
    point = dict(point)
    for symbol in inputs_of(equations):
        if symbol.is_nonnegative:
            point[symbol.name] = abs(point[symbol.name])
    return filled(equations, point)


def filled(equations: Equations, point: Point, arithmetic: Arithmetic = exact) -> dict[str, mpmath.mpf]:
    """The same for a point that is as its symbols are said to be."""
    point = {name: arithmetic.context.mpf(number) for name, number in point.items()}
    for symbol, expression in equations.items():
        point[symbol.name] = arithmetic.value(expression, point)
    return point


def shown(number, digits: int = 6) -> str:
    """A value as a person would write it."""
    return "huge" if 1e300 < abs(number) < mp.inf else f"{float(number):.{digits}g}"


def shown_apart(one, other, digits: int = 6) -> tuple[str, str]:
    """Two unequal values, with so many digits that they look unequal too."""
    enough = next((d for d in (digits, 6, 9, 12) if d >= digits and shown(one, d) != shown(other, d)), 17)
    return shown(one, enough), shown(other, enough)


def tolerance_of(*expressions: sp.Expr) -> mpmath.mpf:
    """How far the values of these expressions may be apart, relative, and be the same."""
    activations = set().union(*(e.atoms(Activation) for e in expressions))
    rounded = any(formula(activation.func, sp.Symbol("z")) is None for activation in activations)
    return ROUNDED if rounded else TOLERANCE


def smallest(tolerance: mpmath.mpf) -> mpmath.mpf:
    """A value below it may have lost all its digits, such as the 1 - h of a saturated sigmoid."""
    return ROUNDED if tolerance == ROUNDED else mp.mpf(10) ** (20 - DIGITS)


def agree(answer: sp.Expr, key, point: Point, tolerance: mpmath.mpf = TOLERANCE) -> bool:
    """Whether the answer has the key's value at a point."""
    try:
        return abs(value(answer, point) - key) <= tolerance * (abs(key) + smallest(tolerance))
    except Undefined:
        return False


class Difference(NamedTuple):
    """The answer's value less the key's, and the key's."""

    size: mpmath.mpf
    key: mpmath.mpf

    def within(self, tolerance: mpmath.mpf) -> bool:
        """Whether it is small beside the key, or too small for anything that was computed to tell."""
        return abs(self.size) <= tolerance * (abs(self.key) + smallest(tolerance))


def same_at(
    answer: sp.Expr, key: sp.Symbol, lines: Equations, point: Point, tolerance: mpmath.mpf
) -> bool | None:
    """Whether an answer has the key's value at a point; None where it has no value, or none to rely on.

    A difference counts if it is the same in many more digits.
    """
    try:
        near = Difference(value(answer, point) - point[key.name], point[key.name])
        if near.within(tolerance):
            return True
        point = filled(lines, {name: point[name] for name in point.keys() - {s.name for s in lines}}, finest)
        far = Difference(finest.value(answer, point) - point[key.name], point[key.name])
    except Undefined:
        return None
    if far.within(tolerance):
        return True
    return False if abs(far.size - near.size) <= abs(near.size) / 2 else None


def equivalent(one: sp.Expr, other: sp.Expr, points: int = 8) -> bool:
    """Whether two expressions agree at generic points where the other has a value."""
    names = {symbol.name for symbol in one.free_symbols | other.free_symbols}
    found = 0
    for point in islice(generic_points(names), 300):
        try:
            key = value(other, point)
        except Undefined:
            continue
        if not agree(one, key, point):
            return False
        if (found := found + 1) == points:
            return True
    return False
