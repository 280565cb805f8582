"""Equations as the lines of one NumPy function, in the order in which they are computed."""

import inspect
from collections.abc import Callable, Collection, Mapping
from functools import reduce
from typing import ClassVar

import numpy as np
import sympy as sp
from sympy.printing.numpy import NumPyPrinter, SciPyPrinter

from ..derivation.chain_rule import Equations, needed_for
from ..derivation.given import brief, check_equations, some
from ..derivation.names import by_name, spelled
from ..derivation.order import SchoolOrder
from ..language import refusal
from .inputs import as_floats, as_mapping
from .meanings import check_meanings

PRINTED = {"fully_qualified_modules": False, "allow_unknown_functions": True, "order": "none"}


class CodePrinter(SchoolOrder, SciPyPrinter):
    """Expressions as NumPy source, with SciPy's functions where NumPy has none.

    parameters: the symbols that stand first in a product.
    """

    _kc: ClassVar = SciPyPrinter._kc | NumPyPrinter._kc

    def __init__(self, parameters: Collection[sp.Symbol] | None = None):
        super().__init__(PRINTED)
        self.parameters = None if parameters is None else frozenset(parameters)  # many are looked up

    def _print_Max(self, expr, name="numpy.maximum"):
        function = self._module_format(name)  # SymPy's amax takes arrays of one shape only
        return reduce(lambda one, other: f"{function}({one}, {other})", map(self._print, expr.args))

    def _print_Min(self, expr):
        return self._print_Max(expr, "numpy.minimum")

    def _print_And(self, expr, sign=" & "):
        return f"({sign.join(map(self._print, expr.args))})"  # SymPy's reduce takes arrays of one shape only

    def _print_Or(self, expr):
        return self._print_And(expr, " | ")


def evaluate(equations: Equations, symbol: sp.Symbol, values: Mapping) -> np.ndarray:
    """The value of one computed symbol, from those that it depends on, by broadcasting.

    values: a number or array for each symbol, or its name; those that it does not need are ignored.
    Raises ValueError naming the symbols without a value.
    """
    check_equations(equations)
    if not isinstance(symbol, sp.Symbol):
        raise refusal("{symbol} is no symbol of these equations", symbol=brief(symbol))
    lines, given = needed_for(equations, symbol)
    known, inputs = by_name(as_mapping(values, "values"), "values"), sorted(given, key=str)
    if missing := [s for s in inputs if spelled(s) not in known]:
        raise refusal(
            "{names} depends on {others}: give it a value", names=some([symbol]), others=some(missing)
        )
    *before, (_, last) = [*lines.items()] or [(symbol, symbol)]
    function = as_function(inputs, before, [last], CodePrinter())
    return function(*(as_floats(known[spelled(s)], s) for s in inputs))[0]


def as_function(inputs, lines, outputs, printer: NumPyPrinter, functions: Mapping | None = None) -> Callable:
    """A NumPy function of the inputs that computes the lines in turn and returns the outputs.

    lines: pairs (symbol, expression). outputs: symbols or expressions. printer: how the source is written.
    functions: what the source calls besides NumPy, SciPy and the activations in it, by name.
    `lambdify` lets a callable do its common-subexpression step: ours answers with the lines themselves.
    Raises ValueError naming what has no code, and a symbol that means something else in it.
    """
    written = [*(value for _, value in lines), *outputs]
    symbols = [*inputs, *(symbol for symbol, _ in lines)]
    functions = check_meanings(symbols, written, printer, functions or {})
    modules, cse = [functions, "numpy"], lambda _: (lines, outputs)
    try:
        return sp.lambdify(inputs, outputs, modules=modules, printer=printer, cse=cse)
    except SyntaxError:  # such as a size that is called like something that Python keeps for itself
        raise refusal(
            "one of {names} cannot be a name in Python code: choose another", names=some(inputs)
        ) from None


def line_by_line(*arguments) -> tuple[Callable, str]:
    """The same function, and its source."""
    function = as_function(*arguments)
    return function, inspect.getsource(function).replace("def _lambdifygenerated", "def step", 1)
