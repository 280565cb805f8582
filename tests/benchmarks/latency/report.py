"""The measurements as Markdown."""

import os
import platform
from importlib.metadata import version

from .answers import Answers
from .session import DRAGS, Measured

HEADER = """\
| Way | one move: median, longest | fast drag: median, longest | dropped | blank frames | last shown | load |
|---|---|---|---|---|---|---|
"""
PAGE = """\
# From slider to screen

Milliseconds from a movement of the slider to its picture on screen, in JupyterLab and headless Chromium.
Every way draws the same two curves of the same 60 training runs; a slider chooses the run.

{table}
- **One move**: an arrow key, the picture settled before. **Fast drag**: the mouse goes over 50 positions in a
  second, {drags} times to and fro; a move counts as answered by its own picture or by that of a later one.
- A move begins when the browser receives the event, and ends with the animation frame after the first that
  finds the picture: one screen refresh (16.7 ms) is in every number.
- **Dropped**: positions of the slider in the fast drags that were never shown. The mouse is read once a
  frame, so the slider itself skips some of the 50.
- **Blank frames**: animation frames without a picture, and frames of a screen recording with one colour
  in its place. **Load**: the machine's load average meanwhile, the measurement's own included.
- What goes by way of the kernel waits for the websocket, the kernel's turn and the way back, and in a drag
  for the move before as well. Drawn in the browser, or beforehand, a picture waits for the next frames alone.
- Of the two that do, the one that was chosen keeps matplotlib's pictures: no second way to draw each of them.

## A long drag of the chosen way

{name}, dragged to and fro for {seconds:.0f} seconds at 50 positions a second: {long}

| Target | measured | met |
|---|---|---|
{targets}
## Where and how

{machine}

Run `make latency` for your own.
"""


def report(measured: list[Measured], dragged: Answers, seconds: float, machine: str) -> str:
    """The whole page."""
    return PAGE.format(
        table=table(measured),
        drags=DRAGS,
        name="Lesson 06's learning rate explorer",
        seconds=seconds,
        long=f"{dragged.moves} moves, {dragged.moves - dragged.dropped} pictures.",
        targets=targets(dragged),
        machine=machine,
    )


def table(measured: list[Measured]) -> str:
    return HEADER + "".join(row(each) for each in measured)


def row(each: Measured) -> str:
    cells = [
        each.way.name,
        times(each.single),
        times(each.fast),
        f"{each.fast.dropped} of {each.fast.moves}",
        f"{each.fast.blanks} of {each.fast.samples}, {each.blank_screens} of {each.screens} recorded",
        "no" if each.fast.stale else "yes",
        f"{each.load:.1f}",
    ]
    return f"| {' | '.join(cells)} |\n"


def times(answers: Answers) -> str:
    return f"{answers.median:.0f}, {answers.longest:.0f}"


def targets(dragged: Answers) -> str:
    """What the issue asks for, and whether the drag kept to it."""
    found = [
        ("median at most 50 ms", f"{dragged.median:.0f} ms", dragged.median <= 50),
        ("none above 150 ms", f"longest {dragged.longest:.0f} ms", dragged.longest <= 150),
        ("no blank frame", f"{dragged.blanks} of {dragged.samples}", dragged.blanks == 0),
        ("the last position is shown", "no" if dragged.stale else "yes", not dragged.stale),
    ]
    return "".join(f"| {name} | {number} | {'yes' if met else '**no**'} |\n" for name, number, met in found)


def describe(browser: str, load: float) -> str:
    packages = ["jupyterlab", "ipywidgets", "matplotlib", "ipympl", "anywidget", "plotly"]
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), no GPU; Chromium {browser}, "
        f"Python {platform.python_version()}, {versions}.\nServer, kernel, browser and the program "
        f"that moves the mouse shared the cores; load average {load:.1f} after the long drag."
    )
