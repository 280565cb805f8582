"""Answers in symbols: right ones in every form, none refused; wrong ones, none accepted, with their slips.

What is right and wrong is decided here by finite differences of the loss, in plain floats.
"""

import re
import time
import tomllib
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import slip_bank
import sympy as sp
from helpers import NUMPY_FORMS
from hypothesis import given, settings
from hypothesis import strategies as st
from languages import judged_twice
from model_bank import MODELS, SEED, b1, b2, h, square, u, w, w1, w2, x, y, y_hat, z
from slip_bank import cases, figures

from course_utils import (
    Activation,
    Model,
    check_derivative,
    check_gradient,
    check_local,
    relu,
    sigmoid,
    step,
    tanh,
)
from course_utils.checks.one_change import changes

PARAMETERS = [(name, parameter) for name, model in MODELS.items() for parameter in model.parameters]
each_parameter = pytest.mark.parametrize(("name", "parameter"), PARAMETERS, ids=str)


def as_floats(symbols, expressions):
    return sp.lambdify(symbols, expressions, modules=[NUMPY_FORMS, "numpy"])


@cache
def samples_of(name):
    """Random values of all symbols, and the slopes of the loss there, by central finite differences."""
    model, random, nudge = MODELS[name], np.random.default_rng(1), 1e-6
    inputs = [*model.parameters, *model.data]
    loss = as_floats(inputs, model.expand(model.loss))
    values = as_floats(inputs, [model.expand(s) for s in model.equations])
    found = []
    for size in random.uniform(0.4, 1.6, (8, len(inputs))):
        point = size * random.choice([-1, 1], len(inputs))
        nudges = nudge * np.eye(len(inputs))
        slopes = {
            p: (loss(*(point + n)) - loss(*(point - n))) / 2 / nudge
            for p, n in zip(inputs, nudges, strict=True)
        }
        found.append(([*values(*point), *point], slopes))
    return [*model.equations, *inputs], found


def is_gradient(name, parameter, answer):
    """Whether an answer has the slope of the loss as its value."""
    symbols, samples = samples_of(name)
    number = as_floats(symbols, answer)
    with np.errstate(all="ignore"):  # an answer upside down may divide by zero
        return all(
            abs(number(*values) - slopes[parameter]) <= 1e-6 * (1 + abs(slopes[parameter]))
            for values, slopes in samples
        )


def anew(model, expression):
    """The same expression in symbols made anew, with assumptions."""
    return expression.subs({s: sp.Symbol(s.name, positive=True) for s in expression.free_symbols})


FORMS = {
    "chain rule": lambda model, g: g,
    "multiplied out": lambda model, g: sp.expand(g),
    "factored": lambda model, g: sp.factor(g),
    "over one denominator": lambda model, g: sp.together(g),
    "in parameters and data": lambda model, g: model.expand(g),
    "half expanded": lambda model, g: g.xreplace(dict(list(model.equations.items())[1:2])),
    "with exp": lambda model, g: model.expand(g).rewrite(sp.exp),
    "in pieces": lambda model, g: g.rewrite(sp.Piecewise),
    "symbols made anew": anew,
    "decimals": lambda model, g: sp.expand(g).xreplace(
        {n: sp.Float(n) for n in g.atoms(sp.Integer) if n > 1}
    ),
    "signs turned": lambda model, g: -sp.expand(-g),
}


def right_answers(model, parameter):
    """Every form of the gradient, by name."""
    links = [[model.local(*link) for link in path] for path in model.paths(parameter)]
    backwards = [sp.Mul(*reversed(path), evaluate=False) for path in reversed(links)]
    return {name: form(model, model.gradient(parameter)) for name, form in FORMS.items()} | {
        "the expanded loss differentiated": sp.diff(model.expand(model.loss), parameter),
        "the paths added the other way round": sp.Add(*backwards, evaluate=False),
    }


@pytest.mark.bank(one_in=3)
@each_parameter
def test_the_gradient_is_right_in_every_form_and_no_message_holds_it(name, parameter):
    model = MODELS[name]
    for form, answer in right_answers(model, parameter).items():
        assert is_gradient(
            name, parameter, answer.xreplace({s: sp.Symbol(s.name) for s in answer.free_symbols})
        )
        assert check_gradient(model, parameter, answer).correct, form
    key = model.gradient(parameter)
    for answer in (-key, key / 2, key * x, sp.Integer(1), key + sp.Rational(1, 10**9)):
        verdict = check_gradient(model, parameter, answer)
        assert not verdict.correct
        assert str(key) not in verdict.message and str(sp.factor(key)) not in verdict.message


ACTIVATIONS = [
    sigmoid,
    tanh,
    relu,
    step,
    sp.exp,
    sp.sin,
    lambda z: z,
    lambda z: z**2,
    lambda z: 1 / (1 + z**2),
]
LOSSES = [
    lambda y, p: (y - p) ** 2,
    lambda y, p: sp.log(1 + (p - y) ** 2),
    lambda y, p: sp.sqrt(1 + (p - y) ** 2),
]


@st.composite
def models(draw):
    """A chain of one or two layers, some of them with a weight of before or a way round."""
    equations, parameters, signal = {}, [], x
    for layer in range(1, draw(st.integers(1, 2)) + 1):
        weight, bias, total, out = sp.symbols(f"w{layer} b{layer} z{layer} h{layer}")
        if layer > 1 and draw(st.booleans()):
            weight = parameters[0]  # shared
        skipped = signal if draw(st.booleans()) else 0
        equations[total] = weight * signal + bias
        equations[out] = draw(st.sampled_from(ACTIVATIONS))(total) + skipped
        parameters += [p for p in (weight, bias) if p not in parameters]
        signal = out
    return Model(equations | {sp.Symbol("L"): draw(st.sampled_from(LOSSES))(y, signal)}, parameters, [x, y])


@settings(max_examples=12)
@given(models(), st.sampled_from(sorted(FORMS)), st.integers(0, 9))
def test_an_equal_form_of_a_random_model_is_right_and_another_value_is_not(model, form, which):
    parameter = model.parameters[which % len(model.parameters)]
    answer = FORMS[form](model, model.gradient(parameter))
    assert check_gradient(model, parameter, answer).correct
    assert not check_gradient(model, parameter, answer + sp.Rational(1, 10**6)).correct


WRITTEN = tomllib.loads(Path(__file__).with_name("slips.toml").read_text())


def parsed(name, text):
    symbols = {s.name: s for s in samples_of(name)[0]}
    return sp.sympify(text, locals={**symbols, "step": step})


NOTHING = ("another", "stops early", "zero")  # what an answer is that is worth no points


def score(slips):
    """One slip is worth half the points, and two none."""
    return 0.5 if len(slips) == 1 and not slips[0].startswith(NOTHING) else 0.0


@pytest.mark.parametrize("entry", WRITTEN["gradients"], ids=str)
def test_the_slips_in_a_gradient_are_named(entry):
    name, parameter, answer, *slips = entry
    answer = parsed(name, answer)
    assert not is_gradient(name, sp.Symbol(parameter), answer)
    verdict = check_gradient(MODELS[name], sp.Symbol(parameter), answer)
    assert (verdict.correct, verdict.slips, float(verdict)) == (False, tuple(slips), score(slips))
    assert verdict.message.startswith("two slips") == (len(slips) == 2)
    assert slips or " it should be " in verdict.message


@pytest.mark.parametrize("entry", WRITTEN["derivatives"], ids=str)
def test_the_slips_of_school_calculus_are_named(entry):
    expression, answer, *slips = entry
    verdict = check_derivative(sp.sympify(expression), x, sp.sympify(answer))
    assert (verdict.correct, verdict.slips, float(verdict)) == (False, tuple(slips), score(slips))
    assert "∂" not in verdict.message  # the question gives the function no name


def test_no_sentence_about_a_slip_in_any_link_is_false(monkeypatch):
    """One in forty of all, in either language; python tests/slip_bank.py counts every one."""
    monkeypatch.setattr(slip_bank, "check_gradient", judged_twice(slip_bank.check_gradient))
    counted = figures(cases(7, 40))
    print(f"{counted.total()} slips: {dict(counted)}")
    assert counted.total() >= 80 and not counted["FALSE"]
    assert counted["named"] >= 0.95 * counted.total()


@pytest.mark.parametrize(("name", "of", "wrt", "answer", "words"), WRITTEN["links"])
def test_a_local_derivative_is_checked_in_the_models_symbols(name, of, wrt, answer, words):
    symbols = {s.name: s for s in samples_of(name)[0]}
    answer = sp.sympify(answer, locals={**symbols, "sigmoid": sigmoid})
    verdict = check_local(MODELS[name], symbols[of], symbols[wrt], answer)
    assert verdict.correct == (not words)
    assert (words or "this is ∂") in verdict.message


def test_a_local_derivative_that_does_not_exist_is_refused_by_name():
    with pytest.raises(ValueError, match="y_hat is not computed from w1"):
        check_local(SEED, sp.Symbol("y_hat"), sp.Symbol("w1"), 1)


@pytest.mark.parametrize(
    ("check", "culprit"),
    [
        (lambda: check_local(SEED, y_hat, w1, 1), "y_hat is not computed from w1"),
        (lambda: check_gradient(SEED, x, 0), "x is no parameter of this model"),
    ],
)
def test_a_derivative_that_does_not_exist_is_refused_by_name(check, culprit):
    with pytest.raises(ValueError, match=culprit):
        check()


class cube(Activation):
    """A learner's own."""

    @staticmethod
    def slope(output):
        return 3 * sp.cbrt(output) ** 2

    @staticmethod
    def numpy(values):
        return values**3


class rounded_tanh(Activation):
    """An activation that is known as floats alone, written for arrays."""

    @staticmethod
    def slope(output):
        return 1 - output**2

    @staticmethod
    def numpy(values):
        result = values.copy()
        result[:] = np.tanh(values)
        return result


NARROW = sp.sqrt(sp.Rational(1, 100) - x**2)
DERIVATIVES = [
    (x**2, x + x),
    (x**2, 2.0 * x),
    (x**2 / 10, 0.2 * x),
    (x**3, 3 * sp.Symbol("x", real=True) ** 2),
    (sp.Symbol("x", positive=True) ** 2, 2 * sp.sqrt(x**2)),
    ((y - x * w) ** 2, 2 * w * (x * w - y)),
    (sp.sin(x) ** 2, sp.sin(2 * x)),
    *((3 * x, three) for three in (3, 3.0, np.float64(3))),
    (y**2, 0),
    (sigmoid(x), sp.exp(x) / (1 + sp.exp(x)) ** 2),
    (sigmoid(x), (1 - sp.tanh(x / 2) ** 2) / 4),
    (cube(x), sp.diff(cube(x), x)),
    # the domain: where a function is defined, alive or steep
    (sp.log(x - 5), 1 / (x - 5)),
    (NARROW, -x / NARROW),
    (relu(x - 5), step(x - 5)),
    (relu(x), sp.Piecewise((x / relu(x), relu(x) > 0), (0, True))),
    (sigmoid(50 * x), 50 * sp.exp(-50 * x) / (1 + sp.exp(-50 * x)) ** 2),
    (tanh(100 * x), 100 / sp.cosh(100 * x) ** 2),
    (sp.Heaviside(x), 0),
]


@pytest.mark.parametrize(("expression", "answer"), DERIVATIVES, ids=str)
def test_the_derivative_is_right_in_every_equal_form(expression, answer):
    symbol = next((s for s in expression.free_symbols if s.name == "x"), x)
    assert check_derivative(expression, symbol, answer).correct


@pytest.mark.parametrize(
    ("expression", "answer", "score", "words"),
    [
        (x**2, 2 * x + sp.Rational(1, 10**6), 0, "this is not the derivative with respect to x: at x = "),
        (x**2, 2, 0, "a factor of the derivative is lost"),
        (x**2, -2 * x, 0.5, "the sign is turned"),
        (x**2, x, 0.5, "the power rule is misused in the derivative, at x**2"),
        (x**2, 7, 0, "this is not"),
        (x**2 / 4, x, 0.5, "a division in the derivative is lost"),
        (x**2, 2 * y, 0, "this question has no y"),
        (
            x**2 * y,
            x**2 * y,
            0,
            "this is the function itself, but the derivative with respect to x was asked",
        ),
        (x**2 * y, x**2, 0, "this is the derivative with respect to y, but"),
        (relu(x), 1, 0, "this is not"),  # right on one side of zero
        (relu(x - 5), 0, 0, "this is 0, as if x changed nothing"),
        (cube(x), cube(x), 0, "this is the function itself"),
        *((3 * x, wrong, 0, "it has another value") for wrong in (7, -2, x + 1)),  # and the 3 is not told
        (x**2, sp.Symbol("f"), 0, "this question has no f"),
    ],
)
def test_another_value_is_no_derivative(expression, answer, score, words):
    verdict = check_derivative(expression, x, answer)
    assert not verdict.correct and words in verdict.message and float(verdict) == score


def test_an_activation_in_floats_agrees_with_its_formula():
    equations = {z: w1 * x + b1, u: 5 * z, h: rounded_tanh(u), y_hat: w2 * h + b2, sp.Symbol("L"): square}
    model = Model(equations, [w1, b1, w2, b2], [x, y])
    answer = 2 * (y_hat - y) * w2 * (1 - tanh(u) ** 2) * 5 * x
    assert check_gradient(model, w1, answer).correct
    assert not check_gradient(model, w1, answer / 5).correct


def test_one_huge_value_does_not_hide_what_is_wrong_at_the_others():
    model = Model({u: w * x, h: sp.exp(5 * u**2), sp.Symbol("L"): y * h}, [w], [x, y])
    assert check_gradient(model, w, x - model.gradient(w)).slips == ()


@pytest.mark.parametrize(
    "answer",
    [sp.exp(800 * x), sp.exp(800 * x**2) * w1, 1e300 * x, SEED.gradient(w1) * (1 + sp.Rational(1, 10**11))],
    ids=["exp", "exp of a square", "1e300", "another in the last digits"],
)
def test_what_is_far_off_or_nearly_right_matches_no_slip(answer):
    verdict = check_gradient(SEED, w1, answer)
    assert (verdict.correct, verdict.slips) == (False, ())


def test_a_wrong_gradient_is_told_where_and_by_how_much_it_differs():
    words = check_gradient(SEED, b2, 2 * (y_hat - y) + 3).message
    assert words.startswith("this is not the gradient of b2: at b1 = ")
    given = {name: float(number) for name, number in re.findall(r"(\w+) = (\S+?)[ ,]", words)}
    assert given.keys() == {"b1", "w1", "b2", "w2", "x", "y", "y_hat"}  # h is not in the answer
    assert {given[name] for name in given.keys() - {"y_hat"}} <= {1, 2, 3, -1, -2, 0.5, -0.5}
    assert 2 * (given["y_hat"] - given["y"]) == pytest.approx(float(words.rsplit(" ", 1)[1][:-1]), abs=1e-4)
    yours, expected = re.search(r"yours is (\S+), and it should be (\S+)\.$", words).groups()
    assert float(yours) - float(expected) == pytest.approx(3, abs=0.01)


def tower(height):
    expression = x
    for _ in range(height):
        expression = sp.sin(expression, evaluate=False)
    return expression


n = sp.Symbol("n")
HUGE = {
    "long": (sp.Add(*(x**i for i in range(20_000))), "too long"),
    "deep": (tower(150), "too deep"),
    "not quite so deep": (tower(90), "it should be"),
    "as long as may be": (sp.Mul(*[x] * 9_999, evaluate=False), "it should be"),
    "one longer": (sp.Mul(*[x] * 10_000, evaluate=False), "too long"),
    "a sum without end": (sp.Sum(1 / n**2, (n, 1, sp.oo)), "Sum cannot be checked"),
    "an integral": (sp.Integral(x, x), "Integral cannot be checked"),
    "a derivative not taken": (sp.Derivative(sp.sin(x)), "Derivative cannot be checked"),
    "an unknown function": (sp.Function("magic")(x), "magic cannot be checked"),
    "a long number": (sp.Integer(10) ** 5000 * x, "too long"),
    "a large power": (sp.Pow(x, 10**100), "it should be"),
    "a power tower": (sp.exp(sp.exp(sp.exp(sp.exp(10 * x)))), "it should be"),
}


@pytest.mark.parametrize(("answer", "words"), HUGE.values(), ids=HUGE)
def test_a_huge_answer_gets_a_sentence_in_bounded_time(answer, words):
    start = time.process_time()
    verdict = check_gradient(SEED, w1, answer)
    assert time.process_time() - start < 10  # some milliseconds, if nothing goes wrong
    assert not verdict.correct and words in verdict.message


def test_what_an_answer_is_divided_by_is_no_factor_too_many():
    found = changes(w * h / x + y, roles=[], used={w, h, x, y})
    surplus = {str(mistake.names["symbol"]) for mistake, _ in found if mistake.slip == "surplus factor"}
    assert surplus == {"w", "h"}
