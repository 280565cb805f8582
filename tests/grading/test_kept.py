"""What nbgrader does for each cell, done once for a notebook or for many."""

import os
import sys
from pathlib import Path

import nbformat
import pytest
from grading_course import Course, needs_bubblewrap, tiny_set
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


@needs_bubblewrap
def test_each_submission_has_the_gradebooks_points_whatever_became_of_the_source(tmp_path):
    course = Course(tmp_path)
    course.add_set("tiny", tiny_set())
    raised = course.notebook("tiny", "source")
    for cell in raised.cells:
        if cell.metadata.nbgrader.grade_id == "check_1":
            cell.metadata.nbgrader.points = 5  # and it is not released again: the gradebook has 2
    for learner in ("ada", "bob"):
        course.submit(learner, "tiny", raised)
    nbformat.write(raised, tmp_path / "source" / "tiny" / "tiny.ipynb")
    said = course.command("autograde", "tiny").stderr
    assert [course.scores(learner, "tiny")["check_1"] for learner in ("ada", "bob")] == [2, 2], said
    assert said.count("'points' for cell check_1 has changed") == 2


TELLING = """
from nbgrader.api import Gradebook
if Gradebook.find_source_cell.__name__ != "told":  # this file is read more than once
    def told(*words, find=Gradebook.find_source_cell):
        print("asked for", words[1])
        return find(*words)
    Gradebook.find_source_cell = told
"""


@needs_bubblewrap
def test_cells_that_are_as_in_the_gradebook_are_asked_for_once(tmp_path):
    course = Course(tmp_path, TELLING)
    course.add_set("tiny", tiny_set())
    for learner in ("ada", "bob", "cleo"):
        course.submit(learner, "tiny", course.notebook("tiny", "source"))
    assert course.command("autograde", "tiny").stdout.count("asked for check_1") == 1


@needs_bubblewrap
def test_of_two_sets_with_the_same_cells_each_has_its_own_gradebooks(tmp_path):
    """A check that was released stays, even in a run that has just seen it changed as another set has it."""
    course = Course(tmp_path)
    other = tiny_set()
    check = next(cell for cell in other.cells if cell.metadata.nbgrader.grade_id == "check_2")
    check.source = "check_number(answer_2, 43.0)"
    for name, released in (("a_tiny", tiny_set()), ("b_tiny", other)):
        course.add_set(name, released)
        course.submit("ada", name, tiny_set())
    nbformat.write(tiny_set(), tmp_path / "source" / "b_tiny" / "b_tiny.ipynb")
    said = course.command("autograde", "*").stderr
    assert [course.scores("ada", name)["check_2"] for name in ("a_tiny", "b_tiny")] == [1, 0], said
