"""The network of the lessons and the data it is trained on, for every test; and how hypothesis runs."""

from inspect import isfunction
from zlib import crc32

import pytest
from helpers import sunflower_data
from hypothesis import settings
from languages import judged_twice
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


def is_check(name, value):
    return (
        name.startswith("check") and isfunction(value) and value.__module__.startswith("course_utils.checks")
    )


@pytest.fixture(autouse=True)
def judged_in_each_language(request, monkeypatch):
    """What a test asks the checks in English, it asks in Chinese: one test in ten, or by an option all."""
    if crc32(request.node.nodeid.encode()) % request.config.getoption("--heard") == 0:
        for name, check in vars(request.module).copy().items():
            if is_check(name, check):
                monkeypatch.setattr(request.module, name, judged_twice(check))
