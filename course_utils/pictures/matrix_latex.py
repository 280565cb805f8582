"""How formulas between matrices look: a bold 1 for a column of ones, a circle for products entry by entry."""

import sympy as sp


class MatrixLatex:
    """The matrix part of a LaTeX printer. Functions, powers and the circle act entry by entry."""

    def _print_MatrixSymbol(self, expr):
        return self._print(sp.Symbol(expr.name))

    def _print_MatAdd(self, expr):
        def negative_last_product_first(term):
            return term.as_coeff_mmul()[0].could_extract_minus_sign(), -len(term.args)

        terms = sorted(expr.args, key=negative_last_product_first)
        return " + ".join(map(self._print, terms)).replace("+ -", "- ")

    def _print_OneMatrix(self, expr):
        """A column of ones is a bold 1, a row its transpose."""
        column = r"\mathbf{1}" * (expr.rows != 1)
        return (column + r"\mathbf{1}^{T}" * (expr.cols != 1)) or "1"

    def _bracketed(self, matrix, kinds):
        code = self._print(matrix)
        return rf"\left({code}\right)" if isinstance(matrix, kinds) else code

    def _print_MatMul(self, expr):
        scale, factors = expr.as_coeff_matrices()
        if scale.could_extract_minus_sign():
            return "-" + self._print(-expr)
        shown = [self._bracketed(factor, sp.MatAdd | sp.HadamardProduct) for factor in factors]
        return " ".join(shown if scale == 1 else [self._print(scale), *shown])

    def _print_HadamardProduct(self, expr):
        return r" \circ ".join(self._bracketed(factor, sp.MatAdd | sp.MatMul) for factor in expr.args)

    def _print_ElementwiseApplyFunction(self, expr):
        entry = expr.function(sp.Symbol(f"{{{self._print(expr.expr)}}}"))
        return rf"\left({self._print(entry)}\right)" if entry.is_Add or entry.is_Mul else self._print(entry)

    def _print_log_sum_exp(self, expr):
        return rf"\operatorname{{log\,sum\,exp}}\left({self._print(expr.args[0])}\right)"

    def _print_reshaped(self, expr):
        matrix, rows, cols = map(self._print, expr.args)
        return rf"\operatorname{{reshape}}_{{{rows} \times {cols}}}\left({matrix}\right)"
