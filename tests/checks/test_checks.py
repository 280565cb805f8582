"""Numbers, choices and verdicts; a sentence for anything at all; and the lessons' own questions."""

import io

import numpy as np
import pytest
import sympy as sp
from model_bank import SEED, b, h, w, w1, w2, x, y, y_hat, z

from course_utils import check_choice, check_derivative, check_gradient, check_number
from course_utils.checks import Verdict
from course_utils.checks.equivalence import shown_apart
from course_utils.checks.nearness import digits_of
from course_utils.checks.questions import LESSONS, check, questions

CHOICES = {"left": "no: the slope is negative there.", "right": "downhill is to the right."}


class Silent:
    def __repr__(self):
        raise RuntimeError("this cannot be shown")


def endless(times=60):
    """An expression of few objects that is endlessly long when written out."""
    expression = x
    for _ in range(times):
        expression = sp.Add(sp.exp(expression, evaluate=False), expression, evaluate=False)
    return expression


TEN = sp.Integer(10)
ANYTHING = {
    "None": None,
    "string": "2*x",
    "code in a string": "__import__('os')",
    "nan": float("nan"),
    "infinity": float("inf"),
    "minus infinity": -np.inf,
    "complex": 2j,
    "true": True,
    "tuple": (2, x),
    "function": abs,
    "class": sp.sin,
    "equation": sp.Eq(x, 2),
    "SymPy's nan": sp.nan,
    "SymPy's infinity": sp.oo,
    "zoo": sp.zoo,
    "matrix symbol": sp.MatrixSymbol("A", 2, 2),
    "matrix": sp.Matrix([2 * x]),
    "polynomial object": sp.Poly(2 * x, x),
    "set": sp.Interval(0, 1),
    "order": sp.O(x),
    "limit": sp.Limit(x, x, 1),
    "derivative": sp.Derivative(x**2, x),
    "lambda": sp.Lambda(x, 2 * x),
    "object": object(),
    "list": [2 * x],
    "dictionary": {x: 2},
    "array": np.array([2.0]),
    "endless": endless(),
    "long number": 10**5000,
    "cannot be shown": Silent(),
    "power not computed": sp.Mul(sp.Pow(TEN, TEN**9, evaluate=False), x, evaluate=False),
    "power of a power": sp.Pow(sp.Pow(x, TEN**900, evaluate=False), TEN**900, evaluate=False),
    "huge float": sp.Mul(sp.Float._new((0, 1, 10**9, 1), 53), x, evaluate=False),
}
CHECKS = {
    "gradient": lambda answer: check_gradient(SEED, w1, answer),
    "derivative": lambda answer: check_derivative(x**2, x, answer),
    "number": lambda answer: check_number(answer, 0.5),
    "choice": lambda answer: check_choice(answer, CHOICES, "right"),
}


@pytest.mark.parametrize("checked", CHECKS.values(), ids=CHECKS)
@pytest.mark.parametrize("answer", ANYTHING.values(), ids=ANYTHING)
def test_anything_gets_a_sentence(checked, answer):
    verdict = checked(answer)
    assert not verdict.correct and verdict.message.endswith(".") and len(verdict.message) < 300
    assert "<script>" not in checked("<script>alert(1)</script>")._repr_html_()


@pytest.mark.parametrize("checked", CHECKS.values(), ids=CHECKS)
def test_an_unanswered_question_says_so(checked):
    assert repr(checked(...)).startswith("○ open: no answer yet")


@pytest.mark.parametrize(
    ("answer", "expected", "tolerance"),
    [
        *((a, 0.5, 1e-6) for a in (0.5, np.float32(0.5), sp.Rational(1, 2), 0.5000001, sp.sqrt(4) / 4)),
        (np.array(3.0), 3, 1e-6),
        (1010.0, 1000.0, 0.02),  # the tolerance is relative
        (-1010.0, -1000.0, 0.02),
        (1e-7, 0, 1e-6),  # but around 0
    ],
)
def test_the_number_is_right_in_every_numeric_type(answer, expected, tolerance):
    assert check_number(answer, expected, tolerance).correct


@pytest.mark.parametrize(
    ("answer", "expected", "tolerance", "words"),
    [
        (0.501, 0.5, 1e-6, "nearly. Was something rounded on the way?"),
        (0.55, 0.5, 1e-6, "0.55 is not the number."),
        (-0.5, 0.5, 1e-6, "the size is right, but the sign is not."),
        (50, 0.5, 1e-6, "the digits are right, but it is 100 times too large: mind the units"),
        (0.0005, 0.5, 1e-6, "the digits are right, but it is 1,000 times too small"),
        (0.33, 1 / 3, 1e-6, "right as far as it goes: give more digits."),
        (13.51, 14, 1e-6, "nearly: this is counted, and the answer is a whole number."),
        *((given, 9.75, 1e-6, "10 is not the number.") for given in (10, 10.0)),  # not rounded from it
        (2, 1.5, 1e-6, "2 is not the number."),
        (10.1, 9.75 * 1.03, 1e-6, "nearly. Was something rounded on the way?"),
        (26, 25, 1e-6, "nearly: count once more."),
        ((0, 5), 0.5, 1e-6, "the answer should be one number. Write a decimal point"),
        (sp.pi, 0.5, 1e-6, "3.14159 is not the number."),
        (sp.Integer(10) ** 301, 0.5, 1e-6, "huge is not the number."),
        (1030.0, 1000.0, 0.02, "1030 is not the number."),
        (1e-5, 7e-5, 0.02, "1e-05 is not the number."),
        (0, 0.005, 0.01, "0 is not the number."),
        (1e-5, 0, 1e-6, "1e-05 is not the number."),
        (2 * x, 0.5, 1e-6, "the answer should be a number: put in the values of x."),
        (2 * x + y, 0.5, 1e-6, "the answer should be a number: put in the values of x, y."),
        ("0.5", 0.5, 1e-6, "the answer should be a number, not '0.5'."),
        (sp.sqrt(-1), 0.5, 1e-6, "the answer should be a number"),
        (sp.log(-1 + sp.exp(sp.Integer(0))), 0.5, 1e-6, "the answer should be"),
    ],
)
def test_what_is_not_the_number_is_told_why(answer, expected, tolerance, words):
    verdict = check_number(answer, expected, tolerance)
    assert not verdict.correct and verdict.message.startswith(words)


DIGITS = [  # (answer, key, digits asked for, right or words of the message)
    *((answer, 0.010338, 3, True) for answer in (0.0103, 0.01034, 0.010338, 0.0103379)),
    *((answer, 175.23, 3, True) for answer in (175, 175.2, 175.23)),
    *((answer, -1.65944, 4, True) for answer in (-1.659, -1.6594, -1.65944)),
    *((answer, 0.01668, 3, True) for answer in (0.0167, 0.0166)),  # rounded, or cut off
    (1000, 999.6, 3, True),
    (0.01, 0.010338, 3, "right as far as it goes: give 3 correct digits."),
    (-1.66, -1.65944, 4, "right as far as it goes: give 4 correct digits."),
    (0.0104, 0.010338, 3, "nearly. Was something rounded on the way?"),
    (175.8, 175.23, 3, "nearly. Was something rounded on the way?"),
    (-0.0103, 0.010338, 3, "the size is right, but the sign is not."),
    (1.03, 0.010338, 3, "the digits are right, but it is 100 times too large"),
    (0.0155, 0.010338, 3, "0.0155 is not the number."),
]


@pytest.mark.parametrize(("answer", "key", "digits", "said"), DIGITS)
def test_as_many_digits_count_as_the_question_asks_for(answer, key, digits, said):
    verdict = check_number(answer, key, digits=digits)
    assert verdict.correct is (said is True)
    assert said is True or verdict.message.startswith(said)


def test_a_verdict_is_printed_where_there_is_no_check_mark(monkeypatch):
    pipe = io.TextIOWrapper(io.BytesIO(), encoding="gbk")
    monkeypatch.setattr("sys.stdout", pipe)
    print(check_number(2, 2))
    pipe.flush()
    assert pipe.buffer.getvalue().decode("gbk").strip() == "? right: this is the number."


def test_unequal_numbers_look_unequal():
    for one, other in [(1.1111, 1.1112), (1.11111111, 1.11111112), (1.0, np.nextafter(1.0, 2)), (2.0, 3.0)]:
        assert len(set(shown_apart(one, other, 4))) == 2


def test_a_number_from_a_likely_slip_gets_its_hint():
    verdict = check_number(4.0, 0.5, slips={2: "double.", 4: "the square is missing."})
    assert (verdict.correct, verdict.message) == (False, "the square is missing.")


@pytest.mark.parametrize(
    ("answer", "correct", "words"),
    [
        ("right", True, CHOICES["right"]),
        ("left", False, CHOICES["left"]),
        (" Right", True, CHOICES["right"]),
        ("up", False, "choose one of 'left', 'right'."),
    ],
)
def test_a_choice_gets_its_words(answer, correct, words):
    verdict = check_choice(answer, CHOICES, "right")
    assert (verdict.correct, float(verdict), verdict.message) == (correct, correct, words)


@pytest.mark.parametrize("answer", [1, 1.0, np.float64(1), "1", "1.", " 1 "])
def test_a_choice_may_be_a_number_or_end_with_a_full_stop(answer):
    assert check_choice(answer, {"1": "yes.", "0.5": "no."}, "1").correct
    assert check_choice(0.5, {"1": "yes.", "0.5": "no."}, "1").message == "no."


def test_quotation_marks_are_missed_where_there_are_none():
    assert "quotation marks" in check_choice(x, CHOICES, "right").message
    assert "quotation marks" not in check_choice("up", CHOICES, "right").message


def test_a_verdict_shows_its_mark_and_its_message():
    assert repr(Verdict(True, "because.")) == "✓ right: because."
    assert repr(Verdict(False, "because.")) == "✗ not yet: because."
    html = Verdict(True, 'a < b & "c"')._repr_html_()
    assert html == "<p><strong>✓ right</strong>: a &lt; b &amp; &quot;c&quot;</p>"


@pytest.mark.parametrize(
    ("fraction", "enough"), [((0.25,), True), ((0.5,), True), ((0.75,), False), ((), False)]
)
def test_require_raises_the_message_where_the_score_is_not_enough(fraction, enough):
    half = Verdict(False, "half of it.", score=0.5)
    assert float(half) == 0.5
    if enough:
        half.require(*fraction)
    else:
        with pytest.raises(AssertionError, match=r"^half of it\.$"):
            half.require(*fraction)


QUESTIONS = {name: ask for lesson in LESSONS for name, ask in questions(lesson).items()}
ANSWERS = {  # as the lessons ask
    "00.1": "diverging",
    "01.1": 3 * x**2 - 2,
    "01.2": 0.09,
    "01.3": 2 * (w * x + b),
    "02.1": 3,
    "02.2": 0.64,
    "02.3": "line",
    "03.1": 2 * (y_hat - y) * w2 * 2 * h * h * (1 - h) * x,
    "03.2": 2,
    "03.3": "first layer",
    "04.1": 1.5,
    "04.2": 9.75,
    "04.3": "up",
    "05.1": 5,
    "05.2": 2.646,
    "05.3": "scale",
    "06.1": 1 / 3,
    "06.2": 1 / 6,
    "06.3": "stays",
    "07.1": 501_000,
    "07.2": 25,
    "07.3": "shared",
    "08.1": 0.64,
    "08.2": 2 * z,
    "08.3": "dead",
    "09.1": 5,
    "09.2": 0.1,
    "09.3": "Adam",
    "10.1": 16,
    "10.2": 0.1,
    "10.3": "they part",
    "11.1": 30,
    "11.2": 8192,
    "11.3": "A^T Z_bar B^T",
    "12.1": -0.3,
    "12.2": 1000,
    "12.3": "more data",
    "13.1": 64,
    "13.2": 64,
    "13.3": "1",
    "14.1": 1 / 1024,
    "14.2": 9,
    "14.3": "no",
    "15.1": 3.258,
    "15.2": 0.025,
    "15.3": "the data",
    "16.1": 5,
    "16.2": 2,
    "16.3": "complete",
    "17.1": 18,
    "17.2": 0.025,
    "17.3": "shapes",
}


def test_every_question_of_the_lessons_is_answered_here():
    assert list(ANSWERS) == [name for name in QUESTIONS if name != "03.0"]  # that is test_adjoints.py's


@pytest.mark.parametrize(("name", "answer"), ANSWERS.items(), ids=ANSWERS)
def test_a_question_of_the_lessons_takes_its_answer_and_nothing_else(name, answer):
    assert check(name, answer).correct
    assert check(name, ...).mark == "○ open"
    assert not check(name, object()).correct
    for slip, words in QUESTIONS[name].keywords.get("slips", {}).items():
        assert (check(name, slip).correct, check(name, slip).message) == (False, words)
        if digits_of(float(f"{float(slip):.3g}")) == 3:
            assert check(name, float(f"{float(slip):.3g}")).message == words
    for choice in {*QUESTIONS[name].keywords.get("choices", ())} - {answer}:
        assert not check(name, choice).correct


def test_a_question_that_does_not_exist_is_refused_by_name():
    with pytest.raises(ValueError, match=r"there is no question '99\.9'\. Near to it are "):
        check("99.9", 0)
