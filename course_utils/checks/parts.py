"""What an expression may be made of: one closed table, for the checks and for what comes out of a sandbox.

A part is known by its class itself, never by what the class says of itself: what somebody derives from one
of these is another class.
"""

from typing import NamedTuple

import sympy as sp
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.logic.boolalg import Boolean

from ..derivation.functions import relu, sigmoid, step
from .values import exact

NUMBER, TRUTH, CASE = "a number", "a condition", "a case"


class Operation(NamedTuple):
    """The kinds of its arguments, in order. `repeated`: one kind, any number of arguments."""

    takes: tuple[str, ...] = (NUMBER,)
    repeated: bool = False

    def accepts(self, kinds: list[str]) -> bool:
        """Whether arguments of these kinds, at least one, are what the operation takes."""
        expected = self.takes * (len(kinds) if self.repeated else 1)
        return bool(kinds) and tuple(kinds) == expected


def kind_of(part: sp.Basic) -> str:
    """NUMBER, TRUTH, or CASE, which is one branch of a Piecewise with its condition."""
    if type(part) is ExprCondPair:
        return CASE
    return TRUTH if isinstance(part, Boolean) and not part.is_Symbol else NUMBER


CONSTANTS = {"pi": sp.pi, "E": sp.E, "I": sp.I, "true": sp.true, "false": sp.false, "nan": sp.nan}
CONSTANTS |= {"oo": sp.oo, "-oo": -sp.oo, "zoo": sp.zoo, "GoldenRatio": sp.GoldenRatio}
CONSTANTS |= {"EulerGamma": sp.EulerGamma, "Catalan": sp.Catalan}
CONSTANT_NAMES = {type(constant): name for name, constant in CONSTANTS.items()}

FINITE = [sp.pi, sp.E, sp.GoldenRatio, sp.EulerGamma, sp.Catalan, sp.true, sp.false]

RATIONALS = {sp.Integer, sp.Rational, *map(type, (sp.S.Zero, sp.S.One, sp.S.NegativeOne, sp.S.Half))}
NUMBERS = {*RATIONALS, sp.Float, *map(type, (sp.oo, -sp.oo, sp.nan))}

OPERATIONS = dict.fromkeys([*exact.operations, sigmoid, step, relu], Operation())
OPERATIONS |= dict.fromkeys([sp.Add, sp.Mul, sp.Max, sp.Min], Operation(repeated=True))
OPERATIONS |= dict.fromkeys([sp.Pow, sp.atan2, sp.Heaviside], Operation((NUMBER, NUMBER)))
OPERATIONS |= dict.fromkeys([sp.Gt, sp.Ge, sp.Lt, sp.Le, sp.Eq, sp.Ne], Operation((NUMBER, NUMBER)))
OPERATIONS |= dict.fromkeys([sp.And, sp.Or], Operation((TRUTH,), repeated=True))
OPERATIONS |= {sp.Not: Operation((TRUTH,)), sp.ITE: Operation((TRUTH, TRUTH, TRUTH))}
OPERATIONS |= {sp.Piecewise: Operation((CASE,), repeated=True), ExprCondPair: Operation((NUMBER, TRUTH))}
BY_NAME = {operation.__name__: operation for operation in OPERATIONS}
KNOWN = {*OPERATIONS, *map(type, FINITE)}  # whose values can be computed
