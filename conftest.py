"""How pytest reads the notebooks, from whatever folder it is started."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tools.lab import CHROMIUM
from tools.refresh import why_not_run


def pytest_configure(config):
    """Let nbval compare a picture's words and numbers, but not its pixels: see tests/nbval.ini.

    What was solved in this folder should change no output, and what a test solves counts for nobody. No more
    should the start-up files of whoever runs the tests.
    """
    profile = TemporaryDirectory()
    config.add_cleanup(profile.cleanup)
    os.environ |= {"COURSE_PROGRESS": "off", "IPYTHONDIR": profile.name}
    if hasattr(config.option, "nbval_sanitize_with"):
        config.option.nbval_sanitize_with = str(Path(__file__).parent / "tests" / "nbval.ini")


def pytest_collection_modifyitems(items):
    """Skip the cells of a lesson whose packages are not installed; `-rs` says why."""
    for item in items:
        if item.path.suffix == ".ipynb" and (reason := why_not_run(item.path)):
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_terminal_summary(terminalreporter, config):
    """Say which tests were left out, and why: those in a browser take minutes, and need one."""
    if config.option.markexpr == "not browser and not classroom":
        how = "make browser does that" if CHROMIUM else "no Chromium was found on this machine"
        terminalreporter.line(f"The lessons were not opened in a browser: {how}.")
        terminalreporter.line("The class server was not started: make class-test does that.")


pytest_plugins = ["pytester"]  # runs nbval on a spoiled notebook inside a test
