"""The questions of lesson 17."""

import sympy as sp

from .kinds import choice, number

d = sp.Symbol("d")

QUESTIONS = {
    "17.1": number(
        3 * sp.diff(d**2, d).subs(d, 3),
        {
            6: "that is the gradient of one call. The other two are added to it.",
            12: "that is after two calls. Each call adds 6 to what is there.",
            36: "each call adds 6 to what is there, and no more.",
            216: "the gradients are added, not multiplied.",
            54: "each of the three calls adds 6, once.",
            9: "that is the loss itself. What is its derivative?",
            27: "that is the loss, three times. What is its derivative?",
            24: "that is after four calls.",
            3: "that is p. The gradient is the derivative of p**2.",
            2: "that is the factor. What is the derivative of p**2 where p is 3?",
        },
    ),
    "17.2": number(
        sp.Rational(3, 10) / 12,
        {
            0.3: "the sum's gradients are 12 times as large, so the steps would be 12 times as long.",
            3.6: "the other way round: larger gradients need a smaller learning rate.",
            36: "larger gradients need a smaller learning rate, not a larger one.",
            0.02: "nearly: the sum is exactly twelve times the mean.",
            1 / 12: "that is the factor. What becomes of 0.3?",
            12: "that is the factor. What becomes of 0.3?",
        },
    ),
    "17.3": choice(
        "shapes",
        **{
            "added up": "gradients that add up make the loss swing. Which trap ended in a flat line?",
            "float32": "seven digits are enough to learn from. Which trap ended in a flat line?",
            "shapes": "each prediction was compared with all targets, and the best compromise is their mean.",
        },
    ),
}
