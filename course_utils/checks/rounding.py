"""Where floats can tell: there a right function has nearly all of the key's digits, in any form.

All that is computed on the way is changed in its last digits, and where that changes the key, no function is
tried. A learner's form may lose more digits than the key's: 1 - sin(h)**2 for the slope of h = atan(z), and
1 - r for K/(K + x). So what a curve is taken of is blurred as if it were computed back from the curve, and
the more the larger it is: where that changes the key, the form may differ from it, and only a little.
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

CLOSE, COARSEST = 1e-9, 1e-2  # relative: these are floats, and in some trials they have lost most digits
NUDGE, CHANGE = 1e-12, 1e-6  # relative: of a number on the way, and at most of the key
BLUR = 1e-8  # relative: of what is computed back from a curve
BESIDE_1 = 1e-4  # of that, added to 1 and taken away again, as much is lost
STEEPEST = 30.0  # beyond it exp and its like saturate, and some ways to write them overflow
CORNERS = sp.Abs, sp.sign, sp.Heaviside, sp.Max, sp.Min, sp.Piecewise  # functions, but straight
GENTLE = sp.log, sp.sin, sp.cos, sp.atan, sp.asin, sp.acos, sp.atan2, sp.asinh  # never steep


@np.errstate(all="ignore")
def tolerances(
    regions: Regions, cloud: Floats, asked: Sequence[str], samples: int, written: Equations
) -> Numbers:
    """How far from the key a right function may be in each trial, relative; inf where floats cannot tell.

    written: the equations that a learner may write in another form, which may lose digits twice over.
    """
    lines = with_arguments(regions.lines)
    cloud = Floats(dict(cloud.points)).compute(lines)
    blurs = {}, blurred(with_arguments(written), cloud)
    plain, blurry = (changes(lines, regions.inputs, cloud, asked, samples, blur) for blur in blurs)
    close = CLOSE * np.fmax(1, blurry / CHANGE) ** 2
    return np.where((plain <= CHANGE) & (close <= COARSEST), close, np.inf)


def with_arguments(equations: Equations) -> Equations:
    """The equations, with a line before them for each argument that a function is taken of, as w*x + b."""
    lines = {}
    for symbol, line in equations.items():
        arguments = [f.args[0] for f in sorted(line.atoms(sp.Function), key=str) if len(f.args) == 1]
        names = {a: sp.Symbol(f"({a})") for a in arguments if len(a.free_symbols) > 1}
        lines |= {name: argument for argument, name in names.items()} | {symbol: line.xreplace(names)}
    return lines


def changes(
    lines: Equations,
    inputs: Sequence[sp.Symbol],
    cloud: Floats,
    asked: Sequence[str],
    samples: int,
    blur: Mapping[str, Numbers],
) -> Numbers:
    """By how much of its size what is asked changes at most if all before it does, for each trial."""
    random, still = np.random.default_rng(3), np.zeros(cloud.shape)
    moved = Floats({s.name: nudged(cloud.points[s.name], random, blur.get(s.name, still)) for s in inputs})
    small = np.ones(cloud.shape, bool)
    for symbol, expression in lines.items():
        numbers, arguments = moved.value(expression), steep_arguments(expression)
        small &= np.all([np.abs(moved.value(a)) < STEEPEST for a in arguments] or [small], axis=0)
        far = blur.get(symbol.name, still) + NUDGE * bool(arguments)
        moved.points[symbol.name] = nudged(numbers, random, far)
    most = np.where(np.all(small.reshape(-1, samples), axis=1), 0.0, np.inf)
    for name in asked:
        one, other = (at.points[name].reshape(-1, samples) for at in (cloud, moved))
        for key, changed in ((one, other), (one.mean(axis=1)[:, None], other.mean(axis=1)[:, None])):
            share = np.where(changed == key, 0.0, np.abs(changed - key) / np.abs(key))
            most = np.maximum(most, np.where(np.isnan(share), np.inf, share).max(axis=1))
    return most


def nudged(numbers: Numbers, random, blur: Numbers) -> Numbers:
    """The numbers changed in their last digits, and as far as they are blurred."""
    return numbers + random.choice([-1, 1], numbers.shape) * (NUDGE * np.abs(numbers) + blur)


def blurred(equations: Equations, cloud: Floats) -> Mapping[str, Numbers]:
    """How far each symbol is from what some form makes of it, if it has its last digits from a curve.

    Where the curve is level, as a bump is at its top, nothing comes back but the top itself.
    """
    blur: dict[str, Numbers] = defaultdict(lambda: np.zeros(cloud.shape))
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
