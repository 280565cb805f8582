"""What a verdict may cost: counted work, a search that is cut, functions and answers that never end."""

import contextlib
import gc
import signal
import threading
import time
from functools import reduce

import numpy as np
import pytest
import sympy as sp
from model_bank import MODELS, SEED, w1, y_hat

from course_utils import (
    Adam,
    Model,
    check_backward,
    check_derivative,
    check_forward,
    check_gradient,
    check_local,
    check_number,
    check_training,
    check_update,
    relu,
)
from course_utils.checks import budget, calls, passes, symbols
from course_utils.checks.budget import Budget, TooSlow, time_limit
from course_utils.checks.floats import Floats
from course_utils.checks.flow import Chains
from course_utils.checks.forms import links_by_form, slips_in_links
from course_utils.checks.line_slips import SINGLE
from course_utils.checks.mistakes import OTHER
from course_utils.checks.pairs import PAIRED
from course_utils.checks.slips import Slips
from course_utils.checks.symbols import roles_of
from course_utils.models.networks import dense

a, b, c, x, y, z, L = sp.symbols("a b c x y z L")


def clock():
    """A clock that goes on by a second whenever it is asked."""
    return iter(range(10**6)).__next__


def test_a_budget_counts_steps_and_seconds():
    steps = Budget(3)
    assert [steps.allows() for _ in range(5)] == [True, True, True, False, False]
    assert not Budget(3).allows(4)
    timed = Budget(100, seconds=3, clock=clock())  # made at 0
    assert [timed.allows() for _ in range(4)] == [True, True, False, False]


def searched(model, change, single=SINGLE, paired=None):
    """(what explains changed gradients, the steps that were taken for single slips, and for pairs)."""
    inputs = [*model.parameters, *model.data]
    random = np.random.default_rng(0)
    points = Floats({symbol.name: random.uniform(0.4, 1.6, 8) for symbol in inputs}).compute(model.equations)
    slips = Slips(model.equations, model.parameters, points.points, roles_of(model))
    single, paired = Budget(single), paired or Budget(PAIRED)
    before = single.left, paired.left
    found = slips.explain(change(slips.chains), single=single, paired=paired)
    return found, before[0] - single.left, before[1] - paired.left


@pytest.mark.parametrize("name", MODELS)
def test_the_models_of_the_lessons_are_searched_to_the_end(name):
    _, single, paired = searched(MODELS[name], lambda chains: 1.2345 * chains.gradients)
    assert 0 < single < SINGLE / 10 and 0 <= paired < PAIRED


def test_in_a_large_network_all_links_are_searched():
    found, single, _ = searched(dense([2, 8, 8, 1]), lambda chains: chains.gradients / 2)
    assert single < SINGLE
    assert {mistake.slip for mistakes in found for mistake in mistakes} == {"lost number"}


def test_single_slips_do_not_depend_on_the_clock_and_pairs_cost_no_points():
    """The likeliest slips are first, so that few steps find them; a late clock leaves pairs alone out."""
    late = Budget(PAIRED, seconds=0, clock=clock())
    for change in (lambda chains: -chains.gradients, lambda chains: chains.gradients / 2):
        assert searched(SEED, change, paired=late)[0] == searched(SEED, change)[0]
    half, *_ = searched(SEED, lambda chains: chains.gradients / 2, single=60)
    assert [mistakes[0].slip for mistakes in half] == ["lost number"] * 4
    assert searched(SEED, two_links_missing, single=0)[0] == [[]] * 4


def two_links_missing(chains):
    """The gradients without ∂y_hat/∂h and ∂z/∂w1, where these are on the way."""
    last = sp.Symbol("w1")
    lost = chains.flow.links[y_hat, sp.Symbol("h")] * chains.flow.links[sp.Symbol("z"), last]
    return chains.gradients / np.where(np.array(chains.wrts)[:, None] == last, lost, np.pi / 2)


def test_pairs_are_cut_by_the_clock():
    late = Budget(PAIRED, seconds=0, clock=clock())
    assert len(searched(SEED, two_links_missing)[0][0]) == 2
    assert not searched(SEED, two_links_missing, paired=late)[0][0]


def forever(*_, **__):
    while True:
        pass


def asleep(x):
    time.sleep(60)


def stubborn(x):
    while True:
        with contextlib.suppress(Exception):
            time.sleep(0.01)


DATA = {"x": np.arange(3.0), "y": np.arange(3.0)}
START = dict.fromkeys(["w1", "b1", "w2", "b2"], 1.0)
ENDLESS = {
    "forward": lambda: check_forward(SEED, y_hat, lambda x: forever()),
    "asleep": lambda: check_forward(SEED, y_hat, asleep),
    "stubborn": lambda: check_forward(SEED, y_hat, stubborn),
    "backward": lambda: check_backward(SEED, lambda **given: forever()),
    "update": lambda: check_update(Adam(0.1), lambda parameter: forever()),
    "training": lambda: check_training(SEED, lambda start: forever(), START, DATA, 0.1, 3),
    "with many samples": lambda: check_forward(
        SEED, y_hat, lambda w2, h, b2: forever() if len(h) > 3 else w2 * h + b2
    ),
    "slow, and often": lambda: check_forward(SEED, y_hat, lambda x: time.sleep(0.05) or x),
}


@pytest.mark.parametrize("check", ENDLESS.values(), ids=ENDLESS)
def test_a_function_that_never_ends_gets_a_sentence(check, monkeypatch):
    monkeypatch.setattr(calls, "SECONDS", 0.2)
    monkeypatch.setattr(passes, "FEW_SECONDS", 0.2)
    verdict = check()
    assert (verdict.correct, verdict.score) == (False, 0.0) and "it takes too long" in verdict.message


@pytest.mark.parametrize(
    ("computing", "alarm", "timer"),
    [(False, signal.SIGALRM, signal.ITIMER_REAL), (True, signal.SIGVTALRM, signal.ITIMER_VIRTUAL)],
)
def test_a_time_limit_leaves_handler_and_timer_as_they_were(computing, alarm, timer):
    before = signal.signal(alarm, handler := lambda *_: None)
    signal.setitimer(timer, 1000)
    try:
        with pytest.raises(TooSlow), time_limit(0.05, computing):
            forever()
        assert signal.getsignal(alarm) is handler
        assert 900 < signal.setitimer(timer, 0)[0] < 1000
    finally:
        signal.setitimer(timer, 0)
        signal.signal(alarm, before)


def test_a_limit_that_falls_into_the_collector_is_told_again():
    """No exception leaves what the collector calls: the first TooSlow is lost there, a later one is not."""
    gc.callbacks.append(forever)
    try:
        with pytest.raises(TooSlow), time_limit(0.05, computing=True):
            gc.collect()
            forever()
    finally:
        gc.callbacks.remove(forever)


def test_a_limit_ends_those_within_it():
    before = time.process_time()
    with pytest.raises(TooSlow), time_limit(0.05, computing=True), time_limit(60, computing=True):
        forever()
    assert time.process_time() - before < 5


def test_in_another_thread_there_is_no_limit():
    seen = []

    def work():
        with time_limit(0.01):
            time.sleep(0.05)
            seen.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen


def wide(function, count):
    return sp.Add(*(function(i * x + 1) for i in range(1, count)))


LONG = {
    "gammas": lambda: wide(sp.gamma, 1500),
    "gammas of large numbers": lambda: wide(lambda t: sp.loggamma(10**300 * t**2), 900),
    "errors": lambda: wide(sp.erf, 1500),
}


@pytest.mark.parametrize("answer", LONG.values(), ids=LONG)
def test_what_costs_too_much_is_not_begun(answer, monkeypatch):
    monkeypatch.setattr(symbols.Question, "verdict", forever)  # would not return
    verdict = check_gradient(SEED, w1, answer())
    assert "this takes too long to check: leave the computed symbols in it" in verdict.message


MUCH = {
    "sines": lambda: wide(sp.sin, 500),
    "relus": lambda: wide(relu, 600),
    "corners": lambda: sp.Mul(*(sp.Abs(x - i) for i in range(200))),
    "cases": lambda: sp.Piecewise(*((i * x, x < i) for i in range(300)), (0, True), evaluate=False),
    "conditions": lambda: sp.Piecewise((1, sp.Or(*(sp.And(x > i, y < i) for i in range(200)))), (0, True)),
    "the largest": lambda: sp.Max(*(i * x - i * i for i in range(500)), evaluate=False),
    "powers of powers": lambda: reduce(lambda e, _: e**20 + 1, range(50), x),
    "brackets": lambda: reduce(lambda e, _: sp.Abs(e - 1, evaluate=False), range(70), x),
}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # a limit may end a callback
@pytest.mark.parametrize("answer", MUCH.values(), ids=MUCH)
def test_whatever_the_answer_a_verdict_comes_in_time(answer, monkeypatch):
    monkeypatch.setattr(symbols, "SECONDS", 0.5)
    answer, before = answer(), time.process_time()
    assert not check_derivative(x**2 * y, x, answer).correct
    assert time.process_time() - before < 2


def tanh_chain(count, last=lambda symbol: symbol):
    """A model of so many equations."""
    steps = sp.symbols(f"u1:{count + 1}")
    lines = {after: sp.tanh(before) for before, after in zip([a * x, *steps], steps, strict=False)}
    return Model(lines | {L: last(steps[-1])}, [a], [x])


LARGE = {
    "gradient": lambda model: check_gradient(model, a, x),
    "link": lambda model: check_local(model, sp.Symbol("u2"), sp.Symbol("u1"), x),
    "forward": lambda model: check_forward(model, L, lambda x: x),
    "backward": lambda model: check_backward(model, lambda x: [1.0]),
    "training": lambda model: check_training(model, forever, {"a": 1}, {"x": [1.0]}, 0.1, 2),
}


@pytest.mark.parametrize("check", LARGE.values(), ids=LARGE)
def test_a_question_that_is_too_large_is_refused_at_once(check):
    before = time.process_time()
    with pytest.raises(ValueError, match="1002 links between its symbols"):
        check(tanh_chain(1000))
    assert time.process_time() - before < 1


@pytest.mark.parametrize("check", list(LARGE.values())[:4], ids=list(LARGE)[:4])
def test_a_question_that_costs_too_much_is_refused(check, monkeypatch):
    monkeypatch.setattr(budget, "WHOLE", 0.05)
    with pytest.raises(ValueError, match="this question takes too long to check"):
        check(tanh_chain(100, sp.exp))


def test_slips_are_sought_in_what_is_left_of_the_time(monkeypatch):
    half = check_gradient(SEED, w1, -SEED.gradient(w1))
    monkeypatch.setattr(symbols, "SEARCH", 1e-3)
    monkeypatch.setattr(symbols.Question, "mistakes", forever)
    none = check_gradient(SEED, w1, -SEED.gradient(w1))
    assert half.slips and (none.slips, none.correct) == ((), False)


def test_what_is_far_too_much_is_not_copied():
    verdict = check_forward(SEED, y_hat, lambda x: np.zeros(10**8))
    assert "should be numbers, not 100000000 of them" in verdict.message
    assert "it should return 4 gradients" in check_backward(SEED, lambda x: np.zeros(10**8)).message


def test_what_no_count_has_stopped_the_clock_stops(monkeypatch):
    monkeypatch.setattr(symbols, "SECONDS", 0.1)
    verdict = check_gradient(SEED, w1, wide(sp.sin, 1500))
    assert "this takes too long to check" in verdict.message and float(verdict) == 0
    monkeypatch.setattr("course_utils.checks.simple.value", forever)
    monkeypatch.setattr("course_utils.checks.simple.SECONDS", 0.1)
    monkeypatch.setattr("course_utils.checks.simple.expected_value", float)
    assert "takes too long to compute" in check_number(sp.Integer(2), 3).message


LOST = "division in the derivative is lost"
SIGN = "the sign is turned: one minus too many or too few."
TURNED = f"two slips. One: {SIGN} The other: this is "
SAID = [
    # the turned sign is a slip of its own; what is asked for may be another thing turned
    (lambda: check_derivative(x**2, x, -2 * x), SIGN, 0.5),
    (lambda: check_derivative(x**3, x, -(x**3)), TURNED + "the function itself", 0),
    (lambda: check_derivative(sp.sin(x), x, -sp.sin(x)), TURNED + "the function itself", 0),
    (lambda: check_derivative(a * x**2, x, -(x**2)), TURNED + "the derivative with respect to a", 0),
    (lambda: check_local(SEED, y_hat, sp.Symbol("w2"), -y_hat), TURNED + "y_hat itself", 0),
    (lambda: check_derivative(x**3, x, x**3), "this is the function itself", 0),
    # a division that is lost, where there is no mean, and where there is one; never the number if it is all
    (lambda: check_derivative(x**2 / 3, x, 2 * x), f"a {LOST}.", 0.5),
    (lambda: check_derivative(x / 7, x, sp.Integer(1)), f"a {LOST}.", 0.5),
    (lambda: check_derivative((x + a**2) / 7, x, sp.Integer(1)), f"a {LOST}.", 0.5),
    (lambda: check_derivative((a**3 + b**3 + x**4) / 3, x, 4 * x**3), f"the {LOST}: a mean", 0.5),
    (lambda: check_derivative((a + b + x) / 3, x, sp.Integer(1)), f"the {LOST}: a mean", 0.5),
    (lambda: check_derivative((x**4 + a**4) / 3, x, 4 * x**3), f"a {LOST}.", 0.5),
]  # fmt: skip


@pytest.mark.parametrize(("check", "words", "score"), SAID, ids=range(len(SAID)))
def test_a_slip_is_called_what_it_is(check, words, score):
    verdict = check()
    assert words in verdict.message and float(verdict) == score
    assert verdict.message.count("this is the function itself") <= 1


def test_slips_made_for_one_link_fit_all_of_its_form():
    """What each is called has the values that it stands for, in the link's own symbols."""
    model = dense([2, 3, 1])
    random, inputs = np.random.default_rng(1), [*model.parameters, *model.data]
    floats = Floats({s.name: random.uniform(0.4, 1.6, 8) for s in inputs}).compute(model.equations)
    chains = Chains(model.equations, model.parameters, floats)
    assert len(links_by_form(chains, roles_of(model))) < len(chains.locals) / 2
    for link, slips in slips_in_links(chains, roles_of(model), None, Budget(SINGLE)).items():
        assert len(slips) > 5
        for slip in slips:
            mistake, other = slip.named, sp.Symbol(str(slip.named.names.get("other")))
            assert mistake.links == (link,)
            assert np.allclose(floats.value(mistake.expression.xreplace({OTHER: other})), slip.local)
