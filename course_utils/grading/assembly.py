"""A submission put back on the skeleton of its source: of the learner's, only text remains."""

import nbformat
from nbformat import NotebookNode

from .attachments import attached
from .results import clean

HANDED_IN = "handed_in"  # in the metadata of a locked cell: what the learner has in its place; in those of a
# notebook: the mark of its variant
ELSEWHERE = "*Nobody wrote in this cell. The words may stand in another one.*"


class Unrecognised(ValueError):
    """A notebook in which no cell of the problem set is left."""


def label(cell: NotebookNode) -> dict:
    """A cell's nbgrader metadata, empty for a cell that a learner added."""
    labels = cell.metadata.get("nbgrader")
    return labels if isinstance(labels, dict) else {}


def answered_here(cell: NotebookNode) -> bool:
    """Whether the learner writes in this cell of the source."""
    return bool(label(cell).get("solution") or label(cell).get("task"))


def pasted(cell: NotebookNode) -> dict:
    """The pictures that were pasted into a Markdown cell, as its field `attachments`, if there are any."""
    pictures = attached(cell) if cell.cell_type == "markdown" else {}
    return {"attachments": pictures} if pictures else {}


def extra(cell: NotebookNode) -> NotebookNode:
    """A cell that the learner added, as code or as text."""
    if cell.cell_type == "code":
        return nbformat.v4.new_code_cell(clean(cell.source))
    return nbformat.v4.new_markdown_cell(clean(cell.source), **pasted(cell))


def filled(source: NotebookNode, written: NotebookNode) -> NotebookNode:
    """A cell of the source with what was written into it, if it is the learner's.

    Words in a code cell are words all the same. Code in a cell of text does not run.
    """
    if runs_no_more(source, written):
        return emptied(source)
    if answered_here(source):
        source.source = clean(written.source)
        source.update(pasted(written))
    elif source.cell_type == "code" and lines(written.source) != lines(source.source):
        source.metadata[HANDED_IN] = clean(written.source)
    return source


def lines(text: str) -> list[str]:
    """A cell's lines, as two programs that save a notebook would agree on them."""
    return [line.rstrip() for line in text.rstrip().splitlines()]


def runs_no_more(source: NotebookNode, written: NotebookNode) -> bool:
    """Whether the learner made text of a cell that was code."""
    return source.cell_type == "code" != written.cell_type


def emptied(source: NotebookNode) -> NotebookNode:
    """A cell of the source in place of one that was deleted: what it held for the learner does not run."""
    if answered_here(source) and source.cell_type == "code":
        source.source = ""
    elif source.cell_type == "code":
        source.metadata[HANDED_IN] = ""
    return source


def assemble(released: NotebookNode, submitted: NotebookNode) -> NotebookNode:
    """The released notebook's cells with the submission's answers in them, in the learner's order.

    Locked cells and all metadata are the source's own; one that was deleted is back in its place. What the
    learner made of a locked cell of code stands in its metadata: their own program runs that. Of a cell that
    is there several times the last one counts. The others are as good as added by the learner, and stay
    where they are: so all runs as it did in the notebook. Raises Unrecognised.
    """
    source = {label(cell)["grade_id"]: cell for cell in released.cells if label(cell)}
    last = {name: cell for cell in submitted.cells if isinstance(name := label(cell).get("grade_id"), str)}
    counting = {id(cell): name for name, cell in last.items() if name in source}
    if not counting:
        raise Unrecognised(
            f"none of the {len(source)} cells of this set is recognised: their labels are lost. "
            "Ask for the notebook again, or copy its answers into a fresh one."
        )
    untouched = {name: cell.source for name, cell in source.items()}
    placed: list[tuple[str | None, NotebookNode]] = []
    for cell in submitted.cells:
        name = counting.get(id(cell))
        if name:
            placed.append((name, filled(source[name], cell)))
        if name is None or (answered_here(source[name]) and runs_no_more(source[name], cell)):
            placed.append((None, extra(cell)))
    for before, name in zip([None, *source], source, strict=False):
        if name not in last:
            placed.insert(next_known(placed, before), (name, emptied(source[name])))
    mark_words_elsewhere(placed, untouched)
    metadata = {**released.metadata, HANDED_IN: submitted.metadata.get("variant")}
    return nbformat.v4.new_notebook(metadata=metadata, cells=[cell for _, cell in placed])


def next_known(placed: list, before: str | None) -> int:
    """Where a cell goes that follows the one called `before`, and what was added after that."""
    if before is None:
        return 0
    names = [name for name, _ in placed]
    return next((i for i in range(names.index(before) + 1, len(names)) if names[i]), len(names))


def mark_words_elsewhere(placed: list, untouched: dict[str, str]) -> None:
    """Let the teacher see a question in words that looks unanswered, where words stand in an added cell.

    nbgrader gives 0 to a cell that nobody changed, and shows nobody.
    """
    texts = [(name, cell) for name, cell in placed if cell.cell_type == "markdown"]
    if any(name is None and cell.source.strip() for name, cell in texts):
        for name, cell in texts:
            if name and answered_here(cell) and cell.source == untouched[name]:
                cell.source += f"\n\n{ELSEWHERE}"
