"""A model: named equations, the parameters to learn, the data to learn from."""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

import sympy as sp

from ..compiled.lines import CodePrinter, evaluate
from ..compiled.meanings import check_meanings
from ..compiled.scalars import Compiled, engine_called
from ..derivation import chain_rule
from ..derivation.chain_rule import Equations, Path
from ..derivation.given import as_expression, brief, listed, pairs, some
from ..derivation.names import check_names, spelled
from ..language import later, refusal, say

UNKNOWN = later("{symbol} uses {used}, which is no equation, parameter or data of this model")
OTHER_ASSUMPTIONS = later(
    "{symbol} uses {used}, which is no equation, parameter or data of this model "
    "(same name, other assumptions?)"
)


class Model:
    """Equations between scalars, and everything the chain rule says about them.

    equations: {symbol: expression}, or pairs, in the order they are computed; the last is the loss.
    parameters, data: the symbols that are learned, and those that are given.

    Raises ValueError, naming the culprit, for a symbol that is undefined, defined twice or used
    before it is computed, a cycle, a name that is no Python name, or a parameter that the loss
    does not depend on.
    """

    def __init__(
        self,
        equations: Equations | Iterable[tuple[sp.Symbol, sp.Expr]],
        parameters: Iterable[sp.Symbol],
        data: Iterable[sp.Symbol] = (),
    ):
        self.parameters, self.data = tuple(listed(parameters, "parameters")), tuple(listed(data, "data"))
        equations = pairs(equations)
        check_names([*(symbol for symbol, _ in equations), *self.parameters, *self.data])
        self.equations = {symbol: as_expression(value, symbol) for symbol, value in equations}
        self.loss = chain_rule.loss_of(self.equations)
        self._check_order()
        self._check_meanings()
        self._check_routes()

    def _check_meanings(self) -> None:
        """Refuse what has no NumPy code, and a symbol that means something else in it."""
        symbols = self._symbols()
        if reserved := {f"d{self.loss}_d{symbol}" for symbol in symbols} & set(map(spelled, symbols)):
            raise refusal(
                "{names} means something else in the generated code: choose another name",
                names=some(reserved),
            )
        check_meanings(symbols, self.equations.values(), CodePrinter(), {})

    def _symbols(self) -> list[sp.Symbol]:
        return [*self.equations, *self.parameters, *self.data]

    def _check_order(self) -> None:
        try:
            TopologicalSorter(
                {s: sorted(e.free_symbols, key=str) for s, e in self.equations.items()}
            ).prepare()
        except CycleError as error:
            circle = " -> ".join(map(str, error.args[1]))
            raise refusal("the equations go in a circle: {circle}", circle=circle) from None
        known = {*self.parameters, *self.data}
        for symbol, expression in self.equations.items():
            for used in sorted(expression.free_symbols - known, key=str):
                if used in self.equations:
                    raise refusal(
                        "{symbol} uses {used} before it is computed: put {used} first",
                        symbol=symbol,
                        used=used,
                    )
                raise refusal(
                    OTHER_ASSUMPTIONS if str(used) in map(str, known) else UNKNOWN,
                    symbol=symbol,
                    used=some([used]),
                )
            known.add(symbol)

    def _check_routes(self) -> None:
        used = chain_rule.upstream(self.equations)
        for parameter in self.parameters:
            if parameter not in used:
                raise refusal(
                    "the loss {loss} does not depend on parameter {parameter}",
                    loss=self.loss,
                    parameter=parameter,
                )

    def _check_defined(self, *symbols: sp.Symbol) -> None:
        for symbol in symbols:
            if not isinstance(symbol, sp.Symbol) or symbol not in self._symbols():
                raise refusal(
                    "{symbol} is no equation, parameter or data of this model", symbol=brief(symbol)
                )

    def local(self, of: sp.Symbol, wrt: sp.Symbol) -> sp.Expr:
        """∂of/∂wrt of one equation, in the model's own symbols: local(h, z) is h*(1 - h)."""
        self._check_defined(of, wrt)
        return chain_rule.local(self.equations, of, wrt)

    def paths(self, parameter: sp.Symbol) -> list[Path]:
        """Every route from the loss down to the parameter, each a tuple of links (of, wrt)."""
        self._check_defined(parameter)
        return chain_rule.paths(self.equations, parameter)

    def factors(self, parameter: sp.Symbol) -> list[sp.Expr]:
        """The local derivatives along the single path to the parameter, from the loss on.

        Raises ValueError where there are several paths, or none: see `paths`.
        """
        routes = self.paths(parameter)
        if len(routes) != 1:
            raise refusal(
                "{parameter} has {count} paths: factors are those of a single one",
                parameter=parameter,
                count=len(routes),
            )
        return [self.local(of, wrt) for of, wrt in routes[0]]

    def gradient(self, parameter: sp.Symbol) -> sp.Expr:
        """∂loss/∂parameter by the chain rule: the product of each path's factors, added."""
        self._check_defined(parameter)
        return chain_rule.gradient(self.equations, parameter)

    def expand(self, expression: sp.Expr) -> sp.Expr:
        """The expression in parameters and data alone, every computed symbol replaced."""
        return chain_rule.expand(self.equations, as_expression(expression, say("what is expanded")))

    def evaluate(self, symbol: sp.Symbol, values: Mapping):
        """The value of any computed symbol, given those that it depends on: see `compiled.evaluate`."""
        self._check_defined(symbol)
        return evaluate(self.equations, symbol, values)

    def compile(self, engine: str = "numpy") -> Compiled:
        """The model as one function of (parameters, data): loss and gradients.

        engine: "numpy", or "numba" for a loop in machine code, which takes a second or two to compile.
        Raises ValueError for another engine, ImportError where numba is missing.
        """
        return engine_called(engine)(self.equations, self.parameters, self.data)

    def __repr__(self) -> str:
        lines = [f"{symbol} = {expression}" for symbol, expression in self.equations.items()]
        return "\n".join([*lines, f"parameters {self.parameters}, data {self.data}"])


def check_model(model) -> None:
    """Raise ValueError for anything but a Model."""
    if not isinstance(model, Model):
        raise refusal("model should be a Model between numbers, not {model}", model=brief(model))
