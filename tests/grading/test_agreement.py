"""One verdict everywhere: awkward notebooks run live, in a kernel, and graded, agree on each question."""

import json
import os
import re
import sys
from copy import deepcopy
from itertools import chain, islice
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
import sympy as sp
from grading_course import SERVER, Course, needs_bubblewrap, tiny_set
from nbformat.v4 import new_code_cell, new_markdown_cell

from course_utils import Model, check_backward, check_choice, check_derivative, check_forward, check_number
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
OTHERS = "import collections, ctypes, decimal, enum, fractions, mpmath, torch\nimport pandas as pd\n"
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
    *[
        "float(open('folder/own.txt', 'r+').read())",
        "np.savetxt('b.txt', [42]) or float(np.loadtxt('b.txt'))",
    ],
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


NUMBERS_OF_OTHERS = """
np.array([[42.0]])|np.array(42, dtype=object)|np.timedelta64(42, "s")|np.datetime64(42, "s")
np.ma.array(42.0)|np.matrix(42.0)|np.str_("42")|pd.Series([42.0])|pd.Series([42.0])[0]|pd.NA
pd.Timedelta(42)|torch.tensor(42.0)|torch.tensor([42.0])|torch.tensor(42.0, requires_grad=True)
ctypes.c_double(42)|mpmath.mpc(42)|decimal.Decimal("sNaN")|sp.Float("41.9999", 3)
sp.Add(40, 2, evaluate=False)|sp.Sum(x, (x, 1, 2)) + 39|sp.zoo|sp.Tuple(42)|sp.Array([42])
sp.Wild("a")|sp.Lambda(x, 42)|sp.Poly(42, x)|complex(42)|(42, 0)|iter([42])|10**5000
type("F", (float,), {"__float__": lambda s: 42.0})(1)
type("F", (), {"__array__": lambda *a, **k: np.array(42.0)})()
type("F", (), {"__float__": lambda s: 42.0})()|enum.IntEnum("E", {"a": 42}).a
collections.UserString("42")|int
"""
EXPRESSIONS = """
np.array(2 * x)|np.array([2 * x])|np.float64(2) * x|fractions.Fraction(4, 2) * x|sp.Wild("x") * 2
sp.floor(x)|type("S", (sp.Symbol,), {})("x") * 2|sp.Dummy("x") * 2|sp.Derivative(x**2, x)
sp.Poly(2 * x)|sp.Lambda(x, 2 * x)|sp.UnevaluatedExpr(x) * 2|sp.Matrix([2 * x])|sp.Array([2 * x])[0]
torch.tensor(2.0)|lambda x: 2 * x|sp.Function("f")(x)
"""
CHOICES = """
"up"|"Up "|1|1.0|np.int64(1)|enum.IntEnum("E", {"a": 1}).a|np.array("1")|np.array(1)|True
sp.Integer(1)|["1"]|collections.UserString("1")|type("S", (str,), {})("1")|10**5000
fractions.Fraction(1)|b"1"
"""
GRADIENTS = """
pd.Series({"w": a, "b": c})|pd.Series({"b": c, "w": a})|pd.Series([a, c])
np.ma.array([a, c], mask=[0, 1])|iter([a, c])|sp.Matrix([a, c])|sp.Tuple(a, c)|sp.Array([a, c])
torch.tensor([a, c])|(torch.tensor(a), c)|{w: a, b: c}|{"b": c, "w": a}
(decimal.Decimal(float(a)), fractions.Fraction(float(c)))|[a + 0j, c]|np.array([a, c], dtype=object)
np.array([a, c]).astype(str)|collections.ChainMap({"w": a}, {"b": c})
collections.namedtuple("G", "b w")(c, a)|np.array([[a], [c]])|{a, c}
"""
CLASSES = [  # whose call gives an array
    "class forward:\n    def __new__(cls, x, w):\n        return w * x",
    "forward = type('P', (type,), {'__call__': lambda s, x, w: w * x})('Q', (), {})",
    "forward = max",
    "forward = sp.Function('f')",
    "def forward(x, w):\n    return [decimal.Decimal(float(v)) for v in np.atleast_1d(w * x)]",
    "def forward(x, w):\n    return sp.Symbol('w') * x",
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


SET_CHANGED = {  # what is written below a right first answer: something that the set gave is changed
    "a symbol is a number": "x = 3",
    "a symbol is the same again": "x = sp.Symbol('x')",
    "a symbol of other assumptions": "x = sp.Symbol('x', real=True)",
    "a loop runs over a symbol": "for w in range(3):\n    pass",
    "a symbol is deleted": "del z",
    "another model": "line = Model({z: w + x, L: (y - z) ** 2}, parameters=[w], data=[x, y])",
    "an equation is changed in place": "line.equations[z] = w + x",
    "a check is no function": "check_number = 7",
    "a check says yes in words": "check_number = lambda *_: '✓ right'",
    "SymPy's own names": "from sympy import *\nfrom sympy.abc import *",
    "everything is deleted": "%reset -f",
    "a function of Python's is another": "import builtins\nbuiltins.abs = lambda value: value",
    "SymPy computes nothing": "sp.core.parameters.global_parameters.evaluate = False",
    "numbers that overflow are errors": "np.seterr(all='raise')",
}


def changed(cells):
    """(name, the cells of a notebook) for each way to change what the set gave."""
    setup, answer, *others = cells

    def as_kind(cell, kind):
        return deepcopy(cell) | {"cell_type": kind}

    def says(cell, source):
        return deepcopy(cell) | {"source": source}

    for name, source in SET_CHANGED.items():
        yield name, [setup, says(answer, f"{answer.source}\n{source}"), *others]
    yield "the set's first cell is raw", [as_kind(setup, "raw"), answer, *others]
    yield "the set's first cell is text", [as_kind(setup, "markdown"), answer, *others]
    yield "the set's first cell is lost", [answer, *others]
    yield "the set's first cell is last", [answer, *others, setup]
    yield "the set's first cell is emptied", [says(setup, ""), answer, *others]
    yield (
        "the set's first cell is another",
        [says(setup, setup.source.replace("w * x", "w + x")), answer, *others],
    )
    yield (
        "the set's first cell says more",
        [says(setup, f"{setup.source}\nimport math\nprint(7)"), answer, *others],
    )
    check, *others = others
    yield "an answer in a check's cell", [setup, says(check, f"{answer.source}\n{check.source}"), *others]
    yield (
        "the learner imports it all",
        [new_code_cell(setup.source), as_kind(setup, "raw"), answer, check, *others],
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
    cells = write(release, *RIGHT).cells
    for name, awkward in chain(copies(cells), changed(cells)):
        yield name, nbformat.from_dict(release | {"cells": awkward})


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
def class_of_learners(tmp_path_factory, pytestconfig):
    """What each notebook shows live, and its scores and messages graded; with --quick of one in twelve."""
    course = Course(tmp_path_factory.mktemp("agreement"))
    course.add_set("tiny", tiny_set())
    shown = {}
    every = 12 if pytestconfig.getoption("quick") else 1
    chosen = islice(notebooks(course.notebook("tiny")), 0, None, every)
    for number, (name, notebook) in enumerate(chosen):
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
        assert here.poll(300), name
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
        try:
            return json.loads(json.dumps(getattr(self.worker, do)(*arguments)))
        except (ValueError, TypeError, ArithmeticError) as error:
            raise Failed(error) from None


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


def each(table):
    return pytest.mark.parametrize("value", re.split(r"[|\n]", table.strip()))


def same_verdicts(check, source, name="answer"):
    """The check says the same of it on both sides. PyTorch may be missing."""
    if "torch" in source:
        pytest.importorskip("torch")
    live, graded = verdicts(
        check, OTHERS.replace("torch", "torch" if "torch" in source else "json") + source, name
    )
    assert live == graded


@each(NUMBERS_OF_OTHERS)
def test_a_number_of_anybody_is_as_right_outside(value):
    same_verdicts(lambda answer: check_number(answer, 42), f"answer = {value}")


@each(EXPRESSIONS)
def test_an_expression_is_as_right_outside(value):
    same_verdicts(lambda answer: check_derivative(x**2, x, answer), f"answer = {value}")


@each(CHOICES)
def test_a_choice_is_as_right_outside(value):
    same_verdicts(lambda answer: check_choice(answer, {"up": "no.", "1": "yes."}, "1"), f"answer = {value}")


@each(GRADIENTS)
def test_gradients_are_as_right_outside(value):
    b = sp.Symbol("b")
    line = Model({z: w * x + b, L: (y - z) ** 2}, [w, b], [x, y])
    given = "W, B = sp.symbols('w b')\ndef answer(w, b, x, y):\n    e = 2 * (w * x + b - y)\n"
    given += "    a, c, w, b = np.mean(e * x), np.mean(e), W, B\n"
    same_verdicts(lambda answer: check_backward(line, answer), f"{given}    return {value}")


@pytest.mark.parametrize("function", CLASSES)
def test_what_is_called_is_as_right_outside(function):
    line = Model({z: w * x, L: (y - z) ** 2}, [w], [x, y])
    same_verdicts(lambda answer: check_forward(line, z, answer), function, "forward")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_as_right_outside_the_sandbox(function):
    line = Model({z: w * x, L: (y - z) ** 2}, [w], [x, y])
    live, graded = verdicts(lambda answer: check_forward(line, z, answer), f"{HELP}{function}", "forward")
    assert live == graded
