"""A model as one NumPy function whose source is the chain rule itself."""

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from math import isfinite

import numpy as np
import sympy as sp

from ..derivation.chain_rule import Equations, backward, loss_of
from ..derivation.given import as_expression, listed, pairs
from ..derivation.names import check_names
from .base import CompiledModel
from .inputs import as_floats, finite_start, in_order
from .lines import CodePrinter, as_function, line_by_line

NUMBERS = {float, np.float64}


@cache
def equal_weights(samples: int) -> np.ndarray:
    """1/samples for each sample: the dot product with it is the mean, faster than np.mean."""
    return np.full(samples, 1 / samples)


class Compiled(CompiledModel):
    """One training step's mathematics in NumPy: the loss and its gradients, averaged over samples.

    Its lines are the model's own equations followed by the backward equations.

    source: the generated Python, for one sample or elementwise for many.
    Raises ValueError naming what cannot be computed, and a symbol that means something else in the source.
    """

    def __init__(self, equations: Equations, parameters: Sequence, data: Sequence = ()):
        self.parameters, self.data = tuple(listed(parameters, "parameters")), tuple(listed(data, "data"))
        given = pairs(equations)
        check_names([*(symbol for symbol, _ in given), *self.parameters, *self.data])
        equations = {symbol: as_expression(value, symbol) for symbol, value in given}
        passes = backward(equations, self.parameters)
        self._lines = [*equations.items(), *passes.values()]
        outputs = [loss_of(equations), *(passes[p][0] for p in self.parameters)]
        for symbol, expression in self._lines:
            if expression.has(sp.Derivative, sp.Subs):
                raise ValueError(f"{symbol} = {expression} cannot be computed: an equation has no derivative")
        inputs, printer = [*self.parameters, *self.data], CodePrinter(self.parameters)
        self._step, self.source = line_by_line(inputs, self._lines, outputs, printer)

    def __call__(self, parameters: Mapping | Sequence, data: Mapping | Sequence):
        """Return (loss, gradients): means over the samples; gradients a tuple ordered as the parameters.

        parameters: numbers, or arrays of one shape (runs, ...) to compute many runs at once;
            loss and each gradient then have that shape.
        data: for each symbol an array of shape (samples,), or one number that all samples share.
        Raises ValueError for values that are missing, of different lengths or not finite.
        """
        parameters, columns = in_order(parameters, self.parameters, "parameters"), self.columns(data)
        runs = ()
        if not NUMBERS.issuperset(map(type, parameters)):
            parameters, runs = self._runs(parameters)
        shape = (*runs, self._samples(columns))
        try:
            means = self._means(parameters, columns, shape)
        except ArithmeticError:  # as Python's own floats raise, where NumPy's go on with inf or nan
            means = None
        if runs or not means or not NUMBERS.issuperset(map(type, means)) or not all(map(isfinite, means)):
            self.check_data(columns)
            parameters = parameters if runs else list(map(np.float64, parameters))
            means = [without_complex(mean) for mean in self._means(parameters, columns, shape)]
        return means[0], tuple(means[1:])

    def _means(self, parameters: Sequence, columns: Sequence, shape: tuple) -> list:
        """Loss and gradients, averaged over the last axis of the shape (runs, ..., samples)."""
        weights = equal_weights(shape[-1])
        return [
            # a constant derivative comes back as one number, or one a run
            (v if getattr(v, "shape", None) == shape else np.broadcast_to(v, shape)).dot(weights)
            for v in self._step(*parameters, *columns)
        ]

    def _runs(self, parameters: Sequence) -> tuple[list[np.ndarray], tuple]:
        """(the parameters with an axis for the samples, the shape of the runs)."""
        arrays = list(map(as_floats, parameters, self.parameters))
        try:
            runs = np.broadcast_shapes(*(array.shape for array in arrays))
        except ValueError:
            found = {str(s): array.shape for s, array in zip(self.parameters, arrays, strict=True)}
            raise ValueError(
                f"parameters should be arrays of one shape, but their shapes are {found}"
            ) from None
        return [np.broadcast_to(array, runs)[..., np.newaxis] for array in arrays], runs

    def _samples(self, columns: list[np.ndarray]) -> int:
        shapes = [column.shape for column in columns if column.ndim] or [(1,)]
        if shapes.count(shapes[0]) < len(shapes) or len(shapes[0]) > 1 or shapes[0] == (0,):
            found = {str(s): c.shape for s, c in zip(self.data, columns, strict=True)}
            raise ValueError(f"data should be arrays of one length, but their shapes are {found}")
        return shapes[0][0]

    def check_data(self, data: Mapping | Sequence) -> list[np.ndarray]:
        """The data as arrays, in order. Raises ValueError unless they are finite numbers of one length."""
        self._samples(self.columns(data))
        return super().check_data(data)

    def start(self, values: Mapping | Sequence) -> list[float]:
        """One finite number for each parameter, in order. Raises ValueError naming the culprit."""
        return finite_start(values, self.parameters)

    def history(self, steps: list[list]) -> np.ndarray:
        """The parameters of all steps: an array of shape (steps, number of parameters)."""
        return np.array(steps)

    def every_value(self, parameters: Sequence, data: Sequence) -> dict:
        """All that is computed on the way, by symbol, in the order of computation."""
        values = self._all_lines(*map(np.float64, parameters), *data)
        return dict(zip((symbol for symbol, _ in self._lines), values, strict=True))

    @cached_property
    def _all_lines(self):
        names, printer = [symbol for symbol, _ in self._lines], CodePrinter(self.parameters)
        return as_function([*self.parameters, *self.data], self._lines, names, printer)


def without_complex(mean: np.ndarray) -> np.ndarray:
    """A mean as real numbers: nan where it is complex."""
    return np.where(np.imag(mean) == 0, np.real(mean), np.nan)[()]
