"""The questions of lesson 05."""

import sympy as sp

from ...derivation.functions import sigmoid
from ...models.model import Model
from .kinds import choice, number

x, y, w1, b1, w2, b2, z, h, y_hat, L = sp.symbols("x y w1 b1 w2 b2 z h y_hat L")
NETWORK = Model(
    {z: w1 * x + b1, h: sigmoid(z), y_hat: w2 * h + b2, L: (y - y_hat) ** 2}, [w1, b1, w2, b2], [x, y]
)

TRAINED = {w1: 2.036, b1: 0.862, w2: 2.621, b2: 0.025}  # as lesson 05 prints it
DAY_LATE = NETWORK.expand(y_hat).subs(TRAINED).subs(sigmoid(TRAINED[w1] * x + TRAINED[b1]), 1)

QUESTIONS = {
    "05.1": number(
        100 * sp.sqrt(sp.Rational(25, 10000)),
        {
            0.05: "that is in metres.",
            25: "take the root first, and then change the unit.",
            0.25: "take the root first, and then change the unit.",
            0.0025: "that is the loss, which is squared. How far off is one height?",
            0.125: "the root, not the half, undoes the square.",
        },
        tolerance=1e-3,
    ),
    "05.2": number(
        DAY_LATE,
        {
            TRAINED[w2]: "that is w2 h with h = 1. The bias b2 is still to be added.",
            100 * DAY_LATE: "that is in centimetres. In metres, with three decimals?",
            TRAINED[b2]: "that would be long before the first day, where h is 0.",
            TRAINED[w2] / 2 + TRAINED[b2]: "that is where h is one half. Late, h is nearly 1.",
            TRAINED[w2] - TRAINED[b2]: "the bias b2 is added, not subtracted.",
            TRAINED[w1] + TRAINED[b1]: "that is z on the day x = 1. Late, h is nearly 1: what is y_hat then?",
        },
        digits=4,
    ),
    "05.3": choice(
        "scale",
        gradients="they are the same formulas that worked afterwards.",
        scale="large inputs and errors threw z to where the sigmoid is flat.",
        rate="0.1 works on the scaled data, and on the raw data 0.01 and 0.001 fail as well.",
    ),
}
