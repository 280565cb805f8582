"""The questions of lesson 06."""

import sympy as sp

from .kinds import choice, number

d = sp.Symbol("d")

QUESTIONS = {
    "06.1": number(
        2 / sp.diff(3 * d**2, d, 2),
        {
            2 / 3: "3 is the factor. The curvature is the second derivative of 3 d**2.",
            6: "that is the curvature. Which learning rates does it allow?",
            1 / 6: "with that rate one step lands in the minimum. How much further may it go?",
            3: "that is the factor. What is the second derivative of 3 d**2?",
            12: "the limit is 2 divided by the curvature, not multiplied.",
            1: "that is the limit of d**2. The 3 makes this curve steeper.",
            1 / 12: "the limit is 2 divided by the curvature: here it is 1 divided by twice of it.",
        },
        tolerance=0.012,
    ),
    "06.2": number(
        1 / sp.diff(3 * d**2, d, 2),
        {
            1 / 3: "with the limit itself the step lands as far away on the other side.",
            6: "that is the curvature. What must it be multiplied by, to take the whole distance?",
            1 / 12: "with that rate half of the distance is left.",
            1 / 2: "that is the rate for d**2. The 3 makes this curve steeper.",
            1: "that is far beyond the limit, and the steps get longer and longer.",
            3: "that is the factor. What is the second derivative of 3 d**2?",
        },
        tolerance=0.022,
    ),
    "06.3": choice(
        "stays",
        stays="it is 2 in any unit. But the one with respect to w1 contains w2**2, which is then 10000 times"
        " larger: the limit of the whole network drops by a factor of about 1300.",
        grows="differentiate (y - y_hat)**2 twice with respect to b2. Is there a y in it?",
        shrinks="differentiate (y - y_hat)**2 twice with respect to b2. Is there a y in it?",
    ),
}
