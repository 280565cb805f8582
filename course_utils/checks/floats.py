"""The values of expressions at many points at once, in floats.

The tree is interpreted with a table, and a subexpression that occurs again is computed once.
"""

import math
from collections.abc import Callable, Mapping
from functools import reduce

import numpy as np
import sympy as sp
from sympy.logic.boolalg import BooleanAtom

from ..derivation.functions import Activation, numpy_form
from .values import formula

Numbers = np.ndarray  # shape (points,); a condition's are 1, 0 and, where it has no value, nan


class Floats:
    """Values at points, given as an array for each name, all of one shape (points,)."""

    def __init__(self, points: Mapping[str, Numbers]):
        self.points = dict(points)
        self.shape = np.shape(next(iter(self.points.values()), 0.0))
        self._found: dict[sp.Basic, Numbers | float] = {}

    @np.errstate(all="ignore")
    def value(self, expression: sp.Basic) -> Numbers:
        """The expression's values, nan where one is undefined, complex or too large for a float."""
        numbers = np.broadcast_to(self._value(expression), self.shape)
        return np.where(np.isfinite(numbers), numbers, np.nan)

    def compute(self, equations: Mapping[sp.Symbol, sp.Expr]) -> "Floats":
        """Adds the values of the symbols that the equations compute, in their order."""
        for symbol, expression in equations.items():
            self.points[symbol.name] = self.value(expression)
        return self

    def _value(self, expression: sp.Basic) -> Numbers | float:
        if expression.is_Symbol:
            return self.points[expression.name]
        if not expression.args:
            return constant(expression)
        if expression not in self._found:
            self._found[expression] = self._computed(expression)
        return self._found[expression]

    def _computed(self, expression: sp.Basic) -> Numbers | float:
        if expression.func == sp.Piecewise:
            return self._chosen(expression.args)
        if expression.func == sp.ITE:
            condition, yes, no = expression.args
            return self._chosen([(yes, condition), (no, sp.true)])
        arguments = [self._value(argument) for argument in expression.args]
        if isinstance(expression, Activation):
            return of_activation(expression.func, np.asarray(arguments[0], float))
        if expression.func in FOLDED:
            return reduce(FOLDED[expression.func], arguments)
        operation = OPERATIONS.get(expression.func)
        return operation(*arguments) if operation else np.float64(np.nan)

    def _chosen(self, branches) -> Numbers:
        """Of each point the first branch whose condition holds, if those before it have a value."""
        chosen, open_to = np.full(self.shape, np.nan), np.ones(self.shape, bool)
        for branch, condition in branches:
            holds = np.broadcast_to(self._value(condition), self.shape)
            chosen = np.where(open_to & (holds == 1), self._value(branch), chosen)
            open_to = open_to & (holds == 0)
        return chosen


def constant(expression: sp.Basic) -> float:
    """The value of a number, of pi, E, true; inf or nan if no float holds it."""
    if isinstance(expression, BooleanAtom):
        return np.float64(bool(expression))
    try:
        if expression.is_Rational:
            return np.float64(int(expression.p) / int(expression.q))
        return np.float64(expression)
    except OverflowError:
        return np.float64(math.copysign(math.inf, expression.is_positive - 0.5))
    except (TypeError, ValueError):
        return np.float64(np.nan)


def of_activation(function: type[Activation], numbers: Numbers) -> Numbers | float:
    """An activation's values: by its formula where it has one, else by its NumPy form."""
    z = sp.Symbol("z")
    written_out = formula(function, z)  # type: ignore[arg-type]  # a class can be hashed
    if written_out is not None:
        return Floats({"z": numbers})._value(written_out)
    form = numpy_form(function)  # type: ignore[arg-type]  # a class can be hashed
    found = form(numbers.reshape(-1)).reshape(numbers.shape)
    return np.where(np.imag(found) == 0, np.real(found), np.nan)


def comparison(compare: np.ufunc) -> Callable:
    """The comparison for arrays of floats: 1 where it holds, 0 where not, nan where a side has no value."""
    return lambda one, other: np.where(np.isnan(one) | np.isnan(other), np.nan, compare(one, other))


def one_by_one(function: Callable) -> Callable:
    """A function of one float, for arrays; nan where it raises."""

    def number(z):
        try:
            return function(z)
        except (ValueError, OverflowError):
            return math.nan

    return np.vectorize(number, otypes=[float])


def power(base, exponent):
    """NumPy is quick with a plain number as the exponent, such as 2 and -1."""
    return np.asarray(base, float) ** (float(exponent) if np.ndim(exponent) == 0 else exponent)


def heaviside(z, at_zero):
    """0 below zero, 1 above, `at_zero` between them, and nan where z has no value."""
    return np.where(z > 0, 1.0, np.where(z < 0, 0.0, np.where(z == 0, at_zero, np.nan)))


FOLDED: dict[type, Callable] = {
    sp.Add: np.add,
    sp.Mul: np.multiply,
    sp.Max: np.maximum,
    sp.Min: np.minimum,
    # in the arithmetic of 1, 0 and nan: false and unknown is false
    sp.And: lambda a, b: np.where((a == 0) | (b == 0), 0.0, a * b),
    sp.Or: lambda a, b: np.where((a == 1) | (b == 1), 1.0, a + b),
}

OPERATIONS: dict[type, Callable] = {
    **{f: getattr(np, f.__name__) for f in (sp.exp, sp.log, sp.sign, sp.sin, sp.cos, sp.tan)},
    **{f: getattr(np, f.__name__) for f in (sp.sinh, sp.cosh, sp.tanh)},
    **{f: getattr(np, f"arc{f.__name__[1:]}") for f in (sp.asin, sp.acos, sp.atan, sp.atan2)},
    **{f: getattr(np, f"arc{f.__name__[1:]}") for f in (sp.asinh, sp.acosh, sp.atanh)},
    sp.sec: lambda z: 1 / np.cos(z),
    sp.csc: lambda z: 1 / np.sin(z),
    sp.cot: lambda z: 1 / np.tan(z),
    sp.sech: lambda z: 1 / np.cosh(z),
    sp.csch: lambda z: 1 / np.sinh(z),
    sp.coth: lambda z: 1 / np.tanh(z),
    sp.erf: one_by_one(math.erf),
    sp.erfc: one_by_one(math.erfc),
    sp.gamma: one_by_one(math.gamma),
    sp.loggamma: one_by_one(lambda z: math.lgamma(z) if z > 0 else math.nan),
    sp.Pow: power,
    sp.Abs: np.abs,
    sp.Heaviside: heaviside,
    sp.DiracDelta: lambda z: np.where(z == 0, np.nan, 0 * z),
    sp.Gt: comparison(np.greater),
    sp.Ge: comparison(np.greater_equal),
    sp.Lt: comparison(np.less),
    sp.Le: comparison(np.less_equal),
    sp.Eq: comparison(np.equal),
    sp.Ne: comparison(np.not_equal),
    sp.Not: lambda holds: 1 - holds,
}
