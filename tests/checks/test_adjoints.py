"""A backward pass that a learner fills in: right, open and wrong."""

import pytest
import sympy as sp

from course_utils import Model, check
from course_utils.checks.adjoints import check_adjoints

NAMES = ["L", "y_hat", "h", "z", "w1", "b1", "w2", "b2"]
SLOPE = 2 * (1.35836 - 2)  # ∂L/∂y_hat, and the rest by hand
BACK = [1, SLOPE, 2 * SLOPE, 0.21790 * 2 * SLOPE, 1.5 * 0.21790 * 2 * SLOPE, 0.21790 * 2 * SLOPE]
BACK = dict(zip(NAMES, [*BACK, 0.67918 * SLOPE, SLOPE], strict=True))


@pytest.mark.parametrize(
    ("answer", "mark", "words"),
    [
        (BACK, "✓ right", "every number is right"),
        ({sp.Symbol(name): round(number, 3) for name, number in BACK.items()}, "✓ right", "every number"),
        (BACK | {"h": ..., "z": ...}, "○ open", "2 of 8 numbers are right so far. Next comes ∂L/∂h."),
        ({"L": 1}, "○ open", "1 of 8 numbers are right so far. Next comes ∂L/∂y_hat."),
        (..., "○ open", "no answer yet"),
        (BACK | {"L": 0.41}, "✗ not yet", "∂L/∂L: 0.41 is not the number. The loss moves exactly as far"),
        (BACK | {"h": SLOPE}, "✗ not yet", "It is ∂L/∂y_hat, times the number on the arrow from h to y_hat."),
        (BACK | {"w1": "two"}, "✗ not yet", "∂L/∂w1: the answer should be a number"),
        ([1, 2], "✗ not yet", "a dictionary"),
    ],
)
def test_the_first_number_that_is_wrong_or_open_is_named(answer, mark, words):
    verdict = check("03.0", answer)
    assert verdict.mark == mark and words in verdict.message and verdict.correct == (mark == "✓ right")


def test_at_a_fork_two_ways_are_added():
    k, u, s = sp.symbols("k u s")
    model = Model({u: k**2, s: u + 3 * k}, [k], [])
    verdict = check_adjoints({s: 1, u: 1, k: 4}, model, [2.0], [])
    assert "arrow from k to u, plus ∂s/∂s, times the number on the arrow from k to s" in verdict.message
    assert check_adjoints({s: 1, u: 1, k: 7}, model, [2.0], []).correct
