"""What happened in a run, in words that are true."""

import numpy as np
import pytest

from course_utils.explorers.neuron import r_squared
from course_utils.pictures.words import in_words, memory_result, neuron_state, race_result

FALLING, RISING = 10.0 ** -np.arange(6.0), 10.0 ** np.arange(6.0)


def test_a_run_is_told_with_its_regime_and_its_losses():
    path = np.linspace(1, 0, 6)[:, np.newaxis]
    assert in_words(path, FALLING, 1e-5) == "steady. After 5 steps the loss went from 1 to 1e-05."


@pytest.mark.parametrize("last", [np.inf, np.nan])
def test_a_loss_that_left_the_numbers_is_told_so(last):
    words = in_words(np.ones((2, 1)), np.array([1.0, last]), 0.1)
    assert words == "diverging. After 1 steps the loss went from 1 to beyond the largest number."


def test_a_race_tells_the_order_of_arrival():
    losses = {"late": FALLING[[0, 1, 1, 2, 3, 5]], "early": FALLING, "asleep": np.ones(6), "lost": RISING}
    assert race_result(losses, 0.0015) == (
        "first early at step 3, then late at step 4; asleep still on the way; lost above where it began."
    )


def test_who_comes_and_goes_has_not_arrived():
    assert race_result({"swinging": FALLING[[0, 3, 5, 3, 0]]}, 0.5) == (
        "nobody arrived; swinging still on the way."
    )


def test_who_left_the_numbers_is_lost():
    assert "nan above where it began" in race_result({"nan": np.array([1.0, np.nan])}, 0.5)


@pytest.mark.parametrize(
    ("slopes", "state"),
    [
        ([0, 0, 0], "blocked"),
        ([1e-9, 0, 0], "saturated"),
        ([0.009, -0.009, 0], "saturated"),
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


def test_a_memory_is_told_model_by_model():
    words = memory_result({"one": np.array([0.01, 1.0]), "two": np.array([100.0, 1.0])})
    assert words == (
        "One: vanishing, the steps count 0.01 to 1 times as much as the newest. "
        "Two: exploding, the steps count 1 to 100 times as much as the newest."
    )
