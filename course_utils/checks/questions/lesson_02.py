"""The questions of lesson 02."""

import sympy as sp

from ...derivation.functions import sigmoid
from ...models.model import Model
from .kinds import choice, number

x, y, w1, b1, w2, b2, z, h, y_hat, L = sp.symbols("x y w1 b1 w2 b2 z h y_hat L")
NETWORK = Model(
    {z: w1 * x + b1, h: sigmoid(z), y_hat: w2 * h + b2, L: (y - y_hat) ** 2}, [w1, b1, w2, b2], [x, y]
)

QUESTIONS = {
    "02.1": number(
        NETWORK.expand(y_hat).subs({w1: 3, b1: 0, w2: 4, b2: 1, x: 0}),
        {
            0.5: "0.5 is h. Now stretch it by w2 and shift it by b2.",
            2: "2 is w2 h. The bias b2 is still to be added.",
            5: "5 would be right if h were 1. But the sigmoid of 0 is one half.",
            2.5: "b2 is added after the multiplication: it is not multiplied by h.",
            1: "1 would be right if h were 0. But the sigmoid of 0 is one half.",
            4: "4 is w2. It is multiplied by h, and b2 is added.",
            0: "0 is z. The sigmoid of 0 is one half.",
        },
    ),
    "02.2": number(
        NETWORK.equations[L].subs({y_hat: sp.Rational(12, 10), y: 2}),
        {
            0.8: "0.8 is the difference. The loss is its square.",
            1.6: "that is twice the difference. The loss is its square.",
            -0.8: "that is the difference. The loss is its square.",
            -1.6: "that is twice the difference. The loss is its square.",
            3.2: "that is the sum. The loss is the square of the difference.",
            10.24: "that is the square of the sum. The loss is the square of the difference.",
            0.32: "that is half of it: this loss has no one half in front.",
            2.56: "that is the difference of the squares. Subtract first, then square.",
        },
    ),
    "02.3": choice(
        "line",
        curve="put h = z into the equation of y_hat, and look at how x occurs in it.",
        line="w2 (w1 x + b1) + b2 is a line again. The bend makes the difference.",
        nothing="something still comes out: put h = z into the equation of y_hat.",
    ),
}
