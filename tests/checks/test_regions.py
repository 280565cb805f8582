"""Right and wrong answers that differ in one region alone: beyond a kink, between two, at another scale."""

import math
import re
import tomllib
from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
from helpers import NUMPY_FORMS
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mpf

from course_utils import (
    Model,
    check_backward,
    check_derivative,
    check_forward,
    check_gradient,
    relu,
    sigmoid,
    step,
    tanh,
)
from course_utils.checks.floats import OPERATIONS, Floats
from course_utils.checks.values import Undefined, exact
from course_utils.derivation.chain_rule import derivative
from course_utils.models import dense

b, v, e, z, h, L = sp.symbols("b v e z h L")
x, y, w = sp.symbols("x y w")
NUMBERS = np.array([-1e3, -40.0, -1.5, -0.3, 0.0, 1e-3, 0.2, 1.0, 2.5, 1e3])
TWO = (sp.Pow, sp.atan2, sp.Heaviside, sp.Gt, sp.Ge, sp.Lt, sp.Le, sp.Eq, sp.Ne)
TREES = [
    *(f(x, y) if f in TWO else f(x) for f in OPERATIONS if f != sp.Not),
    *(f(x - y) for f in (relu, sigmoid, step, tanh)),
    *(x**n for n in (2, -1, sp.Rational(1, 3), sp.Float(0.1))),
    sp.Max(x, y, sp.pi) - sp.Min(x, 2 * y, sp.E),
    sp.Piecewise((sp.log(x), x > 0), (sp.Piecewise((1, y > x), (sp.sqrt(-x), True)), y < 1), (2, y > 2)),
    sp.And(x > 0, sp.Or(y < 0, ~(x > y)), sp.log(x) < 1, evaluate=False),
    sp.Piecewise((1, sp.ITE(x > 0, y > 1, y < -1)), (0, True)),
]


@pytest.mark.parametrize("tree", TREES, ids=str)
def test_floats_at_many_points_are_the_exact_values(tree):
    one, other = (grid.ravel() for grid in np.meshgrid(NUMBERS, NUMBERS))
    found = Floats({"x": one, "y": other}).value(tree)
    for a, b, number in zip(one, other, found, strict=True):
        try:
            right = float(exact.value(tree, {"x": mpf(a), "y": mpf(b)}))
        except Undefined:
            continue  # floats let a value through that has overflowed on the way, such as 1/exp(1000)
        if abs(right) < 1e300:
            assert abs(number - right) <= 1e-9 * abs(right) + 1e-15, (a, b)


BANK = tomllib.loads((Path(__file__).parent / "regions.toml").read_text())
NAMES = {f.__name__: f for f in (relu, sigmoid, step, tanh)} | {s.name: s for s in (x, y, w, b, v, e, z, h)}


def read(text):
    return sp.sympify(text, NAMES)


def many(lines):
    return [(f, answer) for line in lines for f, *answers in [line.split(" ; ")] for answer in answers]


def at_places(kind):
    """A function of a place u and its derivative, in each way to write the slope there."""
    for line in BANK["right"][f"{kind}_at"]:
        u, f, derivative = line.split(" ; ")
        for slope in BANK["right"][f"{kind}_slopes"]:
            yield f.format(u=u), derivative.format(u=u, slope=f"({slope.format(u=u)})")


def changed():
    """Each function's derivative, changed in one region; the ways take turns."""
    for f, (number, region) in product(BANK["wrong"]["functions"], enumerate(BANK["wrong"]["regions"])):
        key = str(derivative(read(f), x))
        yield f, BANK["wrong"]["ways"][number % 4].format(key=key, region=region)


RIGHT = [*at_places("relu"), *at_places("abs"), *many(BANK["right"]["alone"])]
WRONG = [*changed(), *many(BANK["wrong"]["alone"])]


def samples(text, count=20_000):
    """Points of all scales, and close to the numbers that a text has in it; without the checks' own."""
    random = np.random.default_rng(0)
    sizes = [float(Fraction(n)) for n in re.findall(r"\d+(?:/\d+)?", text) if Fraction(n)]
    points = 10 ** random.uniform(-7, 7, (3, count)) * random.choice([-1, 1], (3, count))
    near = random.choice([*sizes, 6.2, 0.5], (3, count)) * random.choice([-1, 1], (3, count))
    near *= 1 + random.choice([-1, 1], (3, count)) * 10 ** random.uniform(-5, 0, (3, count))
    return np.where(random.random((3, count)) < 0.6, near, points)


NUMPY = [
    {"Heaviside": lambda z, at_zero=0.5: np.heaviside(z, at_zero), "erf": np.vectorize(math.erf)},
    NUMPY_FORMS,
    "numpy",
]


def oracle(f, answer):
    """At how many points where f is smooth an answer is no slope that differences see, or has no value."""
    x_, *others = samples(f + answer)
    value, slope = (sp.lambdify([x, y, w], read(text), NUMPY) for text in (f, answer))
    with np.errstate(all="ignore"):
        near = 1e-5 * np.abs(x_)
        behind, here, ahead = (value(x_ + side * near, *others) + 0 * x_ for side in (-1, 0, 1))
        left, right, given = (here - behind) / near, (ahead - here) / near, slope(x_, *others) + 0 * x_
        noise = 1e-13 * np.abs(here) / near + 1e-13 * (1 + np.abs(np.prod(others, axis=0)))
        smooth = np.abs(left - right) <= 1e-3 * np.abs(left + right) + noise
        other = np.abs(given - (left + right) / 2) > 1e-6 * (np.abs(given) + np.abs(left)) + 4 * noise
    return np.sum(smooth & other), np.sum(smooth & ~np.isfinite(given))


@pytest.mark.bank(one_in=7)
@pytest.mark.parametrize(("f", "answer"), RIGHT)
def test_a_right_answer_in_an_unusual_form_is_right(f, answer):
    assert oracle(f, answer)[0] <= 2  # a kink that two of the differences missed
    assert check_derivative(read(f), x, read(answer)).correct


@pytest.mark.bank(one_in=7)
@pytest.mark.parametrize(("f", "answer"), WRONG)
def test_an_answer_that_is_wrong_in_one_region_is_wrong(f, answer):
    assert sum(oracle(f, answer)) > 2
    assert not check_derivative(read(f), x, read(answer)).correct


def model_of(text):
    """A model from its equations, parameters and data, such as "z = w*x; L = z**2 | w | x"."""
    equations, *names = (part.strip() for part in text.split("|"))
    pairs = [equation.split(" = ") for equation in equations.split("; ")]
    return Model({sp.Symbol(s.strip()): read(e) for s, e in pairs}, *(sp.symbols(n, seq=True) for n in names))


PROGRAMS = [
    (name, asked, program, fate, *witness)
    for name, fates in BANK["functions"].items()
    for fate, lines in fates.items()
    if fate != "model"
    for asked, program, *witness in (line.split(" ; ") for line in lines)
]


@pytest.mark.bank(one_in=3)
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_function_is_tried_in_every_region(program):
    name, asked, program, fate, *witness = program
    model = model_of(BANK["functions"][name]["model"])

    def function(**values):
        return eval(program, {"np": np, **values})  # of this repository's own table

    right = fate == "right"
    if asked == "gradients":
        assert check_backward(model, function).correct == right
    else:
        assert check_forward(model, sp.Symbol(asked), function).correct == right
    assert agrees_with_the_model(model, asked, function, *witness) == right


def agrees_with_the_model(model, asked, function, witness=""):
    """The oracle: the model's own NumPy, and differences of its loss, at random points or a witness."""
    random, inputs = np.random.default_rng(0), [*model.parameters, *model.data]
    points = {s.name: random.normal(size=2000) * 10 ** random.uniform(-3, 3, 2000) for s in inputs}
    points |= {name: np.full(2000, float(n)) for name, n in (part.split("=") for part in witness.split())}
    points |= {s.name: model.evaluate(s, points) for s in model.equations}
    parameters = {p.name for p in model.parameters}
    samples = [{n: v[i] if n in parameters else v[[i]] for n, v in points.items()} for i in range(2000)]
    found = np.array([np.ravel(function(**sample)) for sample in samples]).T
    if asked != "gradients":
        return np.allclose(found[0], points[asked], rtol=1e-6, atol=0)
    return all(is_slope(model, p, points, slope) for p, slope in zip(model.parameters, found, strict=True))


def is_slope(model, parameter, points, slope):
    near, at = 1e-5 * np.abs(points[parameter.name]), points[parameter.name]
    behind, here, ahead = (
        model.evaluate(model.loss, points | {parameter.name: at + side * near}) for side in (-1, 0, 1)
    )
    left, right = (here - behind) / near, (ahead - here) / near
    noise = 1e-10 * np.abs(here) / near
    smooth = np.abs(left - right) <= 1e-3 * np.abs(left + right) + noise
    wrong = np.abs(slope - (left + right) / 2) > 1e-3 * np.abs(left + right) + noise
    return np.sum(smooth & wrong) <= 2


@st.composite
def relu_networks(draw):
    """A relu network of two or three layers, whose symbols have random names."""
    model = dense(
        draw(st.sampled_from([[1, 2, 1], [2, 3, 1], [1, 2, 2, 1], [2, 3, 3, 1], [1, 2, 2, 2, 1]])), relu
    )
    names = draw(st.randoms(use_true_random=False)).sample(range(100, 1000), len(model._symbols()))
    new = {
        s: sp.Symbol(f"{'abcdefghijklm'[n % 13]}{n}") for s, n in zip(model._symbols(), names, strict=True)
    }
    equations = {new[s]: expression.xreplace(new) for s, expression in model.equations.items()}
    return Model(equations, [new[p] for p in model.parameters], [new[d] for d in model.data])


@settings(max_examples=25)
@given(relu_networks(), st.integers(0, 100), st.integers(0, 10**6))
def test_a_slope_forgotten_or_a_sign_turned_in_one_pattern_is_wrong(model, which, seed):
    parameter = model.parameters[which % len(model.parameters)]
    key, random = model.gradient(parameter), np.random.default_rng(seed)
    slopes = sorted(key.atoms(step), key=str)
    for slope in slopes:
        assert not check_gradient(model, parameter, key.xreplace({slope: sp.S.One})).correct
    assert check_gradient(
        model, parameter, key.xreplace({s: sp.Heaviside(s.args[0], 0) for s in slopes})
    ).correct
    while True:  # a point where the gradient is not zero: the sign is turned in its pattern alone
        values = {s.name: random.normal() for s in (*model.parameters, *model.data)}
        values |= {s.name: float(model.evaluate(s, values)) for s in model.equations}
        if float(key.xreplace({s: sp.Float(values[s.name]) for s in key.free_symbols}).evalf()):
            break
    sides = [called.args[0] for line in model.equations.values() for called in line.atoms(relu)]
    pattern = sp.And(*(total > 0 if values[total.name] > 0 else total < 0 for total in sides))
    turned = sp.Piecewise((-key, pattern), (key, True))
    assert not check_gradient(model, parameter, turned).correct
    product_of_slopes = sp.Mul(
        *(sp.Heaviside(total if values[total.name] > 0 else -total) for total in sides)
    )
    assert not check_gradient(model, parameter, key * (1 - 2 * product_of_slopes)).correct
