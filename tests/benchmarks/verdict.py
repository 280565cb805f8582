"""Time for a verdict on a gradient: right, one slip, two slips, and no slip that is known.

Run: python tests/benchmarks/verdict.py
"""

import sys
import time
from pathlib import Path

import sympy as sp

sys.path.insert(0, str(Path(__file__).parents[1]))
from model_bank import MODELS

from course_utils import check_gradient

ANSWERS = {
    "right": lambda gradient: sp.expand(gradient),
    "one slip": lambda gradient: gradient / 2,
    "two slips": lambda gradient: -gradient / 2,
    "none known": lambda gradient: gradient + 1,
}


def slowest(model, form):
    """The slowest verdict on any parameter, in milliseconds: the best of three tries each."""
    verdicts = []
    for parameter in model.parameters:
        answer, tries = form(model.gradient(parameter)), []
        for _ in range(3):
            start = time.perf_counter()
            check_gradient(model, parameter, answer)
            tries.append(1e3 * (time.perf_counter() - start))
        verdicts.append(min(tries))
    return max(verdicts)


if __name__ == "__main__":
    print("milliseconds  " + "".join(f"{name:>12}" for name in ANSWERS))
    for name, model in MODELS.items():
        print(f"{name:14}" + "".join(f"{slowest(model, form):12.0f}" for form in ANSWERS.values()))
