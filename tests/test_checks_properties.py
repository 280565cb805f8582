"""The checks under attack: random models and rewrites, extreme values, answers and functions of any kind."""

import random
import sys

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from model_bank import MODELS, SEED, b1, b2, h, square, w1, w2, y_hat

from course_utils import (
    Model,
    Momentum,
    RMSprop,
    check_backward,
    check_derivative,
    check_forward,
    check_gradient,
    check_number,
    check_training,
    check_update,
    relu,
    sigmoid,
    step,
    tanh,
)
from course_utils.derivation.functions import Activation

x, y, z = sp.symbols("x y z")
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
REWRITES = {
    "expand": sp.expand,
    "factor": sp.factor_terms,
    "together": sp.together,
    "signs": lambda e: -sp.expand(-e),
    "anew": lambda e: e.xreplace({s: sp.Symbol(s.name, real=True) for s in e.free_symbols}),
    "collect": lambda e: sp.collect(sp.expand(e), sorted(e.free_symbols, key=str)[:1]),
    "decimals": lambda e: e.xreplace({n: sp.Float(n) for n in e.atoms(sp.Integer) if abs(n) > 1}),
    "exp": lambda e: e.rewrite(sp.exp),
    "Piecewise": lambda e: e.rewrite(sp.Piecewise),
}


@st.composite
def models(draw):
    """A chain of one or two layers, some of them with a weight of before or a way round."""
    equations, parameters, signal = {}, [], x
    for layer in range(1, draw(st.integers(1, 2)) + 1):
        w, b = sp.symbols(f"w{layer} b{layer}")
        if layer > 1 and draw(st.booleans()):
            w = parameters[0]  # shared
        total, out = sp.symbols(f"z{layer} h{layer}")
        skipped = signal if draw(st.booleans()) else 0
        equations[total] = w * signal + b
        equations[out] = draw(st.sampled_from(ACTIVATIONS))(total) + skipped
        parameters += [p for p in (w, b) if p not in parameters]
        signal = out
    equations[sp.Symbol("L")] = draw(st.sampled_from(LOSSES))(y, signal)
    return Model(equations, parameters, [x, y])


@settings(max_examples=12)
@given(models(), st.sampled_from(sorted(REWRITES)), st.booleans(), st.integers(0, 9))
def test_an_equal_form_is_right_and_another_value_is_not(model, rewrite, expanded, which):
    parameter = model.parameters[which % len(model.parameters)]
    gradient = model.gradient(parameter)
    answer = REWRITES[rewrite](model.expand(gradient) if expanded else gradient)
    assert check_gradient(model, parameter, answer).correct
    assert not check_gradient(model, parameter, answer + sp.Rational(1, 10**6)).correct


@given(models())
def test_the_compiled_model_is_a_right_backward_function(model):
    compiled = model.compile()

    def backward(**values):
        arrays = [values[s.name] for s in model.data]
        return compiled([values[p.name] for p in model.parameters], arrays)[1]

    assert check_backward(model, backward).correct


def is_slope(model, parameter, answer, values):
    """Whether an answer is the slope of the loss at a point, by a central difference in floats."""
    inputs, nudge = [*model.parameters, *model.data], 1e-5
    loss, slope = model.expand(model.loss), model.expand(answer)

    def at(expression, moved=0.0):
        point = {s: v + moved * (s == parameter) for s, v in zip(inputs, values, strict=True)}
        return float(expression.subs(point))

    numeric = (at(loss, nudge) - at(loss, -nudge)) / 2 / nudge
    return abs(at(slope) - numeric) <= 1e-5 * (1 + abs(numeric))


@pytest.mark.parametrize("name", MODELS)
def test_a_random_answer_is_right_only_where_finite_differences_say_so(name):
    model, numbers = MODELS[name], random.Random(name)
    parameter = numbers.choice(model.parameters)
    gradient = model.gradient(parameter)
    symbols = sorted(gradient.free_symbols, key=str)
    values = [numbers.uniform(0.4, 1.6) for _ in (*model.parameters, *model.data)]
    for _ in range(4):
        one, other = numbers.choice(symbols), numbers.choice(symbols)
        answer = numbers.choice([gradient.xreplace({one: other}), gradient * one / other])
        if not is_slope(model, parameter, answer, values):
            assert not check_gradient(model, parameter, answer).correct
    assert is_slope(model, parameter, gradient, values)


# The domain: where a function is defined, alive or steep.
EQUAL = {
    "a log far from zero": (sp.log(x - 5), 1 / (x - 5)),
    "a root in a narrow place": (
        sp.sqrt(sp.Rational(1, 100) - x**2),
        -x / sp.sqrt(sp.Rational(1, 100) - x**2),
    ),
    "a relu that is far": (relu(x - 5), step(x - 5)),
    "a branch that does not hold has no value": (
        relu(x),
        sp.Piecewise((x / relu(x), relu(x) > 0), (0, True)),
    ),
    "a steep sigmoid": (sigmoid(50 * x), 50 * sp.exp(-50 * x) / (1 + sp.exp(-50 * x)) ** 2),
    "a very steep tanh": (tanh(100 * x), 100 / sp.cosh(100 * x) ** 2),
    "a symbol said to be positive": (sp.Symbol("x", positive=True) ** 2, 2 * sp.sqrt(x**2)),
    "a jump": (sp.Heaviside(x), 0),
}


@pytest.mark.parametrize(("function", "answer"), EQUAL.values(), ids=EQUAL)
def test_a_derivative_with_an_unusual_domain_is_right(function, answer):
    (symbol,) = function.free_symbols
    assert check_derivative(function, symbol, answer).correct


def test_a_relu_that_is_far_is_not_taken_for_zero():
    assert not check_derivative(relu(x - 5), x, 0).correct


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


def test_an_activation_in_floats_agrees_with_its_formula():
    u = sp.Symbol("u")
    model = Model({z: w1 * x + b1, u: 5 * z, h: rounded_tanh(u), y_hat: w2 * h + b2, sp.Symbol("L"): square},
                  [w1, b1, w2, b2], [x, y])  # fmt: skip
    answer = 2 * (y_hat - y) * w2 * (1 - tanh(u) ** 2) * 5 * x
    assert check_gradient(model, w1, answer).correct
    assert not check_gradient(model, w1, answer / 5).correct


@pytest.mark.parametrize(
    "answer", [sp.exp(800 * x), sp.exp(800 * x**2) * w1, 1e300 * x], ids=["exp", "exp of a square", "1e300"]
)
def test_a_value_beyond_floats_matches_no_slip(answer):
    assert check_gradient(SEED, w1, answer).slips == ()


def test_what_differs_in_the_last_digits_is_no_slip():
    assert check_gradient(SEED, w1, SEED.gradient(w1) * (1 + sp.Rational(1, 10**11))).slips == ()


@pytest.mark.parametrize("answer", [1, 7, -3, x])
def test_a_constant_derivative_is_not_told(answer):
    verdict = check_derivative(3 * x, x, answer)
    assert not verdict.correct and "3" not in verdict.message


def endless(times=60):
    expression = x
    for _ in range(times):
        expression = sp.Add(sp.exp(expression, evaluate=False), expression, evaluate=False)
    return expression


class Silent:
    def __repr__(self):
        raise RuntimeError("this cannot be shown")


TEN = sp.Integer(10)
EXTREME = {
    "endless": endless(),
    "a long number": 10**5000,
    "cannot be shown": Silent(),
    "a power not computed": sp.Mul(
        sp.Pow(TEN, TEN**9, evaluate=False), sp.Symbol("x", real=True), evaluate=False
    ),
    "a power of a power": sp.Pow(sp.Pow(x, TEN**900, evaluate=False), TEN**900, evaluate=False),
    "a huge float": sp.Mul(sp.Float._new((0, 1, 10**9, 1), 53), x, evaluate=False),
}


@pytest.mark.parametrize("answer", EXTREME.values(), ids=EXTREME)
def test_an_extreme_answer_gets_a_sentence(answer):
    for verdict in (check_gradient(SEED, w1, answer), check_number(answer, 0.5)):
        assert not verdict.correct and verdict.message.endswith(".") and len(verdict.message) < 300


def forward(x, w1, b1, w2, b2):
    return w2 / (1 + np.exp(-(w1 * x + b1))) + b2


def by_place(x, /, w1, b1, w2, b2):
    return forward(x, w1, b1, w2, b2)


def by_any_name(**v):
    return forward(v["x"], v["w1"], v["b1"], v["w2"], v["b2"])


@pytest.mark.parametrize("function", [forward, by_place, by_any_name], ids=lambda f: f.__name__)
def test_a_right_function_of_any_signature_is_right(function):
    assert check_forward(SEED, y_hat, function).correct


class Mute(Exception):
    def __str__(self):
        raise RuntimeError("it says nothing")


def failing(x):
    raise Mute


STRANGE = {
    "ragged": (lambda x: [[1], [1, 2]], "should be numbers"),
    "complex": (lambda **v: by_any_name(**v) + 5j, "should be numbers"),
    "strings": (lambda **v: [str(n) for n in by_any_name(**v)], "should be numbers"),
    "endless": (lambda x: endless(), "should be numbers"),
    "cannot be shown": (lambda x: Silent(), "should be numbers"),
    "an error without words": (failing, "it fails with Mute."),
    "infinite": (lambda x: np.where(x > 1, np.inf, x), "came out as"),
}


@pytest.mark.parametrize(("function", "words"), STRANGE.values(), ids=STRANGE)
def test_a_strange_result_gets_a_sentence(function, words):
    verdict = check_forward(SEED, y_hat, function)
    assert not verdict.correct and words in verdict.message


def test_a_forward_function_may_not_use_what_is_computed_later():
    verdict = check_forward(SEED, h, lambda y_hat, w2, b2: (y_hat - b2) / w2)
    assert "its argument y_hat is unknown here" in verdict.message


def test_an_infinite_gradient_matches_no_slip():
    assert check_backward(SEED, lambda x: (np.inf, 1, 2, 3)).slips == ()


def test_what_a_function_prints_as_an_error_is_dropped(capfd):
    check_forward(SEED, y_hat, lambda x: print("seen", file=sys.stderr))
    assert capfd.readouterr() == ("", "")


def without_epsilon(parameter, gradient, square, learning_rate, decay):
    square = decay * square + (1 - decay) * gradient**2
    return parameter - learning_rate * gradient / np.sqrt(square), square


def without_momentum(parameter, gradient, velocity, learning_rate):
    return parameter - learning_rate * gradient, gradient


@pytest.mark.parametrize(
    ("rule", "function"), [(RMSprop(0.1), without_epsilon), (Momentum(0.1, 0), without_momentum)]
)
def test_an_update_without_one_of_its_settings_is_wrong(rule, function):
    assert not check_update(rule, function).correct


LOOPS = {
    "no losses after no steps": (lambda start: (start, []), 0, "the loss at the start is missing"),
    "arrays as parameters": (
        lambda start: ({p: np.ones(3) for p in start}, [1.0]),
        0,
        "should have shape ()",
    ),
    "complex losses": (lambda start: (start, np.array([1j])), 0, "its losses should be numbers"),
}


@pytest.mark.parametrize(("function", "steps", "words"), LOOPS.values(), ids=LOOPS)
def test_a_strange_training_loop_gets_a_sentence(function, steps, words):
    start = {"w1": 0.5, "b1": 0.1, "w2": 0.5, "b2": 0.0}
    data = {"x": [0.0, 1.0], "y": [1.0, 2.0]}
    verdict = check_training(SEED, function, start, data, learning_rate=0.1, steps=steps)
    assert not verdict.correct and words in verdict.message


def test_one_huge_value_does_not_hide_what_is_wrong_at_the_others():
    u, k, loss = sp.symbols("u k L")
    model = Model({u: k * x, h: sp.exp(5 * u**2), loss: y * h}, [k], [x, y])
    assert check_gradient(model, k, x - model.gradient(k)).slips == ()
