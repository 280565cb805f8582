"""Verdicts for benchmark.py to time: right and wrong, on expressions and on functions of three networks."""

import time

import numpy as np
import sympy as sp
from helpers import NUMPY_FORMS
from model_bank import SEED

from course_utils import (
    Adam,
    check_backward,
    check_forward,
    check_gradient,
    check_local,
    check_training,
    check_update,
    relu,
)
from course_utils.checks.regions import regions_of
from course_utils.models.networks import dense

NETWORKS = {"seed": (SEED, 0.1), "2-4-4-1": (dense([2, 4, 4, 1]), 1.0), "2-8-8-1": (dense([2, 8, 8, 1]), 1.0)}
NETWORKS["2-8-8-1 of relus"] = dense([2, 8, 8, 1], relu), 1.0


def names(symbols):
    """Their names: to ask SymPy for them takes longer than to compute with the numbers."""
    return [symbol.name for symbol in symbols]


def learner(model):
    """A right backward pass and a right training loop, as a learner's functions."""
    compiled, parameters, data = model.compile(), names(model.parameters), names(model.data)

    def backward(**given):
        return compiled([given[p] for p in parameters], [given[s] for s in data])[1]

    def descend(start, data, learning_rate, steps):
        losses = []
        for _ in range(steps + 1):
            loss, slopes = compiled(start, data)
            losses.append(loss)
            end, start = start, {p: start[p] - learning_rate * s for p, s in zip(start, slopes, strict=True)}
        return end, losses

    return backward, descend


def verdicts(model):
    """{what is checked: (with a right answer, with a wrong one)}."""
    first, prediction = model.parameters[0], list(model.equations)[-2]
    gradient, (backward, descend) = model.gradient(first), learner(model)
    layer = next(s for s, line in model.equations.items() if first in line.free_symbols)
    link, values = model.local(layer, first), np.linspace(-1, 1, 8)
    start, data = ({str(s): 0.3 for s in model.parameters}, {str(s): values for s in model.data})

    inputs = names([*model.parameters, *model.data])
    lines = list(model.equations.items())
    known = [NUMPY_FORMS, "numpy"]
    computed = sp.lambdify(inputs, [prediction], known, cse=lambda _: (lines, [prediction]))

    def forward(wrong):
        def function(**given):
            return computed(*(given[name] for name in inputs))[0] + wrong

        return lambda: check_forward(model, prediction, function)

    def wrongly(**given):
        return [1.0 + slope for slope in backward(**given)]

    def uphill(start, data, learning_rate, steps):
        return descend(start, data, -1.5 * learning_rate, steps)

    return {
        "gradient": (
            lambda: check_gradient(model, first, gradient),
            lambda: check_gradient(model, first, gradient + 1),
        ),
        "link": (
            lambda: check_local(model, layer, first, link),
            lambda: check_local(model, layer, first, link + 1),
        ),
        "forward": (forward(0), forward(1)),
        "backward": (lambda: check_backward(model, backward), lambda: check_backward(model, wrongly)),
        "training": tuple(
            lambda function=function: check_training(model, function, start, data, 0.1, 20)
            for function in (descend, uphill)
        ),
    }


def adam(parameter, gradient, step, mean, square, learning_rate, beta1, beta2, epsilon, wrong=0.0):
    step, mean, square = (
        step + 1,
        beta1 * mean + (1 - beta1) * gradient,
        beta2 * square + (1 - beta2) * gradient**2,
    )
    stride = np.sqrt(square / (1 - beta2**step)) + epsilon
    return parameter - learning_rate * mean / (1 - beta1**step) / stride + wrong, step, mean, square


def wrong_adam(parameter, gradient, step, mean, square, learning_rate, beta1, beta2, epsilon):
    return adam(parameter, gradient, step, mean, square, learning_rate, beta1, beta2, epsilon, 1.0)


def seconds(check):
    """The best of five tries, or of as many as fit into five seconds, each as if it were the first."""
    tries = []
    while len(tries) < 5 and sum(tries) < 5:
        regions_of.cache_clear()
        start = time.perf_counter()
        check()
        tries.append(time.perf_counter() - start)
    return min(tries)


def verdict():
    """Seconds for a verdict, and their share of what it may take."""
    rule = Adam(0.1)
    pairs = [
        ("a rule, Adam", (lambda: check_update(rule, adam), lambda: check_update(rule, wrong_adam)), 0.1)
    ]
    for name, (model, limit) in NETWORKS.items():
        pairs += [(f"{name}, {what}", pair, limit) for what, pair in verdicts(model).items()]
    for name, checks, limit in pairs:
        for kind, check in zip(("right", "wrong"), checks, strict=True):
            taken = seconds(check)
            yield f"{name}, {kind}", taken, taken / limit
