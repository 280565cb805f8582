"""The loss over two parameters, as an explorer draws it below a path."""

from collections.abc import Mapping, Sequence

import numpy as np

from ..models.model import Model
from ..pictures.latex import latex
from ..training.sweep import loss_grid

Ranges = tuple[tuple[float, float], tuple[float, float]]


def ceiling(first_loss: float | np.ndarray) -> float:
    """Where to cut a picture of losses: the power of ten at least ten times the largest first one."""
    return 10.0 ** np.ceil(np.log10(10 * max(np.max(first_loss), 1e-9)))


def named_surface(model: Model, data: Mapping | Sequence, ranges: Ranges) -> tuple:
    """(axis_1, axis_2, loss, names) of a model of two parameters, to draw it."""
    return *loss_grid(model, data, *ranges), [f"${latex(parameter)}$" for parameter in model.parameters]
