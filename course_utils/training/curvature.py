"""How large a learning rate may be: curvature, its bound, and every learning rate at once."""

from collections.abc import Mapping, Sequence

import numpy as np
import sympy as sp

from ..compiled.inputs import finite_start
from ..derivation.functions import numpy_functions
from ..models.model import Model


def hessian(model: Model) -> sp.Matrix:
    """The loss's second derivatives, shape (parameters, parameters), in parameters and data."""
    return sp.hessian(model.expand(model.loss), model.parameters)


def curvature(model: Model, parameters: Mapping | Sequence, data: Mapping | Sequence) -> np.ndarray:
    """The Hessian's value, averaged over the samples: an array (parameters, parameters)."""
    second_derivatives = sp.lambdify(
        [*model.parameters, *model.data],
        list(hessian(model)),
        modules=[numpy_functions(), "numpy"],
        cse=True,
    )
    compiled = model.compile()
    compiled.check_data(data)
    values = second_derivatives(*finite_start(parameters, model.parameters), *compiled.columns(data))
    size = len(model.parameters)
    return np.array([np.mean(value) for value in values]).reshape(size, size)


def largest_stable_learning_rate(
    model: Model, parameters: Mapping | Sequence, data: Mapping | Sequence
) -> float:
    """2/λmax, where λmax is the largest eigenvalue of the Hessian at these parameters.

    Near a minimum each step multiplies the error along an eigenvector by 1 - learning_rate*λ,
    which shrinks it only if learning_rate < 2/λ (Nesterov, Lectures on Convex Optimization, 2018,
    section 1.2.3). Infinite where the loss curves upward in no direction.
    """
    steepest = np.linalg.eigvalsh(curvature(model, parameters, data))[-1]
    return 2 / steepest if steepest > 0 else np.inf
