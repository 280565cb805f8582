"""The questions of lesson 11."""

import sympy as sp

from .kinds import choice, number

A, Z_BAR = sp.Matrix([[1, 2], [3, 4]]), sp.Matrix([[5, 6], [7, 8]])

QUESTIONS = {
    "11.1": number(
        (A.T * Z_BAR)[0, 1],
        {
            26: "that is for w11. Which column of Z_bar belongs to w12?",
            38: "that is for w21. The first index says where a weight comes from.",
            22: "each sample's input belongs to its own z_bar: go down the columns of both tables.",
            6: "that is the first sample alone. The second sample is a path as well.",
            24: "that is the second sample alone. The first sample is a path as well.",
            44: "that is for w22. The first index says where a weight comes from.",
        },
    ),
    "11.2": number(
        64 * 128,
        {
            100 * 64: "that is X. The derivative has the shape of W1.",
            100 * 128: "that is Z1. The derivative has the shape of W1.",
            128: "that is the biases. W1 connects each of 64 inputs with each of 128 neurons.",
            65 * 128: "the biases have a derivative of their own.",
            100 * 64 * 128: "the samples are added up.",
            64 + 128: "a table has as many entries as its rows times its columns.",
            64: "those are the inputs. W1 connects each of them with each of 128 neurons.",
            100: "those are the samples, and they are added up.",
        },
    ),
    "11.3": choice(
        "A^T Z_bar B^T",
        **{
            "A^T Z_bar B^T": "what stands left of W stays on its left, transposed, and the right likewise.",
            "B^T Z_bar A^T": "look at the shapes: W has as many rows as A has columns.",
            "Z_bar A^T B^T": "look at the shapes: W has as many rows as A has columns.",
        },
    ),
}
