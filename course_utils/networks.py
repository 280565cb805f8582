"""Ready-made equations: fully connected networks of any depth and width, neuron by neuron."""

from collections.abc import Sequence

import sympy as sp

from .functions import sigmoid
from .model import Model


def dense(widths: Sequence[int], activation=sigmoid) -> Model:
    """A network of fully connected layers between scalars, with the squared error as its loss.

    widths: neurons a layer, from the inputs to the outputs; dense([2, 8, 8, 1]) has two hidden layers.
    Names: input x1, weight w2_3_1 (layer 2, to neuron 3, from neuron 1), bias b2_3, z2_3 = w*h + b,
    h2_3 = activation(z2_3), prediction y_hat1, target y1, loss L. The output layer has no activation.
    Raises ValueError for fewer than two layers or a layer without neurons.
    """
    if len(widths) < 2 or min(widths) < 1:
        raise ValueError(f"widths should be two or more positive numbers, not {list(widths)}")
    outputs = range(1, widths[-1] + 1)
    targets, predictions = ([sp.Symbol(f"{name}{k}") for k in outputs] for name in ("y", "y_hat"))
    signals = inputs = [sp.Symbol(f"x{i}") for i in range(1, widths[0] + 1)]
    equations, parameters = {}, []
    for layer, width in enumerate(widths[1:], start=1):
        last, incoming, signals = layer == len(widths) - 1, signals, []
        for to in range(1, width + 1):
            weights = [sp.Symbol(f"w{layer}_{to}_{i}") for i in range(1, len(incoming) + 1)]
            bias = sp.Symbol(f"b{layer}_{to}")
            parameters += [*weights, bias]
            total = predictions[to - 1] if last else sp.Symbol(f"z{layer}_{to}")
            equations[total] = sp.Add(*(w * s for w, s in zip(weights, incoming, strict=True)), bias)
            if not last:
                signals.append(sp.Symbol(f"h{layer}_{to}"))
                equations[signals[-1]] = activation(total)
    errors = ((y - y_hat) ** 2 for y, y_hat in zip(targets, predictions, strict=True))
    equations[sp.Symbol("L")] = sp.Add(*errors)
    return Model(equations, parameters, [*inputs, *targets])
