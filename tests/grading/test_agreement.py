"""One verdict everywhere: awkward notebooks run live, in a kernel, and graded, agree on each question."""

import json
import os
import re
import sys
from copy import deepcopy
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
import sympy as sp
from grading_course import SERVER, Course, needs_bubblewrap, tiny_set
from nbformat.v4 import new_code_cell, new_markdown_cell

from course_utils import Model, check_forward, check_number
from course_utils.grading.question import Answers, Failed
from course_utils.grading.wire import Refused
from course_utils.grading.worker import Worker

w, x, y, z, L = sp.symbols("w x y z L")

RIGHT = ["answer_1 = 2 * x", "answer_2 = 42.0", "def forward(x, w):\n    return w * x"]
CHECKS = {"check_1": 2, "check_2": 1, "check_3": 3}
SHOWS = """class Shown:
    def {}(self, *_):
        {}
display(Shown())
answer_1 = 2 * x
Shown()
"""
NEEDED = "import decimal, fractions, mpmath\n"
HELP = """from collections import deque
from functools import partial
from operator import mul
import numpy as np
"""

FIRST = {  # what is written into the first answer cell
    "nothing special": "answer_1 = 2 * x",
    "wrong": "answer_1 = 3 * x",
    "pictures of formulas": "sp.init_printing()\ndisplay(x**2)\nanswer_1 = 2 * x\nanswer_1",
    "pictures": "%matplotlib inline\n%pylab inline\nplot([1])\nsavefig('a.png')\nanswer_1 = 2 * x",
    "%%capture": "%%capture\n%time answer_1 = 2 * x\n!echo 42",
    "an error after the answer": "answer_1 = 2 * x\n1 / 0",
    "an error before the answer": "1 / 0\nanswer_1 = 2 * x",
    "a missing bracket": "answer_1 = (2 * x",
    "SystemExit": "answer_1 = 2 * x\nraise SystemExit",
    "input": "answer_1 = float(input()) * x",
    "names": "if __name__ == '__main__':\n    答案: sp.Expr = 2 * x\n    print(答案)\nanswer_1 = 答案",
    "everything of SymPy": "from sympy import *\nx = Symbol('x', positive=True)\nanswer_1 = diff(x**2)",
    "much is shown": "print('a' * 3_000_000)\nanswer_1 = 2 * x\nprint(check_derivative(x**2, x, answer_1))",
    "not only text": (
        "import ipywidgets\nfrom IPython.display import *\ndisplay(Javascript('1'), ipywidgets.IntSlider())\n"
        + SHOWS.format("_repr_png_", "return b'\\x89PNG'")
        + SHOWS.format("_repr_png_", "return 7")
        + SHOWS.format("_repr_mimebundle_", "return {'text/plain': b'x', 'image/png': [object()]}")
        + SHOWS.format("_repr_mimebundle_", "return {1: 2}")
    ),
    **{
        f"{method}: {does}": SHOWS.format(method, does)
        for method, does in [
            ("__repr__", "raise SystemExit"),
            ("__repr__", "raise KeyboardInterrupt"),
            ("__repr__", "return repr(self)"),
            ("_ipython_display_", "raise ValueError"),
        ]
    },
}
NUMBERS = [  # for the second answer: some are 42, some are no number
    *[
        "fractions.Fraction(84, 2)",
        "decimal.Decimal('42.0')",
        "np.float32(42)",
        "np.array(42)",
        "np.int8(42)",
    ],
    *[
        "mpmath.mpf(42)",
        "sp.Rational(42)",
        "sp.Float(42)",
        "sp.sqrt(1764)",
        "84 / 2",
        "'42'",
        "True",
        "[42.0]",
    ],
    *["np.array([42.0])", "42 + 0j", "range(42)", "decimal.Decimal('nan')", "x", "float('inf')", "{42}"],
    *["np.ma.masked", "sp.Matrix([42])", "lambda: 42", "decimal.Decimal('1e9999')", "mine.answer()", "..."],
    *["float(open('folder/own.txt').read())", "np.savetxt('b.txt', [42]) or float(np.loadtxt('b.txt'))"],
]
FUNCTIONS = [  # for the third
    *["forward = lambda x, w: w * x", "forward = partial(lambda a, x, w: a * w * x, 1)", "forward = mul"],
    "class Product:\n    def __call__(self, x, w):\n        return w * x\nforward = Product()",
    "class Product:\n    def of(self, x, w):\n        return w * x\nforward = Product().of",
    "class forward:\n    def __init__(self, x, w):\n        self.y = w * x",
    *["forward = np.vectorize(lambda x, w: w * x)", "forward = np.multiply", "forward = ..."],
    *["forward = sp.Lambda((x, w), w * x)", "forward = sp.lambdify((x, w), w * x)"],
    *["def forward(*, w, x):\n    return w * x", "def forward(**given):\n    return given['w'] * given['x']"],
    *[
        f"def forward(x, w, factor=1):\n    return {result}"
        for result in [
            *["[w * x]", "np.matrix(w * x)", "deque(np.atleast_1d(w * x))", "(w * x).astype(np.float32)"],
            *[
                "list(w * x)",
                "np.ma.array(w * x)",
                "w * x > 0",
                "w * x + 0j",
                "iter(w * x)",
                "None",
                "(w * x).tolist()",
            ],
        ]
    ],
]


def copies(cells):
    """(name, the cells of a notebook) for each way to copy, move or lose an answer cell."""
    setup, answer, check, *others = cells

    def says(source, unlabelled=False):
        cell = deepcopy(answer)
        cell.source = source
        if unlabelled:
            cell.metadata = {}
        return cell

    right, wrong = says("answer_1 = 2 * x"), says("answer_1 = 3 * x")
    yield "wrong, right, check", [setup, wrong, right, check, *others]
    yield "right, wrong, check", [setup, right, wrong, check, *others]
    yield "right, check, wrong", [setup, right, check, wrong, *others]
    yield "wrong, check, right", [setup, wrong, check, right, *others]
    yield "wrong, check, right, check", [setup, wrong, check, right, deepcopy(check), *others]
    yield "right, check, wrong, check", [setup, right, check, wrong, deepcopy(check), *others]
    yield "an answer in a new cell, its own deleted", [setup, says(right.source, True), check, *others]
    yield (
        "an answer in a new cell, its own left",
        [setup, says(right.source, True), says("answer_1 = ..."), check, *others],
    )
    yield (
        "an answer in a new cell, its own emptied",
        [setup, says(right.source, True), says(""), check, *others],
    )
    yield (
        "an answer in a new cell, then a wrong one",
        [setup, says(right.source, True), wrong, check, *others],
    )
    yield "the answer deleted", [setup, check, *others]
    yield (
        "the answer is text",
        [setup, new_markdown_cell("answer_1 = 2 * x", metadata=answer.metadata), check, *others],
    )
    yield "answers in front", [setup, others[0], right, check, *others[1:]]
    yield "in another order", [setup, *others[:2], right, check, *others[2:]]
    yield (
        "all at once",
        [
            setup,
            new_code_cell("\n".join(RIGHT)),
            *[c for c in (check, *others) if not c.metadata.nbgrader.solution],
        ],
    )


def write(notebook, *sources):
    """The notebook with these in its answer cells, in order."""
    notebook, left = deepcopy(notebook), list(sources)
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.metadata.nbgrader.solution:
            cell.source = left.pop(0)
    return notebook


FILES = {"mine.py": "def answer():\n    return 42.0\n", "json.py": "raise SystemExit('not this one')\n"}


def notebooks(release):
    """(name, notebook) of each learner: three awkward answers at a time, then what became of cells."""
    answers = zip(FIRST.items(), reversed(NUMBERS), FUNCTIONS, strict=False)
    for (name, first), number, function in answers:
        second, third = f"import mine\n{NEEDED}answer_2 = {number}", f"{HELP}{function}"
        yield f"{name}; {second}; {third}", write(release, first, second, third)
    for name, cells in copies(write(release, *RIGHT).cells):
        yield name, nbformat.from_dict(release | {"cells": cells})


def live(folder: Path, notebook, told) -> None:
    """Run a notebook in a kernel, all cells and on after errors; tell what each check shows at last."""
    from ipykernel.inprocess.manager import InProcessKernelManager

    os.chdir(folder)
    sys.path.insert(0, "")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    manager, shown = InProcessKernelManager(), {}
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            client.execute(cell.source)
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            shown[name] = "".join(texts(client))
    told.send(shown)


def texts(client):
    """The values that a cell in a kernel shows, as text."""
    while True:
        message = client.get_iopub_msg(timeout=30)
        content = message["content"]
        if content.get("execution_state") == "idle":
            return
        if message["msg_type"] == "execute_result":
            yield str(content["data"].get("text/plain", ""))


@pytest.fixture(scope="module")
def class_of_learners(tmp_path_factory):
    """What each notebook shows live, and its scores and messages graded."""
    course = Course(tmp_path_factory.mktemp("agreement"))
    course.add_set("tiny", tiny_set())
    shown = {}
    for number, (name, notebook) in enumerate(notebooks(course.notebook("tiny"))):
        folder = course.submit(f"learner_{number}", "tiny", notebook, FILES)
        (folder / "folder").mkdir()
        (folder / "folder" / "own.txt").write_text("42")
        here, there = SERVER.Pipe()
        copy = tmp_path_factory.mktemp("live")
        for path in folder.glob("**/*"):
            if path.is_file():
                (copy / path.relative_to(folder)).parent.mkdir(exist_ok=True)
                (copy / path.relative_to(folder)).write_bytes(path.read_bytes())
        process = SERVER.Process(target=live, args=(copy, notebook, there))
        process.start()
        assert here.poll(60), name
        shown[name] = here.recv()
        process.kill()
    done = course.command("autograde", "tiny")
    assert done.returncode == 0, done.stderr[-3000:]
    graded = {
        name: {
            check: (
                course.scores(f"learner_{n}", "tiny")[check],
                course.message(f"learner_{n}", "tiny", check),
            )
            for check in CHECKS
        }
        for n, name in enumerate(shown)
    }
    return shown, graded


@needs_bubblewrap
def test_live_and_graded_agree_on_every_question(class_of_learners):
    shown, graded = class_of_learners
    differ = [
        (name, check, shown[name].get(check), *graded[name][check])
        for name in shown
        for check, points in CHECKS.items()
        if shown[name].get(check, "").startswith("✓") != (graded[name][check][0] == points)
    ]
    assert not differ, "\n".join(map(str, differ))


class Inside(Answers):
    """A submission's program without a sandbox: what its one name stands for comes out as from there."""

    def __init__(self, value):
        self.worker = Worker(SimpleNamespace(user_ns={"answer": value}))

    def ask(self, do, *arguments):
        return json.loads(json.dumps(getattr(self.worker, do)(*arguments)))


def verdicts(check, source, name):
    """How right an answer is as it stands, and as it comes out of a sandbox."""
    names = {"sp": sp, "np": np, "x": x, "w": w}
    exec(source, names)
    for read in (lambda: names[name], lambda: Inside(names[name]).get("answer")):
        try:
            yield check(read()).score
        except (Failed, Refused):
            yield 0.0


@pytest.mark.parametrize(
    "number", [number for number in NUMBERS if not re.search("mine|open|savetxt", number)]
)
def test_a_number_is_as_right_outside_the_sandbox(number):
    live, graded = verdicts(lambda answer: check_number(answer, 42), f"{NEEDED}answer = {number}", "answer")
    assert live == graded


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_as_right_outside_the_sandbox(function):
    line = Model({z: w * x, L: (y - z) ** 2}, [w], [x, y])
    live, graded = verdicts(lambda answer: check_forward(line, z, answer), f"{HELP}{function}", "forward")
    assert live == graded
