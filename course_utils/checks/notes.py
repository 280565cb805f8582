"""Words for a learner: Markdown with formulas in a notebook, plain text elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass

import sympy as sp
from sympy.printing.latex import LatexPrinter
from sympy.printing.str import StrPrinter

from ..derivation.order import SchoolOrder
from ..derivation.symbol_latex import SymbolLatex
from ..language import known


class SchoolText(SchoolOrder, StrPrinter):
    """Expressions as code, in the order people write them."""


class SchoolLatex(SymbolLatex, SchoolOrder, LatexPrinter):
    """Expressions as LaTeX, in the order people write them."""


@dataclass(frozen=True)
class Formula:
    """A formula in both forms."""

    plain: str
    latex: str

    @classmethod
    def of(cls, expression: sp.Expr) -> "Formula":
        """That of an expression."""
        return cls(SchoolText().doprint(expression), SchoolLatex({"order": "none"}).doprint(expression))

    @classmethod
    def partial(cls, of: sp.Symbol, wrt: sp.Symbol) -> "Formula":
        """The name of a partial derivative."""
        upper, lower = cls.of(of).latex, cls.of(wrt).latex
        return cls(f"∂{of}/∂{wrt}", rf"\frac{{\partial {upper}}}{{\partial {lower}}}")

    @classmethod
    def joined(cls, parts: Iterable["Formula"], plain: str, latex: str) -> "Formula":
        """Several, with a sign between them."""
        parts = list(parts)
        return cls(plain.join(p.plain for p in parts), f" {latex} ".join(p.latex for p in parts))


@dataclass(frozen=True)
class Note:
    """Some words, in both forms."""

    plain: str
    markdown: str

    @classmethod
    def of(cls, text: str, *formulas: Formula) -> "Note":
        """A text with formulas in the places of {}."""
        plain, latex = ([getattr(f, form) for f in formulas] for form in ("plain", "latex"))
        text = known(text)
        return cls(text.format(*plain), text.format(*(f"${each}$" for each in latex)))

    @classmethod
    def numbered(cls, title: str, notes: Iterable["Note"]) -> "Note":
        """Several, numbered, under a title."""
        forms = [
            (f"{place}. {note.plain}", f"{place}. {note.markdown}") for place, note in enumerate(notes, 1)
        ]
        plain, markdown = map("\n".join, zip(*forms, strict=True))
        return cls(f"{title}\n{plain}", f"**{title}**\n\n{markdown}")

    def __repr__(self) -> str:
        return self.plain

    def _repr_markdown_(self) -> str:
        return self.markdown
