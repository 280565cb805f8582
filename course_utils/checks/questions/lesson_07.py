"""The questions of lesson 07."""

import sympy as sp

from ...models.networks import dense
from .kinds import choice, number

QUESTIONS = {
    "07.1": number(
        (1 + 500) * 1000,
        {
            500_000: "one more: the loss without any nudge is needed as well.",
            (1 + 2 * 500) * 1000: "one nudge for each parameter, not two.",
            1000: "that is one forward pass. How many does nudging need?",
            500: "that is the number of nudges. Each one takes a whole forward pass.",
            501: "that is the number of forward passes. Each one takes 1000 operations.",
            500 * 500: "each nudge takes a forward pass, and that one takes 1000 operations.",
            1500: "each nudge takes a whole forward pass: multiply.",
            2000: "that would be one parameter. There are 500.",
        },
    ),
    "07.2": number(
        len(dense([3, 5, 5, 5, 1]).paths(sp.Symbol("w1_1_1"))),
        {
            5: "that is one layer of 5. There are two layers between the first one and the output.",
            10: "through each neuron of one layer you reach each one of the next: multiply.",
            15: "through each neuron of one layer you reach each one of the next: multiply.",
            125: "the weight belongs to one neuron of its layer. Only the layers after it multiply.",
            75: "the weight belongs to one neuron of its layer. Only the layers after it multiply.",
            3: "that is the number of inputs, or of layers. The weight belongs to one input.",
            26: "the layers multiply, and nothing is added.",
            20: "through each neuron of one layer you reach each one of the next: multiply.",
            1: "from the weight's neuron the way goes on to every neuron of the next layer.",
            625: "the weight belongs to one neuron of its layer. Only the layers after it multiply.",
        },
    ),
    "07.3": choice(
        "shared",
        skipped="each link is visited, so no path is left out. How often is each one visited?",
        shared="each link is visited once, and where paths meet they are added at once.",
        rounded="all four ways give the same numbers, and backward is as exact as expanding.",
    ),
}
