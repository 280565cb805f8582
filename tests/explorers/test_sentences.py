"""Sentences compute with the digits that they show, and agree with what is computed without them."""

import re
from itertools import product

import numpy as np
import pytest
import sympy as sp

from course_utils import Model
from course_utils.explorers import (
    Fit,
    Task,
    knob_explorer,
    momentum_explorer,
    softmax_explorer,
    step_explorer,
    window_explorer,
)
from course_utils.pictures.arithmetic import (
    manner,
    momentum_result,
    softmax_result,
    softmax_steps,
    step_result,
    window_result,
)

x, y, w1, b1, w2, b2, y_hat, L, p, q = sp.symbols("x y w1 b1 w2 b2 y_hat L p q")
RANDOM = np.random.default_rng(0)
NUMBER = r"\(?-?\d+(?:\.\d+)?(?:e[+-]\d+)?\)?"
CALCULATION = re.compile(rf"((?:-log |e\^)?{NUMBER}(?:(?: [-+·] |[·/])?{NUMBER})*²?) = ({NUMBER})")


def value_of(text):
    """A calculation as it stands in a sentence, in Python."""
    python = re.sub(r"-log (\S+)", r"-np.log(\1)", text).replace("e^", "np.e**").replace("2(", "2*(")
    return eval(python.replace("²", "**2").replace("·", "*"), {"np": np})


SENTENCES = [
    *(softmax_result(RANDOM.integers(-5, 6, size=3), place % 3) for place in range(30)),
    *(step_result("w", rate, (1.2345, 0.9876), slope, 0.5) for rate in (0.1, 2.0) for slope in (-1.23, 3)),
    *(window_result(RANDOM.integers(0, 17, (3, 3)) / 16, RANDOM.integers(-2, 3, (3, 3))) for _ in range(10)),
    window_result(np.ones((2, 2)), np.zeros((2, 2))),
    *(momentum_result(rate, 0.9, np.array([1.0, 50.0])) for rate in (0.01, 0.1)),
]  # fmt: skip


@pytest.mark.parametrize("sentence", SENTENCES)
def test_each_calculation_in_a_sentence_gives_what_it_tells(sentence):
    found = CALCULATION.findall(sentence.replace("/50 is", "/50 ="))
    assert found
    for calculation, told in found:
        assert f"{value_of(calculation):.3g}" == f"{float(told):.3g}", calculation


def test_the_same_amount_more_for_all_scores_changes_no_probability_that_is_shown():
    scores = range(-4, 5)  # those of the explorer
    told = {}
    for chosen in product(scores, repeat=3):
        apart = chosen[1] - chosen[0], chosen[2] - chosen[0]
        told.setdefault(apart, set()).add(tuple(softmax_steps(np.array(chosen, float))[2]))
    assert all(len(shares) == 1 for shares in told.values())


@pytest.mark.parametrize(
    ("rate", "beta", "curvature"),
    [(0.01, 0.0, 50), (0.03, 0.0, 50), (0.05, 0.0, 50), (0.01, 0.5, 1), (0.03, 0.5, 50), (0.059, 0.5, 50),
     (0.062, 0.5, 50), (0.0001, 0.9, 1), (0.03, 0.9, 50), (0.08, 0.9, 50), (3.7, 0.9, 1), (3.9, 0.9, 1)],
)  # fmt: skip
def test_how_momentum_moves_is_told_as_a_run_of_it_shows(rate, beta, curvature):
    place, speed, path = 1.0, 0.0, []
    for _ in range(300):
        speed = beta * speed + curvature * place
        place -= rate * speed
        path.append(place)
    same_side = np.mean(np.multiply(path[201:], path[200:-1]) > 0)
    word = "glides" if same_side == 1 else "zigzags" if same_side == 0 else "swings"
    factor = (np.max(np.abs(path[240:])) / np.max(np.abs(path[140:200]))) ** 0.01
    told = manner(rate, beta, curvature)
    assert f"it {word}" in told and ("runs away" in told) == (factor > 1)
    assert float(re.search(r"times (\S+) a step", told)[1]) == pytest.approx(factor, abs=0.006)


def test_knobs_turned_by_hand_show_the_loss_and_keep_the_best(seed_model, sunflowers):
    knobs = {w1: [0, 1, 2], b1: [0, 0.5], w2: [2.0, 2.6, 3.0], b2: [-0.5, 0, 0.5]}
    fit = Fit(x, y, y_hat, ("time", "height"))
    explorer, best = knob_explorer(Task(seed_model, [1, 0, 2, 0], sunflowers), fit, knobs), np.inf
    assert [control.value for control in explorer.controls] == [1, 0, 0, 1] and not explorer.screen.controls
    for setting in [(1, 0, 0, 1), (2, 1, 1, 1), (0, 0, 0, 0), (2, 1, 1, 2), (2, 1, 1, 1)]:
        explorer.put(*setting)
        first, bent, second, shift = (values[i] for values, i in zip(knobs.values(), setting, strict=True))
        predicted = second / (1 + np.exp(-(first * sunflowers[0] + bent))) + shift
        loss = np.mean((predicted - sunflowers[1]) ** 2)
        best, words = min(best, loss), explorer.screen.words
        assert (
            f"w1 = {first:g}, b1 = {bent:g}, w2 = {second:g}, b2 = {shift:g}: the loss is {loss:.3g}."
            in words
        )
        assert (
            "No loss so far is lower." if loss == best else f"The best so far is {best:.3g}, at "
        ) in words
        assert explorer.picture.now.get_ydata() == pytest.approx([loss])
        assert explorer.picture.best.get_ydata() == pytest.approx([best, best])


def test_a_step_lands_where_training_lands(seed_model, sunflowers):
    explorer = step_explorer(Task(seed_model, [0.5, 0, 2, 0], sunflowers), w2, [0.5, 2.0, 5.0], (-1, 4))
    hidden = 1 / (1 + np.exp(-0.5 * sunflowers[0]))
    slope, before = (
        np.mean(2 * (2 * hidden - sunflowers[1]) * hidden),
        np.mean((2 * hidden - sunflowers[1]) ** 2),
    )
    for index, rate in enumerate([0.5, 2.0, 5.0]):
        explorer.put(index)
        landing = 2 - rate * slope
        loss = np.mean((landing * hidden - sunflowers[1]) ** 2)
        assert explorer.picture.landing.get_xydata()[0] == pytest.approx([landing, loss])
        assert explorer.picture.promised.get_ydata() == pytest.approx([before - rate * slope**2])
        assert ("too long" in explorer.screen.words) == (loss > before)
        assert ("outside the picture" in explorer.screen.words) == (landing > 4)


def test_sums_so_far_are_those_of_a_loop():
    image, weights = RANDOM.integers(0, 17, (5, 6)), RANDOM.integers(-2, 3, (3, 3))
    explorer, sums = window_explorer(image, weights), []
    for index, (row, col) in enumerate(np.ndindex(3, 4)):
        explorer.put(index)
        sums.append(sum(image[row + i, col + j] * weights[i, j] for i in range(3) for j in range(3)))
        assert explorer.picture.sums.get_array().compressed().tolist() == sums
        assert explorer.screen.words.endswith(f" = {sums[-1]}.")


def test_softmax_draws_the_probabilities():
    explorer = softmax_explorer([-1, 0, 2], [2, 0, -1], right=2)
    shares = np.exp([2, 0, -1]) / np.exp([2, 0, -1]).sum()
    heights = [bar.get_height() for bar in explorer.picture.bars]
    assert heights == pytest.approx(shares, abs=5e-4)
    assert all(f" = {height:g}" in explorer.screen.words for height in heights)  # the same digits
    assert explorer.picture.cost.get_xydata()[0] == pytest.approx([shares[2], -np.log(shares[2])], rel=5e-3)


SADDLE = Model({L: p**2 - q**2}, [p, q])
BENT, SQUARE = Model({L: p**4 + q**2}, [p, q]), np.ones((3, 3))


@pytest.mark.parametrize(
    ("make", "culprit"),
    [
        (lambda: step_explorer(Task(BENT, [1, 1], []), w1, [0.1], (0, 1)), "knob should be a parameter"),
        (lambda: momentum_explorer(Task(BENT, [1, 1], [], 3), [0.1], [0.5], ((-1, 1), (-1, 1))), "quadratic"),
        (
            lambda: momentum_explorer(Task(SADDLE, [1, 1], [], 3), [0.1], [0.5], ((-1, 1), (-1, 1))),
            "curve upward",
        ),
        (lambda: softmax_explorer([0, 1], [0, 2]), "start should be among"),
        (lambda: softmax_explorer([0, 1], [0, 1], right=2), "right should be"),
        (lambda: window_explorer(SQUARE, np.ones((2, 3))), "weights should be a square"),
        (lambda: window_explorer(SQUARE, np.ones((4, 4))), "weights should be a square"),
        (lambda: window_explorer(np.ones(3), SQUARE), "image should be"),
    ],
)
def test_what_cannot_be_explored_is_refused_by_name(make, culprit):
    with pytest.raises(ValueError, match=culprit):
        make()
