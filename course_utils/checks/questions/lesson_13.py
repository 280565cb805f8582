"""The questions of lesson 13."""

import sympy as sp

from ...models.model import Model
from .kinds import choice, number

y, y_hat, L = sp.symbols("y y_hat L")


def slid(pixels: int, size: int) -> Model:
    """A filter of size by size weights over pixels by pixels, its answers averaged into one output."""
    places = [(r, c) for r in range(pixels - size + 1) for c in range(pixels - size + 1)]
    filters = {(i, j): sp.Symbol(f"f{i}_{j}") for i in range(size) for j in range(size)}
    answers = {
        sp.Symbol(f"z{r}_{c}"): sp.Add(*(f * sp.Symbol(f"x{r + i}_{c + j}") for (i, j), f in filters.items()))
        for r, c in places
    }
    inputs = set().union(*(answer.free_symbols for answer in answers.values())) - set(filters.values())
    mean = {y_hat: sp.Add(*answers) / len(places), L: (y - y_hat) ** 2}
    return Model(answers | mean, filters.values(), [*sorted(inputs, key=str), y])


SLID = slid(pixels=10, size=3)

QUESTIONS = {
    "13.1": number(
        len(SLID.equations) - 2,
        {
            100: "at the right and lower edges the window would stick out.",
            49: "one more in each direction: the first place counts as well.",
            8: "that is one row of places.",
            9: "that is the number of weights.",
            144: "that is with a border of 2 pixels.",
            81: "that is for a window of 2 by 2.",
            10: "that is how many pixels are in a row. How many places are there?",
            16: "the window moves in two directions: multiply its places across by those down.",
        },
    ),
    "13.2": number(
        len(SLID.paths(sp.Symbol("f0_0"))),
        {
            1: "the weight is used at every place, and each use has its own path.",
            9: "that is the number of weights. How often is each one used?",
            100: "that is the number of pixels. At how many places does the weight stand?",
            576: "that is all nine weights together.",
            8: "that is one row of places. The window goes down as well.",
        },
    ),
    "13.3": choice(
        "1",
        **{
            "3 and -2": "it is one weight, so it has one derivative: how much does the loss change in all?",
            "1": "both places move the loss, and small changes add up: 3 - 2.",
            "0.5": "the paths are added. Nothing is divided.",
            "-6": "along one path one multiplies. Different paths are added.",
        },
    ),
}
