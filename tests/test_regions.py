"""Right and wrong answers that differ in one region alone: beyond a kink, between two, at another scale."""

import numpy as np
import pytest
import sympy as sp
from mpmath import mpf

from course_utils import relu, sigmoid, step, tanh
from course_utils.checks.floats import OPERATIONS, Floats
from course_utils.checks.values import Undefined, exact

x, y = sp.symbols("x y")
NUMBERS = np.array([-1e3, -40.0, -1.5, -0.3, 0.0, 1e-3, 0.2, 1.0, 2.5, 1e3])
TWO = (sp.Pow, sp.atan2, sp.Heaviside, sp.Gt, sp.Ge, sp.Lt, sp.Le, sp.Eq, sp.Ne)
TREES = [
    *(f(x, y) if f in TWO else f(x) for f in OPERATIONS if f != sp.Not),
    *(f(x - y) for f in (relu, sigmoid, step, tanh)),
    *(x**n for n in (2, -1, sp.Rational(1, 3), sp.Float(0.1))),
    sp.Max(x, y, sp.pi) - sp.Min(x, 2 * y, sp.E),
    sp.Piecewise((sp.log(x), x > 0), (sp.Piecewise((1, y > x), (sp.sqrt(-x), True)), y < 1), (2, y > 2)),
    sp.And(x > 0, sp.Or(y < 0, ~(x > y)), sp.log(x) < 1, evaluate=False),
    sp.Piecewise((1, sp.ITE(x > 0, y > 1, y < -1)), (0, True)),
]


@pytest.mark.parametrize("tree", TREES, ids=str)
def test_floats_at_many_points_are_the_exact_values(tree):
    one, other = (grid.ravel() for grid in np.meshgrid(NUMBERS, NUMBERS))
    found = Floats({"x": one, "y": other}).value(tree)
    for a, b, number in zip(one, other, found, strict=True):
        try:
            right = float(exact.value(tree, {"x": mpf(a), "y": mpf(b)}))
        except Undefined:
            continue  # floats let a value through that has overflowed on the way, such as 1/exp(1000)
        if abs(right) < 1e300:
            assert abs(number - right) <= 1e-9 * abs(right) + 1e-15, (a, b)
