"""Which file of a submission is the problem set, whatever it is called, and wherever it lies."""

import json
from collections.abc import Callable
from pathlib import Path

from nbformat import NotebookNode

from .assembly import answered_here, label
from .regular import Irregular

KEPT_BY_JUPYTER = ".ipynb_checkpoints"


def notebook_in(folder: Path, name: str, released: Callable[[], NotebookNode]) -> Path:
    """The notebook of a folder that answers the released one: the only one, or the only one with answers.

    Otherwise the one that has its name. Raises Irregular where there is none, or where it is not clear.
    """
    found = sorted(path for path in folder.rglob("*.ipynb") if KEPT_BY_JUPYTER not in path.parts)
    if len(found) > 1:
        given = {label(cell)["grade_id"]: cell.source for cell in released().cells if answered_here(cell)}
        found = [path for path in found if is_answered(path, given)] or found
    named = folder / f"{name}.ipynb"
    if len(found) == 1 or named in found:
        return named if named in found else found[0]
    raise missing(folder, [named.name])


def missing(folder: Path, names: list[str]) -> Irregular:
    """What is said of a folder that holds none of the notebooks of these names."""
    where = folder.relative_to(folder.parents[1])
    there = ", ".join(sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()))
    there = f"holds these: {there:.500}" if there else "is empty"
    return Irregular(f"{where} should hold {' or '.join(names)}, and {there}. Hand in that notebook.")


def is_answered(path: Path, given: dict[str, str]) -> bool:
    """Whether a notebook can be read, and its answer cells hold anything but what was given."""
    try:
        cells = json.loads(path.read_text("utf-8-sig"))["cells"]
        written = {c["metadata"].get("nbgrader", {}).get("grade_id"): "".join(c["source"]) for c in cells}
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError, MemoryError):
        return False
    return any(written.get(name, text) != text for name, text in given.items())
