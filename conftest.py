"""How pytest reads the notebooks, from whatever folder it is started."""

import atexit
import os
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib.font_manager  # which finds the machine's fonts, before the first kernel starts
import pytest

from tools.lab import CHROMIUM
from tools.refresh import why_not_run


def pytest_addoption(parser):
    """`make test` tries what most often goes wrong, and CI all (`make test WHOLE=yes`).

    --heard=1 has every verdict of every test judged in the other language too.
    """
    told = "of banks of cases some, evenly; nothing long; no translated lesson, whose code is its source's"
    parser.addoption("--quick", action="store_true", help=told)
    parser.addoption("--heard", type=int, default=10, help="one test in how many judges in Chinese as well")


def pytest_configure(config):
    """Let nbval compare a picture's words and numbers, but not its pixels: see tests/nbval.ini.

    What was solved in this folder should change no output, and what a test solves counts for nobody. No more
    should the start-up files of whoever runs the tests. And no kernel should look for the machine's fonts
    anew for a test with a home of its own: where that takes 5 s, Matplotlib says so in the cell that runs.
    """
    profile = TemporaryDirectory()
    atexit.register(profile.cleanup)  # after IPython's own last words, which it writes there
    os.environ |= {
        "COURSE_PROGRESS": "off",
        "IPYTHONDIR": profile.name,
        "MPLCONFIGDIR": matplotlib.get_cachedir(),
    }
    if hasattr(config.option, "nbval_sanitize_with"):
        config.option.nbval_sanitize_with = str(Path(__file__).parent / "tests" / "nbval.ini")


def pytest_ignore_collect(collection_path, config):
    """With --quick no translated lesson: that its code is its source's, tests/test_translation.py sees."""
    translated = collection_path.suffix == ".ipynb" and collection_path.parent.parent.name == "notebooks"
    return (config.option.quick and translated) or None


def sampled(items):
    """What --quick leaves: nothing long, and of a bank of cases one in so many, each time the same."""
    met = Counter()
    for item in items:
        if item.get_closest_marker("long"):
            continue
        test, bank = item.nodeid.partition("[")[0], item.get_closest_marker("bank")
        if bank is None or met[test] % bank.kwargs["one_in"] == 0:
            yield item
        met[test] += 1


def pytest_collection_modifyitems(config, items):
    """Skip the cells of a lesson whose packages are not installed; `-rs` says why."""
    if config.option.quick:
        kept = dict.fromkeys(sampled(items))  # in their order, and quick to be looked up in
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept
    for item in items:
        if item.path.suffix == ".ipynb" and (reason := why_not_run(item.path)):
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_terminal_summary(terminalreporter, config):
    """Say which tests were left out, and why: those in a browser take minutes, and need one."""
    if config.option.quick:
        terminalreporter.line("What takes long, and most of the large banks: make test WHOLE=yes tries that.")
    if config.option.markexpr == "not browser and not classroom":
        how = "make browser does that" if CHROMIUM else "no Chromium was found on this machine"
        terminalreporter.line(f"The lessons were not opened in a browser: {how}.")
        terminalreporter.line("The class server was not started: make class-test does that.")


pytest_plugins = ["pytester"]  # runs nbval on a spoiled notebook inside a test
