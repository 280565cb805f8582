"""The order in which people write sums and products, for SymPy's printers."""

import re
from collections.abc import Collection

import sympy as sp

CALLED_LIKE_A_WEIGHT = re.compile(r"[bcuvw]\d?(_\d+)*")


class SchoolOrder:
    """A SymPy printer's sums and products as people write them: w1*x + b1, 1 - h, 2*(y_hat - y), w2*h.

    parameters: the symbols that stand first in a product. Until it is told, those that are called like
    the weights of the course: w, w1, u, v2.
    """

    parameters: Collection[sp.Symbol] | None = None

    def _is_parameter(self, factor):
        if self.parameters is not None:
            return factor in self.parameters
        return factor.is_Symbol and CALLED_LIKE_A_WEIGHT.fullmatch(factor.name)

    def _term_order(self, term):
        """Negative terms last, long products first."""
        return term.could_extract_minus_sign(), -len(sp.Mul.make_args(term))

    def _as_ordered_terms(self, expr, order=None):
        return sorted(expr.as_ordered_terms(), key=self._term_order)

    def _print_Add(self, expr, order=None):
        number, terms = expr.primitive()
        if number == 1:
            return super()._print_Add(expr, order=order)
        return self._print(sp.Mul(number, terms, evaluate=False))

    def _print_Mul(self, expr):
        def weight_first(factor):
            return 0 if factor.is_number else 1 if self._is_parameter(factor) else 2

        coefficient, rest = expr.as_coeff_Mul()
        numbers, factors = zip(*(factor.primitive() for factor in rest.as_ordered_factors()), strict=True)
        number, factors = coefficient * sp.prod(numbers), sorted(factors, key=weight_first)
        if len(factors) == 1 or (number.is_negative and number != -1):
            return super()._print_Mul(expr)
        if number == -1:
            return "-" + self._print_Mul(sp.Mul(*factors, evaluate=False))
        return super()._print_Mul(sp.Mul(*[number][: number != 1], *factors, evaluate=False))
