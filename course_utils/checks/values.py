"""The value of an expression at a point: in high precision, or quickly in floats."""

from collections.abc import Callable, Mapping
from functools import cache

import mpmath
import numpy as np
import sympy as sp
from sympy.logic.boolalg import BooleanAtom

from ..derivation.functions import Activation

DIGITS = 100  # of an exact value: a steep sigmoid's 1 - h loses dozens of them
LARGEST = 4000  # a value beyond 2**4000 has left the world of networks

Point = Mapping[str, mpmath.mpf]  # a number for each name

mp = mpmath.MPContext()  # a context of our own: the precision of others stays as it is
mp.dps = DIGITS

SAME_NAME = [
    *(sp.exp, sp.log, sp.erf, sp.erfc, sp.gamma, sp.loggamma, sp.sign),
    *(sp.sin, sp.cos, sp.tan, sp.cot, sp.sec, sp.csc, sp.asin, sp.acos, sp.atan, sp.atan2),
    *(sp.sinh, sp.cosh, sp.tanh, sp.coth, sp.sech, sp.csch, sp.asinh, sp.acosh, sp.atanh),
]


class Undefined(ValueError):
    """An expression has no finite real value at a point."""


def operations(context) -> dict[type, Callable]:
    """What SymPy's functions and operations do to numbers of one of mpmath's contexts."""

    def power(base, exponent):
        if abs(exponent) > LARGEST**3:  # nothing that a network computes, and it takes for ever
            raise OverflowError("it is not finite")
        return context.power(base, exponent)

    named = {function: getattr(context, function.__name__, None) for function in SAME_NAME}
    return {function: own for function, own in named.items() if own} | {  # floats lack some of them
        sp.Add: lambda *terms: context.fsum(terms),
        sp.Mul: lambda *factors: context.fprod(factors),
        sp.Pow: power,
        sp.Abs: abs,
        sp.Max: max,
        sp.Min: min,
        sp.Heaviside: lambda z, at_zero: context.mpf(1 if z > 0 else 0 if z < 0 else at_zero),
        sp.DiracDelta: lambda z: context.mpf(0) if z else context.inf,
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


class Arithmetic:
    """Values of expressions, as numbers of one of mpmath's contexts."""

    def __init__(self, context):
        self.context, self.operations = context, operations(context)

    def value(self, expression: sp.Basic, point: Mapping):
        """The value of an expression. Raises Undefined where it has none, or an unimaginably large one."""
        try:
            return self._checked(self._value(expression, point))
        except (ZeroDivisionError, OverflowError, TypeError, ValueError, AttributeError) as error:
            raise Undefined(str(error)) from None

    def _value(self, expression: sp.Basic, point: Mapping):
        if expression.is_Symbol:
            return point[expression.name]
        if expression.is_Rational:
            return self.context.mpf(int(expression.p)) / int(expression.q)
        if not expression.args:
            return self._constant(expression)
        if expression.func == sp.Piecewise:  # only the branch that holds: the others may have no value
            branches = (e for e, holds in expression.args if self._value(holds, point))
            return self._value(next(branches, sp.nan), point)
        arguments = [self._value(argument, point) for argument in expression.args]
        if isinstance(expression, Activation):
            return self._of_activation(expression.func, *arguments)
        if expression.func not in self.operations:
            raise Undefined(f"{expression.func.__name__} is not known here")
        result = self.operations[expression.func](*arguments)
        return result if isinstance(result, bool | self.context.mpc) else self._checked(result)

    def _constant(self, expression: sp.Basic):
        if isinstance(expression, BooleanAtom):
            return bool(expression)
        if expression.is_Float:
            return self.context.mpf(str(expression))  # as it was written: 0.1 is 1/10
        return self.context.mpf(str(sp.N(expression, DIGITS)))  # pi, E, nan

    def _of_activation(self, function: type[Activation], number):
        """An activation's value: by its formula where it has one, else from its NumPy form."""
        written_out = formula(function, sp.Symbol("z"))
        if written_out is None:
            with np.errstate(all="ignore"):
                return self.context.mpf(float(function.numpy(np.array([float(number)]))[0]))
        return self._value(written_out, {"z": number})

    def _checked(self, result):
        """The value, if it is finite, real and of a size that can be computed with."""
        if isinstance(result, self.context.mpc):
            raise Undefined("it is not real")
        size = abs(result)
        if not size < self.context.inf or (size and self.context.mag(size) > LARGEST):
            raise Undefined("it is not finite")
        return result


exact, quick = Arithmetic(mp), Arithmetic(mpmath.fp)
value = exact.value


@cache
def formula(function: type[Activation], z: sp.Symbol) -> sp.Expr | None:
    """An activation without its name, such as 1/(1 + exp(-z)), or None if it does not say."""
    forms = (function(z).rewrite(form) for form in (sp.exp, sp.Piecewise))
    return next((form for form in forms if not form.has(Activation)), None)
