"""Where floats can tell: there a right function has nearly all of the key's digits, in any form.

All that is computed on the way is changed in its last digits, and where that changes the key, no function is
tried. A learner's form may lose more digits than the key's: 1 - sin(h)**2 for the slope of h = atan(z), and
1 - r for K/(K + x). So what a curve is taken of is blurred as if it were computed back from the curve, and
the more the larger it is.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import reduce

import numpy as np
import sympy as sp

from ..derivation.chain_rule import Equations, NoDerivative, derivative
from ..derivation.functions import Activation
from .floats import Floats, Numbers
from .regions import Regions
from .values import formula

NUDGE, CHANGE = 1e-12, 1e-6  # relative: of a number on the way, and at most of the key
BLUR = 1e-9  # relative: of what is computed back from a curve
BESIDE_1 = 1e-3  # of that, added to 1 and taken away again, as much is lost
STEEPEST = 30.0  # beyond it exp and its like saturate, and some ways to write them overflow
CORNERS = sp.Abs, sp.sign, sp.Heaviside, sp.Max, sp.Min, sp.Piecewise  # functions, but straight
GENTLE = (
    sp.log,
    sp.sin,
    sp.cos,
    sp.atan,
    sp.asin,
    sp.acos,
    sp.atan2,
    sp.asinh,
)  # and those that are never steep


@np.errstate(all="ignore")
def is_steady(
    regions: Regions, cloud: Floats, asked: Sequence[str], samples: int, written: Equations
) -> Numbers:
    """Whether all that is asked has values that floats can tell, for each trial.

    written: the equations that a learner may write in another form.
    """
    random, blur = np.random.default_rng(3), blurred(written, cloud)
    moved = Floats({s.name: nudged(cloud.points[s.name], random, blur[s.name]) for s in regions.inputs})
    small = np.ones(cloud.shape, bool)
    for symbol, expression in regions.lines.items():
        numbers, arguments = moved.value(expression), steep_arguments(expression)
        small &= np.all([np.abs(moved.value(a)) < STEEPEST for a in arguments] or [small], axis=0)
        moved.points[symbol.name] = nudged(numbers, random, blur[symbol.name] + NUDGE * bool(arguments))
    steady = np.all(small.reshape(-1, samples), axis=1)
    for name in asked:
        one, other = (at.points[name].reshape(-1, samples) for at in (cloud, moved))
        for key, changed in ((one, other), (one.mean(axis=1)[:, None], other.mean(axis=1)[:, None])):
            steady &= np.all(np.abs(changed - key) <= CHANGE * np.abs(key), axis=1)
    return steady


def nudged(numbers: Numbers, random, blur: Numbers | float) -> Numbers:
    """The numbers changed in their last digits, and as far as they are blurred."""
    return numbers + random.choice([-1, 1], numbers.shape) * (NUDGE * np.abs(numbers) + blur)


def blurred(equations: Equations, cloud: Floats) -> Mapping[str, Numbers | float]:
    """How far each symbol is from what some form makes of it, if it has its last digits from a curve.

    Where the curve is level, as a bump is at its top, nothing comes back but the top itself.
    """
    blur: dict[str, Numbers | float] = defaultdict(float)
    for term, symbol in curves_in(equations):
        with suppress(NoDerivative):
            slope, size = cloud.value(derivative(term, symbol)), np.abs(cloud.points[symbol.name])
            back = np.where(slope == 0, 0.0, np.abs(cloud.value(term) / slope))
            far = reduce(np.fmax, [back, size**2, BESIDE_1])
            blur[symbol.name] = np.fmax(blur[symbol.name], BLUR * np.where(size == 0, back, far))
    return blur


def curves_in(equations: Equations) -> Iterator[tuple[sp.Expr, sp.Symbol]]:
    """The terms of the equations, and what each is a curve of."""
    for line in equations.values():
        for term in sp.Add.make_args(line):
            bent = [part for part in term.atoms(sp.Function, sp.Pow) if is_bent(part)]
            symbols = set().union(*(part.free_symbols for part in bent))
            yield from ((term, symbol) for symbol in sorted(symbols, key=str))


def is_bent(part: sp.Expr) -> bool:
    """Whether a function or a power levels off somewhere, or is none of the powers that people expand."""
    if part.is_Pow:
        return not (part.exp.is_Integer and part.exp > 0)
    pieces = isinstance(part, Activation) and formula(part.func, sp.Symbol("z"))
    return not (isinstance(part, CORNERS) or (pieces and pieces.has(sp.Piecewise)))


def steep_arguments(expression: sp.Expr) -> list[sp.Expr]:
    """The arguments of functions that saturate or grow like exp."""

    def straight(function):
        form = isinstance(function, Activation) and formula(function.func, sp.Symbol("z"))
        return isinstance(function, CORNERS + GENTLE) or (form and not form.has(sp.exp, sp.tanh))

    return [f.args[0] for f in sorted(expression.atoms(sp.Function), key=str) if not straight(f)]
