"""The value of an expression at generic points, in high precision, whatever its form."""

import random
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import count, islice

import mpmath
import numpy as np
import sympy as sp
from sympy.functions.elementary.piecewise import ExprCondPair

from ..chain_rule import Equations
from ..functions import Activation

DIGITS = 100  # of every value: a steep sigmoid's 1 - h loses dozens of them
TOLERANCE = mpmath.mpf("1e-12")  # relative; a float such as 2/3 has 16 digits
ROUNDED = mpmath.mpf("1e-7")  # where an activation is known as floats alone: 1 - h loses some of them
LARGEST = 4000  # a value beyond 2**4000 has left the world of networks

USUAL = 50  # so many points are of usual size
FAR = [1, -1, 10, -10, mpmath.mpf("0.1"), mpmath.mpf("-0.1")]

Point = Mapping[str, mpmath.mpf]  # a number for each name

mp = mpmath.MPContext()  # a context of our own: the precision of others stays as it is
mp.dps = DIGITS


class Undefined(ValueError):
    """An expression has no finite real value at a point."""


def power(base, exponent):
    if abs(exponent) > LARGEST**3:  # nothing that a network computes, and it takes for ever
        raise OverflowError("it is not finite")
    return mp.power(base, exponent)


OPERATIONS = {
    sp.Add: lambda *terms: mp.fsum(terms),
    sp.Mul: lambda *factors: mp.fprod(factors),
    sp.Pow: power,
    sp.Abs: abs,
    sp.sign: mp.sign,
    sp.Max: max,
    sp.Min: min,
    sp.Heaviside: lambda z, at_zero: mp.mpf(1 if z > 0 else 0 if z < 0 else at_zero),
    sp.DiracDelta: lambda z: mp.mpf(0) if z else mp.inf,
    sp.Gt: lambda a, b: a > b,
    sp.Ge: lambda a, b: a >= b,
    sp.Lt: lambda a, b: a < b,
    sp.Le: lambda a, b: a <= b,
    sp.Eq: lambda a, b: a == b,
    sp.Ne: lambda a, b: a != b,
    sp.And: lambda *all_of: all(all_of),
    sp.Or: lambda *any_of: any(any_of),
    sp.Not: lambda holds: not holds,
    sp.ITE: lambda condition, yes, no: yes if condition else no,  # of a Piecewise in a Piecewise
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
    return function in {*OPERATIONS, sp.Piecewise, ExprCondPair} or issubclass(function, Activation)


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
    if expression.func == sp.Piecewise:  # only the branch that holds: the others may have no value
        return next((_value(e, point) for e, holds in expression.args if _value(holds, point)), mp.nan)
    arguments = [_value(argument, point) for argument in expression.args]
    if isinstance(expression, Activation):
        return of_activation(expression.func, *arguments)
    if expression.func not in OPERATIONS:
        raise Undefined(f"{expression.func.__name__} is not known here")
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
        with np.errstate(all="ignore"):
            return mp.mpf(float(function.numpy(np.array([float(number)]))[0]))
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
    for symbol, expression in equations.items():
        point[symbol.name] = value(expression, point)
    return point


def defined_points(equations: Equations, tries: int = 300) -> Iterator[dict[str, mpmath.mpf]]:
    """Generic points where every equation has a value, with these values."""
    for point in islice(generic_points(symbol.name for symbol in inputs_of(equations)), tries):
        try:
            yield computed(equations, point)
        except Undefined:
            continue


def shown(number, digits: int = 6) -> str:
    """A value as a person would write it."""
    return "huge" if 1e300 < abs(number) < mp.inf else f"{float(number):.{digits}g}"


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
