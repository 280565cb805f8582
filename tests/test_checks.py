"""Checks of answers: right in every equal form, wrong when wrong, a sentence for anything at all."""

import re

import numpy as np
import pytest
import sympy as sp

from course_utils import check_choice, check_derivative, check_gradient, check_number, sigmoid
from course_utils.checks import Verdict
from course_utils.checks.questions import LESSONS, check, questions

x, y, w1, b1, w2, b2 = sp.symbols("x y w1 b1 w2 b2")
z, h, y_hat, L = sp.symbols("z h y_hat L")
GRADIENT = 2 * (y_hat - y) * w2 * h * (1 - h) * x
SIGMOID = 1 / (1 + sp.exp(-(w1 * x + b1)))
other = sp.symbols("x y w1 b1 w2 b2 z h y_hat", positive=True)
OTHER = dict(zip((x, y, w1, b1, w2, b2, z, h, y_hat), other, strict=True))
CHOICES = {"left": "no: the slope is negative there.", "right": "downhill is to the right."}

EQUAL_GRADIENTS = {
    "as the lesson writes it": GRADIENT,
    "multiplied out": sp.expand(GRADIENT),
    "factored": sp.factor(sp.expand(GRADIENT)),
    "signs turned": -2 * (y - y_hat) * w2 * h * (1 - h) * x,
    "in parameters and data": GRADIENT.subs(
        [(y_hat, w2 * h + b2), (h, sigmoid(z)), (z, w1 * x + b1)], simultaneous=False
    ),
    "half expanded": GRADIENT.subs(h, sigmoid(w1 * x + b1)),
    "with exp for sigmoid": GRADIENT.subs(y_hat, w2 * h + b2).subs(h, SIGMOID),
    "exp, differentiated directly": sp.diff((y - (w2 * SIGMOID + b2)) ** 2, w1),
    "with symbols made anew": GRADIENT.xreplace(OTHER),
    "the derivative of sigmoid multiplied out": (h - h**2) * 2 * x * w2 * (y_hat - y),
}

WRONG_GRADIENTS = {
    "sign": -GRADIENT,
    "without the 2": GRADIENT / 2,
    "without x": GRADIENT / x,
    "without w2": GRADIENT / w2,
    "without 1 - h": GRADIENT / (1 - h),
    "1 + h": GRADIENT / (1 - h) * (1 + h),
    "z for h": GRADIENT.subs(h, z),
    "off by a little": GRADIENT * (1 + sp.Rational(1, 10**9)),
    "zero": sp.Integer(0),
    "a number": 3,
    "another parameter's": 2 * (y_hat - y) * h,
}

ANYTHING = {
    "dots": ...,
    "None": None,
    "string": "2*x",
    "code in a string": "__import__('os')",
    "nan": float("nan"),
    "infinity": float("inf"),
    "minus infinity": -np.inf,
    "complex": 2j,
    "tuple": (2, x),
    "function": abs,
    "class": sp.sin,
    "equation": sp.Eq(x, 2),
    "SymPy's nan": sp.nan,
    "SymPy's infinity": sp.oo,
    "zoo": sp.zoo,
    "matrix symbol": sp.MatrixSymbol("A", 2, 2),
    "immutable matrix": sp.ImmutableMatrix([[2 * x]]),
    "polynomial object": sp.Poly(2 * x, x),
    "set": sp.Interval(0, 1),
    "object": object(),
    "list": [2 * x],
    "dictionary": {x: 2},
    "matrix": sp.Matrix([2 * x]),
    "array": np.array([2.0]),
}


def named(cases):
    return pytest.mark.parametrize("answer", cases.values(), ids=cases.keys())


@named(EQUAL_GRADIENTS)
def test_the_gradient_is_right_in_every_equal_form(seed_model, answer):
    assert check_gradient(seed_model, w1, answer).correct


@named(WRONG_GRADIENTS)
def test_another_value_is_no_gradient(seed_model, answer):
    verdict = check_gradient(seed_model, w1, answer)
    assert not verdict.correct and float(verdict) <= 0.5


@pytest.mark.parametrize("parameter", [w1, b1, w2, b2], ids=str)
def test_the_models_own_gradient_is_right(seed_model, parameter):
    assert check_gradient(seed_model, parameter, seed_model.gradient(parameter)).correct


def test_a_wrong_gradient_is_told_which_one_it_should_be(seed_model):
    assert re.search(r"\bgradient\b.* w1\b", check_gradient(seed_model, w1, x).message)


def test_the_gradient_of_another_parameter_is_recognised(seed_model):
    verdict = check_gradient(seed_model, w1, seed_model.gradient(w2))
    assert not verdict.correct and re.search(r"this is the gradient of .*w2, but", verdict.message)


def test_a_gradient_with_respect_to_no_parameter_is_refused_by_name(seed_model):
    with pytest.raises(ValueError, match="x is no parameter of this model"):
        check_gradient(seed_model, x, 0)


def test_a_wrong_gradient_is_told_where_and_by_how_much_it_differs(seed_model):
    message = check_gradient(seed_model, b2, 2 * (y_hat - y) + 1).message
    yours, expected = re.search(r"yours is (\S+), and it should be (\S+)\.$", message).groups()
    assert float(yours) - float(expected) == pytest.approx(1, abs=0.01)


def test_a_symbol_from_elsewhere_is_named(seed_model):
    verdict = check_gradient(seed_model, w1, GRADIENT * sp.Symbol("stranger"))
    assert not verdict.correct and "stranger does not belong to this question" in verdict.message


@named(ANYTHING)
def test_what_is_no_gradient_gets_a_sentence(seed_model, answer):
    verdict = check_gradient(seed_model, w1, answer)
    assert not verdict.correct and verdict.message.endswith(".")


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        (x**2, 2 * x),
        (x**2, x + x),
        (sigmoid(x), sigmoid(x) * (1 - sigmoid(x))),
        (sigmoid(x), sp.exp(-x) / (1 + sp.exp(-x)) ** 2),
        (sigmoid(x), sp.exp(x) / (1 + sp.exp(x)) ** 2),
        (sigmoid(x), (1 - sp.tanh(x / 2) ** 2) / 4),
        ((y - w1 * x) ** 2, 2 * x * (x * w1 - y)),
        (sp.sin(x) ** 2, sp.sin(2 * x)),
        (x**3, 3 * sp.Symbol("x", real=True) ** 2),
        (3 * x, 3),
        (3 * x, 3.0),
        (3 * x, np.float64(3)),
        (y**2, 0),
    ],
    ids=str,
)
def test_the_derivative_is_right_in_every_equal_form(expression, answer):
    parameter = w1 if w1 in expression.free_symbols else x
    assert check_derivative(expression, parameter, answer).correct


@pytest.mark.parametrize("answer", [x, x**2, 2, -2 * x, 2 * y, 2 * x + sp.Rational(1, 10**6)], ids=str)
def test_another_value_is_no_derivative(answer):
    assert not check_derivative(x**2, x, answer).correct


@pytest.mark.parametrize(
    ("answer", "words"),
    [(x**2 * y, "the function itself"), (x**2, "the derivative with respect to y")],
    ids=["not differentiated", "by the other symbol"],
)
def test_a_likely_slip_in_a_derivative_is_recognised(answer, words):
    verdict = check_derivative(x**2 * y, x, answer)
    assert not verdict.correct and f"this is {words}, but" in verdict.message


@named(ANYTHING)
def test_what_is_no_derivative_gets_a_sentence(answer):
    verdict = check_derivative(x**2, x, answer)
    assert not verdict.correct and verdict.message.endswith(".")


@pytest.mark.parametrize(
    "answer", [0.5, np.float64(0.5), np.float32(0.5), sp.Rational(1, 2), 0.5000001, sp.sqrt(4) / 4]
)
def test_the_number_is_right_in_every_numeric_type(answer):
    assert check_number(answer, 0.5).correct


@pytest.mark.parametrize("answer", [0.501, -0.5, 0, 50, sp.pi])
def test_another_number_is_wrong_and_shown(answer):
    verdict = check_number(answer, 0.5)
    assert not verdict.correct and f"{float(answer):.6g} is not the number" in verdict.message


def test_the_tolerance_is_relative():
    assert check_number(1010.0, 1000.0, tolerance=0.02).correct
    assert not check_number(1030.0, 1000.0, tolerance=0.02).correct


def test_a_number_from_a_likely_slip_gets_its_hint():
    verdict = check_number(4.0, 0.5, slips={2: "double.", 4: "the square is missing."})
    assert (verdict.correct, verdict.message) == (False, "the square is missing.")


@named(ANYTHING)
def test_what_is_no_number_gets_a_sentence(answer):
    verdict = check_number(answer, 0.5)
    assert not verdict.correct and verdict.message.endswith(".")


def test_an_answer_with_symbols_is_no_number():
    assert "should be a number" in check_number(2 * x, 0.5).message


def test_a_complex_value_is_no_number():
    assert "should be a number" in check_number(sp.sqrt(-1), 0.5).message


def test_the_right_choice_gets_its_words():
    verdict = check_choice("right", CHOICES, "right")
    assert (verdict.correct, verdict.message) == (True, CHOICES["right"])


def test_the_wrong_choice_gets_its_words():
    verdict = check_choice("left", CHOICES, "right")
    assert (verdict.correct, verdict.message) == (False, CHOICES["left"])


@named(ANYTHING)
def test_what_is_no_choice_gets_a_sentence(answer):
    verdict = check_choice(answer, CHOICES, "right")
    assert not verdict.correct and verdict.message.endswith(".")


def test_what_is_no_choice_is_told_the_choices():
    assert "choose one of 'left', 'right'" in check_choice("up", CHOICES, "right").message


@pytest.mark.parametrize(
    "check",
    [
        lambda model: check_gradient(model, w1, ...),
        lambda model: check_derivative(x**2, x, ...),
        lambda model: check_number(..., 0.5),
        lambda model: check_choice(..., CHOICES, "right"),
    ],
    ids=["gradient", "derivative", "number", "choice"],
)
def test_an_unanswered_question_says_so(seed_model, check):
    assert "no answer yet" in check(seed_model).message


def test_the_score_of_a_verdict_is_its_float():
    assert float(Verdict(False, "half of it.", score=0.5)) == 0.5


@pytest.mark.parametrize(("answer", "score"), [(2 * x, 1.0), (x, 0.5), (x**2, 0.0), (7, 0.0)])
def test_right_scores_one_a_slip_one_half_and_else_nothing(answer, score):
    assert float(check_derivative(x**2, x, answer)) == score


@pytest.mark.parametrize(("correct", "mark"), [(True, "✓ right"), (False, "✗ not yet")])
def test_the_repr_is_a_mark_and_the_message(correct, mark):
    assert repr(Verdict(correct, "because.")) == f"{mark}: because."


def test_the_mark_of_an_unanswered_question_is_neither_right_nor_wrong():
    assert repr(check_number(..., 0.5)).startswith("○ open: ")


def test_the_html_shows_the_message_escaped():
    assert Verdict(True, 'a < b & "c"')._repr_html_() == (
        "<p><strong>✓ right</strong>: a &lt; b &amp; &quot;c&quot;</p>"
    )


def test_an_answer_cannot_write_html():
    assert "<script>" not in check_number("<script>alert(1)</script>", 0.5)._repr_html_()


def test_require_raises_the_message():
    with pytest.raises(AssertionError, match=r"^the sign is wrong\.$"):
        Verdict(False, "the sign is wrong.").require()


@pytest.mark.parametrize("fraction", [0.25, 0.5])
def test_require_accepts_a_score_that_is_enough(fraction):
    Verdict(False, "half of it.", score=0.5).require(fraction)


def test_require_refuses_a_score_that_is_not_enough():
    with pytest.raises(AssertionError, match="half of it"):
        Verdict(False, "half of it.", score=0.5).require(0.75)


def test_require_asks_for_everything_unless_told():
    with pytest.raises(AssertionError, match="half of it"):
        Verdict(False, "half of it.", score=0.5).require()


QUESTIONS = {name: ask for lesson in LESSONS for name, ask in questions(lesson).items()}
QUESTION_NAMES = pytest.mark.parametrize("name", QUESTIONS)


def kinds(function):
    """The questions of the lessons that are checked by one function."""
    names = [name for name, question in QUESTIONS.items() if question.func is function]
    return pytest.mark.parametrize("name", names)


@QUESTION_NAMES
def test_every_question_of_the_lessons_may_be_left_open(name):
    assert repr(check(name, ...)).startswith("○ open: ")


@QUESTION_NAMES
def test_every_question_of_the_lessons_refuses_nonsense(name):
    assert not check(name, object()).correct


@kinds(check_derivative)
def test_every_derivative_in_the_lessons_has_the_key_that_sympy_finds(name):
    assert check(name, sp.diff(*QUESTIONS[name].args)).correct


@kinds(check_gradient)
def test_every_gradient_in_the_lessons_is_the_slope_of_the_expanded_loss(name):
    model, parameter = QUESTIONS[name].args
    assert check(name, sp.diff(model.expand(model.loss), parameter)).correct


@kinds(check_number)
def test_every_number_in_the_lessons_is_right_as_a_float(name):
    assert check(name, float(QUESTIONS[name].keywords["expected"])).correct


@kinds(check_number)
def test_every_hint_in_the_lessons_is_given_to_its_slip(name):
    for slip, hint in QUESTIONS[name].keywords["slips"].items():
        verdict = check(name, slip)
        assert (verdict.correct, verdict.message) == (False, hint)


@kinds(check_choice)
def test_every_choice_in_the_lessons_has_one_right_answer(name):
    right = [key for key in QUESTIONS[name].keywords["choices"] if check(name, key).correct]
    assert right == [QUESTIONS[name].keywords["correct"]]


def test_a_question_that_does_not_exist_is_refused_by_name():
    with pytest.raises(ValueError, match=r"there is no question '99\.9'"):
        check("99.9", 0)
