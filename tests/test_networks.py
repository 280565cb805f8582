"""Ready-made networks: names, sizes, and the same values as matrix arithmetic."""

from itertools import pairwise

import numpy as np
import pytest
import sympy as sp

from course_utils import tanh
from course_utils.networks import dense


def test_the_smallest_network_is_a_line_fit():
    model = dense([1, 1])
    x1, y1, y_hat1, w, b, L = sp.symbols("x1 y1 y_hat1 w1_1_1 b1_1 L")
    assert model.equations == {y_hat1: w * x1 + b, L: (y1 - y_hat1) ** 2}


def test_the_names_of_a_hidden_layer():
    names = [str(symbol) for symbol in dense([1, 2, 1]).equations]
    assert names == ["z1_1", "h1_1", "z1_2", "h1_2", "y_hat1", "L"]


@pytest.mark.parametrize("widths", [[1, 1], [2, 3, 1], [1, 2, 2, 3]])
def test_there_is_a_weight_for_each_pair_of_neurons_and_a_bias_for_each_neuron(widths):
    expected = sum((before + 1) * after for before, after in pairwise(widths))
    assert len(dense(widths).parameters) == expected


def test_the_data_are_inputs_and_targets():
    assert dense([2, 3, 2]).data == sp.symbols("x1 x2 y1 y2")


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


@pytest.mark.parametrize("widths", [[], [3], [2, 0, 1], [2, -1]], ids=repr)
def test_widths_that_make_no_network_are_refused(widths):
    with pytest.raises(ValueError, match="widths should be two or more positive numbers"):
        dense(widths)
