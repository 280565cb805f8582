"""Curvature, the largest learning rate, and many runs side by side."""

import numpy as np
import pytest
import sympy as sp

from course_utils import Adam, GradientDescent, Model, Momentum, RMSprop, train
from course_utils.pictures.words import regime, settled
from course_utils.training.curvature import curvature, hessian, largest_stable_learning_rate
from course_utils.training.sweep import sweep

w, v, x, y, L = sp.symbols("w v x y L")
BOWL = Model({L: 3 * w**2 + v**2}, [w, v])  # curvatures 6 and 2
POINTS = [[0.5, -0.25, 1.5, 0.75], [2.0, 1.0, -1.0, 0.5], [0.0, 0.0, 0.0, 0.0]]


@pytest.fixture(scope="module")
def minimum(seed_model, sunflowers):
    """Parameters where the network's loss is flat: found with Newton's method from a trained start."""
    start = train(seed_model, [0.5, 0, 0.5, 0], sunflowers, GradientDescent(0.5), max_steps=3000)
    compiled, point = seed_model.compile(), start.parameters[-1]
    for _ in range(10):
        point = point - np.linalg.solve(
            curvature(seed_model, point, sunflowers), compiled(point, sunflowers)[1]
        )
    return point


def test_the_hessian_of_a_quadratic_is_its_coefficients():
    assert hessian(Model({L: 3 * w**2 + 5 * w * v + x * v**2}, [w, v], [x])) == sp.Matrix(
        [[6, 5], [5, 2 * x]]
    )


@pytest.mark.parametrize("point", POINTS)
def test_curvature_agrees_with_finite_differences_of_the_gradient(seed_model, sunflowers, point):
    compiled, nudge = seed_model.compile(), 1e-6
    columns = [
        np.subtract(compiled(point + n, sunflowers)[1], compiled(point - n, sunflowers)[1]) / (2 * nudge)
        for n in nudge * np.eye(4)
    ]
    np.testing.assert_allclose(curvature(seed_model, point, sunflowers), columns, rtol=1e-6, atol=1e-8)


def test_curvature_takes_values_by_name(seed_model, sunflowers):
    point, (days, heights) = POINTS[0], sunflowers
    by_name = dict(zip(["w1", "b1", "w2", "b2"], point, strict=True)), {"y": heights, "x": days}
    np.testing.assert_array_equal(curvature(seed_model, *by_name), curvature(seed_model, point, sunflowers))


def test_a_constant_curvature_needs_no_data():
    np.testing.assert_array_equal(curvature(BOWL, [1.0, 1.0], []), [[6, 0], [0, 2]])


def test_the_bound_is_two_over_the_largest_curvature():
    assert largest_stable_learning_rate(BOWL, [1.0, 1.0], []) == pytest.approx(2 / 6)


def test_the_bound_of_a_line_fit_is_that_of_its_data():
    line = Model({L: (y - w * x) ** 2}, [w], [x, y])
    assert largest_stable_learning_rate(line, [0.0], [[1.0, 3.0], [0.0, 0.0]]) == pytest.approx(2 / (2 * 5))


@pytest.mark.parametrize(
    "loss", [3 * w + 2 * v, -(w**2) - v**2, -(w**2) + v], ids=["flat", "concave", "flat and concave"]
)
def test_where_nothing_curves_upward_every_learning_rate_is_stable(loss):
    assert largest_stable_learning_rate(Model({L: loss}, [w, v]), [1.0, 1.0], []) == np.inf


@pytest.mark.parametrize(("fraction", "shrinks"), [(0.98, True), (1.02, False)])
def test_around_a_bowl_the_bound_separates_shrinking_from_growing(fraction, shrinks):
    rate = fraction * largest_stable_learning_rate(BOWL, [1.0, 1.0], [])
    history = train(BOWL, [1.0, 1.0], [], GradientDescent(rate), max_steps=50)
    assert (history.loss[-1] < history.loss[0]) == shrinks


@pytest.mark.parametrize(("fraction", "returns"), [(0.98, True), (1.02, False)])
def test_around_the_trained_minimum_the_bound_separates_return_from_escape(
    seed_model, sunflowers, minimum, fraction, returns
):
    steepest = np.linalg.eigh(curvature(seed_model, minimum, sunflowers))[1][:, -1]
    rate = fraction * largest_stable_learning_rate(seed_model, minimum, sunflowers)
    nudged = minimum + 1e-4 * steepest
    path = train(seed_model, nudged, sunflowers, GradientDescent(rate), max_steps=60).parameters
    away = np.abs((path - minimum) @ steepest)
    assert (away[-1] < away[0]) == returns


def test_at_the_bound_each_step_turns_back(seed_model, sunflowers, minimum):
    steepest = np.linalg.eigh(curvature(seed_model, minimum, sunflowers))[1][:, -1]
    rate = 0.98 * largest_stable_learning_rate(seed_model, minimum, sunflowers)
    path = train(
        seed_model, minimum + 1e-4 * steepest, sunflowers, GradientDescent(rate), max_steps=5
    ).parameters
    sides = np.sign((path - minimum) @ steepest)
    np.testing.assert_array_equal(sides, sides[0] * np.array([1, -1, 1, -1, 1, -1]))


def test_a_sweep_equals_training_with_each_learning_rate(seed_model, sunflowers):
    rates, start = [0.01, 0.1, 0.6], [0.5, 0, 0.5, 0]
    together = sweep(seed_model, start, sunflowers, rates, steps=40)
    for run, rate in enumerate(rates):
        alone = train(seed_model, start, sunflowers, GradientDescent(rate), max_steps=40)
        np.testing.assert_allclose(together.parameters[:, :, run], alone.parameters, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(together.loss[:, run], alone.loss, rtol=1e-9, atol=1e-12)


def test_a_sweep_has_a_row_for_the_start_and_each_step(seed_model, sunflowers):
    runs = sweep(seed_model, [0.5, 0, 0.5, 0], sunflowers, [0.1, 0.2, 0.3], steps=7)
    assert (runs.parameters.shape, runs.loss.shape) == ((8, 4, 3), (8, 3))


def test_a_sweep_of_a_model_with_constant_gradients_keeps_the_runs_apart():
    runs = sweep(Model({L: 2 * w}, [w]), [1.0], [], [0.1, 0.5], steps=1)
    np.testing.assert_allclose(runs.parameters[-1, 0], [0.8, 0.0])


def test_runs_that_overflow_do_so_without_a_warning():
    runs = sweep(Model({L: w**4}, [w]), [10.0], [], [1e-4, 10.0], steps=20)
    np.testing.assert_array_equal(np.isfinite(runs.loss[-1]), [True, False])


@pytest.mark.parametrize("bad", [[0.1, 0.0], [0.1, -1.0], [0.1, np.nan], [0.1, np.inf]], ids=repr)
def test_a_sweep_refuses_a_bad_learning_rate_by_name(bad):
    with pytest.raises(ValueError, match="learning_rate"):
        sweep(BOWL, [1.0, 1.0], [], bad, steps=1)


def test_a_sweep_refuses_data_that_are_not_finite(seed_model):
    with pytest.raises(ValueError, match="data for x is not finite"):
        sweep(seed_model, [0.5, 0, 0.5, 0], [[1.0, np.nan], [1.0, 1.0]], [0.1], steps=1)


def test_a_sweep_refuses_a_start_of_the_wrong_length():
    with pytest.raises(ValueError, match="start should be 2 values"):
        sweep(BOWL, [1.0], [], [0.1], steps=1)


@pytest.mark.parametrize(
    ("rate", "word"),
    [(0.001, "slow"), (0.1, "steady"), (0.9, "oscillating"), (1.1, "diverging")],
)
def test_each_regime_has_its_word(rate, word):
    runs = sweep(Model({L: w**2}, [w]), [1.0], [], [rate], steps=30)
    assert regime(runs.parameters[:, :, 0], runs.loss[:, 0], reachable=0.0) == word


def test_a_run_that_ends_above_its_start_diverges_even_if_it_was_lower_between():
    path = np.array([[1.0], [0.0], [2.0]])
    assert regime(path, path[:, 0] ** 2, reachable=0.0) == "diverging"


@pytest.mark.parametrize("last", [np.inf, np.nan])
def test_a_run_that_left_the_numbers_diverges(last):
    assert regime(np.zeros((3, 1)), np.array([1.0, 2.0, last]), reachable=0.0) == "diverging"


@pytest.mark.parametrize(("last", "word"), [(2.2, "slow"), (2.05, "steady")])
def test_the_way_to_go_is_measured_from_what_a_good_run_reaches(last, word):
    path, losses = np.array([[1.0], [0.5], [0.4]]), np.array([3.0, 2.5, last])
    assert regime(path, losses, reachable=2.0) == word  # 0.2 or 0.05 to go, of 1.0


@pytest.mark.parametrize(
    "losses, step",
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


@pytest.mark.parametrize("rule", [GradientDescent, Momentum, RMSprop, Adam])
def test_a_sweep_of_any_rule_equals_training_with_it(seed_model, sunflowers, rule):
    rates, start = [0.01, 0.1, 0.3], [0.5, 0, 0.5, 0]
    together = sweep(seed_model, start, sunflowers, rates, 30, rule)
    for index, rate in enumerate(rates):
        alone = train(seed_model, start, sunflowers, rule(rate), 30)
        np.testing.assert_allclose(together.parameters[:, :, index], alone.parameters, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(together.loss[:, index], alone.loss, rtol=1e-9)


def test_each_run_of_a_sweep_may_have_a_start_of_its_own(seed_model, sunflowers):
    starts = {"w1": np.array([0.5, -1.0]), "b1": 0, "w2": np.array([0.5, 2.0]), "b2": 0}
    together = sweep(seed_model, starts, sunflowers, [0.1, 0.2], steps=20)
    for index, (first, second, rate) in enumerate([(0.5, 0.5, 0.1), (-1.0, 2.0, 0.2)]):
        alone = train(seed_model, [first, 0, second, 0], sunflowers, GradientDescent(rate), 20)
        np.testing.assert_allclose(together.loss[:, index], alone.loss, rtol=1e-9)


@pytest.mark.parametrize("bad", [[0.5, np.nan], [0.5, 1.0, 2.0], "x", np.inf], ids=repr)
def test_a_sweep_refuses_a_bad_start_by_name(bad):
    with pytest.raises(ValueError, match=r"v should be|start for v"):
        sweep(BOWL, {"w": 1.0, "v": bad}, [], [0.1, 0.2], steps=1)
