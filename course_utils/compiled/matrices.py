"""Equations between matrices as one NumPy function, which checks the shapes that it is given."""

import math
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import sympy as sp

from ..derivation.chain_rule import loss_of
from ..derivation.matrix_rules import MatrixEquations, backward
from ..derivation.names import duplicates_in
from .arrays import Array, ArrayPrinter, array_functions, array_of, own_array_of
from .inputs import as_floats, in_order
from .lines import line_by_line

Arrays = Mapping[sp.MatrixSymbol, np.ndarray] | Sequence[np.ndarray]


def sizes_of(symbols: Sequence) -> set[sp.Symbol]:
    """The symbols in the shapes of these matrices."""
    return {size for symbol in symbols for dim in symbol.shape for size in dim.free_symbols}


class Step:
    """Equations between matrices as one NumPy function of a list of arrays."""

    def __init__(self, inputs: Sequence, equations: Sequence[tuple], outputs: Sequence):
        self.inputs = inputs
        shapes = [symbol.shape for symbol in inputs]
        self.sizes = sorted(sizes_of(inputs), key=str)
        lines = [
            (Array(s.name), own_array_of(expression) if s in outputs else array_of(expression))
            for s, expression in equations
        ]
        check_meanings(
            [*inputs, *(s for s, _ in equations)], self.sizes, [expression for _, expression in lines]
        )
        self._shapes = sp.lambdify(self.sizes, shapes)
        self._sizes = cache(self._check_shapes)  # training asks for the same few shapes at every step
        self._function, self.source = line_by_line(
            [*(Array(s.name) for s in inputs), *self.sizes],
            lines,
            [Array(s.name) for s in outputs],
            ArrayPrinter(),
            array_functions(),
        )

    def __call__(self, values: Sequence) -> list[np.ndarray]:
        arrays = list(map(as_floats, values, self.inputs))
        return self._function(*arrays, *self._sizes(tuple(array.shape for array in arrays)))

    def _check_shapes(self, shapes: tuple) -> list[int]:
        """The value of each symbol in the shapes. Raises ValueError naming the array that does not fit."""
        dims, found = [], {}
        for symbol, shape in zip(self.inputs, shapes, strict=True):
            if len(shape) != 2:
                raise ValueError(f"{symbol} should have shape {symbol.shape}, not {shape}")
            if 0 in shape:
                raise ValueError(f"{symbol} is empty: its shape is {shape}")
            dims += zip(symbol.shape, shape, strict=True)
        for dim, size in dims:
            if dim.is_Symbol:
                found.setdefault(dim, size)
        while unknown := [size for size in self.sizes if size not in found]:
            found |= solved(unknown, dims, found)
        sizes = [found[size] for size in self.sizes]
        for symbol, shape, expected in zip(self.inputs, shapes, self._shapes(*sizes), strict=True):
            if shape != tuple(expected):
                raise ValueError(
                    f"{symbol} should have shape {symbol.shape} = {tuple(expected)}, not {shape}"
                )
        return sizes


def check_meanings(matrices: Sequence, sizes: Sequence, expressions: Sequence[sp.Expr]) -> None:
    """Raise ValueError naming a matrix or size whose name means something else in the generated code."""
    printer = ArrayPrinter()
    for expression in expressions:
        printer.doprint(expression)
    called = {function.func.__name__ for e in expressions for function in e.atoms(sp.Function)}
    called |= {"broadcast_to", "log_sum_exp"}.union(*printer.module_imports.values())
    names = [*map(str, matrices), *map(str, sizes)]
    if clashes := sorted({*duplicates_in(names), *called.intersection(names)}):
        raise ValueError(f"{clashes[0]} means something else in the generated code: choose another name")


def solved(unknown: Sequence[sp.Symbol], dims: Sequence, found: Mapping) -> dict[sp.Symbol, int]:
    """A size that a product with it tells, such as {n: 2} from 144*n = 288.

    Raises ValueError naming the sizes if none is told.
    """
    for dim, value in dims:
        product = dim.subs(found)
        if len(product.free_symbols) == 1:
            (size,) = product.free_symbols
            return {size: next((int(root) for root in sp.solve(product - value, size) if root > 0), 0)}
    raise ValueError(f"no array tells the size {', '.join(map(str, unknown))}")


class CompiledMatrices:
    """One training step's mathematics in NumPy: the loss and its gradients.

    source: the generated Python, one line an equation.
    """

    def __init__(self, equations: MatrixEquations, parameters: Sequence, data: Sequence):
        self.parameters, self.data = tuple(parameters), tuple(data)
        passes = backward(equations, self.parameters)
        outputs = [loss_of(equations), *(passes[parameter][0] for parameter in self.parameters)]
        lines = [*equations.items(), *passes.values()]
        self._step = Step([*self.parameters, *self.data], lines, outputs)
        self.source = self._step.source

    def __call__(self, parameters: Arrays, data: Arrays) -> tuple[float, tuple[np.ndarray, ...]]:
        """Return (loss, gradients), each gradient in the shape of its parameter.

        Raises ValueError for arrays that are missing, of other shapes or not numbers, naming the culprit.
        """
        parameters = in_order(parameters, self.parameters, "parameters")
        data = in_order(data, self.data, "data")
        loss, *gradients = self._step([*parameters, *data])
        if not all(math.isfinite(np.vdot(value, value)) for value in (loss, *gradients)):
            self._check_finite(data)
        return loss.item(), tuple(gradients)

    def _check_finite(self, data: Sequence) -> None:
        for symbol, array in zip(self.data, map(as_floats, data, self.data), strict=True):
            bad = ~np.isfinite(array).all(axis=1)
            if bad.any():
                raise ValueError(f"data for {symbol} is not finite in row {int(bad.argmax())}")

    def __repr__(self) -> str:
        return self.source
