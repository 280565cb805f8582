"""The questions of lesson 03."""

from functools import partial

import sympy as sp

from ...derivation.functions import sigmoid
from ...models.model import Model
from ..adjoints import check_adjoints
from .kinds import choice, gradient, number

x, y, w1, b1, w2, b2, z, h, y_hat, L = sp.symbols("x y w1 b1 w2 b2 z h y_hat L")
EQUATIONS = {z: w1 * x + b1, h: sigmoid(z), y_hat: w2 * h + b2, L: (y - y_hat) ** 2}
NETWORK = Model(EQUATIONS, [w1, b1, w2, b2], [x, y])
SQUARED = Model(EQUATIONS | {y_hat: w2 * h**2 + b2}, [w1, b1, w2, b2], [x, y])

LOST_DERIVATIVE = {y_hat: 3, y: 2, w2: 4, h: sp.Rational(1, 2), x: 1}

QUESTIONS = {
    "03.0": partial(check_adjoints, model=NETWORK, start=[0.5, 0.0, 2.0, 0.0], sample=[1.5, 2.0]),
    "03.1": gradient(SQUARED, w1),
    "03.2": number(
        NETWORK.gradient(w1).subs(LOST_DERIVATIVE),
        {
            -2: "look at the sign of the first factor: is it y_hat - y or y - y_hat?",
            4: "the link from z to h is not h, it is h (1 - h).",
            8: "a link is missing: h (1 - h), from z to h.",
            1: "the 2 of the square has got lost.",
            0.5: "a link is missing: w2, from h to y_hat.",
            -1: "look at the sign of the first factor, and at the 2 of the square.",
            -4: "the link from z to h is h (1 - h), and the first factor is y_hat - y.",
        },
    ),
    "03.3": choice(
        "first layer",
        **{
            "first layer": "the paths to w1 and b1 run through the link w2. Times zero is zero.",
            "last layer": "look for the factor w2 in the four products above.",
            "all": "the gradient of b2 has no factor w2.",
        },
    ),
}
