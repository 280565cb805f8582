"""Checks of a learner's answer. Each computes its key from the question, so there is none to leak."""

import math
from numbers import Real

import sympy as sp

from ..model import Model
from .equivalence import equivalent, rename
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


def compare(answer, expected: sp.Expr, symbols: set[sp.Symbol], name: str) -> Verdict:
    """Whether the answer equals what was expected in any form, over the question's symbols."""
    if answer is ...:
        return UNANSWERED
    expression = as_expression(answer)
    if expression is None:
        return wrong(f"{name} should be a SymPy expression, not {type(answer).__name__}.")
    expression = rename(expression, symbols)
    if strangers := sorted(str(s) for s in expression.free_symbols - symbols):
        return wrong(f"{', '.join(strangers)} does not belong to this question.")
    if equivalent(expression, expected):
        return right(f"this is {name}.")
    return wrong(f"this is not {name}: the two differ in value.")


def check_derivative(expression: sp.Expr, wrt: sp.Symbol, answer) -> Verdict:
    """Check ∂expression/∂wrt. Any equal form is right; an unanswered `...` says so."""
    key = sp.diff(expression, wrt)
    return compare(answer, key, expression.free_symbols | {wrt}, f"the derivative with respect to {wrt}")


def check_gradient(model: Model, parameter: sp.Symbol, answer) -> Verdict:
    """Check ∂loss/∂parameter, in the model's symbols or expanded. Any equal form is right."""
    symbols = {*model.equations, *model.parameters, *model.data}
    key = model.expand(model.gradient(parameter))
    expression = as_expression(answer)
    if expression is not None:
        answer = model.expand(rename(expression, symbols))
    return compare(answer, key, symbols, f"the gradient of {model.loss} with respect to {parameter}")


def check_number(answer, expected: float, tolerance: float = 1e-6) -> Verdict:
    """Check a number against the one computed in the question, to a relative `tolerance`."""
    if answer is ...:
        return UNANSWERED
    expression = as_expression(answer)
    if expression is None or not expression.is_number or not expression.is_real:
        return wrong(f"the answer should be a number, not {answer!r:.60}.")
    if math.isclose(float(expression), float(expected), rel_tol=tolerance, abs_tol=tolerance):
        return right("this is the number.")
    return wrong(f"{float(expression):.6g} is not the number.")


def check_choice(answer, choices: dict[str, str], correct: str) -> Verdict:
    """Check a choice among the keys of `choices`, which hold what to say to each."""
    if answer is ...:
        return UNANSWERED
    if answer not in choices:
        return wrong(f"choose one of {', '.join(map(repr, choices))}.")
    return right(choices[answer]) if answer == correct else wrong(choices[answer])
