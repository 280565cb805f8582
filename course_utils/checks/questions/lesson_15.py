"""The questions of lesson 15."""

import sympy as sp

from .kinds import choice, number

GRADIENTS = sp.Matrix([3, 4])
LEARNING_RATE = sp.Rational(1, 1000)

QUESTIONS = {
    "15.1": number(
        sp.log(26),
        {
            float(sp.log(26, 10)): "that is the logarithm to base 10. The loss takes the natural one.",
            float(sp.log(26, 2)): "that is the logarithm to base 2. The loss takes the natural one.",
            float(-sp.log(26)): "-log p is positive, as p is less than 1.",
            float(sp.log(10)): "that is for ten digits. How many classes are there now?",
            1 / 26: "that is the probability of each letter. What is its loss?",
            26: "that is the number of classes. Which probability does each get, and what is its loss?",
            25 / 26: "that is the probability of a wrong letter. The loss is -log of the right one's.",
            float(-sp.log(sp.Rational(25, 26))): "take the probability of the right letter alone.",
            0: "that is the loss of who is sure and right. It knows nothing yet.",
        },
        tolerance=0.003,
    ),
    "15.2": number(
        LEARNING_RATE * GRADIENTS.dot(GRADIENTS),
        {
            0.005: "that is how far the step goes. The promise takes the sum of the squares, without a root.",
            0.007: "that is the sum of the gradients. Each one counts with its square.",
            25: "that is the sum of the squares. How long is the step?",
            0.049: "add the squares: the sum itself is not squared.",
            7: "each gradient counts with its square, and the step has the learning rate.",
            5: "that is the gradient's length. The promise takes its square, times the learning rate.",
            0.000025: "the learning rate counts once: the step has it, and the slope has not.",
            0.012: "the squares are added. The two gradients are not multiplied.",
            0.001: "that is the learning rate. It is multiplied by the sum of the squares.",
            -0.025: "by how much does it fall? A fall is asked for, so it is positive.",
        },
    ),
    "15.3": choice(
        "the data",
        **{
            "the gradients": "with wrong gradients it would hardly have learned the twenty.",
            "the data": "twenty were learned, so the gradients and the start are good. The rest of the data"
            " may be scaled otherwise, or have targets in another order.",
            "the start values": "from a start such as Cleo's it would not have learned the twenty.",
        },
    ),
}
