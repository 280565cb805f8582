"""The loss over two parameters."""

from collections.abc import Mapping, Sequence

import numpy as np
import sympy as sp

from ..compiled.inputs import in_order
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


def measured_fit(
    model: Model,
    data: Mapping | Sequence,
    fit: tuple[sp.Symbol, sp.Symbol, sp.Symbol],
    parameters: np.ndarray,
    size: int = 100,
) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray, np.ndarray]:
    """((x, y) as measured, where the fit is drawn, its values for each run).

    fit: the data symbols of the input and the target, and the symbol of the prediction.
    parameters: shape (number of parameters, runs). Returns shapes (samples,), (size,) and (runs, size).
    Raises ValueError naming data that vary besides the input and the target.
    """
    given = dict(zip(model.data, in_order(data, model.data, "data"), strict=True))
    source, target, prediction = fit
    if others := [str(s) for s in model.data if s not in (source, target) and np.ndim(given[s])]:
        raise ValueError(f"the fit is drawn over {source} alone, but {', '.join(others)} varies as well")
    measured = np.asarray(given[source], float), np.asarray(given[target], float)
    grid = np.linspace(measured[0].min(), measured[0].max(), size)
    columns = {
        symbol: values[:, np.newaxis] for symbol, values in zip(model.parameters, parameters, strict=True)
    }
    with np.errstate(all="ignore"):  # runs that left the numbers
        return measured, grid, model.evaluate(prediction, {**given, source: grid, **columns})
