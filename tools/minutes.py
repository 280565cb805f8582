"""How long a lesson takes, by one rule, and the places that say so.

Usage: python tools/minutes.py [notebook ...]     (all lessons unless told)
It writes them into the lesson's "You need", and into the tables of the READMEs and the start page.

tests/test_prose.py holds the rule against a reader's estimates.
"""

import re
import sys
from pathlib import Path

import nbformat

from course_utils.pictures.predictions import COVERS, WORDS

ROOT = Path(__file__).parents[1]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
START = LESSONS[0]
READMES = sorted(ROOT.glob("README*.md"))
STATED = re.compile(r"(\*\*You need\*\*[^\n]*?)(\d+)( minutes)")
ROW = re.compile(r"^(\| \[(\d\d) [^|]*\|[^|]*\|)([^|\n]*)\|$", re.MULTILINE)


def rule(words: int, lines: int, predictions: int, questions: int) -> int:
    """The minutes, to the next five: one for 100 words, 5 lines, a prediction; two for a question."""
    return 5 * round((words / 100 + lines / 5 + predictions + 2 * questions) / 5)


def minutes(lesson: Path) -> int:
    """The minutes that a lesson takes."""
    cells = nbformat.read(lesson, 4).cells
    words = " ".join(cell.source for cell in cells if cell.cell_type == "markdown")
    words = words.replace(WORDS, "").split()
    lines = [line for cell in cells if cell.cell_type == "code" for line in cell.source.split("\n") if line]
    lines = [line for line in lines if line not in COVERS]
    return rule(len(words), len(lines), words.count("**Predict:**"), lines.count("answer = ..."))


def stated(text: str) -> dict[str, int]:
    """The minutes that a table of lessons states, by the lesson's two digits."""
    return {row[2]: int(row[3]) for row in ROW.finditer(text) if row[3].strip()}


def restate(text: str, by_lesson: dict[str, int]) -> str:
    """A text whose table of lessons has these minutes in its last column."""
    return ROW.sub(lambda row: f"{row[1]} {by_lesson.get(row[2], row[3].strip())} |", text)


def rewrite(notebook: Path, change) -> None:
    """Write a notebook back, each cell's text changed."""
    content = nbformat.read(notebook, 4)
    for cell in content.cells:
        cell.source = change(cell.source)
    nbformat.write(content, notebook)


def write(lessons: list[Path]) -> None:
    by_lesson = {lesson.name[:2]: minutes(lesson) for lesson in lessons}
    for lesson in lessons:
        takes = by_lesson[lesson.name[:2]]
        rewrite(lesson, lambda text, takes=takes: STATED.sub(rf"\g<1>{takes}\g<3>", text))
    rewrite(START, lambda text: restate(text, by_lesson))
    for readme in READMES:
        text = restate(readme.read_text(encoding="utf-8"), by_lesson)
        readme.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write([Path(name) for name in sys.argv[1:]] or LESSONS)
