"""A hand on the slider: the browser's own keyboard and mouse events, by way of Playwright."""

from collections.abc import Callable
from time import perf_counter

from .runs import POSITIONS

SPEED = 50  # positions a second: a fast hand needs a good second for the whole slider
REST = 500  # milliseconds for what is still on its way
LATEST = 3000  # and no longer than this for the last picture


def press(page, count: int) -> dict:
    """Press an arrow key `count` times, each time after the picture has followed; the probe's record."""
    page.locator(".jp-OutputArea .noUi-handle").focus()
    page.evaluate("probe.reset()")
    for index in range(count):
        page.keyboard.press("ArrowRight" if index // 20 % 2 == 0 else "ArrowLeft")
        page.wait_for_function("probe.settled()", polling=20, timeout=10_000)
        page.wait_for_timeout(60 + 7 * (index % 5))  # out of step with the screen
    return page.evaluate("probe.take()")


def drag(page, first: int, last: int, seconds: float, each_move: Callable = lambda: None) -> dict:
    """Drag from `first` to `last` and back, to and fro, at SPEED for so long; the probe's record.

    each_move: called after each move of the mouse.
    """
    bar, handle = (page.locator(f".jp-OutputArea .noUi-{part}").bounding_box() for part in ("base", "handle"))
    down = handle["y"] + handle["height"] / 2

    def across(position):
        return bar["x"] + position / (POSITIONS - 1) * bar["width"]

    page.mouse.move(handle["x"] + handle["width"] / 2, down)
    page.mouse.down()
    page.mouse.move(across(first), down)
    page.wait_for_timeout(REST)
    page.evaluate("probe.reset()")
    began = perf_counter()
    while (elapsed := perf_counter() - began) < seconds:
        page.mouse.move(across(first + fold(SPEED * elapsed, last - first)), down)
        each_move()
    page.mouse.move(across(first + fold(SPEED * seconds, last - first)), down)
    page.wait_for_timeout(LATEST)
    record = page.evaluate("probe.take()")
    page.mouse.up()
    return record


def fold(way: float, length: float) -> float:
    """Where one is after going so far, to and fro between 0 and `length`; `length` may be negative."""
    rest = way % (2 * abs(length))
    return (min(rest, 2 * abs(length) - rest)) * (1 if length > 0 else -1)
