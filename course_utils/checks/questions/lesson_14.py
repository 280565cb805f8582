"""The questions of lesson 14."""

import sympy as sp

from ...models.model import Model
from .kinds import choice, number

x, y, w, L = sp.symbols("x y w L")

MEMORY = [sp.S.Zero, *sp.symbols("h1:11")]  # before the first year, and after each of ten
UNROLLED = {MEMORY[t]: sp.tanh(w * MEMORY[t - 1] + x) for t in range(1, 11)}
TEN_YEARS = Model({**UNROLLED, L: (y - MEMORY[10]) ** 2}, [w], [x, y])

QUESTIONS = {
    "14.1": number(
        sp.Rational(1, 2) ** 10,
        {
            5: "the links are multiplied, not added.",
            0.05: "multiply 0.5 by itself, ten times over.",
            2**10: "that is for w = 2. With 0.5 it becomes smaller at each link.",
            0.5**9: "that is over 9 links.",
            0.5: "that is one link. The links follow one another: multiply.",
            0.5**11: "that is over 11 links.",
            0.1: "0.5 is multiplied by itself, ten times over: nothing is divided by 10.",
            20: "the links are multiplied, not divided.",
            10: "that is the number of links. Each one has a factor of 0.5.",
        },
        tolerance=0.03,
    ),
    "14.2": number(
        len(TEN_YEARS.paths(w)),
        {
            10: "so many lead to u. What does w multiply in the first year?",
            1: "w is used more than once, and each use has a path of its own.",
            2: "so many there were over three years.",
            3: "so many lead to u over three years.",
            11: "one for each use of w. In the first year there is nothing to multiply it with.",
            18: "one path for each use of w, and w is used once a year.",
            511: "that was with two cells.",
        },
    ),
    "14.3": choice(
        "no",
        yes="clipping shortens a gradient that is too long. Is this one too long?",
        no="clipping only ever shortens. What has vanished needs another cell.",
        smaller="a smaller limit shortens even more.",
    ),
}
