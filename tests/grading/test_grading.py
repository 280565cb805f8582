"""From a submission to its score, by the commands of exercises/README.md."""

import csv
import errno
import fcntl
import os
import re
from pathlib import Path

import nbformat
import pytest
from exercise_bank import BANK
from grading_course import EXERCISES, Course, needs_bubblewrap, tiny_set, with_answers

from course_utils.grading import report
from course_utils.grading.assembly import label
from course_utils.grading.syntax import loads, stores
from course_utils.grading.under_way import FOLDER, Busy, notes

pytestmark = needs_bubblewrap

SETS = sorted(path.parent.name for path in EXERCISES.glob("source/*/*.ipynb"))
ROUNDS = 1  # of wrong answers to every question: test_exercises.py checks all of them, without a kernel


def labels(cell):
    return cell.metadata.get("nbgrader", {})


def answer_cell(notebook, name):
    """The grade_id of the cell that binds an answer."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and labels(cell).get("solution")]
    return next(labels(cell)["grade_id"] for cell in cells if name in stores(cell.source))


def check_cell(notebook, answer):
    """The check that comes next after an answer cell."""
    ids = [labels(cell).get("grade_id") for cell in notebook.cells]
    after = notebook.cells[ids.index(answer) :]
    return next(cell for cell in after if labels(cell).get("grade"))


def used_by_others(notebook, answer):
    """Whether other answers use what this cell binds: then it is spoilt in a submission of its own."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and labels(cell).get("solution")]
    bound = next(stores(cell.source) for cell in cells if labels(cell)["grade_id"] == answer)
    return any(bound & loads(cell.source) for cell in cells if labels(cell)["grade_id"] != answer)


def student_with(answer, number):
    return f"wrong_{number}_{answer}"


def graded_by_machine(notebook):
    return {
        labels(cell)["grade_id"]: labels(cell)["points"]
        for cell in notebook.cells
        if labels(cell).get("grade") and cell.cell_type == "code"
    }


@pytest.fixture(scope="module", params=SETS)
def graded_set(request, tmp_path_factory):
    """A problem set of the course: solution, release, and the bank's wrong answers, graded in one run."""
    name, course = request.param, Course(tmp_path_factory.mktemp(request.param))
    course.enrol("ada", "bob")
    course.add_set(name, EXERCISES / "source" / name)
    source, release, wrong = course.notebook(name, "source"), course.notebook(name), {}
    course.submit("solution", name, source)
    course.submit("release", name, release)
    course.submit("ada", name, course.variant("ada", name, "source"))
    course.submit("bob", name, course.variant("bob", name))
    for answer, entries in BANK[name].items():
        shared = used_by_others(source, answer_cell(source, answer))
        for number, (text, _, _) in enumerate(entries[:ROUNDS]):
            wrong.setdefault(student_with(answer if shared else "", number), {})[answer] = text
    for student, answers in wrong.items():
        cells = {answer_cell(release, answer): text for answer, text in answers.items()}
        course.submit(student, name, with_answers(source, cells))
    done = course.command("autograde", name)
    assert done.returncode == 0, done.stderr
    return name, course


@pytest.mark.bank(one_in=10)
@pytest.mark.parametrize(("solved", "untouched"), [("solution", "release"), ("ada", "bob")])
def test_the_solution_gets_all_points_and_the_release_none(graded_set, solved, untouched):
    """Of the set itself, and of variants of it."""
    name, course = graded_set
    points = graded_by_machine(course.notebook(name))
    assert points
    scores = course.scores(solved, name)
    messages = [course.message(solved, name, check) for check in points]
    assert {check: scores[check] for check in points} == points, messages
    assert set(course.scores(untouched, name).values()) == {0.0}


@pytest.mark.bank(one_in=5)
def test_each_wrong_answer_gets_its_score_and_message(graded_set):
    name, course = graded_set
    release, source = course.notebook(name), course.notebook(name, "source")
    for answer, entries in BANK[name].items():
        shared = used_by_others(source, answer_cell(source, answer))
        check = check_cell(release, answer_cell(release, answer))
        for number, (_, score, message) in enumerate(entries[:ROUNDS]):
            student, question = student_with(answer if shared else "", number), labels(check)["grade_id"]
            told = course.message(student, name, question)
            assert re.search(message, told), (answer, number, told)
            got = course.scores(student, name)[question]
            assert got == pytest.approx(score * labels(check)["points"]), (answer, number, told)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("course"))
    course.add_set("tiny", tiny_set())
    return course


FULL = {"check_1": 2.0, "check_2": 1.0, "check_3": 3.0, "words": 0.0}


def test_nothing_is_left_of_an_earlier_try(course):
    """A try that is right and marked by hand, a broken one, one half right, and one without a time."""
    course.submit("ann", "tiny", tiny_set())
    assert course.command("autograde", "tiny", "--student", "ann").returncode == 0
    assert course.scores("ann", "tiny") == FULL
    with course.gradebook as gradebook:
        gradebook.find_grade("words", "tiny", "tiny", "ann").manual_score = 4.0
        gradebook.db.commit()
    assert course.scores("ann", "tiny") == FULL | {"words": 4.0}
    course.command("autograde", "tiny", "--student", "ann", "--force")
    assert course.scores("ann", "tiny") == FULL | {"words": 4.0}  # the same try keeps its marks
    course.submit("ann", "tiny", "{")
    assert course.command("autograde", "tiny", "--student", "ann").returncode != 0
    assert set(course.scores("ann", "tiny").values()) == {0.0}
    course.submit("ann", "tiny", with_answers(course.notebook("tiny"), {"answer_1": "answer_1 = x + x"}))
    assert course.command("autograde", "tiny", "--student", "ann").returncode == 0
    assert course.scores("ann", "tiny") == dict.fromkeys(FULL, 0.0) | {"check_1": 2.0}
    (course.submit("ann", "tiny", tiny_set()) / "timestamp.txt").write_text("tomorrow")
    assert "timestamp.txt holds no time" in course.command("autograde", "tiny", "--student", "ann").stderr
    assert set(course.scores("ann", "tiny").values()) == {0.0}


def test_one_run_at_a_time_has_a_set_and_what_a_killed_one_left_is_graded_anew(course):
    course.submit("kim", "tiny", tiny_set())
    with notes(course.folder, ["tiny", "another"]) as mine:
        refused = course.command("autograde", "tiny", "--student", "kim")
        assert refused.returncode != 0 and "tiny is being graded by another run" in refused.stderr
        assert course.scores("kim", "tiny") == {} and [note.student() for note in mine.values()] == ["", ""]
    assert course.command("autograde", "tiny", "--student", "kim").returncode == 0
    note, graded = course.folder / FOLDER / "tiny", course.folder / "autograded" / "kim"
    for nobody in ("", "\0\0", "nobody", "kim\nann"):
        note.write_text(nobody)
        assert "1 graded before" in course.command("autograde", "tiny", "--student", "kim").stderr
        assert graded.exists() and note.read_text() == ""
    note.write_text("kim")
    done = course.command("autograde", "tiny", "--student", "kim")
    assert "tiny of kim was not finished" in done.stderr and "1 graded, 0 graded before" in done.stderr
    assert course.scores("kim", "tiny") == FULL and note.read_text() == ""


@pytest.mark.parametrize(("course_mode", "group_may"), [(0o2770, 0o060), (0o755, 0o040)])
def test_what_keeps_runs_apart_is_shared_with_those_who_share_the_course(course_mode, group_may, tmp_path):
    """With teachers of one group: a file of the first one's alone would lock the others out."""
    tmp_path.chmod(course_mode)
    before = os.umask(0o022)
    try:
        with notes(tmp_path, ["tiny"]):
            pass
    finally:
        os.umask(before)
    assert (tmp_path / FOLDER / "tiny").stat().st_mode & 0o060 == group_may
    assert (tmp_path / FOLDER).stat().st_mode & 0o060 == group_may


def test_a_file_of_somebody_elses_alone_is_named(tmp_path, monkeypatch):
    def refused(path, *_, **__):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refused)
    with (
        pytest.raises(Busy, match=f"{tmp_path / FOLDER / 'tiny'} cannot be written"),
        notes(tmp_path, ["tiny"]),
    ):
        pass


def test_only_where_another_run_has_a_set_this_is_said(tmp_path, monkeypatch):
    def no_locks(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    with (
        pytest.raises(Busy, match=r"tiny cannot be locked \(No locks available\)"),
        notes(tmp_path, ["tiny"]),
    ):
        pass


def test_who_is_excluded_is_not_counted(course):
    course.submit("kim", "tiny", tiny_set())
    done = course.command("autograde", "tiny", "--student", "kim", "--CourseDirectory.student_id_exclude=kim")
    assert "0 handed in: 0 graded, 0 graded before, 0 not graded" in done.stderr


def test_without_bubblewrap_nothing_runs_and_no_score_is_lost(course, tmp_path):
    course.submit("bob", "tiny", tiny_set())
    course.command("autograde", "tiny", "--student", "bob")
    assert course.scores("bob", "tiny") == FULL
    refused = course.command("autograde", "tiny", "--student", "bob", "--force", path=str(tmp_path))
    assert refused.returncode != 0
    assert "bubblewrap is not installed" in refused.stderr
    assert course.scores("bob", "tiny") == FULL


def test_feedback_and_export_say_what_autograde_found(course):
    marker = "<script>alert(1)</script>"
    answers = {"answer_2": f"answer_2 = 43\nprint({marker!r})", "words": f"The slope. {marker}"}
    course.submit("eve", "tiny", with_answers(tiny_set(), answers))
    assert course.command("autograde", "tiny", "--student", "eve").returncode == 0
    assert course.command("generate_feedback", "tiny", "--student", "eve").returncode == 0
    feedback = (course.folder / "feedback" / "eve" / "tiny" / "tiny.html").read_text()
    assert "43 is not the number" in feedback
    assert marker not in feedback
    assert course.command("export").returncode == 0
    rows = list(csv.DictReader((course.folder / "grades.csv").read_text("utf-8-sig").splitlines()))
    assert [row["points before lateness"] for row in rows if row["learner"] == "eve"] == ["5"]


@needs_bubblewrap
def test_a_class_reads_its_feedback_in_its_language(tmp_path):
    """The same points, and no word of a verdict in English."""
    course = Course(tmp_path, 'import os\nos.environ["COURSE_LANGUAGE"] = "zh_CN"')
    course.add_set("tiny", tiny_set())
    course.submit("ann", "tiny", with_answers(tiny_set(), {"answer_1": "del x", "answer_2": "answer_2 = 43"}))
    assert course.command("autograde", "tiny").returncode == 0
    assert course.scores("ann", "tiny") == FULL | {"check_1": 0.0, "check_2": 0.0}
    graded = nbformat.read(course.folder / "autograded" / "ann" / "tiny" / "tiny.ipynb", 4)
    said = {label(c)["grade_id"]: c.outputs[0].text for c in graded.cells if label(c).get("points", 4) < 4}
    assert [said[f"check_{n}"][:4] for n in (1, 2)] == ["不得分：", "✗ 还不"]
    assert not re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", "".join(said.values()))


def test_a_learner_may_add_cells_and_a_late_one_does_not_count(course):
    notebook = tiny_set()
    notebook.cells.insert(1, nbformat.v4.new_code_cell("double = lambda u: 2 * u"))
    notebook = with_answers(notebook, {"answer_1": "answer_1 = double(x)"})
    notebook.cells.append(nbformat.v4.new_code_cell("answer_2 = 0; x = 3; line = None"))
    course.submit("dan", "tiny", notebook)
    course.command("autograde", "tiny", "--student", "dan")
    assert course.scores("dan", "tiny") == FULL


def test_a_fault_of_the_problem_set_is_no_fault_of_the_learner(tmp_path):
    """A set whose own cell fails is reported, rather than graded with 0."""
    course, broken = Course(tmp_path), tiny_set()
    broken.cells[0].source += "\nundefined_by_mistake"
    course.add_set("broken", broken)
    course.submit("ann", "broken", broken)
    done = course.command("autograde", "broken")
    assert done.returncode != 0
    assert "a cell of the problem set fails" in done.stderr


@pytest.mark.long
def test_without_the_settings_stock_nbgrader_gives_no_points_for_a_wrong_answer(tmp_path):
    """Graded by mistake without nbgrader_config.py, a wrong answer must not count as right."""
    course = Course(tmp_path)
    course.add_set("tiny", tiny_set())
    (tmp_path / "nbgrader_config.py").unlink()
    course.submit("ann", "tiny", with_answers(tiny_set(), {"answer_2": "answer_2 = 43"}))
    assert course.command("autograde", "tiny").returncode == 0
    assert course.scores("ann", "tiny")["check_2"] == 0.0


def test_validate_agrees_with_the_message_under_the_cell(course):
    """What JupyterLab's Validate button runs."""
    right = course.folder / "right.ipynb"
    nbformat.write(tiny_set(), right)
    assert "Success! Your notebook passes all the tests." in course.command("validate", str(right)).stdout
    wrong = course.folder / "wrong.ipynb"
    nbformat.write(with_answers(tiny_set(), {"answer_2": "answer_2 = 43"}), wrong)
    said = course.command("validate", str(wrong)).stdout
    assert "VALIDATION FAILED ON 1 CELL(S)" in said
    assert "43 is not the number" in said


def test_the_release_holds_no_solution():
    for path in Path(EXERCISES / "release").glob("*/*.ipynb"):
        assert "SOLUTION" not in path.read_text()


HANDED_IN = {  # of each learner the files, the points, and what the teacher reads
    "renamed": ({"tiny (1).ipynb": "solved"}, 6, "tiny (1).ipynb is taken for tiny.ipynb"),
    "beside": ({"tiny (1).ipynb": "solved", "tiny.ipynb": "release"}, 6, "tiny (1).ipynb is taken for"),
    "another": ({"notes.ipynb": "release", "tiny.ipynb": "solved"}, 6, "notes.ipynb is not graded"),
    "inside": (
        {"week 1/tiny.ipynb": "solved", ".ipynb_checkpoints/tiny.ipynb": "release"},
        6,
        "is taken for",
    ),
    "two": (
        {"a.ipynb": "solved", "b.ipynb": "solved"},
        None,
        "should hold tiny.ipynb, and holds these: a.ipynb, b",
    ),
    "text": ({"tiny.txt": "solved"}, None, "should hold tiny.ipynb, and holds these: tiny.txt"),
    "unlabelled": ({"tiny.ipynb": "unlabelled"}, None, "none of the 8 cells of this set is recognised"),
}


def test_a_notebook_is_found_whatever_it_is_called_or_the_teacher_is_told(course):
    unlabelled = tiny_set()
    for cell in unlabelled.cells:
        cell.metadata = {}
    texts = {"solved": tiny_set(), "release": course.notebook("tiny"), "unlabelled": unlabelled}
    for student, (files, _, _) in HANDED_IN.items():
        for name, text in files.items():
            path = course.folder / "submitted" / student / "tiny" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(texts[text], path)
    done = course.command("autograde", "tiny")
    assert done.returncode != 0
    for student, (_, points, said) in HANDED_IN.items():
        scores = course.scores(student, "tiny")
        assert (sum(scores.values()) or None) == points, student
        assert said in done.stderr, student


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """A course with a set of two notebooks."""
    course = Course(tmp_path_factory.mktemp("two"))
    source = course.folder / "source" / "two"
    source.mkdir(parents=True)
    for name in ("p1", "p2"):
        nbformat.write(tiny_set(), source / f"{name}.ipynb")
    assert course.command("generate_assignment", "two").returncode == 0
    return course


def hand_in(course, student, when, **notebooks):
    folder = course.folder / "submitted" / student / "two"
    folder.mkdir(parents=True, exist_ok=True)
    for name, notebook in notebooks.items():
        nbformat.write(notebook, folder / f"{name}.ipynb")
    (folder / "timestamp.txt").write_text(f"2026-01-0{when} 12:00:00 UTC")


def points(course, student):
    with course.gradebook as gradebook:
        return {each.name: each.score for each in gradebook.find_submission("two", student).notebooks}


def untouched(course):
    return nbformat.read(course.folder / "release" / "two" / "p1.ipynb", 4)


def test_of_a_set_of_two_notebooks_one_may_be_graded_and_the_other_keeps_its_points(two):
    hand_in(two, "ada", 1, p1=tiny_set(), p2=tiny_set())
    one = "autograde", "two", "--student", "ada", "--notebook"
    assert two.command(*one, "p1").returncode == 0
    assert points(two, "ada") == {"p1": 6, "p2": 0}
    assert "1 graded, 0 graded before" in two.command(*one, "*").stderr  # p2 is not
    assert points(two, "ada") == {"p1": 6, "p2": 6}
    with two.gradebook as gradebook:
        gradebook.find_grade("words", "p2", "two", "ada").manual_score = 4.0
        gradebook.db.commit()
    assert two.command(*one, "p1", "--force").returncode == 0
    assert points(two, "ada") == {"p1": 6, "p2": 10}
    assert "0 graded, 1 graded before" in two.command(*one, "*").stderr


def test_of_a_later_try_every_notebook_is_graded_anew(two):
    """Even if a run was asked for one of them alone: the other one's points were for what is no more."""
    student = "--student", "bob"
    hand_in(two, "bob", 1, p1=tiny_set(), p2=untouched(two))
    assert two.command("autograde", "two", *student).returncode == 0
    assert points(two, "bob") == {"p1": 6, "p2": 0}
    hand_in(two, "bob", 2, p1=untouched(two), p2=tiny_set())
    told = two.command("autograde", "two", *student, "--notebook", "p2").stderr
    assert "p1 of bob was of an earlier try" in told
    assert points(two, "bob") == {"p1": 0, "p2": 6}
    hand_in(two, "bob", 3, p1=tiny_set())
    two.command("autograde", "two", *student, "--notebook", "p1")
    assert points(two, "bob") == {"p1": 6, "p2": 0}
    assert two.command("autograde", "two", *student).returncode == 0
    assert points(two, "bob") == {"p1": 6, "p2": 6}
    handed_in = two.folder / "submitted" / "bob" / "two" / "p1.ipynb"
    kept = handed_in.rename(handed_in.with_suffix(".txt"))
    assert two.command("autograde", "two", *student, "--notebook", "p1", "--force").returncode != 0
    kept.rename(handed_in)  # with the same time: it is not held for graded
    assert two.command("autograde", "two", *student, "--notebook", "p1").returncode == 0
    assert points(two, "bob") == {"p1": 6, "p2": 6}


def test_of_several_notebooks_none_is_taken_for_another(two):
    hand_in(two, "cleo", 1, zz=tiny_set())
    hand_in(two, "dan", 1, p1=tiny_set(), zz=tiny_set())
    (two.folder / "submitted" / "dan" / "two" / "zz.ipynb").write_text("{")  # it costs nothing
    for notebook, wanted in (("p1", "p1.ipynb"), ("*", "p1.ipynb or p2.ipynb")):
        said = [
            two.command("autograde", "two", "--student", who, "--notebook", notebook)
            for who in ("cleo", "dan")
        ]
        assert f"cleo/two should hold {wanted}, and holds these: timestamp.txt, zz.ipynb" in said[0].stderr
        assert said[1].returncode == 0 and points(two, "dan") == {"p1": 6, "p2": 0}


def test_the_teacher_reads_what_the_class_got_wrong(course, monkeypatch, capsys):
    for number, answer in enumerate(["3 * x", "x**2 <", "2 * x", "x"]):
        notebook = with_answers(tiny_set(), {"answer_1": f"answer_1 = {answer}"})
        course.submit(f"class_{number}", "tiny", notebook)
    course.command("autograde", "tiny")
    monkeypatch.chdir(course.folder)
    report.main(["tiny"])
    assert "Wrote feedback/tiny_report.html and feedback/tiny_report.csv." in capsys.readouterr().out
    rows = list(
        csv.DictReader((course.folder / "feedback" / "tiny_report.csv").read_text("utf-8-sig").splitlines())
    )
    found = {(row["question"], row["slip"]): row for row in rows}
    assert found["check_1", "no value"]["example"] == "answer_1 = x**2 <"
    assert all(row["learners"] == "" for row in rows)
    page = (course.folder / "feedback" / "tiny_report.html").read_text()
    assert "x**2 &lt;" in page and "class_1" not in page
    report.main(["tiny", "--names"])
    assert "class_1" in (course.folder / "feedback" / "tiny_report.html").read_text()
    with pytest.raises(SystemExit, match="Nothing of other was graded"):
        report.main(["other"])
