"""The questions of lesson 08."""

import sympy as sp

from .kinds import choice, derivative, number

z = sp.Symbol("z")

QUESTIONS = {
    "08.1": number(
        sp.diff(sp.tanh(z), z).subs(sp.tanh(z), sp.Rational(6, 10)),
        {
            0.24: "h (1 - h) is the sigmoid's slope. Which formula of h is the tanh's?",
            0.4: "that is 1 - h. In the tanh's slope h stands in another form.",
            0.36: "that is h**2. How much is missing to 1?",
            0.8: "that is the root of it: leave the root out.",
            1.36: "there is a minus between the 1 and the h**2.",
            float(1 - sp.tanh(0.6) ** 2): "0.6 is h already: do not take its tanh again.",
            float(sp.tanh(0.6)): "0.6 is h already. Which formula of h is the slope?",
        },
    ),
    "08.2": derivative(z**2, z),
    "08.3": choice(
        "dead",
        dead="2 x - 3 is below 0 for every x up to 1, so the output and the derivative are 0.",
        learns="what is z = 2 x - 3 at the largest input, x = 1?",
        saturated="a relu is flat only on the left of 0, and there it is dead.",
    ),
}
