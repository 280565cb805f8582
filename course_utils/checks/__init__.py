"""Checks of a learner's answer. Each computes its key from the question, so there is none to leak."""

import math
from collections.abc import Mapping
from numbers import Real

import sympy as sp

from ..model import Model
from .equivalence import difference, equivalent, rename
from .verdict import Verdict, right, wrong

__all__ = ["Verdict", "check_choice", "check_derivative", "check_gradient", "check_number"]

UNANSWERED = Verdict(
    False,
    "no answer yet. Put yours in place of the three dots, and run the cell again.",
    slips=("unanswered",),
)


def as_expression(answer) -> sp.Expr | None:
    """The answer as a scalar SymPy expression, or None if it is not one. Strings are not read."""
    if isinstance(answer, sp.Expr) and not answer.is_Matrix:
        return answer
    return sp.sympify(answer) if isinstance(answer, Real) and math.isfinite(answer) else None


def compare(
    answer, expected: sp.Expr, symbols: set[sp.Symbol], name: str, slips: Mapping[str, sp.Expr]
) -> Verdict:
    """Whether the answer equals what was expected, in any form, over the question's symbols.

    slips: expressions that are something else, by what they are.
    """
    if answer is ...:
        return UNANSWERED
    if isinstance(answer, str):
        return wrong("leave out the quotation marks, so that the answer is a SymPy expression.")
    expression = as_expression(answer)
    if expression is None:
        return wrong(f"{name} should be a SymPy expression, not {type(answer).__name__}.")
    expression = rename(expression, symbols)
    if strangers := sorted(str(s) for s in expression.free_symbols - symbols):
        return wrong(f"{', '.join(strangers)} does not belong to this question.")
    if equivalent(expression, expected):
        return right(f"this is {name}.")
    for slip, value in slips.items():
        if equivalent(expression, value):
            return wrong(f"this is {slip}, but {name} was asked.")
    return wrong(f"this is not {name}: {difference(expression, expected)}.")


def check_derivative(expression: sp.Expr, wrt: sp.Symbol, answer) -> Verdict:
    """Check ∂expression/∂wrt. Any equal form is right; an unanswered `...` says so."""
    symbols = expression.free_symbols | {wrt}
    derivatives = {
        f"the derivative with respect to {symbol}": sp.diff(expression, symbol)
        for symbol in sorted(symbols, key=str)
    }
    name = f"the derivative with respect to {wrt}"
    key = derivatives.pop(name)
    return compare(answer, key, symbols, name, {**derivatives, "the function itself": expression})


def check_gradient(model: Model, parameter: sp.Symbol, answer) -> Verdict:
    """Check ∂loss/∂parameter, in the model's symbols or expanded. Any equal form is right."""
    symbols = {*model.equations, *model.parameters, *model.data}
    gradients = {f"the gradient of {p}": model.expand(model.gradient(p)) for p in model.parameters}
    name = f"the gradient of {parameter}"
    key = gradients.pop(name, None)
    if key is None:
        raise ValueError(f"{parameter} is no parameter of this model")
    expression = as_expression(answer)
    if expression is not None:
        answer = model.expand(rename(expression, symbols))
    return compare(answer, key, symbols, name, gradients)


def check_number(
    answer, expected: float, tolerance: float = 1e-6, slips: Mapping[float, str] | None = None
) -> Verdict:
    """Check a number against the one computed in the question, to a relative `tolerance`.

    slips: numbers that a slip leads to, with a hint for each.
    """
    if answer is ...:
        return UNANSWERED
    expression = as_expression(answer)
    if expression is None or not expression.is_number or not expression.is_real:
        return wrong(f"the answer should be a number, not {answer!r:.60}.")

    def close(value):
        return math.isclose(float(expression), float(value), rel_tol=tolerance, abs_tol=tolerance)

    if close(expected):
        return right("this is the number.")
    hints = [hint for value, hint in (slips or {}).items() if close(value)]
    return wrong(hints[0] if hints else f"{float(expression):.6g} is not the number.")


def check_choice(answer, choices: Mapping[str, str], correct: str) -> Verdict:
    """Check a choice among the keys of `choices`, which hold what to say to each."""
    if answer is ...:
        return UNANSWERED
    if not isinstance(answer, str) or answer not in choices:
        return wrong(f"choose one of {', '.join(map(repr, choices))}, with the quotation marks.")
    return right(choices[answer]) if answer == correct else wrong(choices[answer])
