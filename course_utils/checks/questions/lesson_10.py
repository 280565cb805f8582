"""The questions of lesson 10."""

import sympy as sp

from ...models.networks import dense
from .kinds import choice, number

QUESTIONS = {
    "10.1": number(
        len(dense([2, 16, 16, 1]).paths(sp.Symbol("w1_1_1"))),
        {
            256: "the weight belongs to one neuron of the first layer. Only the second layer multiplies.",
            32: "the weight belongs to one neuron of the first layer. Only the second layer multiplies.",
            17: "the output is one neuron: no path parts there.",
            1: "the neuron's output goes to every neuron of the second layer.",
            2: "that is the number of inputs.",
            18: "ways that follow one another are multiplied, not added.",
            512: "the weight belongs to one input and one neuron. Only the second layer multiplies.",
        },
    ),
    "10.2": number(
        1 / sp.sqrt(100),
        {
            0.01: "that is 1/100, which is the square of the spread. Take the root.",
            10: "that is how much larger the sum would be with a spread of 1. So make the weights smaller.",
            1: "then the sum is much larger than an input: it adds up 100 of them.",
            100: "that is the number of inputs. The more there are, the smaller the weights.",
            0.2: "that has a factor 2 too many.",
            0.05: "that has a half too many.",
            0.001: "that is smaller than needed: one over the root of the number of inputs.",
        },
    ),
    "10.3": choice(
        "they part",
        **{
            "equal for ever": "the gradient of an outgoing weight has the factor h. Is h the same?",
            "they part": "their outputs differ, and so does the gradient of their outgoing weights.",
        },
    ),
}
