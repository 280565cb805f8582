"""Values that no reply can hold and a notebook can: SymPy's other objects, and objects that do as they like.

Each is made of two formulas, which most of them ignore.
"""

from decimal import Decimal
from fractions import Fraction
from functools import partial

import numpy as np
import sympy as sp

from course_utils import Activation, sigmoid

x, y = sp.symbols("x y")
n = sp.Symbol("n", integer=True, positive=True)
MATRIX = sp.MatrixSymbol("X", n, n)


def fails(*_, **__):
    raise RuntimeError("this fails, whatever is asked")


def endless(*_, **__):
    while True:
        pass


METHODS = ("eq", "hash", "bool", "len", "iter", "call", "repr", "str", "float", "array", "index", "getattr")
METHODS += ("contains", "getitem", "abs", "add", "format", "deepcopy", "instancecheck")


def hostile(*bases, does=fails, of=METHODS):
    """A class whose special methods fail, or never end."""
    return type("Hostile", bases, {f"__{name}__": does for name in of if name != "hash" or not bases})


class Posing:
    """Says that it is a formula."""

    __class__ = sp.Symbol  # type: ignore[assignment]
    name, free_symbols, args, is_Symbol = "x", {x}, (), True


class Own(sp.Symbol):
    """A symbol of a class of one's own."""


class Failing(Activation):
    """Its slope fails, and its values."""

    slope, numpy = staticmethod(fails), staticmethod(fails)


def labelled(values, index):
    import pandas

    return pandas.Series(values, index=index)


HEADS = [sp.Derivative, sp.Function("f"), sp.floor, sp.ceiling, sp.frac, sp.re, sp.im, sp.conjugate, sp.zeta]
HEADS += [sp.digamma, sp.LambertW, sp.factorial, sp.Si, sp.erfinv, sp.expint, sp.fresnels, sp.airyai, sp.arg]
HEADS += [sp.elliptic_k, sp.dirichlet_eta, sp.cbrt, sp.sinc, sp.totient, sp.unpolarify, sp.polar_lift]
PAIRS = [sp.Mod, sp.polygamma, sp.besselj, sp.beta, sp.binomial, sp.LeviCivita, sp.uppergamma, sp.Xor]
PAIRS += [sp.Function("g"), sp.KroneckerDelta, sp.DiracDelta, sp.Heaviside, sp.legendre, sp.li, sp.Range]

MADE = {head.__name__: lambda a, _, head=head: head(a) for head in HEADS}
MADE |= {pair.__name__: lambda a, b, pair=pair: pair(a, b) for pair in PAIRS}
MADE |= {
    "Subs": lambda a, b: sp.Subs(sp.Derivative(a, x), x, b),
    "Integral": lambda a, b: sp.Integral(a, (x, 0, b)),
    "Sum": lambda a, b: sp.Sum(a, (n, 1, 3)),
    "Limit": lambda a, b: sp.Limit(a, x, 0),
    "Lambda": lambda a, b: sp.Lambda(x, a),
    "Order": lambda a, b: sp.Order(a),
    "Tuple": lambda a, b: sp.Tuple(a, b),
    "FiniteSet": lambda a, b: sp.FiniteSet(a, b),
    "Eq": lambda a, b: sp.Eq(a, b),
    "Matrix": lambda a, b: sp.Matrix([[a, b]]),
    "entry": lambda a, b: a * MATRIX[0, 0] + b,
    "trace": lambda a, b: sp.trace(MATRIX) + b,
    "applied": lambda a, b: MATRIX.applyfunc(sp.Lambda(x, a)),
    "evaluated": lambda a, b: a.doit() + b.doit(),
    "power": lambda a, b: a**b,
    "deep": lambda a, b: deep(a, b, 40),
    "deeper": lambda a, b: deep(a, b, 200),
    "rounded": lambda a, b: sp.N(a),
    "Own": lambda a, b: a + Own("x"),
    "Failing": lambda a, b: Failing(a),
    "positive": lambda a, b: a + sp.Symbol("x", positive=True),
    "imaginary": lambda a, b: a * sp.Symbol("y", imaginary=True),
    "noncommutative": lambda a, b: a * sp.Symbol("y", commutative=False),
    "function": lambda a, b: lambda x, **_: a,
    "class": lambda a, b: sigmoid,
    "empty": lambda a, b: (),
    "dict": lambda a, b: {a: b},
    "set": lambda a, b: {a, b},
    "generator": lambda a, b: (one for one in (a, b)),
    "objects": lambda a, b: np.array([a, b], object),
}
GIVEN = [True, np.True_, np.nan, -0.0, 1j, 10**5000, -(2**64), Fraction(1, 3), Fraction(10**400, 7)]
GIVEN += [Decimal("sNaN"), Decimal("1e999999"), Decimal("-Infinity"), np.float32(0.1), np.float16(1)]
GIVEN += [
    np.longdouble("1e4000"),
    np.array(0.5),
    np.array([]),
    np.zeros((0, 3)),
    np.ones((2, 2)),
    np.array("x"),
]
GIVEN += [np.ma.masked, np.ma.masked_equal([1.0, 2.0, 3.0], 2), np.array(["2020-01-01"], "M8[D]"), MATRIX]
GIVEN += [sp.I, sp.oo, sp.zoo, sp.nan, sp.true, sp.S.Integers, sp.S.EmptySet, sp.Symbol(""), sp.Symbol("x y")]
GIVEN += [sp.Dummy("x"), sp.Wild("x"), sp.Symbol("x" * 10**5), sp, np, Fraction, partial(fails, 1), fails]
GIVEN += [endless, sp.sympify, b"x", bytearray(b"x"), memoryview(b"x"), range(3), slice(1), ...]
GIVEN += [NotImplemented, object(), Posing(), hostile(), hostile()(), hostile(str)("x"), hostile(dict)()]
GIVEN += [hostile(list)(), hostile(float)(0.5), hostile(int)(1), hostile(dict, of=("iter", "len"))()]
GIVEN += [hostile(sp.Symbol, of=("repr", "str", "format", "bool"))("x"), hostile(sp.Function)]
MADE |= {f"given {place}": lambda a, b, one=one: one for place, one in enumerate(GIVEN)}
MADE |= {"series": lambda a, b: labelled([0.5, 1.0], ["b", "w"])}


def deep(a, b, times: int):
    """Nested in one another, in several ways in turn."""
    ways = [lambda e: sp.sin(e), lambda e: a * e + b, lambda e: e**2, lambda e: sp.Max(e, b)]
    for time in range(times):
        a = ways[time % len(ways)](a)
    return a
