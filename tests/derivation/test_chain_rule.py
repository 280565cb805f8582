"""Local derivatives, paths, gradients and the backward equations."""

from itertools import pairwise

import numpy as np
import pytest
import sympy as sp
from helpers import plain

from course_utils import Model, sigmoid, tanh
from course_utils.derivation import chain_rule

x, y, w1, b1, w2, b2 = sp.symbols("x y w1 b1 w2 b2")
z, h, y_hat, L = sp.symbols("z h y_hat L")
w, p, q, r = sp.symbols("w p q r")


SHARED = {p: w * x, q: sigmoid(w * p), r: tanh(q + w) * p, L: (r - y) ** 2}


def test_the_local_derivatives_of_the_network_are_those_of_the_lessons(seed_model):
    links = {(L, y_hat): 2 * (y_hat - y), (y_hat, h): w2, (h, z): h * (1 - h), (z, w1): x, (z, b1): 1}
    links |= {(y_hat, w2): h, (y_hat, b2): 1}
    assert {link: seed_model.local(*link) for link in links} == links
    assert seed_model.local(L, w1) == 0  # what it reaches through others is not direct
    assert Model({p: w, L: p**2}, [w]).local(p, w) == 1


def test_the_gradients_of_the_network_are_those_of_the_lessons(seed_model):
    to_z = 2 * (y_hat - y) * w2 * h * (1 - h)
    gradients = {w1: to_z * x, b1: to_z, w2: 2 * (y_hat - y) * h, b2: 2 * (y_hat - y), x: to_z * w1, L: 1}
    assert {symbol: seed_model.gradient(symbol) for symbol in gradients} == gradients


def test_a_path_is_a_tuple_of_links_from_the_loss_down_and_its_factors_their_derivatives(seed_model):
    assert seed_model.paths(w1) == [((L, y_hat), (y_hat, h), (h, z), (z, w1))]
    assert seed_model.paths(L) == [()]
    assert seed_model.factors(w1) == [2 * (y_hat - y), w2, h * (1 - h), x]


def test_expand_leaves_only_parameters_and_data(seed_model):
    assert seed_model.expand(L) == (y - (w2 * sigmoid(w1 * x + b1) + b2)) ** 2


def test_what_the_loss_does_not_use_has_no_path_and_no_gradient():
    model = Model({p: w * x, L: w**2}, [w], [x])
    assert (model.paths(p), model.gradient(p)) == ([], 0)


def test_a_shared_parameter_has_a_path_for_each_use():
    model = Model(SHARED, [w], [x, y])
    assert set(model.paths(w)) == {
        ((L, r), (r, w)),
        ((L, r), (r, q), (q, w)),
        ((L, r), (r, p), (p, w)),
        ((L, r), (r, q), (q, p), (p, w)),
    }


def test_paths_that_meet_again_add_and_each_use_counts():
    assert Model({p: w * x, q: p**2, r: 3 * p, L: q + r}, [w], [x]).gradient(w) == 2 * p * x + 3 * x
    assert Model({p: w * x, q: w * p, L: q + w}, [w], [x]).gradient(w) == p + w * x + 1


def test_the_gradient_of_a_shared_parameter_is_that_of_the_expanded_loss():
    model = Model(SHARED, [w], [x, y])
    values = {w: sp.Rational(2, 3), x: sp.Rational(-5, 4), y: sp.Rational(1, 7)}
    by_paths = model.expand(model.gradient(w)).subs(values).evalf(20)
    directly = sp.diff(plain(model.expand(L)), w).subs(values).evalf(20)
    assert abs(by_paths - directly) < 1e-15


def test_the_backward_equations_of_the_network_are_the_chain_rule_line_by_line(seed_model):
    d = {s: sp.Symbol(f"dL_d{s}") for s in (y_hat, h, z, w1, b1, w2, b2)}
    assert list(chain_rule.backward(seed_model.equations, [w1, b1, w2, b2]).values()) == [
        (d[y_hat], 2 * (y_hat - y)),
        (d[h], d[y_hat] * w2),
        (d[z], d[h] * h * (1 - h)),
        (d[w1], d[z] * x),
        (d[b1], d[z]),
        (d[w2], d[y_hat] * h),
        (d[b2], d[y_hat]),
    ]


@pytest.mark.parametrize(
    ("equations", "parameters"),
    [
        ({z: w1 * x + b1, h: sigmoid(z), y_hat: w2 * h + b2, L: (y - y_hat) ** 2}, (w1, b1, w2, b2)),
        (SHARED, (w,)),
        ({p: w1 * x, q: tanh(p + w2), r: p * q, L: (r + q - y) ** 2}, (w1, w2)),
    ],
    ids=["network", "shared parameter", "two branches"],
)
def test_the_backward_equations_agree_with_expanded_differentiation(equations, parameters):
    passes = chain_rule.backward(equations, parameters)
    everything = {**equations, **dict(passes.values())}
    loss = plain(chain_rule.expand(equations, L))
    numbers = np.random.default_rng(0)
    values = {s: sp.Rational(int(numbers.integers(-20, 20)), 11) for s in loss.free_symbols}
    for parameter in parameters:
        derived = chain_rule.expand(everything, passes[parameter][0]).subs(values).evalf(20)
        assert abs(derived - sp.diff(loss, parameter).subs(values).evalf(20)) < 1e-14


def test_the_backward_pass_takes_each_derivative_once_where_paths_are_many():
    chain = sp.symbols("u0:12")
    doubling = {u: before * tanh(before) for before, u in pairwise(chain)}
    equations = {chain[0]: w * x, **doubling}  # 2**11 paths if each use were a path of its own
    assert len(chain_rule.backward(equations, [w])) == len(equations)


@pytest.mark.parametrize(
    "useless", [{p: x**2, q: w * p}, {p: w**3, q: w * x}], ids=["no parameter", "no loss"]
)
def test_the_backward_pass_leaves_out_what_does_not_lead_from_a_parameter_to_the_loss(useless):
    assert p not in chain_rule.backward(useless | {L: (q - y) ** 2}, [w])


def test_an_absolute_error_has_a_derivative():
    absolute = Model({y_hat: w * x, L: sp.Abs(y - y_hat)}, [w], [x, y])
    assert absolute.local(L, y_hat) == -sp.sign(y - y_hat)
