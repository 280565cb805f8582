"""What every way draws: 60 training runs, looked up by position, and a mark that a program can read.

The mark is a black square and beside it a grey one, whose shade is the position.
"""

from pathlib import Path

import numpy as np
import sympy as sp

from course_utils import Model, sigmoid
from course_utils.training.sweep import sweep

POSITIONS, STEPS, POINTS = 60, 100, 200
SUNFLOWERS = Path(__file__).parents[3] / "notebooks" / "data" / "sunflowers.csv"
SIZE = 7.0, 3.3  # inches, at 100 dots an inch
MARK = 0.0, 0.94, 0.06, 0.06  # left, bottom, width, height, as parts of the picture
HIGHEST = 10.0  # losses above are drawn here

x, y, w1, b1, w2, b2, z, h, y_hat, L = sp.symbols("x y w1 b1 w2 b2 z h y_hat L")
MODEL = Model(
    {z: w1 * x + b1, h: sigmoid(z), y_hat: w2 * h + b2, L: (y - y_hat) ** 2}, [w1, b1, w2, b2], [x, y]
)
START = 0.5, 0.0, 0.5, 0.0
RATES = np.geomspace(0.001, 3, POSITIONS)


def measurements() -> tuple[np.ndarray, np.ndarray]:
    """Days, standardised, and heights in metres."""
    days, heights_cm = np.loadtxt(SUNFLOWERS, delimiter=",", unpack=True)
    return (days - days.mean()) / days.std(), heights_cm / 100


def lookups() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(grid, fits, losses): 200 points, then for each position 200 heights, and 101 losses."""
    days, heights = measurements()
    grid = np.linspace(days.min(), days.max(), POINTS)
    runs = sweep(MODEL, START, [days, heights], RATES, STEPS)
    final = [column[:, np.newaxis] for column in runs.parameters[-1]]
    fits = MODEL.evaluate(y_hat, {x: grid, y: 0.0, **dict(zip(MODEL.parameters, final, strict=True))})
    return grid, np.clip(fits, -1, 4), np.fmin(runs.loss.T, HIGHEST)


def shade(position: int) -> int:
    """The grey of a position, from 8 to 244; probe.js turns it back."""
    return 8 + 4 * position
