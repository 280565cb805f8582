"""How large a learning rate may be: curvature, its bound, and every learning rate at once."""

from collections.abc import Mapping, Sequence

import numpy as np
import sympy as sp

from ..compiled.inputs import finite_start
from ..compiled.lines import CodePrinter, as_function
from ..compiled.scalars import without_complex
from ..derivation.chain_rule import derivative
from ..derivation.given import parts_and_depth
from ..language import refusal
from ..models.model import Model, check_model

MOST_PARTS = 200_000  # of a Hessian: SymPy takes a quarter of a minute for these


def hessian(model: Model) -> sp.Matrix:
    """The loss's second derivatives, shape (parameters, parameters), in parameters and data.

    Raises ValueError where there are too many of them to be written down.
    """
    check_model(model)
    loss, size = model.expand(model.loss), len(model.parameters)
    if (parts := parts_and_depth(loss)[0] * size**2) > MOST_PARTS:
        raise refusal(
            "the model is too large: its second derivatives would have about {parts} parts", parts=parts
        )
    points = model.parameters

    def second(row, column):
        one, other = sorted((row, column))
        return derivative(derivative(loss, points[one]), points[other])

    return sp.Matrix(size, size, second)


def curvature(model: Model, parameters: Mapping | Sequence, data: Mapping | Sequence) -> np.ndarray:
    """The Hessian's value, averaged over the samples: an array (parameters, parameters)."""
    lines, outputs = sp.cse(list(hessian(model)), sp.numbered_symbols("shared_part_"))
    second_derivatives = as_function([*model.parameters, *model.data], lines, outputs, CodePrinter())
    data, size = model.compile().check_data(data), len(model.parameters)
    point = map(np.float64, finite_start(parameters, model.parameters, "parameters"))
    means = [without_complex(np.mean(value)) for value in second_derivatives(*point, *data)]
    return np.array(means).reshape(size, size)


def largest_stable_learning_rate(
    model: Model, parameters: Mapping | Sequence, data: Mapping | Sequence
) -> float:
    """2/λmax, where λmax is the largest eigenvalue of the Hessian at these parameters.

    Near a minimum each step multiplies the error along an eigenvector by 1 - learning_rate*λ,
    which shrinks it only if learning_rate < 2/λ (Nesterov, Lectures on Convex Optimization, 2018,
    section 1.2.3). Infinite where the loss curves upward in no direction.
    """
    with np.errstate(all="ignore"):
        matrix = curvature(model, parameters, data)
    if not np.isfinite(matrix).all():
        raise refusal("the loss has no finite curvature at these parameters")
    steepest = np.linalg.eigvalsh(matrix)[-1]
    return 2 / steepest if steepest > 0 else np.inf
