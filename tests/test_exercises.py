"""The problem sets: every solution is right, every question open in the release, every wrong answer named.

The cells run in this process, without a kernel. Wrong answers: exercise_bank.py.
"""

import ast
import contextlib
import json
import os
import re
import shutil
from functools import cache, partial
from pathlib import Path

import nbformat
import pytest
import sympy as sp
from exercise_bank import BANK, solutions
from helpers import gives_away
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from course_utils import Model, Verdict, check
from course_utils.checks.hints import hints_to
from course_utils.checks.questions import question
from course_utils.checks.questions import questions as library_questions
from course_utils.checks.questions.set_1 import SIGNS
from course_utils.checks.questions.set_3 import CURVES
from course_utils.checks.questions.set_4 import MOVES
from tools.refresh import run_notebook

ROOT = Path(__file__).parents[1]
EXERCISES = ROOT / "exercises"
SETS = ["1_chain_rule", "2_train", "3_activations_and_optimizers", "4_deeper", "5_project"]
BLOCK = re.compile(r"^ *### BEGIN SOLUTION\n.*?^ *### END SOLUTION\n?", re.MULTILINE | re.DOTALL)


@cache
def cells(name):
    return nbformat.read(EXERCISES / "source" / name / f"{name}.ipynb", 4).cells


def code_cells(name):
    return [cell for cell in cells(name) if cell.cell_type == "code"]


def nbgrader(cell):
    return cell.metadata["nbgrader"]


def execute(source, namespace):
    """Run a cell, its lines for IPython left out, and return the value of its last expression."""
    body = ast.parse("\n".join(line for line in source.splitlines() if not line.startswith("%"))).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "<cell>", "exec"), namespace)
    if last is not None:
        return eval(compile(ast.Expression(last.value), "<cell>", "eval"), namespace)


@contextlib.contextmanager
def beside(name):
    """In the folder where a problem set finds its data."""
    before = os.getcwd()
    os.chdir(EXERCISES / "source" / name)
    try:
        yield
    finally:
        os.chdir(before)


@cache
def run(name, released=False):
    """(what the code cells define, what each grade cell says by its id)."""
    namespace, verdicts = {}, {}
    with beside(name):
        for cell in code_cells(name):
            value = execute(BLOCK.sub("", cell.source) if released else cell.source, namespace)
            if nbgrader(cell)["grade"]:
                verdicts[nbgrader(cell)["grade_id"]] = value
    return namespace, verdicts


def questions(name):
    """{the name of an answer: the cell that grades it}."""
    found, waiting = {}, None
    for cell in code_cells(name):
        if nbgrader(cell)["solution"]:
            waiting = nbgrader(cell)["grade_id"]
        elif nbgrader(cell)["grade"]:
            found[waiting] = cell
    return found


@pytest.mark.parametrize("name", SETS)
def test_every_solution_is_right(name):
    _, verdicts = run(name)
    assert {id: verdict for id, verdict in verdicts.items() if float(verdict) != 1} == {}


@pytest.mark.parametrize("name", SETS)
def test_every_question_is_open_in_the_release(name):
    _, verdicts = run(name, released=True)
    assert all(isinstance(verdict, Verdict) and float(verdict) == 0 for verdict in verdicts.values())
    assert {id: verdict for id, verdict in verdicts.items() if verdict.mark != "○ open"} == {}


WRONG = [
    pytest.param(name, answer, *entry, id=f"{name}-{answer}-{number}")
    for name, answers in BANK.items()
    for answer, entries in answers.items()
    for number, entry in enumerate(entries, start=1)
]


@pytest.mark.bank(one_in=3)
@pytest.mark.parametrize(("name", "answer", "source", "score", "message"), WRONG)
def test_a_wrong_answer_gets_its_score_and_its_sentence(name, answer, source, score, message):
    namespace = dict(run(name)[0])
    with beside(name):
        execute(source, namespace)
        verdict = execute(questions(name)[answer].source, namespace)
    assert float(verdict) == pytest.approx(score)
    assert re.search(message, verdict.message), verdict.message


@pytest.mark.parametrize("name", SETS)
def test_the_bank_has_three_wrong_answers_to_every_question(name):
    assert set(BANK[name]) == set(questions(name))
    assert min(map(len, BANK[name].values())) >= 3


@pytest.mark.parametrize("name", SETS)
def test_the_cells_are_marked_as_nbgrader_wants(name):
    ids = [nbgrader(cell)["grade_id"] for cell in cells(name)]
    assert len(set(ids)) == len(ids)
    for cell in cells(name):
        mark = nbgrader(cell)
        assert mark["schema_version"] == 3
        assert mark["locked"] is not mark["solution"]
        assert bool(mark.get("points")) is mark["grade"]
        assert ("### BEGIN SOLUTION" in cell.source) is mark["solution"]
        if mark["grade"] and cell.cell_type == "code":
            assert "\n" not in cell.source and not mark["solution"]
        if cell.cell_type == "code":
            assert not cell.outputs and cell.execution_count is None


@pytest.mark.parametrize("name", SETS)
def test_the_points_add_up(name):
    """To the number in the opening, and to those beside the questions."""
    points = [nbgrader(cell).get("points", 0) for cell in cells(name)]
    text = "\n".join(cell.source for cell in cells(name) if cell.cell_type == "markdown")
    beside_questions = re.findall(r"^## Question (\d+) \((\d+) points?\)", text, re.MULTILINE)
    assert sum(points) == int(re.search(r"\*\*(\d+) points\*\*", text)[1])
    assert [int(number) for _, number in beside_questions] == [number for number in points if number]
    assert [int(number) for number, _ in beside_questions] == list(range(1, len(beside_questions) + 1))


def settings(folder):
    """nbgrader's settings for a course in this folder, those of the course itself among them."""
    known = PyFileConfigLoader("nbgrader_config.py", str(EXERCISES)).load_config()
    without_gradebook = {"SaveCells": {"enabled": False}, "GenerateAssignment": {"no_database": True}}
    known.merge(Config({"CourseDirectory": {"root": str(folder)}, **without_gradebook}))
    return known


@pytest.mark.parametrize("name", SETS)
def test_the_release_is_what_nbgrader_makes_of_the_source(name, tmp_path):
    """After a change: cd exercises, then nbgrader generate_assignment NAME --force."""
    shutil.copytree(EXERCISES / "source" / name, tmp_path / "source" / name)
    course = CourseDirectory(config=settings(tmp_path), assignment_id=name)
    GenerateAssignment(coursedir=course, config=settings(tmp_path)).start()
    made, committed = (root / "release" / name for root in (tmp_path, EXERCISES))
    files = sorted(path.name for path in made.iterdir())
    assert files == sorted(path.name for path in committed.iterdir())
    for file in files:
        assert (made / file).read_text() == (committed / file).read_text(), file


@pytest.mark.parametrize("name", SETS)
def test_the_release_gives_nothing_away(name):
    released = (EXERCISES / "release" / name / f"{name}.ipynb").read_text()
    assert "SOLUTION" not in released
    for cell in cells(name):
        for block in BLOCK.findall(cell.source):
            telling = [
                line for line in block.splitlines()[1:-1] if len(line.strip()) > 12 and line[-1] != "("
            ]
            assert not [line for line in telling if json.dumps(line)[1:-1] in released]


QUESTIONS = [(name, answer) for name in SETS for answer in BANK[name]]


def asked(name, answer):
    """A question of a solved set: its number, its check cell parsed, and what it is about."""
    namespace, _ = run(name)
    call = ast.parse(questions(name)[answer].source).body[0].value
    about = [value_of(argument, namespace, name) for argument in call.args[2:]]
    return call.args[0].value, call, about, namespace


def value_of(expression, namespace, name):
    with beside(name):
        return eval(ast.unparse(expression), dict(namespace))


def names_in(cell):
    return {node.id for node in ast.walk(ast.parse(cell)) if isinstance(node, ast.Name)}


@pytest.mark.parametrize(("name", "answer"), QUESTIONS)
def test_no_part_of_a_check_cell_is_its_answer(name, answer):
    """Whatever is copied out of it is not right. (A symbol may be right but for one slip: -h for h.)"""
    number, call, about, namespace = asked(name, answer)
    assert re.fullmatch(r"set \d\.\d+", number) and call.func.id == "check" and call.args[1].id == answer
    parts = [node for argument in call.args[2:] for node in ast.walk(argument) if isinstance(node, ast.expr)]
    for part in parts:
        with contextlib.suppress(TypeError):  # the name of a keyword is no value
            assert float(check(number, value_of(part, namespace, name), *about)) < 1, ast.unparse(part)


@pytest.mark.parametrize("name", SETS)
def test_no_cell_above_a_question_computes_or_explains_its_answer(name):
    """Only what a question is about is bound; keys and what is said to slips stand in the library."""
    given = [cell for cell in code_cells(name) if not nbgrader(cell)["solution"]]
    assert not [
        cell.source for cell in given if re.search(r"slips|_key|correct=|Nothing to do here", cell.source)
    ]
    words = [kind.keywords for kind in map(question, library(name)) if isinstance(kind, partial)]
    said = [words for keywords in words for words in keywords.get("choices", {}).values()]
    released = (EXERCISES / "release" / name / f"{name}.ipynb").read_text()
    said += [words for choices in (SIGNS, CURVES, MOVES) for words in choices.values()]
    assert not [words for words in said if words in released]


def library(name):
    return library_questions(f"set {name[0]}")


@pytest.mark.parametrize(("name", "answer"), QUESTIONS)
def test_a_question_of_a_set_has_three_hints_without_its_answer(name, answer):
    number, _, about, namespace = asked(name, answer)
    check(number, namespace[answer], *about)
    notes, key = hints_to(number), namespace[answer]
    assert len({note.plain for note in notes}) == 3
    if callable(key) or isinstance(key, dict):
        last = questions(name) and solutions(name)[answer].strip().splitlines()[-1].strip()
        assert not [
            note for note in notes if last in note.plain or last.removeprefix("return ") in note.plain
        ]
    elif not isinstance(key, Model):
        key = key if isinstance(key, str) else sp.sympify(key)
        right = [
            note.plain
            for note in notes
            if gives_away(note, key, lambda said: check(number, said, *about).correct)
        ]
        assert not right


def test_every_question_of_the_library_is_asked_in_its_set():
    asked_for = [asked(*question)[0] for question in QUESTIONS]
    assert asked_for == [number for name in SETS for number in library(name)]


@pytest.mark.parametrize(
    "lesson", sorted((EXERCISES.parent / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem
)
def test_a_check_cell_of_a_lesson_holds_a_number_and_no_answer(lesson):
    cells = [cell.source for cell in nbformat.read(lesson, 4).cells if cell.cell_type == "code"]
    checked = [source for source in cells if re.search(r"\bcheck\(", source)]
    assert checked and all(
        re.fullmatch(r'(\w+) = [^"]*\.\.\.[^"]*\ncheck\("\d\d\.\d", \1\)', s) for s in checked
    )


@pytest.mark.bank(one_in=5)
@pytest.mark.parametrize("name", SETS)
def test_a_solved_set_runs_twice_with_the_same_outputs(name, pytester):
    """Its outputs are not stored, because they hold the answers: they are made here, and nbval compares."""
    folder = pytester.path / name
    shutil.copytree(EXERCISES / "source" / name, folder)
    path = folder / f"{name}.ipynb"
    notebook = nbformat.read(path, 4)
    run_notebook(notebook, folder)
    assert sum(bool(cell.get("outputs")) for cell in notebook.cells) > 10
    nbformat.write(notebook, path)
    options = ["--nbval", "--nbval-current-env", f"--nbval-sanitize-with={ROOT / 'tests' / 'nbval.ini'}"]
    result = pytester.inline_run(*options, "-p", "no:cacheprovider", "-p", "no:xdist", str(path))
    assert [report.nodeid for report in result.listoutcomes()[2]] == []
