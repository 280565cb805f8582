"""Checks of functions that learners write: right ones, each with one slip, and anything at all."""

import re
import sys

import numpy as np
import pytest
import sympy as sp
from model_bank import MODELS, SEED, h, x, y, y_hat, z

from course_utils import (
    Adam,
    GradientDescent,
    Model,
    Momentum,
    RMSprop,
    check_backward,
    check_derivative,
    check_forward,
    check_gradient,
    check_local,
    check_training,
    check_update,
    sigmoid,
    step,
)
from course_utils import tanh as sp_tanh
from course_utils.checks.calls import outside
from course_utils.models.networks import classifier
from course_utils.training import UpdateRule, decay, gradient, parameter
from course_utils.training import learning_rate as rate


def sigma(z):
    return 1 / (1 + np.exp(-z))


def forward(x, w1, b1, w2, b2):
    return w2 * sigma(w1 * x + b1) + b2


def by_place(x, /, w1, b1, w2, b2):
    return forward(x, w1, b1, w2, b2)


def by_any_name(**v):
    return forward(v["x"], v["w1"], v["b1"], v["w2"], v["b2"])


def greedy(x, w1, b1, w2, b2):
    """Changes what it was given: the next function must not see it."""
    y_hat = forward(x, w1, b1, w2, b2)
    x *= 0
    return y_hat


def from_the_middle(h, w2, b2):
    return h * w2 + b2


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.cos(x)[9],  # not the cos below
        lambda x: sigmoid.numpy(x)[9],
        lambda x: (np.pi * np.cos(x))[9],
    ],
)
def test_an_error_beside_numpys_function_is_told_without_a_word_about_sympys(function):
    message = check_forward(SEED, z, function).message
    assert message.startswith("it fails with IndexError") and "With numbers" not in message


def test_what_is_returned_as_it_came_from_outside_is_found_too():
    given = 1.0
    assert outside(lambda: given) == {"given": 1.0} and outside(lambda: sigmoid.numpy, but="numpy") == {}


def test_nothing_is_found_outside_of_what_wraps_itself():
    def wrapped():
        return sigmoid

    wrapped.__wrapped__ = wrapped
    assert outside(wrapped) == {}


def test_a_backward_that_asks_for_what_the_model_computes_is_right_and_is_told_so():
    def backward(x, y, h, y_hat, w2):
        error = 2 * (y_hat - y)
        link = error * w2 * h * (1 - h)
        return [np.mean(each) for each in (link * x, link, error * h, error)]

    verdict = check_backward(SEED, backward)
    assert verdict.correct and "It asks for `h`, `y_hat`: a loop" in verdict.message


def test_a_backward_that_takes_what_the_model_computes_but_needs_it_not_is_told_nothing():
    def takes_any(w1, b1, w2, b2, x, y, h=None, **others):
        return backward()(w1=w1, b1=b1, w2=w2, b2=b2, x=x, y=y)

    assert check_backward(SEED, takes_any).message == "these are the gradients."


def test_a_slow_loop_is_no_wrong_one(monkeypatch):
    monkeypatch.setattr("course_utils.checks.loops.FEW_SECONDS", 0.05)
    slowly = []

    def slow(start, data, learning_rate, steps):
        if learning_rate != 0.1:  # with its own arguments, and with fewer steps, it ends
            slowly.append(learning_rate)
            while True:
                pass
        return loop()(start, data, learning_rate, steps)

    assert check_training(SEED, slow, START, DATA, learning_rate=0.1, steps=7).correct
    assert slowly


@pytest.mark.parametrize("function", [forward, by_place, by_any_name, greedy, from_the_middle])
def test_a_right_forward_function_of_any_signature_is_right(function):
    assert check_forward(SEED, y_hat, function).correct


FORWARD = [
    (y_hat, lambda x, w1, b1, w2, b2: w2 * sigma(w1 * x + b1), 0.5, "b2 is forgotten in y_hat. At w1 = "),
    (y_hat, lambda x, w1, b1, w2, b2: w2 * sigma(x + b1) + b2, 0.5, "w1 is forgotten in z"),
    (y_hat, lambda x, w1, b1, w2, b2: w2 * sigma(w1 * x + b2) + b2, 0.5, "b2 stands in z where another"),
    (y_hat, lambda x, w1, b1, w2, b2: w2 * sigma(w1 * x - b1) + b2, 0.5, "the sign of b1 is turned in z"),
    (y_hat, lambda z, w2, b2: w2 * z + b2, 0.5, "the sigmoid in h is missing: it belongs to z. At w2 = "),
    (h, lambda z: z, 0.5, "the sigmoid in h is missing"),
    (h, lambda y_hat, w2, b2: (y_hat - b2) / w2, 0, "its argument y_hat is unknown here"),
]


@pytest.mark.parametrize(("of", "function", "score", "words"), FORWARD, ids=[words for *_, words in FORWARD])
def test_a_slip_in_a_forward_function_is_named(of, function, score, words):
    verdict = check_forward(SEED, of, function)
    assert (verdict.correct, verdict.score) == (False, score) and words in verdict.message


def test_a_forward_function_with_no_known_slip_is_told_by_how_much_it_differs():
    message = check_forward(SEED, y_hat, lambda x, w1, b1, w2, b2: w1 * sigma(w2 * x + b1) + b2).message
    given = {name: float(number) for name, number in re.findall(r"(\w+) = (\S+?),? ", message)}
    yours, right = map(float, re.search(r"came out as (\S+), and it should be (\S+)\.", message).groups())
    assert right == pytest.approx(forward(**given), rel=1e-4) and yours != right
    assert given.keys() == {"x", "w1", "b1", "w2", "b2"}


class Mute(Exception):
    def __str__(self):
        raise RuntimeError("it says nothing")


class Silent:
    def __repr__(self):
        raise RuntimeError("this cannot be shown")


def failing(error):
    raise error


ANY_FUNCTION = {
    "dots": (..., "no answer yet"),
    "a number": (3, "should be a function, not 3"),
    "a string": ("lambda x: x", "should be a function, not 'lambda x: x'"),
    "nothing returned": (lambda x: None, "returns nothing yet"),
    "dots returned": (lambda x: ..., "returns nothing yet"),
    "unknown argument": (lambda q: q, "its argument q is unknown here"),
    "fails": (lambda x: failing(KeyError("lost")), "it fails with KeyError"),
    "fails without words": (lambda x: failing(Mute), "it fails with Mute."),
    "exits": (lambda x: exit(), "it fails with SystemExit"),
    "returns a string": (lambda x: "one", "should be numbers, not 'one'"),
    "wrong shape": (
        lambda x: np.zeros((3, 1)),
        "one number for each sample, not a table of 3 by 1 numbers",
    ),
    "nan": (lambda x: np.nan * x, "came out as nan"),
    "written in C": (print, "returns nothing yet"),
    "no signature": (max, "written in Python"),
    "ragged": (lambda x: [[1], [1, 2]], "should be numbers"),
    "complex": (lambda **v: by_any_name(**v) + 5j, "should be numbers"),
    "strings": (lambda **v: [str(n) for n in by_any_name(**v)], "should be numbers"),
    "cannot be shown": (lambda x: Silent(), "should be numbers"),
    "infinite": (lambda x: np.where(x > 1, np.inf, x), "came out as"),
}


@pytest.mark.parametrize(("function", "words"), ANY_FUNCTION.values(), ids=ANY_FUNCTION)
def test_any_function_gets_a_sentence(function, words):
    verdict = check_forward(SEED, y_hat, function)
    assert (verdict.correct, verdict.score) == (False, 0.0) and words in verdict.message


def test_a_symbol_that_is_not_computed_is_refused_by_name():
    with pytest.raises(ValueError, match="x is not computed by this model"):
        check_forward(SEED, x, lambda x: x)


def test_what_a_function_prints_and_warns_of_is_dropped(capfd, recwarn):
    check_forward(SEED, y_hat, lambda x: print("seen") or np.log(-np.abs(x)))
    check_forward(SEED, y_hat, lambda x: print("seen", file=sys.stderr))
    assert capfd.readouterr() == ("", "") and not list(recwarn)


def backward(two=2, mean=np.mean, slope=lambda h, z: h * (1 - h), sign=1, weight="w2"):
    """The seed network's backward pass, with a place for a slip."""

    def function(x, y, w1, b1, w2, b2):
        z = w1 * x + b1
        h = sigma(z)
        d_y_hat = sign * two * (w2 * h + b2 - y)
        d_z = d_y_hat * {"w1": w1, "w2": w2}[weight] * slope(h, z)
        return mean(d_z * x), mean(d_z), mean(d_y_hat * h), mean(d_y_hat)

    return function


RARELY = {
    "one sample": lambda x, **_: len(x) == 1,
    "two samples": lambda x, **_: len(x) == 2,
    "an even number of samples": lambda x, **_: len(x) % 2 == 0,
    "many samples": lambda x, **_: len(x) > 100,
    "zero": lambda b1, **_: b1 == 0,
    "whole numbers": lambda w1, **_: w1 % 1 == 0,
    "equal parameters": lambda w1, b1, **_: w1 == b1,
    "equal samples": lambda x, **_: np.ptp(x) == 0,
    "one small": lambda w1, b1, **_: abs(w1) < abs(b1) / 100,
    "one large": lambda w2, w1, b1, **_: abs(w2) > 100 * max(abs(w1), abs(b1)),
}


@pytest.mark.parametrize("when", RARELY.values(), ids=RARELY)
def test_a_function_that_is_rarely_wrong_is_wrong(when):
    def slopes(x, y, w1, b1, w2, b2):
        rare = when(x=x, w1=w1, b1=b1, w2=w2)
        return np.array(backward()(x, y, w1, b1, w2, b2)) * (1.01 if rare else 1)

    def output(x, w1, b1, w2, b2):
        return forward(x, w1, b1, w2, b2) * (1.01 if when(x=x, w1=w1, b1=b1, w2=w2) else 1)

    assert not check_backward(SEED, slopes).correct and not check_forward(SEED, y_hat, output).correct


FLAT = Model(SEED.equations | {h: step(z)}, SEED.parameters, SEED.data)  # two of its gradients are zero


@pytest.mark.parametrize("model", [*MODELS.values(), FLAT], ids=[*MODELS, "a step"])
def test_the_compiled_model_is_a_right_backward_function(model):
    compiled = model.compile()

    def by_the_model(**values):
        _, slopes = compiled([values[p.name] for p in model.parameters], [values[d.name] for d in model.data])
        return [slope or 1e-15 for slope in slopes]  # a zero may come out as rounding

    assert check_backward(model, by_the_model).correct


def by_name(x, y, w1, b1, w2, b2):
    return dict(zip(["w1", "b1", "w2", "b2"], backward()(x, y, w1, b1, w2, b2), strict=True))


@pytest.mark.parametrize("function", [backward(), by_name], ids=["in order", "by name"])
def test_a_right_backward_function_is_right(function):
    assert check_backward(SEED, function).correct


BACKWARD = [
    (backward(two=1), "the factor 2 of ∂L/∂y_hat is lost", 0.5),
    (backward(sign=-1), "the sign is turned", 0.5),
    (backward(mean=np.sum), "take the mean over the samples", 0.5),
    (backward(slope=lambda h, z: h), "h itself stands in place of ∂h/∂z", 0.75),
    (backward(slope=lambda h, z: z * (1 - z)), "∂h/∂z is a formula of h here", 0.75),
    (backward(slope=lambda h, z: 1), "the sigmoid's own derivative", 0.75),
    (backward(weight="w1"), "w1 stands in ∂y_hat/∂h where another", 0.75),
    (
        lambda **given: backward()(**{k: given[k] for k in ("x", "y", "w1", "b1", "w2", "b2")})[::-1],
        "the gradients are right, but in another order: return them for w1, b1, w2, b2",
        0,
    ),
    (lambda x, w1: (1.0, 2.0), "it should return 4 gradients in a tuple or a list, for w1, b1, w2, b2", 0),
    (lambda x, w1: x, "it should return 4 gradients", 0),
    (
        backward(mean=lambda values: values),
        "the gradient of w1 should be one number, the mean over the samples, not 3 numbers",
        0,
    ),
    (lambda x: (np.inf, 1, 2, 3), "the gradient of w1 came out as inf", 0),
]


@pytest.mark.parametrize(("function", "words", "score"), BACKWARD, ids=[words for _, words, _ in BACKWARD])
def test_a_slip_in_a_backward_function_is_named(function, words, score):
    verdict = check_backward(SEED, function)
    assert (verdict.correct, verdict.score) == (False, score) and words in verdict.message


def gradient_descent(parameter, gradient, learning_rate):
    return parameter - learning_rate * gradient


def momentum(parameter, gradient, velocity, learning_rate, momentum):
    velocity = momentum * velocity + gradient
    return parameter - learning_rate * velocity, velocity


def rmsprop(parameter, gradient, square, learning_rate, decay, epsilon):
    square = decay * square + (1 - decay) * gradient**2
    return parameter - learning_rate * gradient / (np.sqrt(square) + epsilon), square


def adam(parameter, gradient, step, mean, square, learning_rate, beta1, beta2, epsilon):
    step += 1
    mean = beta1 * mean + (1 - beta1) * gradient
    square = beta2 * square + (1 - beta2) * gradient**2
    stride = np.sqrt(square / (1 - beta2**step)) + epsilon
    return parameter - learning_rate * mean / (1 - beta1**step) / stride, step, mean, square


RULES = [
    (GradientDescent(0.1), gradient_descent),
    (Momentum(0.1, 0.9), momentum),
    (RMSprop(0.1), rmsprop),
    (Adam(0.1), adam),
]


@pytest.mark.parametrize(("rule", "function"), RULES, ids=[type(rule).__name__ for rule, _ in RULES])
def test_a_right_update_is_right(rule, function):
    assert check_update(rule, function).correct


@pytest.mark.parametrize(
    "returned", [list, np.array, lambda new: dict(zip(["parameter", "velocity"], new, strict=True)),
                 lambda new: dict(zip(["new_velocity", "new_parameter"], new[::-1], strict=True))]
)  # fmt: skip
def test_new_values_may_be_returned_in_any_form(returned):
    def named(parameter, gradient, velocity, learning_rate, momentum):
        velocity = momentum * velocity + gradient
        return returned((parameter - learning_rate * velocity, velocity))

    def alone(parameter, gradient, learning_rate):
        return returned([parameter - learning_rate * gradient, 0])[:1]

    assert check_update(Momentum(0.1, 0.9), named).correct
    if returned in (list, np.array):
        assert check_update(GradientDescent(0.1), alone).correct


def test_one_new_value_may_be_returned_by_name_but_no_other():
    by_name = check_update(GradientDescent(0.1), lambda **v: {"parameter": gradient_descent(**v)})
    other = check_update(GradientDescent(0.1), lambda **v: {"w": gradient_descent(**v)})
    assert by_name.correct and not other.correct and "not a dictionary" in other.message


def test_an_assertion_that_fails_is_no_riddle():
    def positive(parameter, gradient, learning_rate):
        if parameter <= 0:
            raise AssertionError  # as an `assert` does, which pytest would write anew
        return parameter - learning_rate * gradient

    message = check_update(GradientDescent(0.1), positive).message
    assert message.startswith("it fails with AssertionError. An `assert` says what is always so")


def without_epsilon(parameter, gradient, square, learning_rate, decay):
    square = decay * square + (1 - decay) * gradient**2
    return parameter - learning_rate * gradient / np.sqrt(square), square


def without_momentum(parameter, gradient, velocity, learning_rate):
    return parameter - learning_rate * gradient, gradient


def lazy_momentum(parameter, gradient, velocity, learning_rate, momentum):
    return parameter - learning_rate * velocity, momentum * velocity + gradient


UPDATES = [
    (GradientDescent(0.1), lambda parameter, gradient, learning_rate: parameter + learning_rate * gradient,
     "the sign of gradient*learning_rate is turned in the new parameter"),
    (GradientDescent(0.1), lambda parameter, gradient: parameter - gradient,
     "learning_rate is forgotten in the new parameter. At parameter = "),
    (GradientDescent(0.1), lambda gradient, learning_rate: -learning_rate * gradient,
     "parameter is forgotten in the new"),
    (Momentum(0.1, 0.9), lazy_momentum, "the old velocity stands in the new parameter, where the new"),
    (Momentum(0.1, 0.9), gradient_descent, "the new parameter, the new velocity, 2 numbers, not one number"),
    (RMSprop(0.1), without_epsilon, "came out as"),
    (GradientDescent(0.1), lambda gradient, **v: gradient_descent(gradient=gradient or 1, **v), "came out"),
    (Momentum(0.1, 0), without_momentum, "momentum*velocity is forgotten in the new velocity"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "function", "words"), UPDATES, ids=[words for *_, words in UPDATES])
def test_a_slip_in_an_update_is_named(rule, function, words):
    verdict = check_update(rule, function)
    assert not verdict.correct and words in verdict.message


START, X = {"w1": 0.5, "b1": 0.1, "w2": 0.5, "b2": 0.0}, np.linspace(-1, 1, 6)
DATA = {"x": X, "y": X**2}


def loop(slip=""):
    """A training loop of the seed network, with a place for a slip."""

    def function(start, data, learning_rate, steps):
        def loss(p):
            return np.mean((data["y"] - p["w2"] * sigma(p["w1"] * data["x"] + p["b1"]) - p["b2"]) ** 2)

        def gradients(p):
            mean = np.sum if slip == "sum" else np.mean
            two = 1 if slip == "2 lost" else 2
            return dict(zip(p, backward(two=two, mean=mean)(**data, **p), strict=True))

        p, losses = dict(start), [loss(start)]
        for _ in range(steps + (slip == "surplus")):
            slopes, sign = gradients(start if slip == "fixed" else p), 1 if slip == "uphill" else -1
            for name in reversed(p) if slip == "backwards" else p:
                anew = slip in ("one by one", "backwards") or (slip, name) == ("layers", "w2")
                slopes = gradients(p) if anew else slopes
                step = sign * (1 if slip == "no rate" else learning_rate) * slopes[name]
                p[name] = step if slip == "step alone" else p[name] + step
            losses.append(loss(p))
        each = {"sums": len(X) * np.array(losses)}
        each |= {"each loss": [X] * len(losses), "last loss": [*losses[:-1], X]}
        return p, ({"no first": losses[1:], "no last": losses[:-1]} | each).get(slip, losses)

    return function


def test_a_right_training_loop_is_right():
    assert check_training(SEED, loop(), START, DATA, learning_rate=0.1, steps=7).correct


LOOPS = {
    "uphill": "the update goes uphill",
    "sum": "the mean over the samples, not their sum",
    "one by one": "all gradients before any parameter changes",
    "surplus": "one step too many",
    "no first": "the loss at the start is missing",
    "no last": "the loss after the last step is missing",
    "fixed": "the gradients are those of the start in every step",
    "no rate": "the learning rate is forgotten in the update",
    "step alone": "the step alone is kept: subtract it from the parameter",
    "2 lost": "as it is used: the gradient of w1: the factor 2 of ∂L/∂y_hat is lost",
    "backwards": "all gradients before any parameter changes",
    "layers": "all gradients before any parameter changes",
    "sums": "each loss should be the mean over the samples, not their sum",
    "each loss": "should be one number, the mean over the samples, not 6 numbers",
    "last loss": "should be one number, the mean over the samples, not 6 numbers",
}


@pytest.mark.parametrize(("slip", "words"), LOOPS.items())
def test_a_slip_in_a_training_loop_is_named(slip, words):
    verdict = check_training(SEED, loop(slip), START, DATA, learning_rate=0.1, steps=7)
    score = 0 if slip.endswith("loss") else 0.5
    assert (verdict.correct, verdict.score) == (False, score) and words in verdict.message


class Unruly(list):
    """A list that cannot be gone through."""

    def __iter__(self):
        raise RuntimeError("no")


ANY_LOOP = [
    (lambda start: 3, 7, "it should return the parameters w1, b1, w2, b2 by name, and the losses"),
    (
        lambda start: Unruly([1, 2]),
        7,
        "it should return the parameters w1, b1, w2, b2 by name, and the losses",
    ),
    (lambda start: (start, [1.0] * 8), 7, "the loss at the start came out as 1"),
    (lambda start: (start, [1.0] * 3), 7, "7 steps have 8 losses"),
    (lambda start, data, learning_rate, steps: ..., 7, "returns nothing yet"),
    (lambda weights: weights, 7, "its argument weights is unknown here"),
    (
        lambda start: ({p: np.ones(3) for p in start}, [1.0]),
        0,
        "the parameter w1 should be one number, not 3 numbers",
    ),
    (lambda start: (start, np.array([1j])), 0, "its losses should be numbers"),
]


@pytest.mark.parametrize(("function", "steps", "words"), ANY_LOOP, ids=[words for *_, words in ANY_LOOP])
def test_any_training_loop_gets_a_sentence(function, steps, words):
    verdict = check_training(SEED, function, START, DATA, learning_rate=0.1, steps=steps)
    assert (verdict.correct, verdict.score) == (False, 0.0) and words in verdict.message


OWN = {"start": START, "data": DATA, "learning_rate": 0.1, "steps": 7}


@pytest.mark.parametrize(
    ("own", "score"),
    [
        *(([name], 0.5) for name in ("start", "data", "learning_rate")),
        (OWN, 0),
        (["steps"], 0.5),
        (["steps", "data"], 0),
    ],
)
def test_a_training_loop_with_numbers_of_its_own_is_wrong(own, score):
    def function(start, data, learning_rate, steps):
        given = {"start": start, "data": data, "learning_rate": learning_rate, "steps": steps}
        return loop()(**given | {name: OWN[name] for name in own})

    verdict = check_training(SEED, function, **OWN)
    first = "steps" if "steps" in own else own[0]
    assert (verdict.correct, verdict.score) == (False, score) and f"the argument {first}," in verdict.message


def test_no_losses_after_no_steps_are_half_right():
    verdict = check_training(SEED, lambda start: (start, []), START, DATA, learning_rate=0.1, steps=0)
    assert not verdict.correct and "the loss at the start is missing" in verdict.message


@pytest.mark.parametrize(
    "check",
    [
        lambda model: check_gradient(model, model.parameters[0], 1),
        lambda model: check_local(model, model.loss, model.parameters[0], 1),
        lambda model: check_forward(model, model.loss, loop()),
        lambda model: check_backward(model, loop()),
        lambda model: check_training(model, loop(), START, DATA, 0.1, 7),
    ],
    ids=["gradient", "local", "forward", "backward", "training"],
)
def test_a_model_between_matrices_is_refused_by_name(check):
    with pytest.raises(ValueError, match="scalars can be checked, not MatrixModel"):
        check(classifier([2, 3, 2]))


K, w1 = sp.symbols("K w1")  # as in a notebook, where a symbol has the name that the function forgets
learning_rate, b2 = 0.1, 0.5


def factors_apart(x, y, w1, b1, w2, b2):
    h = sigma(w1 * x + b1)
    error = 2 * (w2 * h + b2 - y)
    slope = error * w2 * h * (1 - h)
    return np.mean(slope) * np.mean(x), np.mean(slope), np.mean(error) * np.mean(h), np.mean(error)


def in_32_bits(x, y, w1, b1, w2, b2):
    return [np.float32(slope) for slope in backward()(x, y, w1, b1, w2, b2)]


def turned_round(x, y, w1, b1, w2, b2):
    return backward()(x, y, w1, b1, w2, b2)[::-1]


def its_mean(x, w1, b1, w2, b2):
    return np.mean(forward(x, w1, b1, w2, b2))


def without_b2(x, w1, b1, w2):
    return forward(x, w1, b1, w2, b2)


def own_rate(parameter, gradient):
    return parameter - learning_rate * gradient


def price(parameter, gradient, learning_rate, decay):
    return parameter - learning_rate * (gradient + decay * parameter**2 / 2)


def bracket(parameter, gradient, learning_rate, decay):
    return parameter - learning_rate * gradient - decay * parameter


def without_correction(parameter, gradient, step, mean, square, learning_rate, beta1, beta2, epsilon):
    mean, square = beta1 * mean + (1 - beta1) * gradient, beta2 * square + (1 - beta2) * gradient**2
    return parameter - learning_rate * mean / (np.sqrt(square) + epsilon), step + 1, mean, square


class Decaying(UpdateRule):
    """A rule as a class: a price on the size of the parameter."""

    equations = {parameter: parameter - rate * (gradient + decay * parameter)}  # noqa: RUF012


DECAYING = Decaying(learning_rate=0.1, decay=0.5)
cos = sp.cos  # NumPy's is meant below
EVERYDAY = [
    (check_backward, SEED, factors_apart, "the mean is taken of each factor", 0.75),
    (check_backward, SEED, turned_round, "in another order: return them for w1, b1, w2, b2", 0),
    (check_backward, SEED, lambda x: (K, 1, 1, 1), "the symbol K is still in the gradient of w1", 0),
    (check_backward, SEED, lambda x: (sp.exp(2), 1, 1, 1), "a formula: with numbers use NumPy", 0),
    (check_backward, SEED, in_32_bits, "Nearly: compute in floats of 64 bits", 0),
    (check_forward, SEED, its_mean, "this is the mean over the samples: return an array", 0.5),
    (check_forward, SEED, lambda x: sp_tanh(x), "With numbers write np.sp_tanh", 0),
    (check_forward, SEED, lambda x: sigmoid(x), "With numbers write sigmoid.numpy", 0),
    (check_forward, SEED, lambda x: np.exp(w1 * x), "Here w1 is a symbol: compute its number", 0),
    (check_forward, SEED, lambda x: np.cos(w1 * x), "w1 is a symbol: compute its number inside", 0),
    (check_forward, SEED, without_b2, "b2 comes from outside the function", 0.5),
    (check_update, GradientDescent(0.1), own_rate, "learning_rate comes from outside the function", 0.5),
    (
        check_update,
        GradientDescent(0.1),
        lambda gradient, learning_rate: learning_rate * gradient,
        "the step alone",
        0.5,
    ),
    (check_update, Momentum(0.1), lambda **v: (momentum(**v)[0], v["velocity"]), "this is the old vel", 0.5),
    (check_update, Momentum(0.1), lambda **v: momentum(**v)[::-1], "order: return the new parameter, the", 0),
    (check_update, Adam(0.1), without_correction, "by 1 - beta1**step and by 1 - beta2**step", 0.5),
    (check_update, DECAYING, price, "decay*parameter**2/2 stands in the new parameter where its own", 0.5),
    (check_update, DECAYING, bracket, "the bracket around decay*parameter + gradient is missing", 0.5),
]


@pytest.mark.parametrize(
    ("check", "asked", "function", "words", "score"), EVERYDAY, ids=[entry[3] for entry in EVERYDAY]
)
def test_an_everyday_slip_in_a_function_is_named(check, asked, function, words, score):
    verdict = check(asked, *([y_hat] if check.__name__ == "check_forward" else []), function)
    assert (verdict.correct, verdict.score) == (False, score) and words in verdict.message


def test_numbers_that_differ_never_look_the_same():
    for message in (
        check_backward(SEED, in_32_bits).message,
        check_forward(SEED, y_hat, lambda x, w1, b1, w2, b2: 1.00000001 * forward(x, w1, b1, w2, b2)).message,
        check_derivative(x**2, x, 2 * x * (1 + sp.Rational(1, 10**12))).message,
    ):
        yours, right = re.search(r"(\S+), and it should be (\S+?)\.(?: |$)", message).groups()
        assert yours != right


def training_at(rate_of):
    """A loop for y = w1*x + b1 with a learning rate of its own."""

    def loop(start, data, learning_rate, steps):
        w, b, losses = start["w1"], start["b1"], []
        for _ in range(steps):
            error = w * data["x"] + b - data["y"]
            losses.append(np.mean(error**2))
            w, b = (
                v - rate_of(learning_rate) * np.mean(2 * s) for v, s in ((w, error * data["x"]), (b, error))
            )
        return {"w1": w, "b1": b}, [*losses, np.mean((w * data["x"] + b - data["y"]) ** 2)]

    return loop


@pytest.mark.parametrize("rate_of", [lambda r: min(r, 1), lambda r: min(r, 0.1), lambda r: max(r, 0.01)])
def test_a_learning_rate_that_is_cut_off_is_no_learning_rate(rate_of):
    line = Model({SEED.loss: (SEED.parameters[0] * x + SEED.parameters[1] - SEED.data[1]) ** 2},
        SEED.parameters[:2], SEED.data)  # fmt: skip
    question = (
        {"w1": 0.5, "b1": 0.1},
        {"x": np.array([0.1, 0.2, 0.5]), "y": np.array([1.0, 0.0, 2.0])},
        0.1,
        5,
    )
    assert check_training(line, training_at(float), *question).correct
    assert "use the argument learning_rate" in check_training(line, training_at(rate_of), *question).message
    cut = check_update(
        GradientDescent(0.1), lambda **v: v["parameter"] - rate_of(v["learning_rate"]) * v["gradient"]
    )
    assert cut.score == 0 and "forgotten" not in cut.message


def one_unit(numpy, slope):
    """The backward pass of a network with one hidden unit. slope(h, z): its activation's, in some form."""

    def function(x, y, w1, b1, w2, b2):
        z = w1 * x + b1
        h = numpy(z)
        error = 2 * (w2 * h + b2 - y)
        into_z = error * w2 * slope(h, z)
        return np.mean(into_z * x), np.mean(into_z), np.mean(error * h), np.mean(error)

    return function


def bump(z):
    return 1 / (1 + z**2)


def root(z):
    return z / np.sqrt(1 + z**2)


FORMS = [  # each loses digits, of a saturated curve or beside the top of one
    (sp.atan(z), np.arctan, lambda h, z: np.cos(h) ** 2),
    (sp.atan(z), np.arctan, lambda h, z: 1 / (1 + np.tan(h) ** 2)),
    (sp.atan(z), np.arctan, lambda h, z: 1 - np.sin(h) ** 2),
    (z / (1 + sp.Abs(z)), lambda z: z / (1 + abs(z)), lambda h, z: (1 - abs(h)) ** 2),
    (1 / (1 + z**2), bump, lambda h, z: -2 * np.sqrt(1 / h - 1) * np.sign(z) * h**2),
    (z / sp.sqrt(1 + z**2), root, lambda h, z: (1 - h**2) ** 1.5),
    (sp.exp(-(z**2)), lambda z: np.exp(-(z**2)), lambda h, z: -2 * h * np.sign(z) * np.sqrt(-np.log(h))),
    (sp.asinh(z), lambda z: np.log(z + np.sqrt(z**2 + 1)), lambda h, z: 1 / np.cosh(h)),
    (sp.sqrt(1 + z**2), lambda z: np.sqrt(1 + z**2), lambda h, z: np.sign(z) * np.sqrt(1 - 1 / h**2)),
    (sp_tanh(z), lambda z: 2 / (1 + np.exp(-2 * z)) - 1, lambda h, z: 1 - h**2),
    (sigmoid(z), sigma, lambda h, z: np.exp(-z) * h**2),
]


@pytest.mark.parametrize(
    ("activation", "numpy", "slope"), FORMS, ids=[f"{e[0]} {n}" for n, e in enumerate(FORMS)]
)
def test_a_right_form_that_loses_digits_is_right(activation, numpy, slope):
    model = Model(SEED.equations | {h: activation}, SEED.parameters, SEED.data)
    assert check_backward(model, one_unit(numpy, slope)).correct
    assert check_forward(model, h, lambda z: numpy(z)).correct
    steeper = check_backward(model, one_unit(numpy, lambda h, z: 1.0001 * slope(h, z)))
    assert not steeper.correct and "order" not in steeper.message


FAR = [  # right wherever a form keeps all digits
    lambda h, z: np.cos(h) ** 2 * (abs(z) < 400),
    lambda h, z: np.cos(h) ** 2 * (abs(z) > 1e-3),
    lambda h, z: 1 / (1 + np.clip(z, -50, 50) ** 2),
    lambda h, z: np.cos(np.clip(h, -1.57, 1.57)) ** 2,
    lambda h, z: 1 / (1 + z**2 + 1e-8),
]


@pytest.mark.parametrize("slope", FAR)
def test_a_form_that_is_wrong_where_digits_are_lost_is_wrong(slope):
    model = Model(SEED.equations | {h: sp.atan(z)}, SEED.parameters, SEED.data)
    assert not check_backward(model, one_unit(np.arctan, slope)).correct


V, c, r = sp.symbols("V c r")
ENZYME = Model(
    {K: sp.exp(c), r: x / (K + x), y_hat: V * r, SEED.loss: (SEED.data[1] - y_hat) ** 2}, [V, c], SEED.data
)


def enzyme(slope=lambda r, K, x: -r * (1 - r), mean=np.mean, sign=1):
    """The backward pass of an enzyme's speed. slope(r, K, x): ∂r/∂c, in some form."""

    def function(V, c, x, y):
        K = np.exp(c)
        r = x / (K + x)
        error = 2 * sign * (V * r - y)
        return mean(error * r), mean(error * V * slope(r, K, x))

    return function


@pytest.mark.parametrize(
    "slope", [lambda r, K, x: -r * (1 - r), lambda r, K, x: r**2 - r, lambda r, K, x: -x / (K + x) ** 2 * K]
)
def test_a_share_in_another_form_is_right(slope):
    assert check_backward(ENZYME, enzyme(slope)).correct


def test_a_slip_that_changes_nothing_explains_nothing():
    u, b2s = sp.symbols("u b2")
    model = Model({u: w1 * x, y_hat: b2s * sp.exp(-(u**2)), SEED.loss: y_hat**2}, [w1, b2s], [x])
    for function in (
        lambda x, w1, b2: np.exp(np.log(b2) - (w1 * x) ** 2),  # no number for a negative b2
        lambda x, w1, b2: b2 * np.exp(-((w1 * x) ** 2)) * (1 + 1e-8),
    ):
        verdict = check_forward(model, y_hat, function)
        assert (verdict.correct, verdict.slips) == (False, ()) and "came out as" in verdict.message


def share_of(number):
    return lambda values: np.sum(values) / number


FLIPPED = {"sign": -1}
SUMS = [
    ({"mean": share_of(12)}, "is not divided by how many come in: divide by `len(x)`", 0.5, "own number"),
    ({"mean": share_of(4)}, "is not divided by how many come in: divide by `len(x)`", 0.5, "own number"),
    ({"mean": share_of(2)}, "is not divided by how many come in: divide by `len(x)`", 0.5, "own number"),
    ({"mean": np.sum}, "the gradient of V: take the mean over the samples. At", 0.5, "sum for mean"),
    ({"mean": np.sum} | FLIPPED, "One: take the mean over the samples. The other: the sign is turned", 0, ""),
    ({"mean": share_of(12)} | FLIPPED, "of your own. The other: the sign is turned", 0, ""),
    ({"mean": lambda values: 3 * np.mean(values)}, "a factor 3 too many", 0.5, "surplus number"),
    ({"mean": lambda values: np.mean(values) / len(values)}, "by `len(x)`, once, and by", 0.5, "own number"),
    (
        {"mean": lambda values: np.sum(values) / (len(values) - 1)},
        "once, and by nothing else",
        0.5,
        "own number",
    ),
    ({"mean": lambda values: np.std(values, ddof=1)}, "came out as", 0, ""),
]


@pytest.mark.parametrize(("slips", "words", "score", "named"), SUMS, ids=range(len(SUMS)))
def test_a_sum_is_told_from_a_factor_by_more_samples(slips, words, score, named):
    verdict = check_backward(ENZYME, enzyme(**slips))
    assert (verdict.correct, verdict.score) == (False, score) and words in verdict.message
    assert not named or verdict.slips == (named,)


def test_a_sum_with_a_slip_that_nobody_knows_is_told_as_half_of_it():
    verdict = check_backward(ENZYME, enzyme(lambda r, K, x: np.sin(r), mean=share_of(12)))
    assert verdict.slips == ("own number", "sum for mean") and verdict.score == 0.25
    verdict = check_backward(ENZYME, lambda V, c, x, y: enzyme(lambda r, K, x: r, share_of(12))(c, V, x, y))
    assert verdict.score == 0 and "samples that come in. That is not all. At V = " in verdict.message


def descend(backward):
    """A right training loop by gradients from elsewhere."""

    def function(start, data, learning_rate, steps):
        def loss(V, c):
            return np.mean((data["y"] - V * data["x"] / (np.exp(c) + data["x"])) ** 2)

        p = dict(start)
        losses = [loss(**p)]
        for _ in range(steps):
            slopes = backward(**p, **data)
            p = {name: p[name] - learning_rate * slope for name, slope in zip(p, slopes, strict=True)}
            losses.append(loss(**p))
        return p, losses

    return function


TIMES = {"x": np.linspace(0.1, 1, 12), "y": np.linspace(1, 2, 12)}
CARRIED = [
    (
        enzyme(**FLIPPED),
        "look first at `backward`, which gives the gradients: the gradient of V: the sign",
        0.5,
    ),
    (
        enzyme(lambda r, K, x: r, **FLIPPED),
        "`backward`, which gives the gradients: the gradient of V: the si",
        0.25,
    ),
    (
        enzyme(mean=share_of(12)),
        "`backward`, which gives the gradients: the gradient of V: the sum over the",
        0.5,
    ),
    (enzyme(mean=np.sum), "`backward`, which gives the gradients: the gradient of V: take the mean", 0.5),
]


@pytest.mark.parametrize(
    ("gradients", "words", "score"), CARRIED, ids=[words[-20:] for _, words, _ in CARRIED]
)
def test_a_right_loop_is_not_blamed_for_the_gradients_that_it_gets(gradients, words, score):
    given = {"start": {"V": 1.0, "c": -1.0}, "data": TIMES, "learning_rate": 0.1, "steps": 5}
    assert check_training(ENZYME, descend(enzyme()), **given).correct
    verdict = check_training(ENZYME, descend(gradients), **given)
    assert (verdict.correct, verdict.score) == (False, score) and words in verdict.message


def in_place(start, data, learning_rate, steps):
    """A right loop that leaves nothing of the start."""
    p, losses = descend(enzyme())(start, data, learning_rate, steps)
    start |= p
    return start, losses


def leaky_in_place(V, c, x, y):
    K, gradients = np.exp(c), enzyme()(V, c, x, y)
    x /= K + x
    return gradients


def test_a_right_function_is_told_what_it_changes_though_others_may_need_it():
    given = {"start": {"V": 1.0, "c": -1.0}, "data": TIMES, "learning_rate": 0.1, "steps": 5}
    verdict = check_training(ENZYME, in_place, **given)
    assert verdict.correct and verdict.message.endswith(
        "It changes `start` itself: work on a copy, others may need it."
    )
    verdict = check_backward(ENZYME, leaky_in_place)
    assert verdict.correct and "It changes `x` itself" in verdict.message
    assert "changes" not in check_backward(ENZYME, enzyme()).message


def stopped(limit):
    """A loop that stops where the loss falls no more."""

    def function(start, data, learning_rate, steps):
        for count in range(1, steps + 1):
            p, losses = descend(enzyme())(start, data, learning_rate, count)
            if abs(losses[-1] - losses[-2]) < limit:
                break
        return p, losses

    return function


def clipped(start, data, learning_rate, steps):
    """A loop whose gradients have a largest value."""

    def gradients(V, c, x, y):
        return np.clip(enzyme()(V, c, x, y), -1.5, 1.5)

    return descend(gradients)(start, data, learning_rate, steps)


@pytest.mark.parametrize("loop", [stopped(1e-4), stopped(1e-8), clipped], ids=["early", "late", "clipped"])
def test_a_loop_with_a_limit_of_its_own_is_wrong(loop):
    given = {"start": {"V": 1.0, "c": -1.0}, "data": TIMES, "learning_rate": 0.1, "steps": 3}
    verdict = check_training(ENZYME, loop, **given)
    assert (verdict.correct, verdict.score) == (
        False,
        0.5,
    ) and "no numbers or limits of your own" in verdict.message


@pytest.mark.parametrize("learning_rate", [0.5, 0.25])
def test_a_step_twice_as_long_is_no_forgotten_learning_rate(learning_rate):
    def twice(start, data, learning_rate, steps):
        return descend(enzyme())(start, data, 2 * learning_rate, steps)

    given = {"start": {"V": 1.0, "c": -1.0}, "data": TIMES, "learning_rate": learning_rate, "steps": 20}
    verdict = check_training(ENZYME, twice, **given)
    assert verdict.score == 0.5 and "as it is used: the gradient of V: a factor 2 too many" in verdict.message


def test_a_wrong_loop_is_blamed_though_its_gradients_are_right():
    def uphill(start, data, learning_rate, steps):
        return descend(enzyme())(start, data, -learning_rate, steps)

    verdict = check_training(ENZYME, uphill, {"V": 1.0, "c": -1.0}, TIMES, learning_rate=0.1, steps=5)
    assert "uphill: subtract the gradient. If you do, the gradient has the wrong sign" in verdict.message


def any_names(function):
    """A decorator that does not say what it wraps."""

    def wrapped(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapped


@pytest.mark.parametrize("wrap", [np.vectorize, any_names])
def test_a_wrapper_that_takes_any_names_gets_those_of_what_it_wraps(wrap):
    def unit(x, w1, b1, w2, b2):
        return w2 / (1 + np.exp(-w1 * x - b1)) + b2

    assert check_forward(SEED, y_hat, wrap(unit)).correct
    unknown = check_forward(SEED, y_hat, wrap(lambda x, q: x))
    assert "q" in unknown.message and not unknown.correct


def own_data(V, c, x, y):
    x, y = TIMES["x"], TIMES["y"]
    return enzyme()(V, c, x, y)


def from_outside(V, c, x, y):
    return enzyme()(V, c, TIMES["x"], TIMES["y"])


def own_start(V, c, x, y):
    V = 2.0
    return enzyme()(V, c, x, y)


def as_arrays(V, c, x, y):
    x, y = np.asarray(x), np.asarray(y)
    return enzyme()(V, c, x, y)


def fixed_rate(parameter, gradient, learning_rate):
    learning_rate = 0.1
    return parameter - learning_rate * gradient


UNHEEDED = [
    (check_backward, ENZYME, own_data, "whatever x is, this returns the same"),
    (check_backward, ENZYME, from_outside, "whatever x is, this returns the same"),
    (check_backward, ENZYME, own_start, "whatever V is, this returns the same"),
    (check_update, GradientDescent(0.1), fixed_rate, "whatever learning_rate is, this returns the same"),
]


@pytest.mark.parametrize(
    ("check", "asked", "function", "words"), UNHEEDED, ids=[e[2].__name__ for e in UNHEEDED]
)
def test_an_argument_that_is_overwritten_is_named(check, asked, function, words):
    verdict = check(asked, function)
    assert (verdict.correct, verdict.score) == (False, 0) and words in verdict.message
    assert check_backward(ENZYME, as_arrays).correct


def first_sample_alone(V, c, x, y):
    """A loop over the samples whose return stands too far inside."""
    for one, other in zip(x, y, strict=True):
        return [g / len(x) for g in enzyme()(V, c, np.array([one]), np.array([other]))]


def test_where_samples_are_left_out_no_division_alone_is_blamed():
    assert "add up all samples, and then divide the sum" in check_backward(ENZYME, first_sample_alone).message


def by_exp(z):
    return 2 / (1 + np.exp(-2 * z)) - 1


@pytest.mark.parametrize("written", [np.tanh, by_exp, lambda z: 1 - 2 / (np.exp(2 * z) + 1)])
def test_a_curve_of_several_symbols_may_be_written_in_another_form(written):
    """There its digits are lost beside 1, as they are where its argument has a line of its own."""
    k, u, memory, inputs = *sp.symbols("k u"), 0, sp.symbols("x1:4")
    equations = {}
    for new, after in zip(inputs, sp.symbols("h1:4"), strict=True):
        equations[after] = k * memory + (1 - k) * sp_tanh(u * new)
        memory = after
    model = Model(equations | {sp.Symbol("L"): (y - memory) ** 2}, [k, u], [*inputs, y])

    def function(k, u, x1, x2, x3, y):
        memory = slope_k = slope_u = 0 * y
        for new in (x1, x2, x3):
            taken = written(u * new)
            slope_k = memory - taken + k * slope_k
            slope_u = (1 - k) * (1 - taken**2) * new + k * slope_u
            memory = k * memory + (1 - k) * taken
        return np.mean(2 * (memory - y) * slope_k), np.mean(2 * (memory - y) * slope_u)

    assert check_backward(model, function).correct
