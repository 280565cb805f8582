"""Curvature and the largest learning rate, and many runs side by side."""

import numpy as np
import pytest
import sympy as sp
from helpers import central_differences

from course_utils import Adam, GradientDescent, Model, Momentum, RMSprop, train
from course_utils.training.curvature import curvature, hessian, largest_stable_learning_rate
from course_utils.training.sweep import loss_grid, sweep

w, v, x, y, L = sp.symbols("w v x y L")
BOWL = Model({L: 3 * w**2 + v**2}, [w, v])  # curvatures 6 and 2
START = [0.5, 0, 0.5, 0]


@pytest.fixture(scope="module")
def minimum(seed_model, sunflowers):
    """Parameters where the network's loss is flat: found with Newton's method from a trained start."""
    start = train(seed_model, START, sunflowers, GradientDescent(0.5), max_steps=3000)
    compiled, point = seed_model.compile(), start.parameters[-1]
    for _ in range(10):
        slopes = compiled(point, sunflowers)[1]
        point = point - np.linalg.solve(curvature(seed_model, point, sunflowers), slopes)
    return point


def test_the_hessian_of_a_quadratic_is_its_coefficients():
    model = Model({L: 3 * w**2 + 5 * w * v + x * v**2}, [w, v], [x])
    assert hessian(model) == sp.Matrix([[6, 5], [5, 2 * x]])


@pytest.mark.parametrize("point", [[0.5, -0.25, 1.5, 0.75], [2.0, 1.0, -1.0, 0.5], [0.0, 0.0, 0.0, 0.0]])
def test_curvature_agrees_with_finite_differences_of_the_gradient(seed_model, sunflowers, point):
    compiled = seed_model.compile()
    rows = [
        np.array(central_differences(lambda p, i=i: compiled(p, sunflowers)[1][i], point)) for i in range(4)
    ]
    found = curvature(seed_model, point, sunflowers)
    np.testing.assert_allclose(found, rows, rtol=1e-6, atol=1e-8)
    by_name = (
        dict(zip(["w1", "b1", "w2", "b2"], point, strict=True)),
        dict(zip("xy", sunflowers, strict=True)),
    )
    np.testing.assert_array_equal(curvature(seed_model, *by_name), found)


def test_a_constant_curvature_needs_no_data():
    np.testing.assert_array_equal(curvature(BOWL, [1.0, 1.0], []), [[6, 0], [0, 2]])


@pytest.mark.parametrize(
    ("model", "start", "data", "bound"),
    [
        (BOWL, [1.0, 1.0], [], 2 / 6),
        (Model({L: (y - w * x) ** 2}, [w], [x, y]), [0.0], [[1.0, 3.0], [0.0, 0.0]], 2 / (2 * 5)),
        (Model({L: 3 * w + 2 * v}, [w, v]), [1.0, 1.0], [], np.inf),  # flat
        (Model({L: -(w**2) - v**2}, [w, v]), [1.0, 1.0], [], np.inf),  # it nowhere curves upward
        (Model({L: -(w**2) + v}, [w, v]), [1.0, 1.0], [], np.inf),
    ],
    ids=lambda value: str(value)[:30],
)
def test_the_bound_is_two_over_the_largest_curvature(model, start, data, bound):
    assert largest_stable_learning_rate(model, start, data) == pytest.approx(bound)


@pytest.mark.parametrize(("share", "returns"), [(0.98, True), (1.02, False)])
def test_around_a_minimum_the_bound_separates_return_from_escape(
    seed_model, sunflowers, minimum, share, returns
):
    steepest = np.linalg.eigh(curvature(seed_model, minimum, sunflowers))[1][:, -1]
    rate = share * largest_stable_learning_rate(seed_model, minimum, sunflowers)
    nudged = minimum + 1e-4 * steepest
    path = train(seed_model, nudged, sunflowers, GradientDescent(rate), max_steps=60).parameters
    away = (path - minimum) @ steepest
    assert (abs(away[-1]) < abs(away[0])) == returns
    np.testing.assert_array_equal(np.sign(away[:6] / away[0]), [1, -1, 1, -1, 1, -1])  # each step turns back


@pytest.mark.parametrize("rule", [GradientDescent, Momentum, RMSprop, Adam])
def test_a_sweep_equals_training_with_each_learning_rate(seed_model, sunflowers, rule):
    rates = [0.01, 0.1, 0.3]
    together = sweep(seed_model, START, sunflowers, rates, 30, rule)
    assert (together.parameters.shape, together.loss.shape) == ((31, 4, 3), (31, 3))
    for run, rate in enumerate(rates):
        alone = train(seed_model, START, sunflowers, rule(rate), 30)
        np.testing.assert_allclose(together.parameters[:, :, run], alone.parameters, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(together.loss[:, run], alone.loss, rtol=1e-9, atol=1e-12)


def test_each_run_of_a_sweep_may_have_a_start_of_its_own(seed_model, sunflowers):
    starts = {"w1": np.array([0.5, -1.0]), "b1": 0, "w2": np.array([0.5, 2.0]), "b2": 0}
    together = sweep(seed_model, starts, sunflowers, [0.1, 0.2], steps=20)
    for run, (first, second, rate) in enumerate([(0.5, 0.5, 0.1), (-1.0, 2.0, 0.2)]):
        alone = train(seed_model, [first, 0, second, 0], sunflowers, GradientDescent(rate), 20)
        np.testing.assert_allclose(together.loss[:, run], alone.loss, rtol=1e-9)


@pytest.mark.parametrize(
    ("loss", "start", "rates", "ends"),
    [(2 * w, 1.0, [0.1, 0.5], [0.8, 0.0]), (w**4, 10.0, [1e-4, 1e80], [9.6, -4e83])],
    ids=["constant gradients", "overflow"],
)
def test_the_runs_of_a_sweep_keep_apart_without_a_warning(loss, start, rates, ends):
    runs = sweep(Model({L: loss}, [w]), [start], [], rates, steps=3)
    np.testing.assert_allclose(runs.parameters[1, 0], ends)


@pytest.mark.parametrize(
    ("start", "rates", "culprit"),
    [
        *(([1.0, 1.0], [0.1, bad], "learning_rate") for bad in (0.0, -1.0, np.nan, np.inf)),
        ([1.0], [0.1], "start should be 2 values"),
        *(
            ({"w": 1.0, "v": bad}, [0.1, 0.2], "start for v")
            for bad in ([0.5, np.nan], [0.5, 1.0, 2.0], np.inf)
        ),
        ({"w": 1.0, "v": "x"}, [0.1, 0.2], "v should be numbers"),
    ],
)
def test_a_sweep_refuses_a_bad_start_or_learning_rate_by_name(start, rates, culprit):
    with pytest.raises(ValueError, match=culprit):
        sweep(BOWL, start, [], rates, steps=1)


def test_data_that_are_not_finite_are_refused_by_name(seed_model):
    data = [[1.0, np.nan], [1.0, 1.0]]
    for refused in (sweep, largest_stable_learning_rate):
        with pytest.raises(ValueError, match="data for x is not finite"):
            refused(seed_model, START, data, *([[0.1], 1] if refused is sweep else []))


def test_a_loss_grid_is_the_loss_at_each_pair_of_parameters():
    axis_1, axis_2, loss = loss_grid(BOWL, [], (-1, 5), (0, 2), size=7)
    assert (axis_1[0], axis_1[-1], axis_2[0], axis_2[-1], loss.shape) == (-1, 5, 0, 2, (7, 7))
    np.testing.assert_allclose(loss, 3 * axis_1**2 + axis_2[:, np.newaxis] ** 2)
