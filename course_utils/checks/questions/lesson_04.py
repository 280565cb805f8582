"""The questions of lesson 04."""

import sympy as sp

from .kinds import choice, number

QUESTIONS = {
    "04.1": number(
        2 - sp.Rational(1, 10) * 5,
        {
            2: "that is where the parameter was before the step.",
            5: "that is the gradient. Multiply it by the learning rate, and subtract.",
            2.5: "subtract: the step goes against the gradient.",
            0.5: "that is how far it moves. Where does it arrive?",
            -0.5: "that is how far it moves. Where does it arrive?",
            -3: "multiply the gradient by the learning rate first.",
            7: "multiply the gradient by the learning rate, and subtract.",
            1.9: "that is a step of the learning rate alone: multiply it by the gradient.",
            2.1: "multiply the learning rate by the gradient, and subtract the product.",
            1: "multiply the gradient by the learning rate, and subtract the product from the parameter.",
        },
    ),
    "04.2": number(
        10 - sp.Rational(1, 100) * (3**2 + 4**2),
        {
            10: "that is the loss before the step.",
            9.93: "square the two partial derivatives, and then add them.",
            9.95: "add the squares. The root is not taken.",
            10.25: "the loss falls.",
            0.25: "that is how far the loss falls. What is left of 10?",
            -0.25: "that is how far the loss falls. What is left of 10?",
            -15: "multiply by the learning rate: the step is short.",
            35: "multiply by the learning rate: the step is short. And the loss falls.",
            0.07: "square the two partial derivatives. And that is a fall: what is left of 10?",
            10.07: "the loss falls. And the two partial derivatives are squared.",
            9.91: "that counts the first partial derivative alone.",
            9.84: "that counts the second partial derivative alone.",
            7.5: "mind the learning rate: it is 0.01.",
        },
    ),
    "04.3": choice(
        "up",
        up="a negative gradient is subtracted: the parameter goes up, and the loss down.",
        down="a negative number is subtracted: look at the signs again.",
        stays="it stays only where the gradient is zero.",
    ),
}
