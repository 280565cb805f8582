"""What passes between the sandbox and the checks: nothing of it is evaluated, and right stays right."""

import inspect
import json
import math
import os
import re
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

import course_utils as cu
from course_utils import Activation, Model, checks, relu, sigmoid, step, tanh
from course_utils.checks.answers import PARTS as LONGEST
from course_utils.checks.answers import Unreadable, read
from course_utils.grading.formulas import BITS, DEPTH, LETTERS
from course_utils.grading.wire import PARTS, TEXT, Decoder, Foreign, Refused, encode

x, y, w, b, z, h, y_hat, L = sp.symbols("x y w b z h y_hat L")
SEED = Model({z: w * x + b, h: sigmoid(z), y_hat: 2 * h, L: (y - y_hat) ** 2}, [w, b], [x, y])


def passed(value):
    """The value after its way out of a sandbox that keeps its functions."""
    kept = []

    def call(number, args, kwargs):
        arguments = [Decoder().decode(json.loads(json.dumps(encode(part)))) for part in (args, kwargs)]
        return received(encode(kept[number](*arguments[0], **arguments[1]), register))

    def register(function):
        kept.append(function)
        return len(kept) - 1

    def received(data):
        return Decoder(call).decode(json.loads(json.dumps(data)))

    return received(encode(value, register))


VALUES = [..., None, True, 0, -(10**30), 0.1, float("inf"), "text", (1, [2.5, "a"]), {"w": 1.5, x: [x]}]
FORMULAS = [
    x,
    sp.Symbol("größe") + sp.Symbol("λ"),
    sp.Rational(2, 3) * x**2 + sp.pi - sp.E + sp.EulerGamma,
    sp.Float("0.1") * x + sp.Float("1e-300", 50) + sp.Float(0.0),
    sigmoid(w * x) * (1 - sigmoid(w * x)),
    tanh(x) + relu(x) + step(x) + sp.log(1 + sp.exp(-x)) + sp.sqrt(x),
    sp.Piecewise((x, x > 0), (w, sp.Or(x < -1, sp.And(x >= -3, sp.Ne(x, -2)))), (0, True)),
    sp.Piecewise((1, sp.Piecewise((x, x > w), (w, True)) > 1), (0, True)),
    sp.Max(x, y, w) + sp.Min(x, y) + sp.Abs(x) + sp.sign(x) + sp.atan2(x, y) + sp.gamma(x),
    sp.Heaviside(x) + sp.Heaviside(x, 0) + sp.DiracDelta(x),
    sp.Mul(2, sp.Add(x, x, evaluate=False), evaluate=False),
    sp.zoo,
    x > 0,
]
BANK = [*VALUES, *FORMULAS, SEED, np.array([[1.0, 2.0], [3.0, np.inf]]), lambda x, factor=2: factor * x]


@pytest.mark.parametrize("value", [*VALUES, *FORMULAS], ids=lambda value: type(value).__name__)
def test_an_answer_comes_out_as_it_was(value):
    assert passed(value) == value
    assert type(passed(value)) is type(value)


def test_arrays_models_and_names_come_out_as_they_were():
    numbers = np.array([[1.0, 2.0], [3.0, np.inf]])
    assert np.array_equal(passed(numbers), numbers)
    assert passed(SEED).equations == SEED.equations
    assert passed(SEED).gradient(w) == SEED.gradient(w)
    assert passed(sp.Symbol("w", positive=True)) == passed(sp.Dummy("w")) == w
    assert passed(sp.Symbol("ﬁt")) == sp.Symbol("fit")  # as Python reads it


def test_a_function_stays_inside_and_is_called_by_its_number():
    caller = passed(lambda x, factor=2: factor * x)
    assert caller(x=4) == 8
    assert list(inspect.signature(caller).parameters) == ["x", "factor"]
    assert inspect.signature(caller).parameters["x"].default is inspect.Parameter.empty


STRANGERS = [object(), sp.Derivative(sp.Function("f")(x), x), sp.Function("sin")(x)]


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda value: type(value).__name__)
def test_what_no_check_knows_leaves_only_a_name(stranger):
    assert isinstance(passed(stranger), Foreign)


def nested(depth, data, *around):
    for _ in range(depth):
        data = [*around, data]
    return data


X, CODE = ["Symbol", "x"], "__import__('os').system('true')"
REFUSED = {
    "unknown kind": ["code", "print(1)"],
    "text in place of a formula": ["formula", CODE],
    "text in place of a part": ["formula", ["Add", X, CODE]],
    "text in place of a name": ["formula", ["Symbol", CODE]],
    "text behind a constant": ["formula", ["acosh", ["pi", CODE]]],
    "a number behind a constant": ["formula", ["pi", 1]],
    "text in place of a number": ["formula", ["Rational", "1", "2"]],
    "text in place of a float's digits": ["formula", ["Float", 0, "0x1", 0, 53]],
    "text in place of an equation": ["model", [["L", CODE]], ["w"], ["x"]],
    "text in place of a parameter": ["model", [["L", ["Symbol", "w"]]], [CODE], []],
    "text in place of an array": ["array", [1], ["1"]],
    "text in place of an array's shape": ["array", "1", [1.0]],
    "text in place of an array's labels": ["array", [1], [1.0], CODE],
    "code in an array's labels": ["array", [1], [1.0], ["list", [["formula", CODE]]]],
    "text in place of a complex number": ["complex", CODE, 1.0],
    "half a complex number": ["complex", 1.0],
    "a keyword for a name": ["formula", ["Symbol", "lambda"]],
    "a name that is too long": ["formula", ["Symbol", "a" * (LETTERS + 1)]],
    "a symbol without a name": ["formula", ["Symbol", 7]],
    "a condition where a number belongs": ["formula", ["Add", X, ["StrictGreaterThan", X, X]]],
    "a number where a condition belongs": ["formula", ["And", X, X]],
    "cases without a condition": ["formula", ["Piecewise", X]],
    "no argument": ["formula", ["Add"]],
    "one argument too many": ["formula", ["sin", X, X]],
    "a fraction of nothing": ["formula", ["Rational", 1, 0]],
    "a model of conditions": ["model", [["L", ["StrictGreaterThan", ["Symbol", "w"], X]]], ["w"], ["x"]],
    "a model of infinity": ["model", [["L", ["Add", ["Symbol", "w"], ["oo"]]]], ["w"], ["x"]],
    "a model with an unknown function": ["model", [["L", ["(f)", ["Symbol", "w"]]]], ["w"], ["x"]],
    "a model of floats that were not added": [
        "model",
        [["L", ["Add", ["Symbol", "w"], ["sin", ["Float", 0, 1, 0, 53]]]]],
        ["w"],
        [],
    ],
    "a model of a power that fills the memory": [
        "model",
        [["L", ["Add", ["Symbol", "w"], ["Pow", ["Rational", 10, 1], ["Rational", 10**9, 1]]]]],
        ["w"],
        [],
    ],
    "a model of twenty functions in one another": [
        "model",
        [["L", nested(20, ["Symbol", "w"], "cosh")]],
        ["w"],
        [],
    ],
    "too many conditions": ["formula", ["Or", *[["StrictGreaterThan", X, X]] * 100]],
    "a long number": ["int", 2 ** (BITS + 1)],
    "a float that is none": ["float", "0x1p0"],
    "a long text": ["text", "x" * (TEXT + 1)],
    "too many parts": ["list", [["None"]] * (PARTS + 1)],
    "a long formula": ["formula", ["Add", *[X] * PARTS]],
    "a deep formula": ["formula", nested(DEPTH, X, "sin")],
    "deep lists": nested(5000, ["None"], "list"),
    "an array that is not one": ["array", [3], [1.0]],
    "an array with less than nothing": ["array", [-1], [1.0]],
    "a function where none may be": ["function", 0, []],
    "an activation where none may be": ["with", [["soft", X, None, 0]], ["None"]],
    "an activation that is not there": ["formula", [0, X]],
    "a number as dictionary": {"id": 1},
    "nothing": None,
}


@pytest.mark.parametrize("message", REFUSED.values(), ids=REFUSED)
def test_a_message_that_nobody_sends_is_refused(message):
    with pytest.raises(Refused):
        Decoder().decode(message)


def test_nothing_is_evaluated_on_the_way():
    """A power that would fill the memory stays as it is written."""
    ten = ["Rational", 10, 1]
    tower = Decoder().decode(["formula", ["Pow", ten, ["Pow", ten, ["Rational", 100, 1]]]])
    assert tower.func is sp.Pow and tower.exp.func is sp.Pow


# ---- an activation of one's own


class softsign(Activation):
    """By its slope alone: 1/(1 + abs(z))**2 in terms of the output."""

    numpy = staticmethod(lambda z: z / (1 + np.abs(z)))
    slope = staticmethod(lambda output: (1 - sp.Abs(output)) ** 2)


class swish(Activation):
    """With a formula, and a derivative of input and output."""

    numpy = staticmethod(lambda z: z / (1 + np.exp(-z)))

    def fdiff(self, argindex=1):
        (z,) = self.args
        return sigmoid(z) + self * (1 - sigmoid(z))

    def _eval_rewrite_as_exp(self, z, **kwargs):
        return z / (1 + sp.exp(-z))


class gate(Activation):
    """Whose slope is another activation of one's own, and that one's slope is this."""

    numpy = staticmethod(np.sin)
    slope = staticmethod(lambda output: swing(sp.asin(output)))

    def fdiff(self, argindex=1):
        return swing(*self.args)


class swing(Activation):
    numpy = staticmethod(np.cos)

    def fdiff(self, argindex=1):
        return -gate(*self.args)


class careless(softsign):
    """Whose slope is wrong."""

    slope = staticmethod(lambda output: 1 - output)


named_like_numpys = type("flip", (softsign,), {})


def own_model(activation):
    equations = {z: w * x + b, h: activation(z), y_hat: 2 * h, L: (y - y_hat) ** 2}
    return Model(equations, parameters=[w, b], data=[x, y])


def handed_in(symbolic, numpy, slope):
    """What a learner hands in with a network of this activation: model, gradient of w, backward, loop."""
    model = own_model(symbolic)

    def backward(w, b, x, y):
        slopes = 4 * (2 * numpy(w * x + b) - y) * slope(w * x + b)
        return [np.mean(slopes * x), np.mean(slopes)]

    def descend(start, data, learning_rate, steps):
        (w, b), losses = start.values(), []
        for done in range(steps + 1):
            losses.append(np.mean((data["y"] - 2 * numpy(w * data["x"] + b)) ** 2))
            if done < steps:
                dw, db = backward(w, b, **data)
                w, b = w - learning_rate * dw, b - learning_rate * db
        return {"w": w, "b": b}, losses

    return model, 4 * (y_hat - y) * sp.diff(symbolic(z), z) * x, backward, descend


def verdicts(model, formula, backward, descend):
    data = {"x": np.array([0.5, -1.0, 2.0]), "y": np.array([1.0, 0.0, -1.0])}
    start, end, axis = {"w": 0.5, "b": 0.6}, {"w": 2.0, "b": 0.6}, np.linspace(-1, 1, 9)

    def fitted(own):
        return {"x": axis, "y": checks.predicted(own, y_hat, end, {x: axis})}

    for check in (
        lambda own: checks.check_network(own, y_hat, [x, y]),
        lambda own: cu.check_gradient(own, w, formula),
        lambda own: cu.check_backward(own, backward),
        lambda own: cu.check_training(own, descend, start, data, 0.1, 3),
        lambda own: checks.check_fit(own, y_hat, (start, end), (fitted(own), fitted(own)), 1.0),
    ):
        yield checks.for_network(model, y_hat, [x, y], check)


def slope_of_softsign(z):
    return 1 / (1 + np.abs(z)) ** 2


RIGHT = {
    "by its slope": (softsign, softsign.numpy, slope_of_softsign),
    "named like one of NumPy's": (named_like_numpys, softsign.numpy, slope_of_softsign),
    "by its formula": (swish, swish.numpy, lambda z: (1 + z / (1 + np.exp(z))) / (1 + np.exp(-z))),
    "by another of one's own": (gate, np.sin, np.cos),
    "erf": (sp.erf, np.vectorize(math.erf), lambda z: 2 / np.sqrt(np.pi) * np.exp(-(z**2))),
    "sech": (sp.sech, lambda z: 1 / np.cosh(z), lambda z: -np.tanh(z) / np.cosh(z)),
}


@pytest.mark.parametrize("activation", RIGHT.values(), ids=RIGHT)
def test_a_right_network_is_as_right_in_the_grade_as_in_the_notebook(activation):
    answers = handed_in(*activation)
    assert [verdict.message for verdict in verdicts(*answers) if not verdict.correct] == []
    assert [verdict.message for verdict in verdicts(*map(passed, answers)) if not verdict.correct] == []


def test_a_wrong_slope_is_as_wrong_in_the_grade_as_in_the_notebook():
    answers = handed_in(careless, softsign.numpy, slope_of_softsign)
    live, graded = list(verdicts(*answers)), list(verdicts(*map(passed, answers)))
    assert [v.correct for v in graded] == [v.correct for v in live] == [False] * 5
    assert [v.message for v in graded[:1]] == [v.message for v in live[:1]]


@pytest.mark.parametrize("name", ["sigmoid", "exp", "Add", "select", "open", "Symbol"])
def test_an_own_activation_takes_no_name_that_code_has(name):
    definition = [name, ["(output)"], None, 0]
    own = Decoder(lambda *_: 0.0).decode(
        ["with", [definition, definition], ["formula", ["Add", [0, X], [1, X]]]]
    )
    assert {type(part).__name__ for part in own.args} == {f"{name}_", f"{name}__"}


def test_an_own_activation_without_a_slope_is_named():
    with pytest.raises(Refused, match="the activation lame cannot be used"):
        passed(own_model(type("lame", (Activation,), {"numpy": np.abs})))


# ---- bad questions, and answers that are none


class Speaks:
    """Would run code if SymPy, NumPy or a comparison asked it."""

    def tell(self, *_):
        raise SystemExit("it was asked")

    _sympy_ = __sympy__ = _sympystr = __float__ = __array__ = __eq__ = __repr__ = __str__ = tell
    __hash__ = object.__hash__


class Sly(str):
    """Text that says it is any other text."""

    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


class Named(sp.Symbol):
    name = Sly("w")


unused = sp.Symbol("q")
WIDE = Model(SEED.equations, SEED.parameters, [x, y, unused])
MANY = sp.Add(*sp.symbols("a:1000"))
ANSWERS = {
    "text": ("x", "leave out the quotation marks"),
    "text that claims to be other text": (Sly("x"), "leave out the quotation marks"),
    "an object with hooks": (Speaks(), "expression, not an object of type Speaks"),
    "a symbol of a class of its own": (Named("w"), "Named cannot be checked here"),
    "a class": (sp.Symbol, "should be a SymPy expression"),
    "infinity": (float("inf"), "should be finite"),
    "not a decimal": (Decimal("nan"), "should be finite"),
    "a long decimal": (Decimal("1e100000"), "too long to check"),
    "a data symbol that no equation uses": (unused * x, "this is not the gradient of w"),
    "a thousand names": (MANY, "this question has no a0, a1, a10, a100, a101 and 995 more"),
    "a name of a million letters": (sp.Symbol("a" * 10**6), "is too long"),
    "a long expression": (sp.Add(*[x] * (LONGEST + 1), evaluate=False), "too long to check"),
    "nothing": (None, "not None."),
}


@pytest.mark.parametrize(("answer", "message"), ANSWERS.values(), ids=ANSWERS)
def test_what_is_no_answer_gets_a_sentence(answer, message):
    verdict = cu.check_gradient(WIDE, w, answer)
    assert message in verdict.message and not verdict.correct
    assert len(verdict.message) < 400


HALVES = [Fraction(1, 2), Decimal("0.5"), np.float32(0.5), np.array(0.5), sp.Rational(1, 2)]


@pytest.mark.parametrize("number", HALVES, ids=lambda number: type(number).__name__)
def test_a_number_of_any_kind_is_one(number):
    assert cu.check_number(number, Fraction(1, 2)).correct
    assert read(number, []) == sp.Rational(1, 2) or read(number, []) == sp.Float(0.5)


QUESTIONS = {
    "a function that is text": (lambda: cu.check_derivative("x**2", x, 2 * x), r"not 'x\*\*2'"),
    "a function with hooks": (
        lambda: cu.check_derivative(Speaks(), x, 2 * x),
        "not an object of type Speaks",
    ),
    "a symbol that is text": (
        lambda: cu.check_derivative(x**2, "x", 2 * x),
        "with respect to a SymPy symbol",
    ),
    "a parameter that is text": (lambda: cu.check_gradient(SEED, "w", x), "'w' is no parameter"),
    "a parameter with hooks": (lambda: cu.check_gradient(SEED, Speaks(), x), "Speaks is no parameter"),
    "a link that is text": (lambda: cu.check_local(SEED, "h", z, x), "'h' is not computed from z"),
    "an equation that is text": (lambda: cu.check_forward(SEED, "h", abs), "'h' is not computed"),
    "a number that is text": (lambda: cu.check_number(1, "1"), "the number expected"),
    "a number with a symbol": (lambda: cu.check_number(1, x), "no symbols"),
    "a slip that is text": (lambda: cu.check_number(1, 1, slips={"1": "no"}), "a number in slips"),
    "a model that is none": (lambda: cu.check_gradient("L", w, x), "not str"),
    "a long name": (lambda: cu.check_gradient(SEED, sp.Symbol("a" * 10**6), x), "is no parameter"),
}


@pytest.mark.parametrize(("ask", "message"), QUESTIONS.values(), ids=QUESTIONS)
def test_a_question_about_nothing_is_a_value_error(ask, message):
    with pytest.raises(ValueError, match=message) as error:
        ask()
    assert len(str(error.value)) < 300


def test_a_constant_has_a_derivative():
    assert cu.check_derivative(7, x, 0).correct
    assert [cu.check_derivative(7, x, answer).score for answer in (1, x)] == [0, 0]


def test_a_choice_is_its_letters():
    choices = {"up": "right.", "down": "no."}
    assert cu.check_choice(np.str_("up"), choices, "up").correct
    assert not cu.check_choice(Sly("down"), choices, "up").correct


# ---- nothing is evaluated


def with_text_everywhere(message):
    """The message with code in place of each of its parts, and behind them, one at a time."""
    waiting = [message]
    while waiting:
        node = waiting.pop()
        for code in (CODE, ["text", CODE]):
            node.append(code)
            yield message
            node.pop()
        for index, part in enumerate(node):
            for code in (CODE, ["text", CODE]):
                node[index] = code
                yield message
            node[index] = part
            waiting += [part] * isinstance(part, list)


SOURCES = [
    "open(x)",
    "load(x)",
    "exp('x')",
    "exp(x).tofile(y)",
    "x[0]",
    "import os",
    "lambda x: x",
    "exp(x)(y)",
]


def listen() -> None:
    """In a process of its own: decode and read answers of every kind, honest and not, under an audit hook."""
    from audit import Heard, Watch

    watch, decoder = Watch(), Decoder(lambda *_: 0.0)
    messages = [encode(value, lambda _: 0) for value in [*BANK, *map(own_model, (softsign, swish, gate))]]
    honest, refused, harmless = [decoder.decode(message) for message in messages], 0, 0  # and all is imported
    with pytest.raises(Heard), watch.listening():
        sp.sympify(CODE)
    with pytest.raises(Heard), watch.listening(printing=True):
        exec("x = 1")
    watch.heard.clear()
    assert watch.is_printed("def step(x, w):\n    z = w*exp(-x)\n    return [z, maximum(1.0, own(z))]")
    assert not any(map(watch.is_printed, SOURCES))
    for sent in chain(messages, REFUSED.values(), *map(with_text_everywhere, messages)):
        with watch.listening():
            try:
                value = decoder.decode(sent)
                read(value, [x, w])
                harmless += 1
            except Refused:
                refused += 1
            except Unreadable:
                harmless += 1
    assert not watch.heard
    print(f"{len(honest)} honest messages, {refused} refused, {harmless} harmless")


def alone(*command):
    here = Path(__file__).parent
    where = {"cwd": here.parent, "env": os.environ | {"PYTHONPATH": str(here)}}
    done = subprocess.run([sys.executable, *command], **where, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_nothing_is_compiled_started_or_opened_while_answers_are_read():
    counts = re.findall(r"\d+", alone("-c", "import test_wire; test_wire.listen()"))
    honest, refused, harmless = map(int, counts)
    assert honest == len(BANK) + 3
    assert refused > 1000 and harmless > 200


@pytest.mark.long
def test_random_replies_lead_to_verdicts():
    """A short run of the fuzzer, always the same."""
    *_, summary = alone("fuzz_answers.py", "--replies", "300", "--minutes", "10", "--seed", "0").splitlines()
    assert "failures 0" in summary and "sent 300" in summary
