"""What is left of a submitted notebook, and what its program may see."""

from copy import deepcopy
from pathlib import Path

import pytest
from grading_course import tiny_set
from nbformat.v4 import new_code_cell

from course_utils.grading.assembly import assemble
from course_utils.grading.sandbox import SandboxUnavailable, bubblewrap, mounts


def test_of_a_submission_only_the_text_of_answers_and_added_cells_is_left():
    released, submitted = tiny_set(), tiny_set()
    for cell in submitted.cells:
        cell.source = f"# mine: {cell.metadata.nbgrader.grade_id}"
        cell.metadata.nbgrader.points = 1000
    submitted.cells.insert(
        2, new_code_cell("help = 1", metadata={"tags": ["x"], "nbgrader": {"grade": True}})
    )
    expected = deepcopy(released)
    for cell in expected.cells:
        if cell.metadata.nbgrader.solution:
            cell.source = f"# mine: {cell.metadata.nbgrader.grade_id}"
    result = assemble(released, submitted)
    added = result.cells.pop(2)
    assert (added.source, added.metadata) == ("help = 1", {})
    assert result.cells == expected.cells


def test_deleted_cells_are_back_in_their_place():
    released = tiny_set()
    ids = [cell.metadata.nbgrader.grade_id for cell in released.cells]
    submitted = deepcopy(released)
    submitted.cells = submitted.cells[::-3]
    assert [cell.metadata.nbgrader.grade_id for cell in assemble(released, submitted).cells] == ids


def test_the_course_folder_is_covered_where_python_lies_above_it(monkeypatch, tmp_path):
    """A course inside a folder that must be shown is hidden again."""
    course = tmp_path / "course"
    monkeypatch.setattr("course_utils.grading.sandbox.python_folders", lambda: {tmp_path})
    options = mounts(course)
    assert options.index(str(course)) > options.index(str(tmp_path))
    assert options[options.index(str(course)) - 1] == "--tmpfs"


def test_python_inside_the_course_folder_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(
        "course_utils.grading.sandbox.python_folders", lambda: {tmp_path / "course" / ".venv"}
    )
    with pytest.raises(SandboxUnavailable, match="must not be installed inside"):
        mounts(tmp_path / "course")


def test_without_bubblewrap_there_is_no_sandbox(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SandboxUnavailable, match="not installed"):
        bubblewrap({}, Path("/"), {})
