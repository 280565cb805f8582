"""Whether a set's source is what was released: the gradebook knows its cells' names, kinds and points."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry, Notebook
from nbgrader.converters.base import NbGraderException
from nbgrader.utils import is_grade, is_locked, is_solution, is_task


class NotReleased(NbGraderException):
    """A set whose source has other cells or points than the gradebook. No score of it could be right."""


class Cell(NamedTuple):
    """A cell of a set that the gradebook is told of. roles: whether it is a check, an answer, a task."""

    notebook: str
    name: str
    roles: tuple[bool, bool, bool]
    points: float | None
    kind: str
    locked: bool


def check_source(name: str, sources: Iterable[Path], gradebook: Gradebook, wanted: str) -> None:
    """Raise NotReleased, which names the cells, where these sources are not what the gradebook has of a set.

    wanted: a pattern, for the notebooks that are graded. A set that the gradebook does not know has no score.
    """
    try:
        notebooks = [each for each in gradebook.find_assignment(name).notebooks if fnmatch(each.name, wanted)]
    except MissingEntry:
        return
    paths = [path for path in sources if fnmatch(path.stem, wanted)]
    if notebooks and not paths:
        names = " or ".join(f"{each.name}.ipynb" for each in notebooks)
        raise NotReleased(f"The source of {name} has no {names}, so nothing is graded. Put it back.")
    ours = {cell for path in paths for cell in in_source(path)}
    theirs = {cell for each in notebooks for cell in in_gradebook(each)}
    if differ := ", ".join(sorted({cell.name for cell in ours ^ theirs})):
        handed_in = {each.name for each in notebooks if each.submissions}
        stays = any(cell.notebook in handed_in for cell in released_anew(ours) ^ released_anew(theirs))
        otherwise = "" if stays else f", or run nbgrader generate_assignment {name}"
        raise NotReleased(
            f"The source of {name} is not what was released, so nothing is graded. New, gone, of another "
            f"kind or worth other points: {differ:.500}. Put them back{otherwise}."
        )


def released_anew(cells: Iterable[Cell]) -> set[Cell]:
    """What of a set's cells nbgrader refuses to release otherwise, once its notebook was handed in."""
    return {cell._replace(points=None, kind="", locked=False) for cell in cells}


def in_source(path: Path) -> Iterator[Cell]:
    """The cells of a notebook that the gradebook is told of when it is released. Raises NotReleased."""
    try:
        for cell in nbformat.read(path, as_version=4).cells:
            roles, locked = roles_of(cell), bool(is_locked(cell))
            if any(roles) or locked:
                labels = cell.metadata["nbgrader"]
                if not labels.get("grade_id"):
                    raise NotReleased(
                        f"In {path} a cell that is graded or locked has no name (grade_id), so nothing is "
                        f"graded. Give it one. It begins: {cell.source:.100}"
                    )
                points = labels.get("points") if is_grade(cell) or is_task(cell) else None
                yield Cell(path.stem, labels["grade_id"], roles, points, cell.cell_type, locked)
    except NotReleased:
        raise
    except Exception as reason:  # nbformat raises many kinds
        raise NotReleased(
            f"{path} is no notebook that can be read, so nothing is graded: {type(reason).__name__}."
        ) from reason


def roles_of(cell: NotebookNode) -> tuple[bool, bool, bool]:
    """Whether a cell is a check, an answer, a task."""
    return bool(is_grade(cell)), bool(is_solution(cell)), bool(is_task(cell))


def in_gradebook(notebook: Notebook) -> Iterator[Cell]:
    """The cells of a notebook as the gradebook has them."""
    points = {cell.name: cell.max_score for cell in (*notebook.grade_cells, *notebook.task_cells)}
    parts = (notebook.grade_cells, notebook.solution_cells, notebook.task_cells)
    checks, answers, tasks = ({cell.name for cell in cells} for cells in parts)
    for cell in notebook.source_cells:
        roles = cell.name in checks, cell.name in answers, cell.name in tasks
        yield Cell(notebook.name, cell.name, roles, points.get(cell.name), cell.cell_type, cell.locked)
