"""The value of an expression at generic points, in high precision, whatever its form."""

import random
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import islice

import mpmath
import sympy as sp

from ..chain_rule import Equations
from ..functions import Activation

DIGITS = 40  # of every value
TOLERANCE = mpmath.mpf("1e-12")  # relative; a float such as 2/3 has 16 digits
LARGEST = 4000  # a value beyond 2**4000 has left the world of networks

Point = Mapping[str, mpmath.mpf]  # a number for each name

mp = mpmath.MPContext()  # a context of our own: the precision of others stays as it is
mp.dps = DIGITS


class Undefined(ValueError):
    """An expression has no finite real value at a point."""


OPERATIONS = {
    sp.Add: lambda *terms: mp.fsum(terms),
    sp.Mul: lambda *factors: mp.fprod(factors),
    sp.Pow: mp.power,
    sp.Abs: abs,
    sp.sign: mp.sign,
    sp.Max: max,
    sp.Min: min,
    sp.Heaviside: lambda z, at_zero: mp.mpf(1 if z > 0 else 0 if z < 0 else at_zero),
    sp.Piecewise: lambda *branches: next((value for value, holds in branches if holds), mp.nan),
    sp.functions.elementary.piecewise.ExprCondPair: lambda value, holds: (value, holds),
    sp.Gt: lambda a, b: a > b,
    sp.Ge: lambda a, b: a >= b,
    sp.Lt: lambda a, b: a < b,
    sp.Le: lambda a, b: a <= b,
    sp.Eq: lambda a, b: a == b,
    sp.Ne: lambda a, b: a != b,
    sp.And: lambda *all_of: all(all_of),
    sp.Or: lambda *any_of: any(any_of),
    sp.Not: lambda holds: not holds,
}
OPERATIONS |= {
    function: getattr(mp, function.__name__)
    for function in [
        *(sp.exp, sp.log, sp.erf, sp.erfc, sp.gamma, sp.loggamma),
        *(sp.sin, sp.cos, sp.tan, sp.cot, sp.sec, sp.csc, sp.asin, sp.acos, sp.atan, sp.atan2),
        *(sp.sinh, sp.cosh, sp.tanh, sp.coth, sp.sech, sp.csch, sp.asinh, sp.acosh, sp.atanh),
    ]
}


def known(function: type) -> bool:
    """Whether values of this SymPy function or operation can be computed here."""
    return function in OPERATIONS or issubclass(function, Activation)


def value(expression: sp.Basic, point: Point):
    """The value of an expression. Raises Undefined where it has none, or an unimaginably large one."""
    try:
        return checked(_value(expression, point))
    except (ZeroDivisionError, OverflowError, TypeError, ValueError) as error:
        raise Undefined(str(error)) from None


def _value(expression: sp.Basic, point: Point):
    if expression.is_Symbol:
        return point[expression.name]
    if expression in (sp.true, sp.false):
        return bool(expression)
    if expression.is_Float:
        return mp.mpf(str(expression))  # as it was written: 0.1 is 1/10
    if expression.is_Rational:
        return mp.mpf(int(expression.p)) / int(expression.q)
    if not expression.args:  # pi, E
        return mp.mpmathify(sp.N(expression, DIGITS))
    arguments = [_value(argument, point) for argument in expression.args]
    if isinstance(expression, Activation):
        return of_activation(expression.func, *arguments)
    result = OPERATIONS[expression.func](*arguments)
    return checked(result) if isinstance(result, mp.mpf) else result


@cache
def formula(function: type[Activation], z: sp.Symbol) -> sp.Expr | None:
    """An activation without its name, such as 1/(1 + exp(-z)), or None if it does not say."""
    forms = (function(z).rewrite(form) for form in (sp.exp, sp.Piecewise))
    return next((form for form in forms if not form.has(Activation)), None)


def of_activation(function: type[Activation], number):
    """An activation's value: by its formula where it has one, else from its NumPy form."""
    written_out = formula(function, sp.Symbol("z"))
    if written_out is None:
        return mp.mpf(float(function.numpy(float(number))))
    return _value(written_out, {"z": number})


def checked(result):
    """The value, if it is finite, real and of a size that can be computed with."""
    if isinstance(result, mp.mpc):
        raise Undefined("it is not real")
    if not mp.isfinite(result) or (result and mp.mag(result) > LARGEST):
        raise Undefined("it is not finite")
    return result


def generic_points(names: Iterable[str], seed: int = 0) -> Iterator[dict[str, mpmath.mpf]]:
    """Numbers for the names, without end: between 1/3 and 2, from the second point on with either sign.

    The same for the same seed.
    """
    names, numbers = sorted(names), random.Random(seed)
    signs = [1]
    while True:
        yield {name: mp.mpf(numbers.randint(334, 1999)) / 1000 * numbers.choice(signs) for name in names}
        signs = [1, -1]


def computed(equations: Equations, point: Point) -> dict[str, mpmath.mpf]:
    """The point, and the values of all equations there. Raises Undefined if one has none."""
    point = dict(point)
    for symbol, expression in equations.items():
        point[symbol.name] = value(expression, point)
    return point


def defined_points(equations: Equations, tries: int = 300) -> Iterator[dict[str, mpmath.mpf]]:
    """Generic points where every equation has a value, with these values."""
    inputs = set().union(*(e.free_symbols for e in equations.values())) - equations.keys()
    for point in islice(generic_points(symbol.name for symbol in inputs), tries):
        try:
            yield computed(equations, point)
        except Undefined:
            continue


def shown(number, digits: int = 6) -> str:
    """A value as a person would write it."""
    return "huge" if 1e300 < abs(number) < mp.inf else f"{float(number):.{digits}g}"


def close(one, other) -> bool:
    """Whether two values are the same, up to the last digits of a float."""
    return abs(one - other) <= TOLERANCE * abs(other)


def agree(answer: sp.Expr, key, point: Point) -> bool:
    """Whether the answer has the key's value at a point."""
    try:
        return close(value(answer, point), key)
    except Undefined:
        return False


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
