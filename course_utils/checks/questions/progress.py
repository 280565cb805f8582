"""Which of the lessons' questions are solved: a list of their numbers in a small file beside the lessons.

Nothing else is stored. Where COURSE_PROGRESS is "off", as in tests, nothing is stored or shown.
"""

import json
import os
from collections import defaultdict
from contextlib import suppress
from html import escape
from pathlib import Path

from ...language import enumerated, say

FILE, BESIDE = Path(".progress.json"), Path("00_start_here.ipynb")


def is_kept() -> bool:
    """Whether this is a folder of lessons, and nobody asked not to keep anything."""
    return BESIDE.exists() and os.environ.get("COURSE_PROGRESS") != "off"


def solved() -> list[str]:
    """The numbers of the questions that were solved here, in order; none where the file says nothing."""
    with suppress(OSError, ValueError):
        if is_kept() and isinstance(numbers := json.loads(FILE.read_text("utf-8")), list):
            return sorted({number for number in numbers if isinstance(number, str)})
    return []


def remember(question: str) -> None:
    """Add a question to those that are solved, or do nothing where the file cannot be written."""
    if is_kept() and question not in (before := solved()):
        with suppress(OSError):
            FILE.write_text(json.dumps([*before, question]), "utf-8")


class Progress:
    """The solved questions, lesson by lesson, for a notebook to show."""

    def __init__(self, numbers: list[str]):
        self.by_lesson = defaultdict(list)
        for number in numbers:
            self.by_lesson[number[:2]].append(number)

    def __repr__(self) -> str:
        rows = [
            say("lesson {lesson}: ✓ {numbers}", lesson=lesson, numbers=enumerated(numbers))
            for lesson, numbers in self.by_lesson.items()
        ]
        return "\n".join(rows) or say("No question is solved yet.")

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(line)}</p>" for line in repr(self).splitlines())


def progress() -> Progress:
    """Which questions of the lessons are solved, as the file beside them says."""
    return Progress(solved())
