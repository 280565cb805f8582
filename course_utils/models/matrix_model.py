"""A model whose equations are between matrices, compiled to NumPy."""

from collections.abc import Iterable, Mapping

import numpy as np
import sympy as sp

from ..compiled.inputs import as_mapping
from ..compiled.matrices import CompiledMatrices, Step, checked, sizes_of
from ..derivation.chain_rule import loss_of, needed_for, upstream
from ..derivation.given import brief, listed, some
from ..derivation.matrix_rules import MatrixEquations, backward
from ..derivation.names import by_name, spelled
from ..language import refusal


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
        self.parameters, self.data = tuple(listed(parameters, "parameters")), tuple(listed(data, "data"))
        self.equations = checked(equations, self.parameters, self.data)
        self._check()
        self.loss = loss_of(self.equations)

    def _check(self) -> None:
        sizes = sizes_of([*self.parameters, *self.data])
        known = {*self.parameters, *self.data}
        for symbol, expression in self.equations.items():
            if unknown := sorted(expression.atoms(sp.MatrixSymbol) - known, key=str):
                raise refusal(
                    "{symbol} uses {names}, which is not computed before it, nor given",
                    symbol=symbol,
                    names=some(unknown),
                )
            if numbers := sorted(expression.free_symbols - known - sizes, key=str):
                raise refusal(
                    "{symbol} uses {names}, which is no size of a parameter or of data",
                    symbol=symbol,
                    names=some(numbers),
                )
            known.add(symbol)
        if loss_of(self.equations).shape != (1, 1):
            raise refusal("the loss {loss} should have shape (1, 1)", loss=loss_of(self.equations))
        used = upstream(self.equations)
        for parameter in self.parameters:
            if parameter not in used:
                raise refusal("the loss does not depend on parameter {parameter}", parameter=parameter)

    def backward(self) -> dict:
        """The backward equations, {dL_dsymbol: expression}, in the order they are computed."""
        return dict(backward(self.equations, self.parameters).values())

    def evaluate(self, symbol: sp.MatrixSymbol, values: Mapping) -> np.ndarray:
        """The value of a computed matrix, given those that it depends on; others may tell a size."""
        if not isinstance(symbol, sp.MatrixSymbol) or symbol not in self.equations:
            raise refusal("{symbol} is not computed by this model", symbol=brief(symbol))
        lines, used = needed_for(self.equations, symbol)
        values, given = by_name(as_mapping(values, "values"), "values"), (*self.parameters, *self.data)
        inputs = [s for s in given if s in used]
        mentioned = set().union(*(expression.free_symbols for expression in lines.values()))
        if mentioned & sizes_of(given) - sizes_of(inputs):  # a size that only another array tells
            inputs = [s for s in given if s in used or spelled(s) in values]
        if missing := [s for s in inputs if spelled(s) not in values]:
            raise refusal("{symbol} depends on {names}: give it a value", symbol=symbol, names=some(missing))
        return Step(inputs, [*lines.items()], [symbol])([values[spelled(s)] for s in inputs])[0]

    def compile(self, engine: str = "numpy") -> CompiledMatrices:
        """The model as one NumPy function of (parameters, data): loss and gradients.

        Raises ValueError for another engine than "numpy".
        """
        if engine != "numpy":
            raise refusal(
                "a MatrixModel is compiled to NumPy only: its engine cannot be {engine}", engine=brief(engine)
            )
        return CompiledMatrices(self.equations, self.parameters, self.data)

    def __repr__(self) -> str:
        lines = [f"{symbol} = {expression}" for symbol, expression in self.equations.items()]
        return "\n".join([*lines, f"parameters {self.parameters}, data {self.data}"])
