"""The text that the course grew from: a page of its lines, each with a link to the cell that proves it."""

import tomllib
from pathlib import Path

import nbformat
from nbformat.v4 import new_markdown_cell

ROOT = Path(__file__).resolve().parents[1]
PARTS = tomllib.loads((ROOT / "docs" / "site" / "seed.toml").read_text("utf-8"))["part"]
LINES = [line for part in PARTS for line in part["lines"]]
OPENING = """\
# The text that the course grew from

It is a short text in Chinese: a network with one input, one neuron and one output, its derivatives, how it is
trained, and what lies beyond. Here is what it says, and where the course computes or proves it.
"""


def lesson(number: str) -> Path:
    """The notebook of a lesson."""
    return next((ROOT / "notebooks").glob(f"{number}_*.ipynb"))


def mark(notebook: nbformat.NotebookNode, number: str) -> None:
    """Put an anchor before each cell that the page leads to. Raises ValueError where one is missing."""
    for place, (_, where, code) in enumerate(LINES):
        if where != number:
            continue
        found = [at for at, c in enumerate(notebook.cells) if c.cell_type == "code" and code in c.source]
        if not found:
            raise ValueError(f"docs/site/seed.toml: no cell of lesson {number} contains {code}")
        notebook.cells.insert(found[0], new_markdown_cell(f'<span id="seed-{place}"></span>'))


def page() -> str:
    """The page, as Markdown."""
    text, place = OPENING, 0
    for part in PARTS:
        text += f"\n## {part['title']}\n\n| It says | The course |\n|---|---|\n"
        for says, number, _ in part["lines"]:
            name = lesson(number).stem
            title = name[3:].replace("_", " ").capitalize()
            text += f'| {says} | <a href="notebooks/{name}.html#seed-{place}">{number} {title}</a> |\n'
            place += 1
    return text
