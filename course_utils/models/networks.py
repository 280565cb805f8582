"""Ready-made equations: fully connected networks of any depth and width, by neuron or by layer."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from numbers import Integral

import numpy as np
import sympy as sp

from ..compiled.matrices import sizes_of
from ..compiled.settings import count
from ..derivation.functions import relu, sigmoid
from ..derivation.given import as_expression, brief, listed, some
from ..derivation.matrix_rules import log_sum_exp, ones
from ..language import later, refusal, say
from .matrix_model import MatrixModel
from .model import Model

MOST_WEIGHTS = 20_000  # SymPy takes seconds for these


def checked_widths(widths: Sequence[int]) -> list[int]:
    """The widths. Raises ValueError for fewer than two layers or a layer without neurons."""
    found = listed(widths, "widths", later("whole numbers"))
    if len(found) < 2 or not all(isinstance(width, Integral) and int(width) > 0 for width in found):
        raise refusal("widths should be two or more positive numbers, not {widths}", widths=brief(widths))
    return [count(width, "a width") for width in found]


def apply(activation: Callable, symbol: sp.Expr) -> sp.Expr:
    """The activation of a symbol. Raises ValueError for what is no function that SymPy knows."""
    try:
        return symbol.applyfunc(activation) if symbol.is_Matrix else as_expression(activation(symbol), symbol)
    except (TypeError, AttributeError):
        raise refusal(
            "activation should be a function of SymPy such as sigmoid, not {activation}",
            activation=brief(activation),
        ) from None


def dense(widths: Sequence[int], activation=sigmoid) -> Model:
    """A network of fully connected layers between scalars, with the squared error as its loss.

    widths: neurons a layer, from the inputs to the outputs; dense([2, 8, 8, 1]) has two hidden layers.
    Names: input x1, weight w2_3_1 (layer 2, to neuron 3, from neuron 1), bias b2_3, z2_3 = w*h + b,
    h2_3 = activation(z2_3), prediction y_hat1, target y1, loss L. The output layer has no activation.
    Raises ValueError for fewer than two layers or a layer without neurons.
    """
    widths = checked_widths(widths)
    if (number := sum(before * after for before, after in pairwise(widths))) > MOST_WEIGHTS:
        raise refusal(
            "widths of {number} weights are too many for equations: see dense_layers", number=number
        )
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
                equations[signals[-1]] = apply(activation, total)
    errors = ((y - y_hat) ** 2 for y, y_hat in zip(targets, predictions, strict=True))
    equations[sp.Symbol("L")] = sp.Add(*errors)
    return Model(equations, parameters, [*inputs, *targets])


def classifier(widths: Sequence[int], activation=relu) -> MatrixModel:
    """Fully connected layers between matrices that tell classes apart: softmax with cross-entropy.

    widths: from the inputs to the classes; classifier([64, 128, 10]) has one hidden layer of 128.
    Names: inputs X (n, 64), targets Y (n, 10) with a 1 for the right class in each row, weights W1 (64, 128),
    biases b1 (1, 128), Z1 = X*W1 + b1, H1 = activation(Z1), scores Z2, s = log_sum_exp of each row, loss L.
    Raises ValueError for fewer than two layers or a layer without neurons.
    """
    equations, parameters, data, scores = layers(widths, activation)
    return MatrixModel(equations | cross_entropy(scores, data[1]), parameters, data)


def dense_layers(widths: Sequence[int], activation=sigmoid) -> MatrixModel:
    """The network of `dense` between matrices: the mean of the squared errors, for outputs that are numbers.

    Names as in `classifier`, except that the last Z is the prediction, and E = Y - Z the errors.
    Raises ValueError for fewer than two layers or a layer without neurons.
    """
    equations, parameters, data, predictions = layers(widths, activation)
    n, outputs = predictions.shape
    errors, loss = sp.MatrixSymbol("E", n, outputs), sp.MatrixSymbol("L", 1, 1)
    squares = ones(1, n) * sp.hadamard_product(errors, errors) * ones(outputs, 1)
    return MatrixModel(equations | {errors: data[1] - predictions, loss: squares / n}, parameters, data)


def layers(widths: Sequence[int], activation):
    """(equations, parameters, data, last Z) of fully connected layers between matrices."""
    widths = checked_widths(widths)
    n = sp.Symbol("n", integer=True, positive=True)
    signals, targets = sp.MatrixSymbol("X", n, widths[0]), sp.MatrixSymbol("Y", n, widths[-1])
    equations, parameters, data = {}, [], [signals, targets]
    for layer, (inputs, outputs) in enumerate(pairwise(widths), start=1):
        weights = sp.MatrixSymbol(f"W{layer}", inputs, outputs)
        biases = sp.MatrixSymbol(f"b{layer}", 1, outputs)
        scores, hidden = (sp.MatrixSymbol(f"{name}{layer}", n, outputs) for name in "ZH")
        parameters += [weights, biases]
        equations[scores] = signals * weights + ones(n, 1) * biases
        if layer < len(widths) - 1:
            equations[hidden] = apply(activation, scores)
            signals = hidden
    return equations, parameters, data, scores


def cross_entropy(scores: sp.MatrixSymbol, targets: sp.MatrixSymbol) -> dict:
    """The equations of the softmax's mean cross-entropy, s = log_sum_exp(scores) and the loss L.

    scores, targets: shape (samples, classes); each row of targets adds up to 1.
    Source: Bridle, Probabilistic Interpretation of Feedforward Classification Network Outputs (1990).
    """
    if not all(isinstance(one, sp.MatrixExpr) for one in (scores, targets)) or scores.shape != targets.shape:
        raise refusal(
            "scores and targets should be matrices of one shape: {scores}, {targets}",
            scores=brief(scores),
            targets=brief(targets),
        )
    samples, classes = scores.shape
    s, loss = sp.MatrixSymbol("s", samples, 1), sp.MatrixSymbol("L", 1, 1)
    row = ones(1, samples)
    right = row * sp.hadamard_product(targets, scores) * ones(classes, 1)
    return {s: log_sum_exp(scores), loss: (row * s - right) / samples}


def random_start(model: MatrixModel, seed: int = 0, **sizes: int) -> list[np.ndarray]:
    """Start values: normal with variance 2/rows for a matrix of weights, zeros for a single row (biases).

    sizes: the value of each symbol in a parameter's shape, such as hidden=16.
    Source: He and others, Delving Deep into Rectifiers (2015), for relu.
    Raises ValueError naming a size that is missing, unknown or no positive whole number.
    """
    if not isinstance(model, MatrixModel):
        raise refusal("model should be a MatrixModel, not {model}", model=brief(model))
    random = np.random.default_rng(count(seed, "seed"))
    known = {size: sizes.get(str(size)) for size in sizes_of(model.parameters)}
    if wrong := {str(size) for size in known} ^ set(sizes):
        raise refusal(
            "sizes should be given for {known}; look at {wrong}",
            known=some(known) or say("nothing"),
            wrong=some(sorted(wrong)),
        )
    known = {size: count(value, str(size), least=1) for size, value in known.items()}
    shapes = [tuple(int(size.subs(known)) for size in p.shape) for p in model.parameters]
    return [random.normal(size=s) * np.sqrt(2 / s[0]) if s[0] > 1 else np.zeros(s) for s in shapes]
