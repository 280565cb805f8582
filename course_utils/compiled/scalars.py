"""A model as one NumPy function whose source is the chain rule itself."""

import math
from collections.abc import Mapping, Sequence
from functools import cache
from operator import is_

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
    engine: "numpy", or "numba" for a `CompiledLoop`.
    """

    engine = "numpy"

    def __init__(self, equations: Equations, parameters: Sequence, data: Sequence):
        self.parameters, self.data = tuple(parameters), tuple(data)
        passes = backward(equations, self.parameters)
        lines = [*equations.items(), *passes.values()]
        outputs = [loss_of(equations), *(passes[p][0] for p in self.parameters)]
        for symbol, expression in lines:
            if expression.has(sp.Derivative, sp.Subs):
                raise ValueError(f"{symbol} = {expression} cannot be computed: an equation has no derivative")
        self._last = [object()], 0  # no data are these
        self._compile([*self.parameters, *self.data], lines, outputs)

    def _compile(self, inputs: Sequence, lines: Sequence[tuple], outputs: Sequence) -> None:
        self._step, self.source = line_by_line(inputs, lines, outputs, CodePrinter(self.parameters))

    def __call__(self, parameters: Mapping | Sequence, data: Mapping | Sequence):
        """Return (loss, gradients): means over the samples; gradients a tuple ordered as the parameters.

        parameters: numbers, or arrays of one shape (runs, ...) to compute many runs at once;
            loss and each gradient then have that shape.
        data: for each symbol an array of shape (samples,), or one number that all samples share.
        Raises ValueError for values that are missing, of different lengths or not finite.
        """
        points, runs = in_order(parameters, self.parameters, "parameters"), ()
        if NUMBERS.issuperset(map(type, points)):
            points = list(map(np.array, points))  # so that 1/0 is inf; NumPy also multiplies them quicker
        else:
            points = list(map(as_floats, points, self.parameters))
            runs = np.broadcast_shapes(*(point.shape for point in points))
        columns, samples = self.checked(data)
        loss, *gradients = self._means(points, columns, runs, samples)
        if runs or not all(map(math.isfinite, (loss, *gradients))):
            self.check_data(data)
        return loss, tuple(gradients)

    def checked(self, data: Mapping | Sequence) -> tuple[list, int]:
        """The data as arrays of one length, and that length.

        Training hands over the same arrays at every step: they are looked at once. Of an array only its
        type and shape are taken as known, so its numbers may change in place.
        """
        columns, samples = self._last
        if type(data) not in (list, tuple) or len(data) != len(columns) or not all(map(is_, data, columns)):
            columns = self.columns(data)
            samples = self._samples(columns)
            self._last = columns, samples
        return columns, samples

    def _means(self, points: list, columns: list, runs: tuple, samples: int) -> list:
        """The loss and the gradients, each of shape runs."""
        if runs:
            points = [np.broadcast_to(point, runs)[..., np.newaxis] for point in points]
        shape, weights = (*runs, samples), equal_weights(samples)
        return [
            # a constant derivative comes back as one number, or one a run
            (v if type(v) is np.ndarray and v.shape == shape else np.broadcast_to(v, shape)).dot(weights)
            for v in self._step(*points, *columns)
        ]

    def columns(self, data: Mapping | Sequence) -> list[np.ndarray]:
        """The data as arrays of floats, in order. Raises ValueError naming what is not numbers."""
        return list(map(as_floats, in_order(data, self.data, "data"), self.data))

    def _samples(self, columns: list[np.ndarray]) -> int:
        shapes = {column.shape for column in columns} - {()} or {(1,)}
        if len(shapes) > 1 or shapes == {(0,)} or len(*shapes) > 1:
            found = {str(s): c.shape for s, c in zip(self.data, columns, strict=True)}
            raise ValueError(f"data should be arrays of one length, but their shapes are {found}")
        return shapes.pop()[0]

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


def engine_called(name: str) -> type[Compiled]:
    """The class that compiles for this engine, "numpy" or "numba".

    Raises ValueError for another name, and ImportError, saying what to install, where numba is missing.
    """
    if name == "numpy":
        return Compiled
    if name != "numba":
        raise ValueError(f'engine should be "numpy" or "numba", not {name!r:.60}')
    try:
        from .loops import CompiledLoop  # brings numba, which not everybody needs
    except ImportError as error:
        raise ImportError(
            f'the engine "numba" needs numba ({error}): pip install "gradient-descent-derived[fast]"'
        ) from None
    return CompiledLoop
