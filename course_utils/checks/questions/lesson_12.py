"""The questions of lesson 12."""

import sympy as sp

from .kinds import choice, number

SCORES = sp.symbols("z1 z2 z3")
CROSS_ENTROPY = sp.log(sp.Add(*map(sp.exp, SCORES))) - SCORES[0]  # the first class is the right one
SEVEN_TENTHS = dict(zip(SCORES, map(sp.log, (7, 2, 1)), strict=True))

QUESTIONS = {
    "12.1": number(
        sp.diff(CROSS_ENTROPY, SCORES[0]).subs(SEVEN_TENTHS),
        {
            0.3: "it is p - y, in this order: the score should rise, so the derivative is negative.",
            0.7: "that is p. And y is 1 for the right digit.",
            -0.7: "that is -p. The derivative is p - y, and y is 1 for the right digit.",
            -10 / 7: "that is with respect to the probability. Go one link further, to the score.",
            0.356675: "that is the loss itself.",
            -0.356675: "that is log p. What is the derivative of -log p with respect to the score?",
            10 / 7: "that is 1/p, without its sign, and with respect to the probability. Go on to the score.",
            0.21: "that is p (1 - p), the link from the score to p. The loss has a link of its own.",
            -0.21: "that is p (1 - p) with a minus. The link from p to the loss is -1/p, and not -1.",
        },
    ),
    "12.2": number(
        20 * 5000 // 100,
        {
            50: "that is one epoch.",
            2000: "that is epochs times batch size. How many batches make an epoch?",
            20: "that would be one update an epoch, with all data at once.",
            100_000: "that would be one update a sample.",
            5000: "that is one epoch with one update a sample.",
            100: "that is the size of a batch. How many batches make an epoch?",
        },
    ),
    "12.3": choice(
        "more data",
        **{
            "more epochs": "it makes no mistake on the training set: there is nothing left to learn there.",
            "more data": "it knows its own digits by heart. New ones would show it what they have in common.",
            "a larger learning rate": "the training loss is low already. The trouble is the gap.",
        },
    ),
}
