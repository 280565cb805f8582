"""The network of the lessons and the data it is trained on, for every test; and how hypothesis runs."""

import pytest
from helpers import sunflower_data
from hypothesis import settings
from model_bank import SEED

from tools.lab import running_chromium

settings.register_profile("course", deadline=None, derandomize=True, max_examples=20, database=None)
settings.load_profile("course")


@pytest.fixture(scope="session")
def seed_model():
    """The network that the course begins with: one input, one hidden unit, one output."""
    return SEED


@pytest.fixture(scope="session")
def sunflowers():
    """Days, standardised, and mean heights in metres: two arrays of shape (12,)."""
    return sunflower_data()


@pytest.fixture(scope="session")
def browser():
    """One headless Chromium for all tests that need one: Playwright starts no second one beside it."""
    with running_chromium() as chromium:
        yield chromium
