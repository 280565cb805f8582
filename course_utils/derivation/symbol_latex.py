"""Symbols as the course writes them, for SymPy's LaTeX printers: ŷ for y_hat, ∂L/∂z for dL_dz."""

import re

import sympy as sp
from sympy.core.alphabets import greeks


def is_word(symbol: sp.Symbol) -> bool:
    """Whether a symbol's name is words, such as learning_rate, and no Greek letter."""
    return bool(re.fullmatch("[a-z]{3,}(_[a-z]{2,})*", symbol.name)) and symbol.name not in greeks


class SymbolLatex:
    """A LaTeX printer's symbols as the course writes them."""

    def _print_Symbol(self, expr, style="plain"):
        if derivative := re.fullmatch(r"d([A-Za-z]\w*?)_d([A-Za-z]\w*)", expr.name):
            of, wrt = (self._print(sp.Symbol(name)) for name in derivative.groups())
            return rf"\frac{{\partial {of}}}{{\partial {wrt}}}"
        if accent := re.fullmatch(r"(.+)_(hat|bar)(\d*)", expr.name):
            letter, name, number = accent.groups()
            return rf"\{name}{{{self._print(sp.Symbol(letter))}}}" + f"_{{{number}}}" * bool(number)
        if counted := re.fullmatch(r"([A-Za-z]+)(\d+(_\d+)+)", expr.name):
            return f"{counted[1]}_{{{counted[2].replace('_', ',')}}}"
        if is_word(expr):
            return rf"\text{{{expr.name.replace('_', ' ')}}}"
        return super()._print_Symbol(expr, style)
