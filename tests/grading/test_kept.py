"""What nbgrader does for each cell, done once for a notebook."""

import os
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.api import Gradebook

from course_utils.grading.kept import SaveTogether

pytestmark = pytest.mark.filterwarnings(
    "ignore::sqlalchemy.exc.SAWarning"
)  # nbgrader's own way to add a student

NAMES = {"student": "ada", "assignment": "set", "notebook": "set"}


@pytest.fixture
def address(tmp_path, monkeypatch):
    """The gradebook of a set with two checks, for which ada has 1 point each from an earlier try."""
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)  # nbgrader calls alembic
    address = f"sqlite:///{tmp_path}/gradebook.db"
    with Gradebook(address) as gradebook:
        gradebook.add_student("ada")
        gradebook.add_assignment("set")
        gradebook.add_notebook("set", "set")
        for name in ("check_1", "check_2"):
            gradebook.add_grade_cell(name, "set", "set", max_score=2, cell_type="code")
        gradebook.add_submission("set", "ada")
        for grade in gradebook.find_submission_notebook("set", "set", "ada").grades:
            grade.auto_score = 1
        gradebook.db.commit()
    return address


def scores(address):
    with Gradebook(address) as gradebook:
        found = gradebook.find_submission_notebook("set", "set", "ada").grades
        return {grade.name: grade.auto_score for grade in found}


def graded(*names):
    """A notebook whose checks all gave 2 points."""
    labels = {"grade": True, "solution": False, "locked": True, "points": 2, "schema_version": 3}
    shown = new_output("execute_result", data={"text/plain": "2.0"}, execution_count=1)
    cells = [
        new_code_cell(metadata={"nbgrader": labels | {"grade_id": name, "cell_type": "code"}})
        for name in names
    ]
    for cell in cells:
        cell.outputs = [shown]
    return new_notebook(cells=cells)


def enter(address, *names):
    SaveTogether().preprocess(graded(*names), {"nbgrader": NAMES | {"db_url": address}})


def test_all_scores_of_a_notebook_are_entered(address):
    enter(address, "check_1", "check_2")
    assert scores(address) == {"check_1": 2, "check_2": 2}


def test_where_one_cannot_be_entered_none_is(address):
    with pytest.raises(Exception, match="check_3"):
        enter(address, "check_1", "check_3", "check_2")
    assert scores(address) == {"check_1": 1, "check_2": 1}
