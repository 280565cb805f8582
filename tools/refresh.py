"""Run notebooks from top to bottom and store their outputs, the same bytes every time.

Usage: python tools/refresh.py [notebook ...]     (all lessons unless told)
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from course_utils.pictures.predictions import cover_of

LESSONS = Path(__file__).parents[1] / "notebooks"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
FRAMEWORKS = {"torch": "PyTorch", "tensorflow": "TensorFlow"}  # optional: only lesson 17 imports them


def why_not_run(lesson: Path) -> str | None:
    """Why this notebook cannot run here, in a sentence, or None if it can."""
    missing = [name for module, name in FRAMEWORKS.items() if find_spec(module) is None]
    if missing and lesson.name.startswith("17_"):
        names = " and ".join(missing)
        return f"lesson 17 was not run: {names} not installed; make .venv/frameworks installs what it needs"
    return None


def normalise(notebook: nbformat.NotebookNode) -> None:
    """Drop what differs by run or machine: timings, versions, widget ids. Fold what answers a prediction."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        cell.metadata = {key: cell.metadata[key] for key in ("tags",) if cell.metadata.get(key)}
        if cell.cell_type == "code" and cover_of(cell.source):
            cell.metadata["jupyter"] = {"outputs_hidden": True}
        if cell.cell_type == "markdown" and cell.source.startswith("<!--"):  # WORDS, in any language
            cell.metadata["jupyter"] = {"source_hidden": True}
        if outputs := cell.get("outputs"):
            outputs.sort(key=place)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET_VIEW, None)


def place(output: nbformat.NotebookNode) -> int:
    """Where an output goes: a fold's cover first, then progress bars, as merged prints stand before them."""
    data = output.get("data", {})
    if data.get("text/html", "").startswith("<!--"):
        return 0
    return 1 if set(data) == {WIDGET_VIEW, "text/plain"} else 2


def run_notebook(notebook: nbformat.NotebookNode, folder: Path, store_widget_state: bool = False) -> None:
    """Run all cells in a folder, and keep their outputs in the notebook."""
    os.environ["COURSE_PROGRESS"] = "off"  # no output depends on what was solved here
    NotebookClient(
        notebook,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        store_widget_state=store_widget_state,
        coalesce_streams=True,
        timeout=600,
        extra_arguments=["--log-level=ERROR"],
    ).execute()


def refresh(path: Path) -> str:
    """Execute one notebook in its own folder and write it back. Return what changed, in a line."""
    if reason := why_not_run(path):
        return f"{path.name}: left alone, {reason}"
    before = path.read_bytes()
    notebook = nbformat.read(path, as_version=4)
    run_notebook(notebook, path.parent)
    normalise(notebook)
    nbformat.write(notebook, path)
    return f"{path.name}: {'unchanged' if path.read_bytes() == before else 'refreshed'}"


if __name__ == "__main__":
    notebooks = [Path(name) for name in sys.argv[1:]] or sorted(LESSONS.rglob("*.ipynb"))
    with ThreadPoolExecutor(2) as pool:
        for line in pool.map(refresh, notebooks):
            print(line)
