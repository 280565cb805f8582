"""Ready-made networks: names, sizes, and the same values as matrix arithmetic."""

from itertools import pairwise

import numpy as np
import pytest
import sympy as sp

from course_utils import relu, tanh
from course_utils.models.networks import classifier, dense, dense_layers, random_start


def test_the_smallest_network_is_a_line_fit():
    model = dense([1, 1])
    x1, y1, y_hat1, w, b, L = sp.symbols("x1 y1 y_hat1 w1_1_1 b1_1 L")
    assert model.equations == {y_hat1: w * x1 + b, L: (y1 - y_hat1) ** 2}


def test_the_names_of_a_hidden_layer():
    names = [str(symbol) for symbol in dense([1, 2, 1]).equations]
    assert names == ["z1_1", "h1_1", "z1_2", "h1_2", "y_hat1", "L"]
    assert dense([2, 3, 2]).data == sp.symbols("x1 x2 y1 y2")


@pytest.mark.parametrize("widths", [[1, 1], [2, 3, 1], [1, 2, 2, 3]])
def test_there_is_a_weight_for_each_pair_of_neurons_and_a_bias_for_each_neuron(widths):
    expected = sum((before + 1) * after for before, after in pairwise(widths))
    assert len(dense(widths).parameters) == expected


@pytest.mark.parametrize("widths", [[2, 3, 1], [1, 2, 3, 2]])
def test_the_loss_is_that_of_matrix_arithmetic(widths):
    model, numbers = dense(widths, activation=tanh), np.random.default_rng(0)
    values = {str(parameter): numbers.normal() for parameter in model.parameters}
    inputs, targets = (numbers.normal(size=(width, 5)) for width in (widths[0], widths[-1]))
    signals = inputs
    for layer, (before, after) in enumerate(pairwise(widths), start=1):
        weights = [[values[f"w{layer}_{to + 1}_{i + 1}"] for i in range(before)] for to in range(after)]
        signals = np.array(weights) @ signals + [[values[f"b{layer}_{to + 1}"]] for to in range(after)]
        signals = np.tanh(signals) if layer < len(widths) - 1 else signals
    loss, _ = model.compile()(values, [*inputs, *targets])
    assert loss == pytest.approx(np.mean(np.sum((targets - signals) ** 2, axis=0)), rel=1e-12)


@pytest.mark.parametrize("network", [dense, dense_layers, classifier])
@pytest.mark.parametrize("widths", [[], [3], [2, 0, 1], [2, -1]], ids=repr)
def test_widths_that_make_no_network_are_refused(network, widths):
    with pytest.raises(ValueError, match="widths should be two or more positive numbers"):
        network(widths)


def layered(numbers, widths):
    """The numbers of dense(widths) as matrices: W1, b1, W2, b2 ..."""
    matrices, numbers = [], list(numbers)
    for before, after in pairwise(widths):
        neurons = np.array([[numbers.pop(0) for _ in range(before + 1)] for _ in range(after)]).T
        matrices += [neurons[:-1], neurons[-1:]]
    return matrices


@pytest.mark.parametrize("widths", [[1, 1], [2, 3, 1], [2, 8, 8, 1], [1, 2, 3, 2]])
def test_layers_of_matrices_are_the_scalar_network(widths):
    scalars, matrices, random = dense(widths, tanh), dense_layers(widths, tanh), np.random.default_rng(0)
    numbers = random.normal(size=len(scalars.parameters))
    inputs, targets = random.normal(size=(5, widths[0])), random.normal(size=(5, widths[-1]))
    loss, gradients = scalars.compile()(list(numbers), [*inputs.T, *targets.T])
    matrix_loss, matrix_gradients = matrices.compile()(layered(numbers, widths), [inputs, targets])
    assert matrix_loss == pytest.approx(loss, rel=1e-12)
    for one, other in zip(matrix_gradients, layered(gradients, widths), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("activation", [relu, tanh])
def test_a_classifiers_loss_is_the_mean_of_minus_the_log_of_the_right_probability(activation):
    model, random = classifier([4, 6, 3], activation), np.random.default_rng(0)
    parameters = [random.normal(size=shape) for shape in [(4, 6), (1, 6), (6, 3), (1, 3)]]
    inputs, labels = random.normal(size=(9, 4)), random.integers(0, 3, 9)
    hidden = inputs @ parameters[0] + parameters[1]
    hidden = np.tanh(hidden) if activation is tanh else np.maximum(hidden, 0)
    odds = np.exp(hidden @ parameters[2] + parameters[3])
    expected = -np.mean(np.log(odds[range(9), labels] / odds.sum(axis=1)))
    loss, gradients = model.compile()(parameters, [inputs, np.eye(3)[labels]])
    assert loss == pytest.approx(expected, rel=1e-12)
    probabilities = odds / odds.sum(axis=1, keepdims=True)
    expected_biases = (probabilities - np.eye(3)[labels]).mean(axis=0)  # p - y
    np.testing.assert_allclose(gradients[3][0], expected_biases, rtol=1e-10)


def test_a_classifier_survives_scores_of_any_size():
    start = [np.full((1, 2), 1e4), np.array([[0.0, 5e3]])]
    loss, gradients = classifier([1, 2]).compile()(start, [[[1.0], [-1.0]], [[1.0, 0.0], [0.0, 1.0]]])
    assert loss == pytest.approx(2500)  # the first sample is 5000 off, the second right
    assert all(np.isfinite(gradient).all() for gradient in gradients)


def test_a_random_start_is_as_wide_as_its_source_says():
    weights, biases, *_ = random_start(classifier([2000, 50, 3]), seed=1)
    assert weights.shape == (2000, 50) and weights.std() == pytest.approx(np.sqrt(2 / 2000), rel=0.02)
    assert not biases.any() and biases.shape == (1, 50)


def test_a_random_start_is_told_the_sizes_and_keeps_to_its_seed():
    width, n = sp.symbols("width n", integer=True, positive=True)
    model = classifier([3, 2])
    W, X, L = sp.MatrixSymbol("W", 3, width), sp.MatrixSymbol("X", n, 3), sp.MatrixSymbol("L", 1, 1)
    wide = type(model)({L: sp.OneMatrix(1, n) * X * W * sp.OneMatrix(width, 1)}, [W], [X])
    (one,), (same,), (other,) = (random_start(wide, seed=seed, width=4) for seed in (0, 0, 1))
    assert one.shape == (3, 4)
    assert np.array_equal(one, same) and not np.array_equal(one, other)
