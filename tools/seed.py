"""The text that the course grew from: a page of its lines, each with a link to the cell that proves it."""

import tomllib
from pathlib import Path

import nbformat
from book import ROOT, Book
from nbformat.v4 import new_markdown_cell

from course_utils.language import later

PARTS = tomllib.loads((ROOT / "docs" / "site" / "seed.toml").read_text("utf-8"))["part"]
LINES = [line for part in PARTS for line in part["lines"]]
TITLE = later("# The text that the course grew from")
SAYS, PROVES = later("It says"), later("The course")
OPENING = later(
    "It is a short text in Chinese: a network with one input, one neuron and one output, its derivatives, "
    "how it is trained, and what lies beyond. Here is what it says, and where the course computes or proves "
    "it."
)


def lesson(number: str) -> Path:
    """The notebook of a lesson."""
    return next((ROOT / "notebooks").glob(f"{number}_*.ipynb"))


def title(path: Path) -> str:
    """What stands at the top of a lesson."""
    first = nbformat.read(path, as_version=4).cells[0].source
    return first.partition("\n")[0].removeprefix("# ")


def mark(notebook: nbformat.NotebookNode, number: str) -> None:
    """Put an anchor before each cell that the page leads to. Raises ValueError where one is missing."""
    for place, (_, where, code) in enumerate(LINES):
        if where != number:
            continue
        found = [at for at, c in enumerate(notebook.cells) if c.cell_type == "code" and code in c.source]
        if not found:
            raise ValueError(f"docs/site/seed.toml: no cell of lesson {number} contains {code}")
        notebook.cells.insert(found[0], new_markdown_cell(f'<span id="seed-{place}"></span>'))


def page(book: Book) -> str:
    """The page, as Markdown."""
    say, place = book.say, 0
    text = f"{say(TITLE)}\n\n{say(OPENING)}\n"
    head = f"| {say(SAYS)} | {say(PROVES)} |\n|---|---|\n"
    for heading, name, lines in map(dict.values, PARTS):
        text += f"\n## {' · '.join(dict.fromkeys([heading, say(name)]))}\n\n{head}"
        for says, number, _ in lines:
            path = book.place(lesson(number))
            address = path.relative_to(ROOT).with_suffix(".html").as_posix()
            said = f'<span lang="zh-CN">{says}</span>'
            text += f'| {said} | <a href="{address}#seed-{place}">{title(path)}</a> |\n'
            place += 1
    return text
