"""The loss over two parameters."""

from collections.abc import Mapping, Sequence

import numpy as np

from .model import Model
from .notation import latex

Ranges = tuple[tuple[float, float], tuple[float, float]]


def loss_grid(
    model: Model,
    data: Mapping | Sequence,
    range_1: tuple[float, float],
    range_2: tuple[float, float],
    size: int = 80,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(axis_1, axis_2, loss) of a model of two parameters; loss has shape (size, size)."""
    axis_1, axis_2 = (np.linspace(*bounds, size) for bounds in (range_1, range_2))
    loss, _ = model.compile()(np.meshgrid(axis_1, axis_2), data)
    return axis_1, axis_2, loss


def ceiling(first_loss: float | np.ndarray) -> float:
    """Where to cut a picture of losses: the power of ten at least ten times the largest first one."""
    return 10.0 ** np.ceil(np.log10(10 * max(np.max(first_loss), 1e-9)))


def named_surface(model: Model, data: Mapping | Sequence, ranges: Ranges) -> tuple:
    """(axis_1, axis_2, loss, names) of a model of two parameters, to draw it."""
    return *loss_grid(model, data, *ranges), [f"${latex(parameter)}$" for parameter in model.parameters]
