"""Equations between matrices as one NumPy function, which checks the shapes that it is given."""

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from math import isfinite

import numpy as np
import sympy as sp

from ..derivation.chain_rule import loss_of
from ..derivation.given import listed, pairs
from ..derivation.matrix_rules import MatrixEquations, backward
from ..derivation.names import check_names
from ..derivation.shapes import as_matrix
from ..language import enumerated, later, refusal
from .arrays import Array, ArrayPrinter, array_functions, array_of, own_array_of
from .base import CompiledModel
from .inputs import as_floats, at, in_order
from .lines import as_function, line_by_line

Arrays = Mapping[sp.MatrixSymbol, np.ndarray] | Sequence[np.ndarray]


def sizes_of(symbols: Sequence) -> set[sp.Symbol]:
    """The symbols in the shapes of these matrices."""
    return {size for symbol in symbols for dim in symbol.shape for size in dim.free_symbols}


def checked(equations: MatrixEquations, parameters: Sequence, data: Sequence) -> dict:
    """The equations. Raises ValueError naming a symbol or an expression that is none between matrices."""
    given = pairs(equations)
    check_names(
        [*(symbol for symbol, _ in given), *parameters, *data], sp.MatrixSymbol, later("matrix symbol")
    )
    return {symbol: as_matrix(value, symbol) for symbol, value in given}


class Step:
    """Equations between matrices as one NumPy function of a list of arrays."""

    def __init__(self, inputs: Sequence, equations: Sequence[tuple], outputs: Sequence):
        self.inputs = inputs
        self.sizes = sorted(sizes_of(inputs), key=str)
        lines = [
            (Array(s.name), own_array_of(expression) if s in outputs else array_of(expression))
            for s, expression in equations
        ]
        self._dims = as_function(self.sizes, [], [d for s in inputs for d in s.shape], ArrayPrinter())
        self._sizes = cache(self._check_shapes)  # training asks for the same few shapes at every step
        self._function, self.source = line_by_line(
            [*(Array(s.name) for s in inputs), *self.sizes],
            lines,
            [Array(s.name) for s in outputs],
            ArrayPrinter(),
            array_functions(),
        )

    def __call__(self, values: Sequence) -> list[np.ndarray]:
        """The outputs for these arrays, in order. Raises ValueError naming the one that does not fit."""
        arrays = list(map(as_floats, values, self.inputs))
        return self._function(*arrays, *self._sizes(tuple(array.shape for array in arrays)))

    def _check_shapes(self, shapes: tuple) -> list[int]:
        """The value of each symbol in the shapes. Raises ValueError naming the array that does not fit."""
        dims, found = [], {}
        for symbol, shape in zip(self.inputs, shapes, strict=True):
            check_matrix(symbol, shape)
            dims += zip(symbol.shape, shape, strict=True)
        for dim, size in dims:
            if dim.is_Symbol:
                found.setdefault(dim, size)
        while unknown := [size for size in self.sizes if size not in found]:
            found |= solved(unknown, dims, found)
        sizes = [found[size] for size in self.sizes]
        expected_dims = map(int, self._dims(*sizes))
        for symbol, shape in zip(self.inputs, shapes, strict=True):
            if shape != (expected := (next(expected_dims), next(expected_dims))):
                raise refusal(
                    "{symbol} should have shape {shape} = {expected}, not {given}",
                    symbol=symbol,
                    shape=symbol.shape,
                    expected=expected,
                    given=shape,
                )
        return sizes


def check_matrix(symbol: sp.MatrixSymbol, shape: tuple) -> None:
    """Raise ValueError naming the symbol whose array is empty or has no two axes."""
    if len(shape) != 2:
        raise refusal(
            "{symbol} should have shape {shape}, not {given}",
            symbol=symbol,
            shape=symbol.shape,
            given=shape,
        )
    if 0 in shape:
        raise refusal("{symbol} is empty: its shape is {shape}", symbol=symbol, shape=shape)


def solved(unknown: Sequence[sp.Symbol], dims: Sequence, found: Mapping) -> dict[sp.Symbol, int]:
    """A size that a product with it tells, such as {n: 2} from 144*n = 288.

    Raises ValueError naming the sizes if none is told.
    """
    for dim, value in dims:
        product = dim.subs(found)
        if len(product.free_symbols) == 1:
            (size,) = product.free_symbols
            return {size: next((int(root) for root in sp.solve(product - value, size) if root > 0), 0)}
    raise refusal("no array tells the size {map}", map=enumerated(unknown))


class CompiledMatrices(CompiledModel):
    """One training step's mathematics in NumPy: the loss and its gradients.

    source: the generated Python, one line an equation.
    Raises ValueError naming what cannot be computed, and a matrix that means something else in the source.
    """

    place = later(" in row {number}")

    def __init__(self, equations: MatrixEquations, parameters: Sequence, data: Sequence = ()):
        self.parameters, self.data = tuple(listed(parameters, "parameters")), tuple(listed(data, "data"))
        equations = checked(equations, self.parameters, self.data)
        passes = backward(equations, self.parameters)
        self._lines = [*equations.items(), *passes.values()]
        outputs = [loss_of(equations), *(passes[parameter][0] for parameter in self.parameters)]
        self._step = Step([*self.parameters, *self.data], self._lines, outputs)
        self.source = self._step.source

    def __call__(self, parameters: Arrays, data: Arrays) -> tuple[float, tuple[np.ndarray, ...]]:
        """Return (loss, gradients), each gradient in the shape of its parameter.

        Raises ValueError for arrays that are missing, of other shapes or not numbers, naming the culprit.
        """
        columns = self.columns(data)
        loss, *gradients = self._step([*in_order(parameters, self.parameters, "parameters"), *columns])
        if not all(isfinite(np.vdot(value, value)) for value in (loss, *gradients)):
            self.check_data(columns)
        return loss.item(), tuple(gradients)

    def check_data(self, data: Arrays) -> list[np.ndarray]:
        """The data as arrays, in order. Raises ValueError naming one that is not finite, or no matrix."""
        for symbol, array in zip(self.data, self.columns(data), strict=True):
            check_matrix(symbol, array.shape)
        return super().check_data(data)

    def start(self, values: Arrays) -> list[np.ndarray]:
        """The start values as arrays of their own. Raises ValueError naming one that is not finite."""
        start = in_order(values, self.parameters, "start")
        arrays = [np.array(as_floats(value, s)) for s, value in zip(self.parameters, start, strict=True)]
        for symbol, array in zip(self.parameters, arrays, strict=True):
            check_matrix(symbol, array.shape)
            if (bad := ~np.isfinite(array)).any():
                raise refusal("start for {symbol} is not finite{at}", symbol=symbol, at=at(bad, self.place))
        return arrays

    def history(self, steps: list[list]) -> list[list[np.ndarray]]:
        """The parameters of all steps: for each a list of arrays, which need not be of one shape."""
        return steps

    def every_value(self, parameters: Sequence, data: Sequence) -> dict:
        """All that is computed on the way, by symbol, in the order of computation."""
        return dict(zip((s for s, _ in self._lines), self._all_lines([*parameters, *data]), strict=True))

    @cached_property
    def _all_lines(self) -> Step:
        return Step([*self.parameters, *self.data], self._lines, [symbol for symbol, _ in self._lines])
