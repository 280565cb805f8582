"""Equations as the lines of one NumPy function, in the order in which they are computed."""

import inspect
from collections.abc import Collection, Mapping

import numpy as np
import sympy as sp
from sympy.printing.numpy import NumPyPrinter

from ..derivation.chain_rule import Equations, expand
from ..derivation.functions import numpy_functions
from ..derivation.order import SchoolOrder

PRINTED = {"fully_qualified_modules": False, "allow_unknown_functions": True, "order": "none"}


class CodePrinter(SchoolOrder, NumPyPrinter):
    """Expressions as NumPy source. parameters: the symbols that stand first in a product."""

    def __init__(self, parameters: Collection[sp.Symbol] | None = None):
        super().__init__(PRINTED)
        self.parameters = parameters


def evaluate(equations: Equations, symbol: sp.Symbol, values: Mapping) -> np.ndarray:
    """The value of one computed symbol, from those that it depends on, by broadcasting.

    values: a number or array for each symbol, or its name; those that it does not need are ignored.
    Raises ValueError naming the symbols without a value.
    """
    expression = expand(equations, symbol)
    needed = sorted(expression.free_symbols, key=str)
    by_name = {str(key): value for key, value in values.items()}
    if missing := [str(s) for s in needed if str(s) not in by_name]:
        raise ValueError(f"{symbol} depends on {', '.join(missing)}: give it a value")
    function = sp.lambdify(needed, expression, modules=[numpy_functions(), "numpy"], cse=True)
    return function(*(np.asarray(by_name[str(s)], dtype=float) for s in needed))


def line_by_line(inputs, lines, outputs, printer: NumPyPrinter, functions: Mapping | None = None):
    """(a NumPy function of the inputs that computes the lines in turn, its source).

    lines: pairs (symbol, expression). outputs: the symbols to return. printer: how the source is written.
    functions: what the source calls besides NumPy, by name.
    `lambdify` lets a callable do its common-subexpression step: ours answers with the lines themselves.
    """
    function = sp.lambdify(
        inputs,
        outputs,
        modules=[functions or numpy_functions(), "numpy"],
        printer=printer,
        cse=lambda _: (lines, outputs),
    )
    return function, inspect.getsource(function).replace("_lambdifygenerated", "step")
