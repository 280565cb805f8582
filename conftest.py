"""How pytest reads the notebooks, from whatever folder it is started."""

from pathlib import Path


def pytest_configure(config):
    """Let nbval compare a picture's words and numbers, but not its pixels: see tests/nbval.ini."""
    if hasattr(config.option, "nbval_sanitize_with"):
        config.option.nbval_sanitize_with = str(Path(__file__).parent / "tests" / "nbval.ini")


pytest_plugins = ["pytester"]  # runs nbval on a spoiled notebook inside a test
