"""A neuron trained from many starts, against one training run for each."""

import numpy as np
import pytest
import sympy as sp

from course_utils import GradientDescent, Model, relu, sigmoid, step, tanh, train
from course_utils.explorers.neuron import train_neuron
from course_utils.explorers.task import Fit, Task, varied
from course_utils.pictures.words import neuron_state

x, y, w1, b1, w2, b2 = sp.symbols("x y w1 b1 w2 b2")
z, h, y_hat, L = sp.symbols("z h y_hat L")
STARTS, INPUTS = np.array([-1.0, -0.5, 0.5]), np.linspace(-2, 2, 5)
SLOPES = {
    sigmoid: lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2,
    tanh: lambda z: np.cosh(z) ** -2.0,
    relu: lambda z: np.where(z > 0, 1.0, 0.0),
    step: lambda z: np.zeros_like(z),
}


FIT = Fit(x, y, y_hat, ("time", "height (m)"))


def network(activation):
    equations = {z: w1 * x + b1, h: activation(z), y_hat: w2 * h + b2, L: (y - y_hat) ** 2}
    return Model(equations, [w1, b1, w2, b2], [x, y])


@pytest.fixture(scope="module", params=SLOPES, ids=lambda activation: activation.__name__)
def case(request, sunflowers):
    """(activation, its model, what `train_neuron` says of three starts)."""
    model, start = network(request.param), {w1: STARTS, b1: 0.0, w2: 0.5, b2: 0.0}
    trained = train_neuron(Task(model, start, sunflowers, 200), FIT, (z, h), INPUTS, 0.1)
    return request.param, model, trained


def test_each_start_ends_where_training_it_alone_ends(case, sunflowers):
    _, model, trained = case
    for index, start in enumerate(STARTS):
        end = train(model, [start, 0.0, 0.5, 0.0], sunflowers, GradientDescent(0.1), 200).parameters[-1]
        assert trained.weight[index] == pytest.approx(end[0], rel=1e-9)
        np.testing.assert_allclose(trained.z[index], end[0] * sunflowers[0] + end[1], rtol=1e-9)
        predicted = end[2] * trained.h[index] + end[3]
        errors = np.sum((sunflowers[1] - predicted) ** 2)
        spread = np.sum((sunflowers[1] - sunflowers[1].mean()) ** 2)
        assert trained.r_squared[index] == pytest.approx(1 - errors / spread, rel=1e-9)
        np.testing.assert_allclose(trained.fit[index][[0, -1]], predicted[[0, -1]], rtol=1e-9)


def test_activation_and_slope_are_those_of_the_textbook(case):
    activation, _, trained = case
    function = getattr(activation, "numpy", np.tanh)
    np.testing.assert_allclose(trained.activation, function(INPUTS), rtol=1e-12)
    np.testing.assert_allclose(trained.slope, SLOPES[activation](INPUTS), rtol=1e-9)
    np.testing.assert_allclose(trained.h, function(trained.z), rtol=1e-12)
    np.testing.assert_allclose(trained.slopes, SLOPES[activation](trained.z), rtol=1e-9)


def test_the_step_never_learns_its_weight(case):
    activation, _, trained = case
    moved = not np.array_equal(trained.weight, STARTS)
    assert moved == (activation is not step)


def test_relu_has_the_three_fates_of_the_lesson(sunflowers):
    start = {w1: np.array([-1.0, 0.0, 1.0]), b1: 0.0, w2: 0.5, b2: 0.0}
    trained = train_neuron(Task(network(relu), start, sunflowers, 2000), FIT, (z, h), INPUTS, 0.1)
    assert [neuron_state(slopes) for slopes in trained.slopes] == ["bent", "blocked", "straight"]
    np.testing.assert_allclose(trained.r_squared, [0.997, 0, 0.940], atol=5e-4)


def test_a_fit_is_drawn_for_each_run(seed_model, sunflowers):
    ends = np.array([[1.0, 2.0], [0.0, 0.1], [2.5, 3.0], [0.1, 0.2]])
    measured, grid, _ = FIT.panel(seed_model, sunflowers)
    fits = FIT.curves(seed_model, sunflowers, ends)
    np.testing.assert_array_equal(measured, sunflowers)
    assert (grid[0], grid[-1]) == (sunflowers[0].min(), sunflowers[0].max())
    for index, (weight, bias, height, floor) in enumerate(ends.T):
        np.testing.assert_allclose(fits[index], height / (1 + np.exp(-weight * grid - bias)) + floor)


def test_a_fit_over_one_input_cannot_be_drawn_if_another_varies(sunflowers):
    model = Model({y_hat: w1 * x + b1, L: (y - y_hat) ** 2}, [w1], [x, y, b1])
    with pytest.raises(ValueError, match="b1 varies as well"):
        FIT.curves(model, [*sunflowers, sunflowers[0]], np.ones((1, 2)))


@pytest.mark.parametrize("start", [{w1: 0.0, b1: 1.0}, {w1: [0.0, 1.0], b1: [1.0, 2.0]}], ids=["none", "two"])
def test_a_slider_chooses_from_one_sequence(start):
    with pytest.raises(ValueError, match="none" if np.ndim(start[w1]) == 0 else "w1, b1"):
        varied(start)
