"""What passes between the sandbox and the checks, and what is left of a submitted notebook."""

import inspect
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
from grading_course import tiny_set
from nbformat.v4 import new_code_cell

from course_utils import Model, relu, sigmoid, tanh
from course_utils.grading.assembly import assemble
from course_utils.grading.sandbox import Program, SandboxUnavailable, bubblewrap, mounts
from course_utils.grading.wire import PARTS, Decoder, Foreign, Refused, encode

x, y, w, z, L = sp.symbols("x y w z L")


def passed(value):
    return Decoder().decode(encode(value))


VALUES = [..., None, True, 0, -(10**30), 0.1, float("inf"), "text", (1, [2.5, "a"]), {"w": 1.5, x: [x]}]
FORMULAS = [
    x,
    sp.Rational(2, 3) * x**2 + sp.pi - sp.E,
    sigmoid(w * x) * (1 - sigmoid(w * x)),
    tanh(x) + relu(x) + sp.log(1 + sp.exp(-x)) + sp.sqrt(x),
    sp.Piecewise((x, x > 0), (0, True)),
    sp.Float("0.1") * x + sp.Max(x, y) + sp.Abs(x) + sp.sign(x) + sp.Heaviside(x),
    sp.zoo,
]


@pytest.mark.parametrize("value", [*VALUES, *FORMULAS], ids=lambda value: type(value).__name__)
def test_an_answer_comes_out_as_it_was(value):
    assert passed(value) == value
    assert type(passed(value)) is type(value)


def test_arrays_and_models_come_out_as_they_were():
    numbers = np.array([[1.0, 2.0], [3.0, np.inf]])
    assert np.array_equal(passed(numbers), numbers)
    model = Model({z: sigmoid(w * x), L: (y - z) ** 2}, parameters=[w], data=[x, y])
    assert passed(model).equations == model.equations
    assert passed(model).gradient(w) == model.gradient(w)


def test_a_symbol_keeps_its_name_only():
    assert passed(sp.Symbol("w", positive=True)) == w


STRANGERS = [object(), sp.Derivative(sp.Function("f")(x), x), sp.Function("system")(x), 1j, int, lambda: 1]


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda value: type(value).__name__)
def test_what_no_check_knows_leaves_only_a_name(stranger):
    assert isinstance(passed(stranger), Foreign)


def test_a_constructor_that_is_in_no_table_is_not_called():
    assert isinstance(Decoder().decode(["formula", ["Lambda", ["Symbol", "x"], ["Symbol", "x"]]]), Foreign)


REFUSED = {
    "unknown kind": ["code", "print(1)"],
    "text in place of a formula": ["formula", "__import__('os')"],
    "a symbol without a name": ["formula", ["Symbol", 7]],
    "a long number": ["int", "f" * 10_000],
    "a long text": ["text", "x" * 1_000_000],
    "too many parts": ["list", [["None"]] * (PARTS + 1)],
    "an array that is not one": ["array", [3], ["0x1p0"]],
    "a function where none may be": ["function", 0, []],
    "a number as dictionary": {"id": 1},
    "nothing": None,
    "a deep nest": None,
}
for _ in range(5000):
    REFUSED["a deep nest"] = ["list", [REFUSED["a deep nest"]]]


@pytest.mark.parametrize("message", REFUSED.values(), ids=REFUSED)
def test_a_message_that_nobody_sends_is_refused(message):
    value = None
    with pytest.raises(Refused):
        value = Decoder().decode(message)
    assert value is None


def test_nothing_is_evaluated_on_the_way():
    """A power that would fill the memory stays as it is written."""
    ten = ["Rational", hex(10), hex(1)]
    tower = Decoder().decode(["formula", ["Pow", ten, ["Pow", ten, ["Rational", hex(100), hex(1)]]]])
    assert tower.func is sp.Pow and tower.exp.func is sp.Pow


def test_a_function_stays_inside_and_is_called_by_its_number():
    kept = []

    def double(x, factor=2):
        return factor * x

    data = encode(double, lambda function: kept.append(function) or 0)
    caller = Decoder(lambda number, args, kwargs: kept[number](*args, **kwargs)).decode(data)
    assert caller(x=4) == 8
    assert list(inspect.signature(caller).parameters) == ["x", "factor"]
    assert inspect.signature(caller).parameters["x"].default is inspect.Parameter.empty


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
        bubblewrap({}, Path("/"), Program("worker", {}))
