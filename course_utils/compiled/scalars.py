"""A model as one NumPy function whose source is the chain rule itself."""

import math
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import sympy as sp

from ..derivation.chain_rule import Equations, backward, loss_of
from .inputs import as_floats, in_order
from .lines import CodePrinter, line_by_line

NUMBERS = {float, np.float64}


@cache
def equal_weights(samples: int) -> np.ndarray:
    """1/samples for each sample: the dot product with it is the mean, faster than np.mean."""
    return np.full(samples, 1 / samples)


class Compiled:
    """One training step's mathematics in NumPy: the loss and its gradients, averaged over samples.

    Its lines are the model's own equations followed by the backward equations.

    source: the generated Python, for one sample or elementwise for many.
    """

    def __init__(self, equations: Equations, parameters: Sequence, data: Sequence):
        self.parameters, self.data = tuple(parameters), tuple(data)
        passes = backward(equations, self.parameters)
        lines = [*equations.items(), *passes.values()]
        outputs = [loss_of(equations), *(passes[p][0] for p in self.parameters)]
        for symbol, expression in lines:
            if expression.has(sp.Derivative, sp.Subs):
                raise ValueError(f"{symbol} = {expression} cannot be computed: an equation has no derivative")
        self._step, self.source = line_by_line(
            [*self.parameters, *self.data], lines, outputs, CodePrinter(self.parameters)
        )

    def __call__(self, parameters: Mapping | Sequence, data: Mapping | Sequence):
        """Return (loss, gradients): means over the samples; gradients a tuple ordered as the parameters.

        parameters: numbers, or arrays of one shape (runs, ...) to compute many runs at once;
            loss and each gradient then have that shape.
        data: for each symbol an array of shape (samples,), or one number that all samples share.
        Raises ValueError for values that are missing, of different lengths or not finite.
        """
        parameters = in_order(parameters, self.parameters, "parameters")
        columns = self.columns(data)
        samples, runs = self._samples(columns), ()
        if not NUMBERS.issuperset(map(type, parameters)):
            parameters = [np.asarray(p, dtype=float) for p in parameters]
            runs = np.broadcast_shapes(*(p.shape for p in parameters))
            parameters = [np.broadcast_to(p, runs)[..., np.newaxis] for p in parameters]
        shape, weights = (*runs, samples), equal_weights(samples)
        loss, *gradients = [
            # a constant derivative comes back as one number, or one a run
            (v if getattr(v, "shape", None) == shape else np.broadcast_to(v, shape)).dot(weights)
            for v in self._step(*parameters, *columns)
        ]
        if runs or not all(map(math.isfinite, (loss, *gradients))):
            self.check_data(data)
        return loss, tuple(gradients)

    def columns(self, data: Mapping | Sequence) -> list[np.ndarray]:
        """The data as arrays of floats, in order. Raises ValueError naming what is not numbers."""
        return list(map(as_floats, in_order(data, self.data, "data"), self.data))

    def _samples(self, columns: list[np.ndarray]) -> int:
        shapes = [column.shape for column in columns if column.ndim] or [(1,)]
        if shapes.count(shapes[0]) < len(shapes) or len(shapes[0]) > 1 or shapes[0] == (0,):
            found = {str(s): c.shape for s, c in zip(self.data, columns, strict=True)}
            raise ValueError(f"data should be arrays of one length, but their shapes are {found}")
        return shapes[0][0]

    def check_data(self, data: Mapping | Sequence) -> None:
        """Raise ValueError naming the culprit if the data are not finite numbers of one length."""
        columns = self.columns(data)
        self._samples(columns)
        for symbol, column in zip(self.data, columns, strict=True):
            bad = ~np.isfinite(column)
            if bad.any():
                raise ValueError(f"data for {symbol} is not finite at sample {int(bad.argmax())}")

    def __repr__(self) -> str:
        return self.source
