"""A round of training, symbol by symbol: every number and every equation that is told."""

import numpy as np
import pytest
import sympy as sp
from helpers import central_differences
from model_bank import SEED

from course_utils import GradientDescent, Model, sigmoid, train
from course_utils.models.networks import dense
from course_utils.training.sentences import spelled, told
from course_utils.training.trace import moments

x, y, w1, b1, w2, b2 = sp.symbols("x y w1 b1 w2 b2")
z, h, y_hat, L = sp.symbols("z h y_hat L")
START, SAMPLE = [0.5, 0.0, 2.0, 0.0], [1.5, 2.0]
NUMBERS = np.random.default_rng(0).normal(size=9).tolist()


MODELS = {
    "network of the lessons": (SEED, START, SAMPLE),
    "2-2-1": (dense([2, 2, 1]), NUMBERS, [0.3, -0.7, 0.9]),
}


@pytest.fixture(scope="module", params=MODELS.values(), ids=MODELS)
def case(request):
    """(model, start, sample, learning rate, three rounds of moments). In 2-2-1 some have several paths."""
    return *request.param, 0.1, moments(*request.param, 0.1, rounds=3)


def test_each_round_goes_forward_then_backward_then_updates(case):
    model, *_, found = case
    equations, parameters = list(model.equations), list(model.parameters)
    of_round = [(one.phase, one.symbol) for one in found if one.round == 2]
    assert of_round[: 1 + len(equations)] == [("start", None), *(("forward", symbol) for symbol in equations)]
    assert of_round[-len(parameters) :] == [("update", symbol) for symbol in parameters]
    back = [symbol for phase, symbol in of_round if phase == "backward"]
    assert back[0] == model.loss and set(back) == {*equations, *parameters}
    assert len(of_round) * 3 == len(found)


def test_the_places_count_through_each_phase(case):
    *_, found = case
    for phase in ("forward", "backward", "update"):
        places = [one.place for one in found if one.round == 1 and one.phase == phase]
        assert places == [(number, len(places)) for number in range(1, len(places) + 1)]


def test_loss_and_gradients_are_those_of_the_compiled_model(case):
    model, start, sample, _, found = case
    last = [one for one in found if one.round == 1 and one.phase == "backward"][-1]
    loss, gradients = model.compile()(start, sample)
    assert last.values[model.loss] == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose([last.gradients[p] for p in model.parameters], gradients, rtol=1e-12)


def test_each_gradient_is_what_a_nudge_of_its_symbol_shows(case):
    """Cut the model at the symbol, nudge it, and go on from there."""
    model, *_, found = case
    last = [one for one in found if one.round == 1 and one.phase == "backward"][-1]
    equations = list(model.equations.items())

    def loss_with(symbol, number):
        values = {**last.values, symbol: number}
        for computed, expression in equations[list(model.equations).index(symbol) + 1 :]:
            values[computed] = float(expression.subs(values).evalf())
        return values[model.loss]

    for symbol in model.equations:
        (slope,) = central_differences(lambda n, s=symbol: loss_with(s, n[0]), [last.values[symbol]])
        assert last.gradients[symbol] == pytest.approx(slope, rel=1e-5, abs=1e-9)


def test_the_parameters_after_each_round_are_those_of_training(case):
    model, start, sample, rate, found = case
    data = [[value] for value in sample]
    expected = train(model, start, data, GradientDescent(rate), max_steps=3).parameters
    for number in (1, 2, 3):
        last = [one for one in found if one.round == number][-1]
        np.testing.assert_allclose([last.values[p] for p in model.parameters], expected[number], rtol=1e-12)


def test_while_it_updates_only_one_parameter_changes_at_a_time(case):
    *_, found = case
    updates = [one for one in found if one.round == 1 and one.phase == "update"]
    before = [one for one in found if one.round == 1 and one.phase == "backward"][-1]
    for now in updates:
        changed = {symbol for symbol in now.values if now.values[symbol] != before.values[symbol]}
        assert changed <= {now.symbol} and now.gradients == updates[0].gradients
        before = now


def test_nothing_is_known_before_it_is_computed(case):
    model, *_, found = case
    given = {*model.parameters, *model.data}
    for one in found:
        if one.phase == "start":
            computed = set()
            assert set(one.values) == given and not one.gradients
        elif one.phase == "forward":
            computed |= {one.symbol}
            assert set(one.values) == given | computed and not one.gradients
        else:
            assert set(one.values) == given | set(model.equations)


def test_a_moment_keeps_its_numbers_and_without_a_learning_rate_a_round_ends_with_the_gradients(seed_model):
    found = moments(seed_model, START, SAMPLE, 0.1, rounds=2)
    assert found[0].values[w1] == 0.5 and found[17].values[w1] != 0.5
    without = moments(seed_model, START, SAMPLE)
    assert [one.phase for one in without].count("update") == 0 and len(without) == 13


def test_every_equation_can_be_computed_with_the_digits_that_it_shows(case):
    """In each a = b = 3 * 4 = 12 compute the part before the last: it gives the last, digit by digit."""
    *_, found = case
    names = {"sigmoid": lambda value: 1 / (1 + np.exp(-value)), "tanh": np.tanh}
    shown = [one.equation.replace("²", "**2").replace("·", "*").split(" = ") for one in found]
    computed = [(f"{eval(parts[2], names):.3g}", parts[3]) for parts in shown if len(parts) == 4]
    assert len(computed) > 20 and all(one == other for one, other in computed)


def test_a_factor_is_how_far_a_nudge_moves_one_equation(case):
    model, *_, found = case
    last = [one for one in found if one.round == 1 and one.phase == "backward"][-1]
    links = {(of, wrt) for of, e in model.equations.items() for wrt in e.free_symbols - set(model.data)}
    assert set(last.factors) == links
    for (of, wrt), factor in last.factors.items():
        ends = [model.equations[of].subs({**last.values, wrt: last.values[wrt] + n}) for n in (1e-6, -1e-6)]
        assert factor == pytest.approx(float(ends[0] - ends[1]) / 2e-6, rel=1e-5, abs=1e-9)


def test_the_equations_are_told_as_people_write_them(seed_model):
    equations = [one.equation for one in moments(seed_model, START, SAMPLE, 0.1)]
    assert equations[1] == "z = w1 · x + b1 = 0.5 · 1.5 + 0 = 0.75"
    assert equations[4] == "L = (y - ŷ)² = (2 - 1.358)² = 0.412"
    assert equations[6] == "∂L/∂ŷ = 2 · (ŷ - y) = 2 · (1.36 - 2) = -1.28"
    assert equations[10] == "∂L/∂b1 = ∂L/∂z = -0.559"
    assert equations[13] == "new w1 = w1 - 0.1 · ∂L/∂w1 = 0.5 - 0.1 · (-0.839) = 0.584"


def test_the_words_tell_round_phase_place_and_equation(seed_model):
    found = moments(seed_model, START, SAMPLE, 0.1, rounds=2)
    assert found[0].words == "Round 1, start: the parameters have their start values."
    assert found[17 + 2].words.startswith("Round 2, forward, 2 of 4: h = sigmoid(z) = sigmoid(")


def test_a_number_that_is_its_own_equation_is_told_once():
    assert told("z", b1, {"b1": -0.5}, -0.5) == "z = b1 = -0.5"


@pytest.mark.parametrize(
    ("code", "text"),
    [("dL_dy_hat*h", "∂L/∂ŷ · h"), ("y_hat2**2", "ŷ2²"), ("dL_dw1_2", "∂L/∂w1_2"), ("divided", "divided")],
)
def test_code_is_spelled_as_people_write_it(code, text):
    assert spelled(code) == text


@pytest.mark.parametrize(
    ("start", "sample", "rate", "culprit"),
    [
        ([0.5, 0.0, np.nan, 0.0], SAMPLE, 0.1, "start for w2"),
        (START, [1.5, [2.0, 3.0]], 0.1, "the sample for y"),
        (START, [1.5], 0.1, "the sample should be 2 values"),
        (START, SAMPLE, -1.0, "learning_rate"),
        (START, SAMPLE, 0.0, "learning_rate"),
    ],
    ids=["start", "two samples", "no target", "negative rate", "rate zero"],
)
def test_bad_input_is_refused_by_name(seed_model, start, sample, rate, culprit):
    with pytest.raises(ValueError, match=culprit):
        moments(seed_model, start, sample, rate)


def test_any_activation_will_do():
    model = Model({z: w1 * x, h: z * sigmoid(z), L: (y - h) ** 2}, [w1], [x, y])
    last = moments(model, [0.5], [2.0, 1.0])[-1]
    assert last.gradients[w1] == pytest.approx(model.compile()([0.5], [2.0, 1.0])[1][0], rel=1e-12)
