"""A model whose equations are between matrices, compiled to NumPy."""

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import sympy as sp

from .chain_rule import loss_of, upstream
from .compiled import as_floats, in_order, line_by_line
from .matrix_code import ArrayPrinter, array_functions, array_of
from .matrix_rules import MatrixEquations, backward
from .model import duplicates_in

Arrays = Mapping[sp.MatrixSymbol, np.ndarray] | Sequence[np.ndarray]


class MatrixModel:
    """Equations between matrices, and the chain rule for them.

    equations: {matrix symbol: matrix expression} in the order they are computed.
        The last is the loss, of shape (1, 1).
    parameters, data: the matrix symbols that are learned, and those that are given. Sizes may be symbols
        (n, hidden); each is known from the shape of an array, and n may be used as a number.

    Raises ValueError, naming the culprit, for a symbol that is undefined, used before it is computed or
    defined twice, shapes that do not fit, or a parameter that the loss does not depend on.
    """

    def __init__(
        self,
        equations: MatrixEquations,
        parameters: Iterable[sp.MatrixSymbol],
        data: Iterable[sp.MatrixSymbol] = (),
    ):
        self.equations, self.parameters, self.data = dict(equations), tuple(parameters), tuple(data)
        self._check()
        self.loss = loss_of(self.equations)

    def _check(self) -> None:
        symbols = [*self.equations, *self.parameters, *self.data]
        for symbol in symbols:
            if not isinstance(symbol, sp.MatrixSymbol):
                raise ValueError(f"{symbol!r} is not a matrix symbol: was it given another value?")
        if twice := duplicates_in(symbol.name for symbol in symbols):
            raise ValueError(f"{twice[0]} is defined twice, as equation, parameter or data")
        known = {*self.parameters, *self.data}
        for symbol, expression in self.equations.items():
            if not isinstance(expression, sp.MatrixExpr) or expression.shape != symbol.shape:
                shape = getattr(expression, "shape", "a number")
                raise ValueError(f"{symbol} has shape {symbol.shape}, but its expression {shape}")
            if unknown := sorted(expression.atoms(sp.MatrixSymbol) - known, key=str):
                raise ValueError(f"{symbol} uses {unknown[0]}, which is not computed before it, nor given")
            known.add(symbol)
        if loss_of(self.equations).shape != (1, 1):
            raise ValueError(f"the loss {loss_of(self.equations)} should have shape (1, 1)")
        used = upstream(self.equations)
        for parameter in self.parameters:
            if parameter not in used:
                raise ValueError(f"the loss does not depend on parameter {parameter}")

    def backward(self) -> dict:
        """The backward equations, {dL_dsymbol: expression}, in the order they are computed."""
        return dict(backward(self.equations, self.parameters).values())

    def evaluate(self, symbol: sp.MatrixSymbol, values: Mapping) -> np.ndarray:
        """The value of a computed matrix, given those that it depends on; others are ignored."""
        symbols = list(self.equations)
        if symbol not in symbols:
            raise ValueError(f"{symbol} is not computed by this model")
        part = {s: self.equations[s] for s in symbols[: symbols.index(symbol) + 1]}
        used = upstream(part)
        inputs = [s for s in (*self.parameters, *self.data) if s in used]
        by_name = {str(key): value for key, value in values.items()}
        if missing := [s.name for s in inputs if s.name not in by_name]:
            raise ValueError(f"{symbol} depends on {', '.join(missing)}: give it a value")
        lines = {s: expression for s, expression in part.items() if s in used}
        return Step(inputs, lines, [symbol])([by_name[s.name] for s in inputs])[0]

    def compile(self) -> "CompiledMatrices":
        """The model as one NumPy function of (parameters, data): loss and gradients."""
        return CompiledMatrices(self)

    def __repr__(self) -> str:
        lines = [f"{symbol} = {expression}" for symbol, expression in self.equations.items()]
        return "\n".join([*lines, f"parameters {self.parameters}, data {self.data}"])


class Step:
    """Equations between matrices as one NumPy function of a list of arrays."""

    def __init__(self, inputs: Sequence, equations: MatrixEquations, outputs: Sequence):
        self.inputs = inputs
        shapes = [symbol.shape for symbol in inputs]
        self.sizes = sorted({s for shape in shapes for d in shape for s in d.free_symbols}, key=str)
        self._shapes = sp.lambdify(self.sizes, shapes)
        names = [sp.Symbol(s.name) for s in (*inputs, *self.sizes)]
        lines = [(sp.Symbol(s.name), array_of(expression)) for s, expression in equations.items()]
        self._function, self.source = line_by_line(
            names, lines, [sp.Symbol(s.name) for s in outputs], ArrayPrinter, array_functions()
        )

    def __call__(self, values: Sequence) -> list[np.ndarray]:
        arrays = list(map(as_floats, values, self.inputs))
        return self._function(*arrays, *self._sizes(arrays))

    def _sizes(self, arrays: Sequence[np.ndarray]) -> list[int]:
        """The value of each symbol in the shapes. Raises ValueError naming the array that does not fit."""
        dims, found = [], {}
        for symbol, array in zip(self.inputs, arrays, strict=True):
            if array.ndim != 2:
                raise ValueError(f"{symbol} should have shape {symbol.shape}, not {array.shape}")
            dims += zip(symbol.shape, array.shape, strict=True)
        for dim, size in dims:
            if dim.is_Symbol:
                found.setdefault(dim, size)
        sizes = [found.get(size) or solved(size, dims, found) for size in self.sizes]
        for symbol, array, shape in zip(self.inputs, arrays, self._shapes(*sizes), strict=True):
            if array.shape != tuple(shape):
                raise ValueError(
                    f"{symbol} should have shape {symbol.shape} = {tuple(shape)}, not {array.shape}"
                )
        return sizes


def solved(size: sp.Symbol, dims: Sequence, found: Mapping) -> int:
    """The size that a product with it tells, such as n from 144*n = 288. Raises ValueError if none does."""
    for dim, value in dims:
        product = dim.subs(found)
        if product.free_symbols == {size}:
            return int(sp.solve(product - value, size, dict=True)[0].get(size, 0))
    raise ValueError(f"no array tells the size {size}")


class CompiledMatrices:
    """One training step's mathematics in NumPy: the loss and its gradients.

    source: the generated Python, one line an equation.
    """

    def __init__(self, model: MatrixModel):
        self.parameters, self.data = model.parameters, model.data
        passes = backward(model.equations, model.parameters)
        outputs = [model.loss, *(passes[parameter][0] for parameter in model.parameters)]
        self._step = Step([*self.parameters, *self.data], model.equations | dict(passes.values()), outputs)
        self.source = self._step.source

    def __call__(self, parameters: Arrays, data: Arrays) -> tuple[float, tuple[np.ndarray, ...]]:
        """Return (loss, gradients), each gradient in the shape of its parameter.

        Raises ValueError for arrays that are missing, of other shapes or not numbers, naming the culprit.
        """
        parameters = in_order(parameters, self.parameters, "parameters")
        data = in_order(data, self.data, "data")
        loss, *gradients = self._step([*parameters, *data])
        if not math.isfinite(loss.item()):
            self._check_finite(data)
        return loss.item(), tuple(gradients)

    def _check_finite(self, data: Sequence) -> None:
        for symbol, array in zip(self.data, data, strict=True):
            if not np.all(np.isfinite(array)):
                row = int(np.argmin(np.all(np.isfinite(array), axis=1)))
                raise ValueError(f"data for {symbol} is not finite in row {row}")

    def __repr__(self) -> str:
        return self.source
