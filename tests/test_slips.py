"""The slips that the checks name: a bank of wrong answers, none accepted, and of right ones, none refused.

What is right and wrong is decided here by finite differences of the loss, in plain floats.
"""

import time
from functools import cache

import numpy as np
import pytest
import sympy as sp
from model_bank import MODELS, SEED, b2, h, w1, w2, x, y, y_hat

from course_utils import Model, check_gradient, check_local, sigmoid, step
from course_utils.derivation.functions import numpy_functions

PARAMETERS = [(name, parameter) for name, model in MODELS.items() for parameter in model.parameters]
each_parameter = pytest.mark.parametrize(("name", "parameter"), PARAMETERS, ids=str)


def as_floats(symbols, expressions):
    return sp.lambdify(symbols, expressions, modules=[numpy_functions(), "numpy"])


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
    "in parameters and data": lambda model, g: model.expand(g),
    "with exp": lambda model, g: model.expand(g).rewrite(sp.exp),
    "symbols made anew": anew,
    "decimals": lambda model, g: sp.expand(g).xreplace(
        {n: sp.Float(n) for n in g.atoms(sp.Integer) if n > 1}
    ),
    "signs turned": lambda model, g: -sp.expand(-g),
}
UNUSUAL = {
    "the expanded loss differentiated": lambda model, p: sp.diff(model.expand(model.loss), p),
    "the paths added the other way round": lambda model, p: sp.Add(
        *(
            sp.Mul(*(model.local(*link) for link in reversed(path)), evaluate=False)
            for path in reversed(model.paths(p))
        ),
        evaluate=False,
    ),
    "half expanded": lambda model, p: model.gradient(p).xreplace(dict(list(model.equations.items())[1:2])),
    "over one denominator": lambda model, p: sp.together(model.gradient(p)),
}


def right_answers(model, parameter):
    gradient = model.gradient(parameter)
    return {name: form(model, gradient) for name, form in FORMS.items()} | {
        name: form(model, parameter) for name, form in UNUSUAL.items()
    }


@each_parameter
def test_the_gradient_is_right_in_every_form(name, parameter):
    model = MODELS[name]
    refused = {
        form: verdict
        for form, answer in right_answers(model, parameter).items()
        if not (verdict := check_gradient(model, parameter, answer)).correct
    }
    assert not refused


def test_the_bank_of_right_answers_is_large_and_right():
    answers = [
        (name, parameter, answer)
        for name, parameter in PARAMETERS
        for answer in right_answers(MODELS[name], parameter).values()
    ]
    assert len(answers) >= 120
    for name, parameter, answer in answers:
        plain = {s: sp.Symbol(s.name) for s in answer.free_symbols}
        assert is_gradient(name, parameter, answer.xreplace(plain))


def changed(model, parameter, link, change):
    """The gradient with one local derivative changed, wherever it occurs: built path by path."""

    def factor(of, wrt):
        local = model.local(of, wrt)
        return change(local) if (of, wrt) == link else local

    return sp.Add(*(sp.Mul(*(factor(*one) for one in path)) for path in model.paths(parameter)))


CHANGES = {
    "missing link": lambda of, wrt: lambda local: sp.S.One,
    "doubled link": lambda of, wrt: lambda local: local**2,
    "inverted link": lambda of, wrt: lambda local: 1 / local,
    "function for derivative": lambda of, wrt: lambda local: of,
    "input for output": lambda of, wrt: lambda local: local.xreplace({of: wrt}),
    "sign": lambda of, wrt: lambda local: -local,
}


def generated():
    """(model's name, parameter, link, slip, answer): every slip in every link that changes the gradient."""
    for name, parameter in PARAMETERS:
        model = MODELS[name]
        if parameter not in model.parameters[:1]:
            continue
        for link in sorted({link for path in model.paths(parameter) for link in path}, key=str):
            for slip, change in CHANGES.items():
                answer = changed(model, parameter, link, change(*link))
                if not is_gradient(name, parameter, answer):
                    yield name, parameter, link, slip, answer


def test_no_generated_slip_is_accepted_and_nine_in_ten_are_named():
    bank = list(generated())
    assert len(bank) >= 120 and len({name for name, *_ in bank}) >= 8
    named, accepted, others = 0, [], []
    for name, parameter, (of, wrt), slip, answer in bank:
        verdict = check_gradient(MODELS[name], parameter, answer)
        if verdict.correct:
            accepted.append((name, parameter, slip, answer))
        elif verdict.slips == (slip,) and (slip == "sign" or f"∂{of}/∂{wrt}" in verdict.message):
            named += 1
        else:
            others.append((name, parameter, f"{slip} ∂{of}/∂{wrt}", verdict.slips, verdict.message))
    assert not accepted
    assert named >= 0.9 * len(bank), "\n".join(map(str, others))


# Wrong answers as a person would write them: the model, the parameter, the answer, the slip, and the culprit.
BY_HAND = [
    ("seed", "w1", "(y_hat - y)*w2*h*(1 - h)*x", "lost factor", "the factor 2 of ∂L/∂y_hat is lost"),
    ("seed", "w1", "2*(y - y_hat)*w2*h*(1 - h)*x", "sign", "the sign is turned. Look at ∂L/∂y_hat"),
    ("seed", "w1", "2*(y_hat + y)*w2*h*(1 - h)*x", "sign inside", "∂L/∂y_hat"),
    ("seed", "w1", "2*(y_hat - y)*h*(1 - h)*x", "missing link", "∂y_hat/∂h is missing"),
    ("seed", "w1", "2*(y_hat - y)*w1*h*(1 - h)*x", "wrong symbol", "w1 does not belong in ∂y_hat/∂h"),
    ("seed", "w1", "2*(y_hat - y)*w2*x", "missing link", "the sigmoid's own derivative"),
    ("seed", "w1", "2*(y_hat - y)*w2*h*x", "function for derivative", "h itself stands in place of ∂h/∂z"),
    ("seed", "w1", "2*(y_hat - y)*w2*z*x", "function for derivative", "z itself stands in place of ∂h/∂z"),
    ("seed", "w1", "2*(y_hat - y)*w2*z*(1 - z)*x", "input for output", "∂h/∂z is a formula of h here"),
    ("seed", "w1", "2*(y_hat - y)*w2*(1 - h)*x", "lost factor", "a factor of ∂h/∂z is lost"),
    ("seed", "w1", "2*(y_hat - y)*w2*h*(1 + h)*x", "sign inside", "∂h/∂z"),
    ("seed", "w1", "2*(y_hat - y)*w2*h*(1 - h)", "missing link", "∂z/∂w1 is missing"),
    ("seed", "w1", "2*(y_hat - y)*w2*h*(1 - h)*y", "wrong symbol", "y does not belong in ∂z/∂w1"),
    ("seed", "w1", "2*(y_hat - y)*w2*h*(1 - h)*w1", "wrong derivative", "∂z/∂x stands in place of ∂z/∂w1"),
    ("seed", "w1", "2*(y_hat - y)**2*w2*h*(1 - h)*x", "exponent", "∂L/∂y_hat"),
    ("seed", "w1", "2*(y_hat - y)*w2*h**2*(1 - h)*x", "doubled factor", "∂h/∂z"),
    ("seed", "w1", "2*(y_hat - y)*h", "another", "this is the gradient of w2"),
    ("seed", "w1", "(y - y_hat)**2", "another", "this is the loss itself"),
    ("seed", "w1", "2*(y_hat - y)*w2", "stops early", "this is ∂L/∂h: go on, from h to w1"),
    ("seed", "w2", "2*(y_hat - y)*w2", "wrong derivative", "∂y_hat/∂h stands in place of ∂y_hat/∂w2"),
    ("seed", "w2", "2*(y_hat - y)*z", "wrong symbol", "z does not belong in ∂y_hat/∂w2"),
    ("seed", "b2", "(y_hat - y)", "lost factor", "the factor 2"),
    ("seed", "b2", "2*(y_hat - y)*b2", "function for derivative", "b2 itself stands in place of ∂y_hat/∂b2"),
    ("deep", "w1", "2*(y_hat - y)*w3*h2*(1 - h2)*w2*(1 - h1)*x", "exponent", "∂h1/∂z1"),
    ("deep", "w1", "2*(y_hat - y)*w3*h2*(1 - h2)*(1 - h1**2)*x", "missing link", "∂z2/∂h1 is missing"),
    ("deep", "w1", "2*(y_hat - y)*w3*w2*(1 - h1**2)*x", "missing link", "∂h2/∂z2 is missing"),
    ("deep", "w1", "2*(y_hat - y)*w3*h2*(1 - h2)*w2*(1 + h1**2)*x", "sign inside", "∂h1/∂z1"),
    ("deep", "w1", "2*(y_hat - y)*w3*h1*(1 - h2)*w2*(1 - h1**2)*x", "wrong symbol", "h1 does not belong"),
    ("deep", "w1", "2*(y_hat - y)*w3*h2*(1 - h2)*w2*h1*x", "function for derivative", "h1 itself"),
    ("deep", "b1", "2*(y_hat - y)*w2*h2*(1 - h2)*w2*(1 - h1**2)", "wrong symbol", "∂y_hat/∂h2"),
    ("logistic", "w1", "(y - p)*x1", "sign", "the sign is turned"),
    ("logistic", "w1", "(p - y)", "missing link", "∂z/∂w1 is missing"),
    ("logistic", "w1", "(p - y)*x2", "wrong derivative", "∂z/∂w2 stands in place of ∂z/∂w1"),
    ("logistic", "w1", "(p + y)*x1", None, None),
    ("two units", "w1", "2*(y_hat - y)*b*h1*(1 - h1)*x", "wrong derivative", "∂y_hat/∂h1"),
    ("two units", "w1", "2*(y_hat - y)*w3*h2*(1 - h2)*x", "wrong symbol", "h2 does not belong in ∂h1/∂z1"),
    ("two units", "w2", "2*(y_hat - y)*b*h2*(1 - h2)*x", None, None),
    ("two units", "w2", "2*(y_hat - y)*b*(1 + h2**2)*x", "sign inside", "∂h2/∂z2"),
    ("twins", "w", "2*(y_hat - y)*2*u*(1 - h1**2)*x1", "missing path", "paths are added"),
    ("twins", "w", "-2*(y_hat - y)*2*u*(1 - h2**2)*x2", "missing path", "paths are added"),
    ("twins", "w", "2*(y_hat - y)*2*u*((1 - h1**2)*x1 + (1 - h2**2)*x2)", "sign", "is turned"),
    ("twins", "w", "2*(y_hat - y)*u*((1 - h1**2)*x1 - (1 - h2**2)*x2)", "lost factor", "the factor 2"),
    ("twins", "b", "2*(y_hat - y)*((1 - h1**2) - (1 - h2**2))", "missing link", "∂y_hat/∂u is missing"),
    ("recurrent", "k", "2*(y_hat - y)*c*(1 - h3**2)*h2", "missing path", "paths are added"),
    ("recurrent", "w", "2*(y_hat - y)*c*(1 - h3**2)*x", "missing path", "the paths through ∂h3/∂h2"),
    ("recurrent", "w", "2*(y_hat - y)*c*(1 - h3**2)*k*(1 - h2**2)*x2", "only one path", "∂h2/∂w"),
    ("recurrent", "c", "2*(y_hat - y)*h2", "wrong symbol", "h2 does not belong in ∂y_hat/∂c"),
    ("filter", "w1", "2*(y_hat - y)*step(h1)*x1", "missing path", "paths are added"),
    ("bump", "m", "2*(y_hat - y)*k*h*(-2*u)/s", "sign", "is turned"),
    ("bump", "m", "2*(y_hat - y)*k*(-2*u)*(-1/s)", "lost factor", "∂h/∂u"),
    ("bump", "m", "2*(y_hat - y)*k*h*(-u)*(-1/s)", "lost factor", "the factor 2"),
    ("bump", "s", "2*(y_hat - y)*k*h*(-2*u)*(x - m)/s**2", "sign", "is turned"),
    ("bump", "s", "2*(y_hat - y)*k*h*(-2*u)*(-(x - m)/s)", "exponent", "∂u/∂s"),
    ("enzyme", "K", "2*(y_hat - y)*V*x/u**2", "sign", "is turned"),
    ("enzyme", "K", "-2*(y_hat - y)*V*x/u", "function for derivative", "u itself stands in place of ∂u/∂K"),
    ("enzyme", "V", "2*(y_hat - y)*x/u**2", "doubled factor", "a factor of ∂y_hat/∂V"),
    ("enzyme", "K", "2*(y_hat - y)*V*x/u", "function for derivative", "y_hat itself stands in place"),
    ("enzyme", "V", "2*(y_hat - y)*x", "lost factor", "∂y_hat/∂V"),
    ("residual", "w1", "2*(y_hat - y)*w3*(1 - h**2)*x", "missing link", "∂u/∂h is missing"),
    ("residual", "w1", "2*(y_hat - y)*w3*w2*(1 - h)*x", "exponent", "∂h/∂z"),
    ("residual", "w3", "2*(y_hat - y)*h", "wrong symbol", "h does not belong in ∂y_hat/∂w3"),
    ("mean of three", "c", "2*(c*h - y1)*h", "sum for mean", "the division by 3"),
    ("mean of three", "c", "2*(c*h - y2)*h/3", "wrong symbol", "y2 does not belong"),
    ("mean of three", "k", "2*(y2 - k*h)*h/3", "sign", "is turned"),
]


def parsed(name, text):
    symbols = {s.name: s for s in samples_of(name)[0]}
    return sp.sympify(text, locals={**symbols, "step": step})


@pytest.mark.parametrize(("name", "parameter", "answer", "slip", "words"), BY_HAND)
def test_a_slip_made_by_hand_is_named(name, parameter, answer, slip, words):
    model, parameter, answer = MODELS[name], sp.Symbol(parameter), parsed(name, answer)
    assert not is_gradient(name, parameter, answer)
    verdict = check_gradient(model, parameter, answer)
    assert not verdict.correct
    assert verdict.slips == ((slip,) if slip else ())
    assert (words or "it should be") in verdict.message


PAIRS = [
    ("seed", "w1", "(y - y_hat)*w2*h*(1 - h)*x", {"sign", "lost factor"}),
    ("seed", "w1", "(y_hat - y)*h*(1 - h)*x", {"missing link", "lost factor"}),
    ("seed", "w1", "2*(y_hat - y)*w2*h", {"function for derivative", "missing link"}),
    ("seed", "w1", "2*(y_hat - y)*w1*z*(1 - z)*x", {"wrong symbol", "input for output"}),
    ("deep", "w1", "(y_hat - y)*w3*h2*w2*(1 - h1**2)*x", {"lost factor", "function for derivative"}),
    ("recurrent", "w", "(y_hat - y)*c*(1 - h3**2)*(x + k*(1 - h2**2)*x2)", {"lost factor", "missing path"}),
    ("filter", "w1", "2*(y_hat - y)*(x1 + x2)", {"missing link"}),
    ("enzyme", "K", "(y_hat - y)*V*x/u**2", {"sign", "lost factor"}),
]


@pytest.mark.parametrize(("name", "parameter", "answer", "slips"), PAIRS)
def test_two_slips_are_named_and_worth_nothing(name, parameter, answer, slips):
    verdict = check_gradient(MODELS[name], sp.Symbol(parameter), parsed(name, answer))
    assert (verdict.correct, set(verdict.slips), float(verdict)) == (False, slips, 0.0)
    assert verdict.message.startswith("two slips")


def test_two_factors_lost_in_the_same_link_are_worth_nothing():
    squared = Model(SEED.equations | {y_hat: w2 * h**2 + b2}, SEED.parameters, SEED.data)
    verdict = check_gradient(squared, w1, 2 * (y_hat - y) * w2 * h * (1 - h) * x)
    assert "more than one factor of ∂y_hat/∂h is lost" in verdict.message and float(verdict) == 0.0


def test_one_slip_in_a_chain_is_worth_half():
    assert float(check_gradient(SEED, sp.Symbol("w1"), parsed("seed", "2*(y_hat - y)*h*(1 - h)*x"))) == 0.5


@pytest.mark.parametrize("answer", ["2*(y_hat - y)*h", "2*(y_hat - y)*w2", "(y - y_hat)**2"])
def test_what_is_no_slip_but_another_quantity_is_worth_nothing(answer):
    assert float(check_gradient(SEED, sp.Symbol("w1"), parsed("seed", answer))) == 0.0


@each_parameter
def test_a_message_never_holds_the_answer(name, parameter):
    model = MODELS[name]
    key = model.gradient(parameter)
    for answer in (-key, key / 2, key * sp.Symbol("x"), sp.Integer(1)):
        message = check_gradient(model, parameter, answer).message
        assert str(key) not in message and str(sp.factor(key)) not in message


LOCALS = [
    ("seed", "h", "z", "h*(1 - h)", None),
    ("seed", "h", "z", "sigmoid(z)*(1 - sigmoid(z))", None),
    ("seed", "h", "z", "exp(-z)/(1 + exp(-z))**2", None),
    ("seed", "h", "z", "h", "this is h itself"),
    ("seed", "h", "z", "z*(1 - z)", "∂h/∂z is a formula of h here"),
    ("seed", "h", "z", "h*(1 + h)", "a sign inside ∂h/∂z"),
    ("seed", "z", "w1", "x", None),
    ("seed", "z", "w1", "w1", "this is ∂z/∂x, but ∂z/∂w1 was asked"),
    ("seed", "L", "y_hat", "2*(y_hat - y)", None),
    ("seed", "L", "y_hat", "y_hat - y", "the factor 2 of ∂L/∂y_hat is lost"),
    ("seed", "L", "y_hat", "2*(y - y_hat)", "this is ∂L/∂y, but ∂L/∂y_hat was asked"),
    ("bump", "u", "s", "-(x - m)/s**2", None),
    ("bump", "u", "s", "-u/s", None),
    ("bump", "u", "s", "1/s", "this is ∂u/∂x"),
    ("enzyme", "y_hat", "u", "-V*x/u", "an exponent in ∂y_hat/∂u is wrong"),
    ("enzyme", "y_hat", "u", "V*x/u", "this is y_hat itself"),
]


@pytest.mark.parametrize(("name", "of", "wrt", "answer", "words"), LOCALS)
def test_a_local_derivative_is_checked_in_the_models_symbols(name, of, wrt, answer, words):
    symbols = {s.name: s for s in samples_of(name)[0]}
    answer = sp.sympify(answer, locals={**symbols, "sigmoid": sigmoid})
    verdict = check_local(MODELS[name], symbols[of], symbols[wrt], answer)
    assert verdict.correct == (words is None)
    assert (words or "this is ∂") in verdict.message


def test_a_local_derivative_that_does_not_exist_is_refused_by_name():
    with pytest.raises(ValueError, match="y_hat is not computed from w1"):
        check_local(SEED, sp.Symbol("y_hat"), sp.Symbol("w1"), 1)


def tower(height):
    expression = sp.Symbol("x")
    for _ in range(height):
        expression = sp.sin(expression, evaluate=False)
    return expression


def doubling(times):
    """An expression of few objects that is endlessly long when written out."""
    expression = sp.Symbol("x")
    for _ in range(times):
        expression = sp.Add(sp.exp(expression, evaluate=False), expression, evaluate=False)
    return expression


n = sp.Symbol("n")
HUGE = {
    "long": (lambda: sp.Add(*(sp.Symbol("x") ** i for i in range(20_000))), "too long"),
    "deep": (lambda: tower(200), "too deep"),
    "endless": (lambda: doubling(60), "too long"),
    "a sum without end": (lambda: sp.Sum(1 / n**2, (n, 1, sp.oo)), "Sum cannot be checked"),
    "an integral": (lambda: sp.Integral(sp.Symbol("x"), sp.Symbol("x")), "Integral cannot be checked"),
    "a derivative not taken": (lambda: sp.Derivative(sp.sin(sp.Symbol("x"))), "Derivative cannot be checked"),
    "an unknown function": (lambda: sp.Function("magic")(sp.Symbol("x")), "magic cannot be checked"),
    "a long number": (lambda: sp.Integer(10) ** 5000 * sp.Symbol("x"), "too long"),
    "a large power": (lambda: sp.Pow(sp.Symbol("x"), 10**100), "it should be"),
    "a power tower": (lambda: sp.exp(sp.exp(sp.exp(sp.exp(10 * sp.Symbol("x"))))), "it should be"),
}


@pytest.mark.parametrize(("build", "words"), HUGE.values(), ids=HUGE)
def test_a_huge_answer_gets_a_sentence_in_bounded_time(build, words):
    answer, start = build(), time.process_time()
    verdict = check_gradient(SEED, sp.Symbol("w1"), answer)
    assert time.process_time() - start < 10  # some milliseconds, if nothing goes wrong
    assert not verdict.correct and words in verdict.message
