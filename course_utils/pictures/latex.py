"""The course's notation: ŷ for y_hat, σ for sigmoid, and sums in the order people write them.

`%load_ext course_utils` makes a notebook show SymPy expressions this way.
"""

from collections.abc import Collection

import sympy as sp
from sympy.core._print_helpers import Printable
from sympy.printing.latex import LatexPrinter

from ..derivation.chain_rule import Equations, gradient, local, loss_of, paths
from ..derivation.given import check_equations
from ..derivation.order import SchoolOrder
from ..derivation.symbol_latex import SymbolLatex, is_word
from ..models.matrix_model import MatrixModel
from ..models.model import Model
from .matrix_latex import MatrixLatex


class CoursePrinter(SymbolLatex, MatrixLatex, SchoolOrder, LatexPrinter):
    """Expressions as LaTeX, with ŷ for y_hat, and words upright."""


def latex(expression, parameters: Collection[sp.Symbol] | None = None) -> str:
    """The expression in the course's notation, without dollar signs; words are multiplied with a dot.

    parameters: the symbols that stand first in a product.
    """
    words = any(map(is_word, getattr(expression, "free_symbols", ())))
    printer = CoursePrinter({"order": "none", "mul_symbol": "dot" if words else None})
    printer.parameters = None if parameters is None else frozenset(parameters)
    return printer.doprint(expression)


def partial(of: sp.Symbol, wrt: sp.Symbol) -> str:
    r"""The LaTeX of a partial derivative's name, \frac{\partial of}{\partial wrt}."""
    return rf"\frac{{\partial {latex(of)}}}{{\partial {latex(wrt)}}}"


AnyModel = Equations | Model | MatrixModel


class Formula:
    """A line of LaTeX to display, with the plain text that stands for it."""

    def __init__(self, latex: str, text: str):
        self.latex, self.text = latex, text

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex}$"

    def __repr__(self) -> str:
        return self.text


def times(factors: list[str]) -> str:
    """The factors with a dot between them."""
    return r" \cdot ".join(factors)


def parts_of(model: AnyModel) -> tuple[Equations, Collection[sp.Symbol] | None]:
    """A model's equations and parameters; of equations alone, nobody knows which symbols are learned."""
    if isinstance(model, Model | MatrixModel):
        return model.equations, model.parameters
    check_equations(model, "model")
    return model, None


def link(model: AnyModel, of: sp.Symbol, wrt: sp.Symbol) -> Formula:
    """One local derivative with its name: ∂h/∂z = h(1 - h). model: a model, or its equations."""
    equations, parameters = parts_of(model)
    value = local(equations, of, wrt)
    return Formula(f"{partial(of, wrt)} = {latex(value, parameters)}", f"d{of}/d{wrt} = {value}")


def sum_of(terms: list[str]) -> str:
    """A sum with a line for each term, in an aligned environment."""
    signed = [terms[0], *(term if term.startswith("-") else f"+ {term}" for term in terms[1:])]
    return r" \\ &\quad ".join(signed)


def chain(model: AnyModel, symbol: sp.Symbol) -> Formula:
    """∂loss/∂symbol in the names of its links, then in their values: a product for each path, added.

    model: a model, or its equations.
    """
    equations, parameters = parts_of(model)

    def bracketed(factor):
        is_sum, code = factor.is_Add and factor.primitive()[0] == 1, latex(factor, parameters)
        return rf"\left({code}\right)" if is_sum else code

    routes = paths(equations, symbol)
    names = [times([partial(*pair) for pair in route]) for route in routes]
    values = [times([bracketed(local(equations, *pair)) for pair in route]) for route in routes]
    loss = loss_of(equations)
    return Formula(
        rf"\begin{{aligned}}{partial(loss, symbol)} &= {sum_of(names)} \\ &= {sum_of(values)}\end{{aligned}}"
        if len(routes) > 1
        else f"{partial(loss, symbol)} = {names[0]} = {values[0]}",
        f"d{loss}/d{symbol} = {gradient(equations, symbol)}",
    )


def system(model: AnyModel) -> Formula:
    """The equations one below the other, in the order of computation. model: a model, or its equations."""
    equations, parameters = parts_of(model)
    rows = [f"{latex(symbol)} &= {latex(value, parameters)}" for symbol, value in equations.items()]
    lines = [f"{symbol} = {value}" for symbol, value in equations.items()]
    return Formula(r"\begin{aligned}" + r" \\[4pt] ".join(rows) + r"\end{aligned}", "\n".join(lines))


def load_ipython_extension(ipython) -> None:
    """Show SymPy objects in the course's notation in this notebook."""
    formatter = ipython.display_formatter.formatters["text/latex"]
    formatter.for_type(Printable, lambda shown: rf"$\displaystyle {latex(shown)}$")
