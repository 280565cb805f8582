"""The questions of lesson 10."""

import sympy as sp

from ...models.networks import dense
from .kinds import choice, number

QUESTIONS = {
    "10.1": number(
        64 * 128,
        {
            100 * 64: "that is X. The derivative has the shape of W1.",
            100 * 128: "that is Z1. The derivative has the shape of W1.",
            128: "that is the biases. W1 connects each of 64 inputs with each of 128 neurons.",
            65 * 128: "the biases have a derivative of their own.",
            100 * 64 * 128: "the samples are added up.",
        },
    ),
    "10.2": choice(
        "A^T Z_bar B^T",
        **{
            "A^T Z_bar B^T": "what stands left of W stays on its left, transposed, and the right likewise.",
            "B^T Z_bar A^T": "look at the shapes: W has as many rows as A has columns.",
            "Z_bar A^T B^T": "look at the shapes: W has as many rows as A has columns.",
        },
    ),
    "10.3": number(
        len(dense([2, 16, 16, 1]).paths(sp.Symbol("w1_1_1"))),
        {
            256: "the weight belongs to one neuron of the first layer. Only the second layer multiplies.",
            32: "the weight belongs to one neuron of the first layer. Only the second layer multiplies.",
            1: "the neuron's output goes to every neuron of the second layer.",
            2: "that is the number of inputs.",
        },
    ),
}
