"""A model whose equations are between matrices, compiled to NumPy."""

from collections.abc import Iterable, Mapping

import numpy as np
import sympy as sp

from ..compiled.matrices import CompiledMatrices, Step, sizes_of
from ..derivation.chain_rule import loss_of, upstream
from ..derivation.matrix_rules import MatrixEquations, backward
from ..derivation.names import check_names


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
        check_names([*self.equations, *self.parameters, *self.data], sp.MatrixSymbol, "matrix symbol")
        if not self.equations:
            raise ValueError("a model needs at least one equation, its loss")
        sizes = sizes_of([*self.parameters, *self.data])
        known = {*self.parameters, *self.data}
        for symbol, expression in self.equations.items():
            if not isinstance(expression, sp.MatrixExpr) or expression.shape != symbol.shape:
                shape = getattr(expression, "shape", "a number")
                raise ValueError(f"{symbol} has shape {symbol.shape}, but its expression {shape}")
            if unknown := sorted(expression.atoms(sp.MatrixSymbol) - known, key=str):
                raise ValueError(f"{symbol} uses {unknown[0]}, which is not computed before it, nor given")
            if numbers := sorted(expression.free_symbols - known - sizes, key=str):
                raise ValueError(f"{symbol} uses {numbers[0]}, which is no size of a parameter or of data")
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
        """The value of a computed matrix, given those that it depends on; others may tell a size."""
        symbols = list(self.equations)
        if symbol not in symbols:
            raise ValueError(f"{symbol} is not computed by this model")
        part = {s: self.equations[s] for s in symbols[: symbols.index(symbol) + 1]}
        used = upstream(part)
        by_name = {str(key): value for key, value in values.items()}
        given = (*self.parameters, *self.data)
        inputs = [s for s in given if s in used]
        if used & sizes_of(given) - sizes_of(inputs):  # a size that only another array tells
            inputs = [s for s in given if s in used or s.name in by_name]
        if missing := [s.name for s in inputs if s.name not in by_name]:
            raise ValueError(f"{symbol} depends on {', '.join(missing)}: give it a value")
        lines = [(s, expression) for s, expression in part.items() if s in used]
        return Step(inputs, lines, [symbol])([by_name[s.name] for s in inputs])[0]

    def compile(self, engine: str = "numpy") -> CompiledMatrices:
        """The model as one NumPy function of (parameters, data): loss and gradients.

        Raises ValueError for another engine than "numpy".
        """
        if engine != "numpy":
            raise ValueError(f'a MatrixModel is compiled to NumPy only: its engine cannot be {engine!r:.60}')
        return CompiledMatrices(self.equations, self.parameters, self.data)

    def __repr__(self) -> str:
        lines = [f"{symbol} = {expression}" for symbol, expression in self.equations.items()]
        return "\n".join([*lines, f"parameters {self.parameters}, data {self.data}"])
