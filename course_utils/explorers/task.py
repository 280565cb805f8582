"""What goes together in an explorer: what is trained, and the curve that it draws."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import sympy as sp

from ..compiled.inputs import in_order
from ..language import enumerated, refusal
from ..models.model import Model


class Task(NamedTuple):
    """A model, from where it is trained, on which data, and for how many steps.

    start: a number for each parameter. data: an array of shape (samples,) for each data symbol.
    """

    model: Model
    start: Any
    data: Any
    steps: int = 0


class Fit(NamedTuple):
    """The curve of a prediction through measured points.

    source, target: the data symbols of the input and of what is predicted. prediction: the computed symbol.
    labels: of the axes, with units.
    """

    source: sp.Symbol
    target: sp.Symbol
    prediction: sp.Symbol
    labels: tuple[str, str]

    def measured(self, model: Model, data: Mapping | Sequence) -> tuple[np.ndarray, np.ndarray]:
        """The points (x, y), each of shape (samples,).

        Raises ValueError naming data that vary besides the input and the target.
        """
        given = dict(zip(model.data, in_order(data, model.data, "data"), strict=True))
        others = [str(s) for s in model.data if s not in self[:2] and np.ndim(given[s])]
        if others:
            raise refusal(
                "the fit is drawn over {source} alone, but {others} varies as well",
                source=self.source,
                others=enumerated(others),
            )
        return np.asarray(given[self.source], float), np.asarray(given[self.target], float)

    def grid(self, model: Model, data: Mapping | Sequence, size: int = 100) -> np.ndarray:
        """Where the curve is drawn: from the first point to the last, shape (size,)."""
        places = self.measured(model, data)[0]
        return np.linspace(places.min(), places.max(), size)

    def curves(self, model: Model, data: Mapping | Sequence, parameters: np.ndarray) -> np.ndarray:
        """The predictions on the grid, shape (runs, size), of parameters of shape (parameters, runs)."""
        given = dict(zip(model.data, in_order(data, model.data, "data"), strict=True))
        columns = dict(zip(model.parameters, np.asarray(parameters)[:, :, np.newaxis], strict=True))
        with np.errstate(all="ignore"):  # runs that left the numbers
            return model.evaluate(self.prediction, {**given, self.source: self.grid(model, data), **columns})

    def panel(self, model: Model, data: Mapping | Sequence) -> tuple:
        """(measured, grid, labels), as the pictures want it."""
        return self.measured(model, data), self.grid(model, data), self.labels


def varied(start: Mapping) -> sp.Symbol:
    """The one parameter whose start is a sequence of numbers, for a slider to choose from.

    Raises ValueError, naming them, unless there is exactly one.
    """
    found = [symbol for symbol, value in start.items() if np.ndim(value)]
    if len(found) != 1:
        if not found:
            raise refusal("one parameter should have a sequence of numbers to choose from, but none has")
        raise refusal(
            "one parameter should have a sequence of numbers to choose from, not all of {names}",
            names=enumerated(found),
        )
    return found[0]
