"""Whether a set's source is what was released: the gradebook knows its cells' names and points."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook, MissingEntry, Notebook
from nbgrader.converters.base import NbGraderException

from .assembly import label

KNOWN = ("grade", "solution", "task", "locked")  # cells that the gradebook is told of
Cell = tuple[str, str, float | None]  # its notebook, its name, its points


class NotReleased(NbGraderException):
    """A set whose source has other cells or points than the gradebook. No score of it could be right."""


def check_source(name: str, sources: Iterable[Path], gradebook: Gradebook, wanted: str) -> None:
    """Raise NotReleased, which names the cells, where these sources are not what the gradebook has of a set.

    wanted: a pattern, for the notebooks that are graded. A set that the gradebook does not know has no score.
    """
    try:
        notebooks = gradebook.find_assignment(name).notebooks
    except MissingEntry:
        return
    ours = {cell for path in sources for cell in in_source(path)}
    theirs = {cell for each in notebooks if fnmatch(each.name, wanted) for cell in in_gradebook(each)}
    if differ := ", ".join(sorted({cell for _, cell, _ in ours ^ theirs})):
        raise NotReleased(
            f"The source of {name} is not what was released, so nothing is graded. New, gone or worth other "
            f"points: {differ:.500}. Put them back, or run nbgrader generate_assignment {name}."
        )


def in_source(path: Path) -> Iterator[Cell]:
    """The cells of a notebook that the gradebook is told of when it is released."""
    for labels in map(label, nbformat.read(path, as_version=4).cells):
        if any(map(labels.get, KNOWN)):
            points = labels.get("points") if labels.get("grade") or labels.get("task") else None
            yield path.stem, labels["grade_id"], points


def in_gradebook(notebook: Notebook) -> Iterator[Cell]:
    """The cells of a notebook as the gradebook has them."""
    points = {cell.name: cell.max_score for cell in (*notebook.grade_cells, *notebook.task_cells)}
    for cell in notebook.source_cells:
        yield notebook.name, cell.name, points.get(cell.name)
