"""The value of an expression at a point: in high precision, or quickly in floats."""

from collections.abc import Callable, Mapping
from functools import cache

import mpmath
import numpy as np
import sympy as sp
from sympy.logic.boolalg import BooleanAtom

from ..derivation.functions import Activation, numpy_form
from ..language import say

DIGITS = 100  # of an exact value: a steep sigmoid's 1 - h loses dozens of them
LARGEST = 4000  # a number beyond 2**4000 is not given to a function
STEEP = 400  # and to one that grows like exp none beyond 2**400
HUGE = 10**9  # beyond 2**HUGE nothing is computed with; exp(1e6), on the way to a sigmoid, is far below
# what numbers raise that have no value
FAILURES = ZeroDivisionError, OverflowError, TypeError, ValueError, AttributeError, MemoryError

Point = Mapping[str, mpmath.mpf]  # a number for each name

mp, fine = mpmath.MPContext(), mpmath.MPContext()  # of our own: the precision of others stays as it is
mp.dps, fine.dps = DIGITS, 15 * DIGITS

SAME_NAME = [
    *(sp.exp, sp.log, sp.erf, sp.erfc, sp.gamma, sp.loggamma, sp.sign),
    *(sp.sin, sp.cos, sp.tan, sp.cot, sp.sec, sp.csc, sp.asin, sp.acos, sp.atan, sp.atan2),
    *(sp.sinh, sp.cosh, sp.tanh, sp.coth, sp.sech, sp.csch, sp.asinh, sp.acosh, sp.atanh),
]
GROWING = {sp.exp, sp.sinh, sp.cosh, sp.sech, sp.csch, sp.gamma}


class Undefined(ValueError):
    """An expression has no finite real value at a point."""


class TooLarge(Undefined):
    """It may have one, but a number on the way is unimaginably large."""


def operations(context) -> dict[type, Callable]:
    """What SymPy's functions and operations do to numbers of one of mpmath's contexts."""

    def power(base, exponent):
        if abs(exponent) > LARGEST**3 or context.mag(base) * abs(exponent) > 2 * HUGE:
            raise OverflowError(say("it is too large"))  # and it takes for ever
        return context.power(base, exponent)

    def bounded(function):
        own, most = getattr(context, function.__name__), STEEP if function in GROWING else LARGEST

        def called(*numbers):
            if any(number and context.mag(number) > most for number in numbers):
                raise OverflowError(say("it is too large"))
            return own(*numbers)

        return called

    named = {f: bounded(f) for f in SAME_NAME if hasattr(context, f.__name__)}  # floats lack some of them
    return named | {
        sp.log: context.log,
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
        sp.Not: lambda holds: not holds,
    }


class Arithmetic:
    """Values of expressions, as numbers of one of mpmath's contexts."""

    def __init__(self, context, nudge: float = 0.0):
        self.context, self.operations = context, operations(context)
        self.nudge = nudge  # relative, of an activation that is known as floats alone: rounding made visible

    def value(self, expression: sp.Basic, point: Mapping):
        """The value of an expression. Raises Undefined where it has none, or TooLarge."""
        try:
            return self._checked(self._value(expression, point))
        except FAILURES as error:
            too_large = isinstance(error, OverflowError | TooLarge)
            raise (TooLarge if too_large else Undefined)(str(error)) from None

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
        if expression.func == sp.ITE:
            condition, yes, no = expression.args
            return self._value(yes if self._value(condition, point) else no, point)
        if expression.func in (sp.And, sp.Or):
            return self._decided(expression.args, expression.func == sp.Or, point)
        arguments = [self._value(argument, point) for argument in expression.args]
        if isinstance(expression, Activation):
            return self._of_activation(expression.func, *arguments)
        if expression.func not in self.operations:
            raise Undefined(say("{name} is not known here", name=expression.func.__name__))
        result = self.operations[expression.func](*arguments)
        return result if isinstance(result, bool | self.context.mpc) else self._checked(result)

    def _decided(self, conditions, decisive: bool, point: Mapping) -> bool:
        """One true part decides an Or, one false part an And, whatever the others are."""
        failures = []
        for condition in conditions:
            try:
                if self._value(condition, point) == decisive:
                    return decisive
            except FAILURES as failure:
                failures.append(failure)
        if failures:
            raise failures[0]
        return not decisive

    def _constant(self, expression: sp.Basic):
        if isinstance(expression, BooleanAtom):
            return bool(expression)
        if expression.is_Float:
            return self.context.mpf(str(expression))  # as it was written: 0.1 is 1/10
        return self.context.mpf(str(sp.N(expression, self.context.dps)))  # pi, E, nan

    def _of_activation(self, function: type[Activation], number):
        """An activation's value: by its formula where it has one, else from its NumPy form."""
        written_out = formula(function, sp.Symbol("z"))  # type: ignore[arg-type]  # a class can be hashed
        if written_out is None:
            with np.errstate(all="ignore"):
                form = numpy_form(function)  # type: ignore[arg-type]  # a class can be hashed
                rounded = float(form(np.array([float(number)])).item())
            return self.context.mpf(rounded) * (1 + self.context.mpf(self.nudge))
        return self._value(written_out, {"z": number})

    def _checked(self, result):
        """The value, if it is finite, real and of a size that can be computed with."""
        if isinstance(result, self.context.mpc):
            raise Undefined(say("it is not real"))
        size = abs(result)
        if not size < self.context.inf:
            raise Undefined(say("it is not finite"))
        if size and self.context.mag(size) > HUGE:
            raise TooLarge("it is too large")
        return result


exact, finest, quick = Arithmetic(mp), Arithmetic(fine, nudge=2.0**-50), Arithmetic(mpmath.fp)
value = exact.value


@cache
def formula(function: type[Activation], z: sp.Symbol) -> sp.Expr | None:
    """An activation without its name, such as 1/(1 + exp(-z)), or None if it does not say."""
    forms = (function(z).rewrite(form) for form in (sp.exp, sp.Piecewise))
    return next((form for form in forms if not form.has(Activation)), None)
