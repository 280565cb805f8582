"""What nbgrader does for each cell, done once for a notebook or for many."""

import os
import sys
from pathlib import Path

import nbformat
import pytest
from grading_course import EXERCISES, Course, needs_bubblewrap, tiny_set
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.api import Gradebook

from course_utils.grading.kept import SaveTogether
from course_utils.grading.released import NotReleased, check_source

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


def test_before_anything_is_handed_in_a_set_may_be_released_anew_with_other_cells(address, tmp_path):
    """And a source that is not there, or no notebook, is named."""
    path, told = tmp_path / "set.ipynb", {}
    for learners in ("with", "without"):
        with Gradebook(address) as gradebook:
            if learners == "without":
                gradebook.remove_submission("set", "ada")
            gradebook.update_or_create_source_cell("gone", "set", "set", cell_type="code")
            nameless = graded("")
            del nameless.cells[0].metadata["nbgrader"]["grade_id"]
            path.write_text(nbformat.writes(nameless))
            with pytest.raises(
                NotReleased, match=r"a cell that is graded or locked has no name \(grade_id\)"
            ):
                check_source("set", [path], gradebook, "*")
            for text in (nbformat.writes(new_notebook()), "", "<<<<<<< HEAD\n{}", "[]"):
                path.write_text(text)
                with pytest.raises(NotReleased) as reason:
                    check_source("set", [path], gradebook, "*")
                told[learners, text[:1]] = str(reason.value)
            with pytest.raises(
                NotReleased, match=r"The source of set has no set\.ipynb, so nothing is graded"
            ):
                check_source("set", [], gradebook, "*")
            check_source("set", [], gradebook, "another")
    assert told["with", "{"].endswith("gone. Put them back.")
    assert told["without", "{"].endswith("gone. Put them back, or run nbgrader generate_assignment set.")
    assert all(f"{path} is no notebook that can be read" in told["with", start] for start in ("", "<", "["))


def enter(address, *names):
    SaveTogether().preprocess(graded(*names), {"nbgrader": NAMES | {"db_url": address}})


def test_all_scores_of_a_notebook_are_entered(address):
    enter(address, "check_1", "check_2")
    assert scores(address) == {"check_1": 2, "check_2": 2}


def test_where_one_cannot_be_entered_none_is(address):
    with pytest.raises(Exception, match="check_3"):
        enter(address, "check_1", "check_3", "check_2")
    assert scores(address) == {"check_1": 1, "check_2": 1}


def raised(notebook):
    labels = next(cell.metadata.nbgrader for cell in notebook.cells if cell.metadata.nbgrader.get("points"))
    labels.points += 48


def renamed(notebook):
    labels = next(cell.metadata.nbgrader for cell in notebook.cells if cell.metadata.nbgrader.get("points"))
    labels.grade_id = "new"


def shortened(notebook):
    notebook.cells = [cell for cell in notebook.cells if cell.metadata.nbgrader.grade_id != "answer_2"]


def unlabelled(notebook):
    del notebook.cells[0].metadata["nbgrader"]


def locked(notebook):
    labels = next(c.metadata.nbgrader for c in notebook.cells if c.metadata.nbgrader.grade_id == "answer_2")
    labels.solution, labels.locked = False, True


@needs_bubblewrap
def test_no_score_is_forgotten_where_the_source_is_not_what_was_released(tmp_path):
    """And the cells are named, once, with what nbgrader lets a teacher do about them."""
    course = Course(tmp_path)
    course.add_set("tiny", tiny_set())
    course.submit("ada", "tiny", tiny_set())
    assert course.command("autograde", "tiny").returncode == 0
    before = course.scores("ada", "tiny")
    course.submit("ada", "tiny", tiny_set())
    course.submit("bob", "tiny", tiny_set())
    anew = ", or run nbgrader generate_assignment tiny"
    changes = [(raised, "check_1", anew), (renamed, "check_1, new", ""), (shortened, "answer_2", "")]
    changes += [(unlabelled, "setup", ""), (locked, "answer_2", "")]
    for change, cells, otherwise in changes:
        source = tiny_set()
        change(source)
        nbformat.write(source, tmp_path / "source" / "tiny" / "tiny.ipynb")
        done = course.command("autograde", "tiny")
        assert done.returncode != 0 and course.scores("ada", "tiny") == before, done.stderr
        assert done.stderr.count(f"or worth other points: {cells}. Put them back{otherwise}.\n") == 1
    nbformat.write(tiny_set(), tmp_path / "source" / "tiny" / "tiny.ipynb")
    assert "2 handed in: 2 graded" in course.command("autograde", "tiny").stderr


@needs_bubblewrap
def test_a_variant_has_the_gradebooks_points_or_is_not_graded(tmp_path):
    course, name = Course(tmp_path), "1_chain_rule"
    course.enrol("ada")
    course.add_set(name, EXERCISES / "source" / name)
    course.submit("ada", name, course.variant("ada", name))
    source = course.notebook(name, "source")
    check = next(cell for cell in source.cells if cell.metadata.get("nbgrader", {}).get("points"))
    check.metadata.nbgrader.points += 48  # and it is not released again
    nbformat.write(source, tmp_path / "source" / name / f"{name}.ipynb")
    done = course.command("autograde", name)
    assert f"points: {check.metadata.nbgrader.grade_id}. Put them back" in done.stderr
    assert course.scores("ada", name) == {}


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
        for learner in ("ada", "bob"):
            course.submit(learner, name, tiny_set())
    nbformat.write(tiny_set(), tmp_path / "source" / "b_tiny" / "b_tiny.ipynb")
    said = course.command("autograde", "*").stderr
    for learner in ("ada", "bob"):
        assert [course.scores(learner, name)["check_2"] for name in ("a_tiny", "b_tiny")] == [1, 0], said
