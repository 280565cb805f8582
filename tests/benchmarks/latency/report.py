"""The measurements as Markdown."""

from .answers import Answers
from .session import DRAGS, FIRST, LAST, Measured

HEADER = """\
| Way | one move: median, longest (ms) | fast drag: median, longest (ms) | shown of 50 | blank | last one right |
|---|---|---|---|---|---|
"""


def table(measured: list[Measured]) -> str:
    return HEADER + "".join(row(each) for each in measured)


def row(each: Measured) -> str:
    shown = (each.fast.moves - each.fast.dropped) / DRAGS
    blanks = f"{each.fast.blanks} of {each.fast.samples} frames, {each.blank_screens} of {each.screens} screens"
    return (
        f"| {each.way.name} | {times(each.single)} | {times(each.fast)} | {shown:.0f} | {blanks} "
        f"| {'no' if each.fast.stale else 'yes'} |\n"
    )


def times(answers: Answers) -> str:
    return f"{answers.median:.0f}, {answers.longest:.0f}"
