"""One training step on 256 samples: compiled from the derivation, against hand-written NumPy, and by numba.

The loop by hand is what numba's engine should come near to; both are left out where numba is missing.

Run: python tests/benchmarks/compiled_step.py
"""

import math

import numpy as np
import sympy as sp
from side_by_side import side_by_side

from course_utils import Model, sigmoid

x, y, w1, b1, w2, b2, z, h, y_hat, L = sp.symbols("x y w1 b1 w2 b2 z h y_hat L")


def by_hand(parameters, data):
    """What a careful person writes: every shared value computed once."""
    w1, b1, w2, b2 = parameters
    x, y = data
    h = 1 / (1 + np.exp(-(w1 * x + b1)))
    error = w2 * h + b2 - y
    d_y_hat = 2 * error
    d_z = d_y_hat * w2 * h * (1 - h)
    n = len(x)
    gradients = (d_z * x).sum() / n, d_z.sum() / n, (d_y_hat * h).sum() / n, d_y_hat.sum() / n
    return (error**2).sum() / n, gradients


def by_hand_with_mean(parameters, data):
    """The same with np.mean, as most people write it."""
    w1, b1, w2, b2 = parameters
    x, y = data
    h = 1 / (1 + np.exp(-(w1 * x + b1)))
    error = w2 * h + b2 - y
    d_y_hat = 2 * error
    d_z = d_y_hat * w2 * h * (1 - h)
    gradients = np.mean(d_z * x), np.mean(d_z), np.mean(d_y_hat * h), np.mean(d_y_hat)
    return np.mean(error**2), gradients


def loop_by_hand(w1, b1, w2, b2, x, y):
    """The step as a loop for numba, with everything added up on the way."""
    loss = d_w1 = d_b1 = d_w2 = d_b2 = 0.0
    for i in range(len(x)):
        h = 1 / (1 + math.exp(-(w1 * x[i] + b1)))
        error = w2 * h + b2 - y[i]
        d_y_hat = 2 * error
        d_z = d_y_hat * w2 * h * (1 - h)
        loss += error * error
        d_w1 += d_z * x[i]
        d_b1 += d_z
        d_w2 += d_y_hat * h
        d_b2 += d_y_hat
    n = len(x)
    return loss / n, (d_w1 / n, d_b1 / n, d_w2 / n, d_b2 / n)


def with_numba(model, start, data):
    """The steps that numba compiles, by name; none where it is not installed."""
    try:
        from numba import njit
    except ImportError:
        return {}
    compiled, by_hand = model.compile("numba"), njit(loop_by_hand)
    fast = njit(fastmath=True)(loop_by_hand)
    assert np.allclose(compiled(start, data)[1], by_hand(*start, *data)[1], rtol=1e-12)
    return {
        "numba": lambda: compiled(start, data),
        "numba, by hand": lambda: by_hand(*start, *data),
        "numba, fastmath": lambda: fast(*start, *data),
    }


if __name__ == "__main__":
    model = Model(
        {z: w1 * x + b1, h: sigmoid(z), y_hat: w2 * h + b2, L: (y - y_hat) ** 2},
        [w1, b1, w2, b2],
        [x, y],
    )
    compiled = model.compile()
    rng = np.random.default_rng(0)
    data = rng.standard_normal(256), rng.standard_normal(256)
    start = 0.5, 0.1, 0.2, 0.3
    assert np.allclose(compiled(start, data)[1], by_hand(start, data)[1], rtol=1e-12)
    steps = {
        "compiled": lambda: compiled(start, data),
        "by hand, sum()/n": lambda: by_hand(start, data),
        "by hand, np.mean": lambda: by_hand_with_mean(start, data),
        **with_numba(model, start, data),
    }
    seconds = side_by_side(steps, calls=200, rounds=201)
    for name, each in seconds.items():
        ours = seconds["numba" if "numba" in name else "compiled"]
        print(f"{name:20} {each * 1e6:6.1f} µs   ours/this {ours / each:.2f}")
