"""The questions of lesson 01."""

import sympy as sp

from ...derivation.functions import sigmoid
from .kinds import derivative, number

x, w, b = sp.symbols("x w b")

QUESTIONS = {
    "01.1": derivative(x**3 - 2 * x, x),
    "01.2": number(
        sigmoid.slope(sp.Rational(9, 10)),
        {
            0.9: "0.9 is h itself. What is the slope, h (1 - h)?",
            0.1: "0.1 is 1 - h. It is still to be multiplied by h.",
            0.25: "0.25 is the slope in the middle, where h is 0.5.",
            0.81: "0.81 is h**2. The slope is h (1 - h).",
            0.19: "1 - h**2 is the tanh's slope. The sigmoid's is h (1 - h).",
            1.71: "in h (1 - h) there is a minus in the bracket.",
        },
    ),
    "01.3": derivative((w * x + b) ** 2, b),
}
