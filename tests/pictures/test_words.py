"""What happened in a run, in words that are true."""

import numpy as np
import pytest

from course_utils.explorers.neuron import r_squared
from course_utils.pictures.words import (
    fate,
    in_words,
    memory_result,
    neuron_state,
    race_result,
    regime,
    settled,
)

FALLING, RISING = 10.0 ** -np.arange(6.0), 10.0 ** np.arange(6.0)
LINE = np.linspace(1, 0, 6)[:, np.newaxis]


@pytest.mark.parametrize(
    ("path", "losses", "reachable", "word"),
    [
        (0.998 ** np.arange(31), None, 0.0, "slow"),
        (0.8 ** np.arange(31), None, 0.0, "steady"),
        ((-0.8) ** np.arange(31), None, 0.0, "oscillating"),
        ((-1.2) ** np.arange(31), None, 0.0, "diverging"),
        ([1.0, 0.0, 2.0], None, 0.0, "diverging"),  # above its start, though it was lower between
        ([0.0, 0.0, 0.0], [1.0, 2.0, np.inf], 0.0, "diverging"),
        ([0.0, 0.0, 0.0], [1.0, 2.0, np.nan], 0.0, "diverging"),
        ([1.0, 0.5, 0.4], [3.0, 2.5, 2.2], 2.0, "slow"),  # 0.2 to go, of 1.0
        ([1.0, 0.5, 0.4], [3.0, 2.5, 2.05], 2.0, "steady"),
        ([0.0] * 5, [1.0] * 5, 1.0, "steady"),  # a run at rest
        ([2.0, 1.0, 1.5, 1.0, 0.9], [4.0, 1.0, 1.0, 0.5, 0.0], 0.0, "oscillating"),  # two turns of three
        ([2.0, 1.0, 1.5, 1.6, 1.7], [4.0, 1.0, 1.0, 0.5, 0.0], 0.0, "oscillating"),  # a long turn
        ([2.0, 1.0, 0.9, 1.0, 1.6], [4.0, 1.0, 1.0, 0.5, 0.0], 0.0, "steady"),  # a short one
    ],
)
def test_each_regime_has_its_word(path, losses, reachable, word):
    path = np.array(path)[:, np.newaxis]
    assert regime(path, path[:, 0] ** 2 if losses is None else np.array(losses), reachable) == word


@pytest.mark.parametrize(
    ("losses", "step"),
    [
        ([9, 5, 1, 0.5], 2),
        ([9, 1, 5, 1], 3),
        ([1, 1], 0),
        ([1, 9], None),
        ([1, np.nan], None),
        ([np.nan, np.inf, 1], 2),
        ([2, 2], None),
    ],
)
def test_a_run_settles_where_its_loss_comes_down_for_good(losses, step):
    assert settled(np.array(losses, float), level=2) == step


def test_a_run_is_told_with_its_regime_and_its_losses():
    assert in_words(LINE, FALLING, 1e-5) == "steady. After 5 steps the loss went from 1 to 1e-05."


@pytest.mark.parametrize("last", [np.inf, np.nan])
def test_a_loss_that_left_the_numbers_is_told_so(last):
    words = in_words(np.ones((2, 1)), np.array([1.0, last]), 0.1)
    assert words == "diverging. After 1 steps the loss went from 1 to beyond the largest number."


@pytest.mark.parametrize(
    ("losses", "level", "words"),
    [
        (
            {"late": FALLING[[0, 1, 1, 2, 3, 5]], "early": FALLING, "asleep": np.ones(6), "lost": RISING},
            0.0015,
            "first early at step 3, then late at step 4; asleep not below the finish at the end; "
            "lost above the start.",
        ),
        (
            {"swinging": FALLING[[0, 3, 5, 3, 0]]},
            0.5,
            "nobody arrived; swinging not below the finish at the end.",
        ),
        ({"nan": np.array([1.0, np.nan])}, 0.5, "nobody arrived; nan above the start."),
    ],
)
def test_a_race_tells_the_order_of_arrival_who_is_late_and_who_is_lost(losses, level, words):
    assert race_result(losses, level) == words


@pytest.mark.parametrize(
    ("slopes", "state"),
    [
        ([0, 0, 0], "blocked"),
        ([1e-9, 0, 0], "saturated"),
        ([0.009, -0.009, 0], "saturated"),
        ([0.01, 0, 0], "bent"),
        ([1, 1, 1], "straight"),
        ([1, 0.95, 1], "straight"),
        ([1, 0, 0], "bent"),
        ([0.25, 0.2, 0.1], "bent"),
    ],
)
def test_a_neuron_is_called_by_its_slopes(slopes, state):
    assert neuron_state(np.array(slopes)) == state


def test_r_squared_is_one_for_the_truth_and_zero_for_its_mean():
    truth = np.array([1.0, 2.0, 6.0])
    np.testing.assert_allclose(r_squared(truth, np.array([truth, [3.0, 3.0, 3.0]])), [1, 0])


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([0.09, 1], "vanishing"),
        ([0.11, 1], "steady"),
        ([9.9, 1], "steady"),
        ([-11, 1], "exploding"),
        ([20, 0.01, 1], "exploding"),
        ([0, 1], "vanishing"),
    ],
)
def test_a_gradient_on_its_way_back_is_called_by_its_parts(parts, expected):
    assert fate(np.array(parts)) == expected


def test_a_memory_is_told_model_by_model():
    words = memory_result({"one": np.array([0.01, 1.0]), "two": np.array([100.0, 1.0])})
    assert words == (
        "“one”: vanishing, the steps count 0.01 to 1 times as much as the newest. "
        "“two”: exploding, the steps count 1 to 100 times as much as the newest."
    )
