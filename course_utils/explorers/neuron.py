"""One neuron, trained from many starts: where its samples end up on its activation."""

from dataclasses import dataclass

import numpy as np
import sympy as sp

from ..compiled.inputs import in_order
from ..compiled.lines import evaluate
from ..training.sweep import sweep
from .task import Fit, Task, varied


@dataclass(frozen=True)
class Trained:
    """A neuron h = f(z) after training, for each of several starts.

    weight: shape (runs,), of the weight whose start varies, at the end.
    activation, slope: of f, where it is drawn, shape (points,).
    z, h, slopes: of each sample, shape (runs, samples). fit: shape (runs, size). r_squared: (runs,).
    """

    weight: np.ndarray
    activation: np.ndarray
    slope: np.ndarray
    z: np.ndarray
    h: np.ndarray
    slopes: np.ndarray
    fit: np.ndarray
    r_squared: np.ndarray


def train_neuron(
    task: Task, fit: Fit, neuron: tuple[sp.Symbol, sp.Symbol], inputs: np.ndarray, learning_rate: float
) -> Trained:
    """Train from each start, all together by broadcasting.

    task: its start has a number for each parameter, but for one of them an array of shape (runs,).
    neuron: the symbols (z, h) of the equation h = f(z). inputs: where to draw f.
    Raises ValueError for bad start or data, naming the culprit.
    """
    (model, start, data, steps), (z, h), weight = task, neuron, varied(task.start)
    rates = [learning_rate] * len(start[weight])
    end = sweep(model, start, data, rates, steps).parameters[-1]
    given = dict(zip(model.data, in_order(data, model.data, "data"), strict=True))
    at_end = {**given, **{p: values[:, np.newaxis] for p, values in zip(model.parameters, end, strict=True)}}

    def neuron_at(places):
        outputs = evaluate({h: model.equations[h]}, h, {z: places})
        slope = evaluate({h: model.local(h, z)}, h, {z: places, h: outputs})
        return outputs, np.broadcast_to(slope, np.shape(places))

    places = model.evaluate(z, at_end)
    predicted = model.evaluate(fit.prediction, at_end)
    activation, slope = neuron_at(inputs)
    h_at, slopes = neuron_at(places)
    return Trained(
        end[model.parameters.index(weight)],
        activation,
        slope,
        places,
        h_at,
        slopes,
        fit.curves(model, data, end),
        r_squared(fit.measured(model, data)[1], predicted),
    )


def r_squared(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """The part of the truth's variation that a prediction explains, at most 1.

    truth: shape (samples,). predicted: (..., samples). Returns shape (...).
    """
    return 1 - np.mean((truth - predicted) ** 2, axis=-1) / np.var(truth)
