"""A submission put back on the skeleton of its source: of the learner's, only text remains."""

from collections.abc import Iterator

import nbformat
from nbformat import NotebookNode

from .attachments import attached
from .results import clean

Cells = list[NotebookNode]


def label(cell: NotebookNode) -> dict:
    """A cell's nbgrader metadata, empty for a cell that a learner added."""
    labels = cell.metadata.get("nbgrader")
    return labels if isinstance(labels, dict) else {}


def answered_here(cell: NotebookNode) -> bool:
    """Whether the learner writes in this cell of the source."""
    return bool(label(cell).get("solution") or label(cell).get("task"))


def groups(cells: Cells, known: set[str]) -> Iterator[tuple[str | None, Cells]]:
    """Each known cell with the unknown ones that follow it; first those in front of all (None)."""
    name, members = None, []
    for cell in cells:
        grade_id = label(cell).get("grade_id")
        if isinstance(grade_id, str) and grade_id in known:
            yield name, members
            name, members = grade_id, []
        members.append(cell)
    yield name, members


def pasted(cell: NotebookNode) -> dict:
    """The pictures that were pasted into a Markdown cell, as its field `attachments`, if there are any."""
    pictures = attached(cell) if cell.cell_type == "markdown" else {}
    return {"attachments": pictures} if pictures else {}


def extra(cell: NotebookNode) -> NotebookNode | None:
    """A cell that the learner added, as plain text or code, or None if it is neither."""
    if cell.cell_type == "code":
        return nbformat.v4.new_code_cell(clean(cell.source))
    if cell.cell_type == "markdown":
        return nbformat.v4.new_markdown_cell(clean(cell.source), **pasted(cell))
    return None


def assemble(released: NotebookNode, submitted: NotebookNode) -> NotebookNode:
    """The released notebook with the submission's answers and added cells in it.

    Locked cells and all metadata are the source's own. A cell that was deleted is back; of a cell that is
    there several times, the last one counts, and the others are as good as added by the learner.
    """
    known = {label(cell)["grade_id"] for cell in released.cells if label(cell)}
    written, added = {}, {}
    for name, members in groups(submitted.cells, known):
        own, others = (members[0], members[1:]) if name else (None, members)
        if name in written:
            others = [written[name], *others]
        if own is not None:
            written[name] = own
        added.setdefault(name, []).extend(filter(None, map(extra, others)))
    assembled = nbformat.v4.new_notebook(metadata=released.metadata, cells=added.get(None, []))
    for cell in released.cells:
        name = label(cell).get("grade_id")
        answer = written.get(name)
        if answer is not None and answered_here(cell) and answer.cell_type == cell.cell_type:
            cell.source = clean(answer.source)
            cell.update(pasted(answer))
        assembled.cells += [cell, *added.get(name, [])]
    return assembled
