"""What a point has to fulfil so that a part of an answer counts, and how far it is from that.

A branch of a Piecewise counts where its condition holds and those before it do not, a factor where the others
are not zero. A point that is found by none of the random ones is sought step by step: the fewer of the
conditions are open, the nearer it is (branch distance: Korel, Automated Software Test Data Generation, 1990).
"""

from collections.abc import Iterator
from functools import reduce

import numpy as np
import sympy as sp
from sympy.core.relational import Relational

from ..derivation.functions import Activation
from .floats import Floats, Numbers
from .kinks import kinks

Goal = tuple[sp.Basic, ...]  # conditions, all of which should hold; an expression stands for: it is not zero
MOST = 200  # goals of an answer
STRICT = {sp.Gt: (0, 1), sp.Ge: (0, 1), sp.Lt: (1, 0), sp.Le: (1, 0)}  # which side is the larger


def goals(expression: sp.Basic, context: Goal = ()) -> Iterator[Goal]:
    """What the parts of an expression need in order to count, the outer ones first."""
    if not kinks(expression):
        return
    if isinstance(expression, sp.Piecewise):
        for branch, condition in expression.args:
            yield (*context, condition)
            yield from goals(branch, (*context, condition))
            context = (*context, sp.Not(condition, evaluate=False))
    elif expression.is_Mul:
        bent = [factor for factor in expression.args if kinks(factor)]
        yield (*context, *bent)
        for factor in bent:
            yield from goals(factor, (*context, *(other for other in bent if other != factor)))
    else:
        yield from ((*context, *sides) for sides in sides_of(expression))
        for argument in expression.args:
            yield from goals(argument, context)


def sides_of(expression: sp.Basic) -> Iterator[Goal]:
    """The sides of an expression's own kinks."""
    if isinstance(expression, sp.Max | sp.Min):
        larger = isinstance(expression, sp.Max)
        for one in expression.args:
            others = [other for other in expression.args if other != one]
            yield tuple(greater(one, other) if larger else greater(other, one) for other in others)
    elif isinstance(expression, Activation | sp.Abs | sp.sign | sp.Heaviside):
        yield (greater(expression.args[0], sp.S.Zero),)
    if isinstance(expression, sp.Abs | sp.sign):
        yield (greater(sp.S.Zero, expression.args[0]),)


def greater(one: sp.Basic, other: sp.Basic) -> sp.Basic:
    """The condition one > other, kept as it stands even where SymPy could decide it."""
    return sp.StrictGreaterThan(one, other, evaluate=False)


def distance(goal: Goal, cloud: Floats) -> Numbers:
    """How far each point is from a goal: 0 where it is reached."""
    return sum((apart(condition, True, cloud) for condition in goal), np.zeros(cloud.shape))


def apart(condition: sp.Basic, holds: bool, cloud: Floats) -> Numbers:
    """How far a condition is from holding, or from not holding."""
    kind = condition.func
    if kind == sp.Not:
        return apart(condition.args[0], not holds, cloud)
    if kind in (sp.And, sp.Or):
        parts = [apart(part, holds, cloud) for part in condition.args]
        return sum(parts, np.zeros(cloud.shape)) if (kind == sp.And) == holds else reduce(np.minimum, parts)
    if kind in STRICT:
        sides = [condition.args[side] for side in STRICT[kind]]
        larger, smaller = sides if holds else reversed(sides)
        return below(larger, smaller, cloud)
    if not (isinstance(condition, Relational) or condition.is_Boolean):
        return flat(condition, cloud)
    return np.where(cloud.value(condition) == holds, 0.0, 1.0)


@np.errstate(all="ignore")
def below(larger: sp.Basic, smaller: sp.Basic, cloud: Floats) -> Numbers:
    """How far the one is below the other: between 1 and 2 for each comparison that does not hold."""
    for side, number in enumerate((larger, smaller)):
        if isinstance(number, sp.Max | sp.Min):
            pairs = [(part, smaller) if side == 0 else (larger, part) for part in number.args]
            parts = [below(*pair, cloud) for pair in pairs]
            every = isinstance(number, sp.Min) == (side == 0)
            return sum(parts, np.zeros(cloud.shape)) if every else reduce(np.minimum, parts)
    one, other = cloud.value(larger), cloud.value(smaller)
    gap = other - one
    return np.where(one > other, 0.0, np.where(np.isnan(gap), 2.0, 2 - 1 / (1 + np.abs(gap))))


def flat(expression: sp.Basic, cloud: Floats) -> Numbers:
    """How far an expression is from not being zero."""
    if expression.is_Mul:
        return sum((flat(factor, cloud) for factor in expression.args), np.zeros(cloud.shape))
    if expression.is_Pow:
        return flat(expression.base, cloud)
    zero = np.where((numbers := cloud.value(expression)) == 0, 1.0, np.where(np.isnan(numbers), 2.0, 0.0))
    if isinstance(expression, Activation | sp.Heaviside):  # alive above zero, most of them
        return zero * below(expression.args[0], sp.S.Zero, cloud)
    if isinstance(expression, sp.Max) and sp.S.Zero in expression.args:
        return zero * below(sp.Max(*expression.args, evaluate=False), sp.S.Zero, cloud)
    return zero
