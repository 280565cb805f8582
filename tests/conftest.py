"""What several test files share: the network of the lessons and the measurements it is trained on."""

from pathlib import Path

import numpy as np
import pytest
import sympy as sp
from hypothesis import settings

from course_utils import Model, sigmoid

settings.register_profile("course", deadline=None, derandomize=True, max_examples=20, database=None)
settings.load_profile("course")

SUNFLOWERS = Path(__file__).parents[1] / "notebooks" / "data" / "sunflowers.csv"


@pytest.fixture(scope="session")
def seed_model():
    """The network that the course begins with: one input, one hidden unit, one output."""
    x, y, w1, b1, w2, b2 = sp.symbols("x y w1 b1 w2 b2")
    z, h, y_hat, L = sp.symbols("z h y_hat L")
    return Model(
        {z: w1 * x + b1, h: sigmoid(z), y_hat: w2 * h + b2, L: (y - y_hat) ** 2},
        [w1, b1, w2, b2],
        [x, y],
    )


@pytest.fixture(scope="session")
def sunflowers():
    """Days, standardised, and mean heights in metres: two arrays of shape (12,)."""
    days, heights_cm = np.loadtxt(SUNFLOWERS, delimiter=",", unpack=True)
    return (days - days.mean()) / days.std(), heights_cm / 100
