"""The questions of lesson 09."""

import sympy as sp

from .kinds import choice, number

QUESTIONS = {
    "09.1": number(
        1 / (1 - sp.Rational(8, 10)),
        {
            0.8: "that is what it keeps. Where does it stop changing?",
            10: "that belongs to momentum 0.9.",
            1.25: "that is 1/0.8. What is lost at each step is 1 - 0.8.",
            4: "that is what is kept of it. The gradient of the step itself is still to be added.",
            4.99: "nearly: let it run longer.",
            0.2: "that is the share that is lost at each step. At which velocity is it as much as is added?",
            1: "that is the first step alone. The velocity keeps some of it, and more is added.",
            1.8: "that is after two steps. Where does it stop changing?",
        },
    ),
    "09.2": number(
        sp.Rational(1, 10),
        {
            -0.1: "the gradient is negative: which way does the parameter go?",
            0.5: "that is gradient descent. Adam divides by the size of the gradient.",
            1: "that is its sign. How long is the step?",
            -0.5: "that is gradient descent with the sign lost. Adam divides by the size of the gradient.",
            -1: "that is a sign. How long is the step, and which way does it go?",
            5: "Adam divides by the size of the gradient, and multiplies by the learning rate.",
            -5: "Adam divides by the size of the gradient, and multiplies by the learning rate.",
            0.02: "that is the learning rate divided by the gradient. What is the gradient divided by?",
            float(0.1 * 0.1 / sp.sqrt(0.001)): "the running means are corrected for their start at zero.",
        },
    ),
    "09.3": choice(
        "Adam",
        **{
            "gradient descent": "its steps would become 1000 times longer.",
            "momentum": "its velocity would become 1000 times larger.",
            "Adam": "it divides by the gradient's own size, so a common factor cancels. So does RMSprop.",
        },
    ),
}
