"""A hundred learning rates for 500 steps on the sunflowers: one sweep, against one by one, and by numba.

Run: python tests/benchmarks/sweep.py
"""

import importlib.util
from pathlib import Path

import numpy as np
import sympy as sp
from side_by_side import side_by_side

from course_utils import GradientDescent, Model, sigmoid, train
from course_utils.training.sweep import sweep

x, y, w1, b1, w2, b2, z, h, y_hat, L = sp.symbols("x y w1 b1 w2 b2 z h y_hat L")
SUNFLOWERS = Path(__file__).parents[2] / "notebooks" / "data" / "sunflowers.csv"

if __name__ == "__main__":
    days, heights = np.loadtxt(SUNFLOWERS, delimiter=",", unpack=True)
    data = (days - days.mean()) / days.std(), heights / 100
    model = Model(
        {z: w1 * x + b1, h: sigmoid(z), y_hat: w2 * h + b2, L: (y - y_hat) ** 2}, [w1, b1, w2, b2], [x, y]
    )
    start, rates = [0.5, 0.0, 0.5, 0.0], np.geomspace(0.001, 3, 100)
    compiled = model.compile()
    ways = {
        "one sweep": lambda: sweep(compiled, start, data, rates, 500),
        "one by one": lambda: [train(compiled, start, data, GradientDescent(r), 500) for r in rates],
    }
    if importlib.util.find_spec("numba"):
        by_numba = model.compile("numba")
        ways["numba"] = lambda: sweep(by_numba, start, data, rates, 500)
    seconds = side_by_side(ways, calls=1, rounds=15)
    for name, each in seconds.items():
        print(f"{name:12} {each:6.4f} s   sweep/this {seconds['one sweep'] / each:.3f}")
