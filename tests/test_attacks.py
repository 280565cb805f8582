"""Submissions that try to be worth more than they are, or that break: none gains, none stops the rest."""

import hashlib
import json
import socket
import sqlite3
from copy import deepcopy

import nbformat
import pytest
from grading_course import Course, needs_bubblewrap, tiny_set, with_answers
from nbformat.v4 import new_code_cell

from course_utils.grading.sandbox import bubblewrap, limits
from course_utils.grading.session import Session

pytestmark = needs_bubblewrap

# Each attacker has answered question 1 and nothing else: without an attack this is 2 points.
HONEST = {"answer_1": "answer_1 = 2 * x"}
WITHOUT_ATTACK = {"check_1": 2.0, "check_2": 0.0, "check_3": 0.0, "words": 0.0}

FIRST_CELL = {  # what the attacker runs before anything else
    "patches the checks": """
import course_utils
from course_utils.checks import verdict, plain
right = lambda *a, **k: course_utils.Verdict(True, "forged", 1.0)
for module in (course_utils, course_utils.checks, plain):
    module.check_number = module.check_forward = module.check_derivative = right
course_utils.Verdict.__float__ = lambda self: 1.0
""",
    "patches SymPy and builtins": """
import builtins, sympy
sympy.Basic.__eq__ = sympy.Expr.__eq__ = lambda *a: True
builtins.float = builtins.abs = lambda *a: 1.0
""",
    "shadows modules": """
import sys, types
for name in ("course_utils", "course_utils.checks", "course_utils.checks.verdict"):
    sys.modules[name] = types.ModuleType(name)
open("course_utils.py", "w").write("raise SystemExit")
""",
    "empties cells by an AST transformer": """
import ast
class Empty(ast.NodeTransformer):
    def visit_Module(self, node):
        return ast.Module(body=[], type_ignores=[])
get_ipython().ast_transformers.append(Empty())
""",
    "swallows results": """
import sys
sys.displayhook = lambda value: None
get_ipython().display_formatter.format = lambda *a, **k: ({"text/plain": "99"}, {})
get_ipython().display_pub.publish = lambda *a, **k: None
""",
    "speaks for the worker": """
import json, os
for number in range(200):
    for channel in range(3, 30):
        try:
            os.write(channel, json.dumps({"id": number, "reply": ["float", "0x1p4"]}).encode() + b"\\n")
        except OSError:
            pass
""",
    "patches the worker": """
from course_utils.grading import examination, worker
worker.Worker.get = lambda self, name: ["model", ["dict", []], ["list", []], ["list", []]]
worker.Worker.call = lambda self, *a: [None, ["tuple", [["float", "nan"]] * 3]]
examination.Examination.graded = None
""",
    "sends code for data": """
import course_utils.grading.worker
course_utils.grading.worker.Worker.get = lambda self, name: ["formula", ["__import__('os').abort", []]]
""",
    "answers with what equals everything": """
class Always(float):
    __eq__ = __le__ = __ge__ = __lt__ = __gt__ = lambda *a: True
    __abs__ = __sub__ = __rsub__ = lambda self, *a: self
    hex = lambda self: "0x0p0"
answer_2 = Always(1)
""",
    "loops for ever": "while True: pass",
    "loops and will not be stopped": """
while True:
    try:
        while True: pass
    except BaseException: pass
""",
    "sleeps": "import time; time.sleep(10_000)",
    "leaves": "import sys; sys.exit(0)",
    "leaves at once": "import os; os._exit(0)",
    "kills its parents": """
import os, signal
for process in (1, os.getppid(), -1):
    try:
        os.kill(process, signal.SIGKILL)
    except OSError:
        pass
""",
    "fills the memory": "hoard = []\nwhile True: hoard.append(bytearray(10**7))",
    "fills the memory by files": """
for number in range(100):
    with open(f"/scratch/{number}", "wb") as file:
        file.write(bytes(10**7))
""",
    "fills the output": "while True: print('x' * 10**6)",
    "starts processes": "import os\nfor _ in range(1000):\n    os.fork()",
    "hides a deep formula": """
answer_2 = x
for _ in range(20_000):
    answer_2 = sp.Function("f")(answer_2, evaluate=False)
""",
    "hides a huge number": "answer_2 = 10**100_000_000",
    "looks for the solutions": """
import os
for folder, _, names in os.walk("/"):
    for name in names:
        if name.endswith(".ipynb") or name == "gradebook.db":
            if not folder.startswith(("/proc", "/usr")) and "site-packages" not in folder:
                answer_2 = 42.0
""",
}
ANSWERS = {  # what the attacker writes into answer cells
    "returns for ever": {"answer_3": "def forward(x, w):\n    while True: pass"},
    "leaves from a function": {"answer_3": "def forward(x, w):\n    import os; os._exit(0)"},
    "raises what nobody catches": {"answer_3": "def forward(x, w):\n    raise SystemExit"},
    "does not parse": {"answer_2": "answer_2 = = 42"},
    "forges a verdict": {"answer_2": "import course_utils\nanswer_2 = course_utils.Verdict(True, '', 1.0)"},
    "ends the cell early": {"answer_2": "get_ipython().run_cell = print"},
}


def cell_of(notebook, grade_id):
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def without_checks(notebook):
    notebook.cells = [cell for cell in notebook.cells if "check" not in cell.metadata.nbgrader.grade_id]


def edited_checks(notebook):
    for cell in notebook.cells:
        if cell.metadata.nbgrader.grade:
            cell.source, cell.metadata.nbgrader.points = "1.0", 100
            cell.metadata.nbgrader.checksum = "0" * 32


def doubled_checks(notebook):
    for number in (2, 3):
        forged = deepcopy(cell_of(notebook, f"check_{number}"))
        forged.source, forged.id = "3.0", f"forged-{number}"
        notebook.cells.append(forged)


def checks_of_words(notebook):
    for number in (2, 3):
        cell = cell_of(notebook, f"check_{number}")
        cell.cell_type, cell.source = "markdown", "Full marks, please."
        cell.pop("outputs"), cell.pop("execution_count")


def invented_check(notebook):
    forged = deepcopy(cell_of(notebook, "check_2"))
    forged.metadata.nbgrader.grade_id, forged.source, forged.id = "check_99", "100.0", "forged"
    notebook.cells.append(forged)


def answers_made_checks(notebook):
    for number in (2, 3):
        cell_of(notebook, f"answer_{number}").metadata.nbgrader.update(grade=True, points=50, locked=True)


def stored_outputs(notebook):
    for number in (2, 3):
        data = {"text/plain": "3.0"}
        output = nbformat.v4.new_output("execute_result", data=data, execution_count=1)
        cell_of(notebook, f"check_{number}").outputs = [output]


def strange_metadata(notebook):
    for cell, strange in zip(notebook.cells[2:], (None, [], "x", {"grade_id": 7}), strict=False):
        cell.metadata["nbgrader"] = strange


EDITS = [without_checks, edited_checks, doubled_checks, checks_of_words, invented_check]
EDITS += [answers_made_checks, stored_outputs, strange_metadata]
BESIDE = {  # files that the attacker hands in beside the notebook
    "course_utils.py": "raise SystemExit",
    "sympy.py": "raise SystemExit",
    "nbgrader_config.py": "c = get_config()\nc.Examine.sandbox = 'none'",
    "sitecustomize.py": "raise SystemExit",
    "gradebook.db": "forged",
}
BROKEN = {"broken JSON": "{", "another format": json.dumps({"cells": "none"}), "binary": "\0\1\2"}


# These may break what their own answer to question 1 needs, or the cell that it stands in.
SPOILT = {"patches_SymPy_and_builtins", "shadows_modules", "empties_cells_by_an_AST_transformer"}
SPOILT |= {"patches_the_worker", "speaks_for_the_worker", "sends_code_for_data", "starts_processes"}
SPOILT |= {"strange_metadata"}


def name_of(attack: str) -> str:
    """A student id: nbgrader makes folders of it."""
    return attack.replace(" ", "_")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course in which all attackers and some honest learners were graded, in one run."""
    settings = "c.Examine.cell_seconds = 1.5\nc.Examine.total_seconds = 240\nc.Examine.memory = 2**29"
    course = Course(tmp_path_factory.mktemp("attacked"), settings)
    course.add_set("tiny", tiny_set())
    attacker = with_answers(course.notebook("tiny"), HONEST)
    for attack, source in FIRST_CELL.items():
        notebook = deepcopy(attacker)
        notebook.cells.insert(0, new_code_cell(source))
        course.submit(name_of(attack), "tiny", notebook)
    for attack, answers in ANSWERS.items():
        course.submit(name_of(attack), "tiny", with_answers(attacker, answers))
    for edit in EDITS:
        notebook = deepcopy(attacker)
        edit(notebook)
        course.submit(edit.__name__, "tiny", notebook)
    course.submit("files_beside", "tiny", attacker, BESIDE)
    database = course.folder / "gradebook.db"
    forgery = (
        f"import sqlite3\nfor path in ({str(database)!r}, '../gradebook.db'):\n    open(path, 'wb').close()"
    )
    notebook = deepcopy(attacker)
    notebook.cells.insert(0, new_code_cell(forgery))
    course.submit("forges_the_gradebook", "tiny", notebook)
    for student, text in BROKEN.items():
        course.submit(name_of(student), "tiny", text)
    for student in ("aaa_honest", "zzz_honest"):
        course.submit(student, "tiny", tiny_set())
    source = course.folder / "source" / "tiny" / "tiny.ipynb"
    before = hashlib.sha256(source.read_bytes()).hexdigest()
    course.done = course.command("autograde", "tiny")
    assert hashlib.sha256(source.read_bytes()).hexdigest() == before
    return course


ATTACKS = [*FIRST_CELL, *ANSWERS, *(edit.__name__ for edit in EDITS), "files_beside", "forges_the_gradebook"]


@pytest.mark.parametrize("attack", map(name_of, ATTACKS))
def test_an_attack_gains_nothing_and_loses_nothing_else(graded, attack):
    scores = graded.scores(attack, "tiny")
    first = scores["check_1"] if attack in SPOILT else 2.0
    assert scores == WITHOUT_ATTACK | {"check_1": first}, graded.message(attack, "tiny", "check_1")
    assert first <= 2.0


@pytest.mark.parametrize("student", ["aaa_honest", "zzz_honest"])
def test_honest_learners_among_attackers_get_all_points(graded, student):
    assert graded.scores(student, "tiny") == {"check_1": 2.0, "check_2": 1.0, "check_3": 3.0, "words": 0.0}


@pytest.mark.parametrize("student", map(name_of, BROKEN))
def test_what_is_no_notebook_is_reported_and_worth_nothing(graded, student):
    assert sum(graded.scores(student, "tiny").values()) == 0
    assert f"for student '{student}'" in graded.done.stderr
    assert graded.done.returncode != 0


def test_the_gradebook_holds_nobody_else(graded):
    with sqlite3.connect(graded.folder / "gradebook.db") as database:
        (students,) = database.execute("select count(*) from student").fetchone()
    assert students == len(ATTACKS) + len(BROKEN) + 2


def test_the_network_is_out_of_reach(tmp_path):
    """A server that is there, and that a submission does not find."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        socket.create_connection(address).close()  # it can be reached from here
        connect = f"import socket; socket.create_connection({address!r}, timeout=1)"
        with Session(bubblewrap({}, tmp_path, limits(2**30, 60)), 5, 60) as session:
            error, _ = session.run(connect)
    assert error[0] in ("OSError", "ConnectionRefusedError", "PermissionError")
