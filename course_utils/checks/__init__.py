"""Checks of a learner's answer. Each computes its key from the question, so there is none to leak."""

from collections.abc import Mapping
from numbers import Real

import numpy as np
import sympy as sp

from ..model import Model
from .equivalence import difference, equivalent, rename
from .verdict import Verdict, right, wrong

__all__ = ["Verdict", "check_choice", "check_derivative", "check_gradient", "check_number"]

UNFINISHED = sp.Derivative, sp.Integral, sp.Sum, sp.Product, sp.Limit, sp.Order, sp.Lambda
NOT_FINITE = sp.nan, sp.zoo, sp.oo, -sp.oo
UNANSWERED = Verdict(
    False,
    "no answer yet. Put yours in place of the three dots, and run the cell again.",
    slips=("unanswered",),
)


def as_expression(answer) -> sp.Expr | None:
    """The answer as a scalar SymPy expression with exact numbers, or None if it is not one.

    Strings are not read, and a Derivative or Integral that only names a task is no answer to it.
    """
    if isinstance(answer, np.ndarray) and answer.ndim == 0:
        answer = answer.item()
    if isinstance(answer, Real) and not isinstance(answer, bool):
        answer = sp.sympify(answer)
    if not isinstance(answer, sp.Expr) or answer.is_Matrix or answer.has(*UNFINISHED, *NOT_FINITE):
        return None
    return sp.nsimplify(answer, rational=True)


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

    (Around 0 the tolerance is absolute.)

    slips: numbers that a slip leads to, with a hint for each.
    """
    if answer is ...:
        return UNANSWERED
    expression = as_expression(answer)
    if expression is None or not expression.is_number or not expression.is_real:
        return wrong(f"the answer should be a number, not {answer!r:.60}.")

    def close(value):
        exact = sp.sympify(value)
        return bool(abs(expression - exact) <= tolerance * (abs(exact) or 1))

    if close(expected):
        return right("this is the number.")
    hints = [hint for value, hint in (slips or {}).items() if close(value)]
    shown = f"{float(expression):.6g}" if abs(expression) < 10**300 else "this huge number"
    return wrong(hints[0] if hints else f"{shown} is not the number.")


def check_choice(answer, choices: Mapping[str, str], correct: str) -> Verdict:
    """Check a choice among the keys of `choices`, which hold what to say to each."""
    if answer is ...:
        return UNANSWERED
    if not isinstance(answer, str) or answer not in choices:
        return wrong(f"choose one of {', '.join(map(repr, choices))}, with the quotation marks.")
    return right(choices[answer]) if answer == correct else wrong(choices[answer])
