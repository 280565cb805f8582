"""Reading a learner's answer: an expression that can be checked in bounded time, or a sentence."""

from collections.abc import Iterable
from decimal import Decimal
from numbers import Real

import numpy as np
import sympy as sp
from sympy.logic.boolalg import BooleanAtom

from .values import LARGEST, known
from .verdict import Verdict, wrong

PARTS = 10_000  # the longest answer that is checked
DEPTH = 150  # and the deepest

UNANSWERED = Verdict(
    False,
    "no answer yet. Put yours in place of the three dots, and run the cell again.",
    slips=("unanswered",),
)


class Unreadable(Exception):
    """What cannot be checked, with the verdict that says why."""

    def __init__(self, verdict: Verdict | str):
        self.verdict = wrong(verdict) if isinstance(verdict, str) else verdict


def read(answer, symbols: Iterable[sp.Symbol], name: str = "the answer") -> sp.Expr:
    """The answer as an expression in symbols of these names, whatever their assumptions.

    Strings are not read, and nothing is evaluated. Raises Unreadable.
    """
    if answer is ...:
        raise Unreadable(UNANSWERED)
    if isinstance(answer, str):
        raise Unreadable("leave out the quotation marks, so that the answer is a SymPy expression.")
    if isinstance(answer, np.ndarray) and answer.ndim == 0:
        answer = answer.item()
    if isinstance(answer, Real | Decimal) and not isinstance(answer, bool | np.bool_):
        answer = as_number(answer, name)
    if not isinstance(answer, sp.Expr) or answer.is_Matrix:
        raise Unreadable(f"{name} should be a SymPy expression, not {type(answer).__name__}.")
    strangers = check_parts(answer, name) - {symbol.name for symbol in symbols}
    if strangers:
        raise Unreadable(f"{', '.join(sorted(strangers))} does not belong to this question.")
    return answer


def as_number(answer: Real | Decimal, name: str) -> sp.Expr:
    try:
        return sp.sympify(answer)
    except Exception:  # a number of a kind of its own may do anything
        raise Unreadable(f"{name} should be a number that SymPy knows.") from None


def brief(thing) -> str:
    """What something looks like, in at most 60 characters. Where that may take for ever, its type."""
    kinds = (str, float, complex, bool, np.generic, np.ndarray)
    short = isinstance(thing, kinds) or (isinstance(thing, int) and thing.bit_length() < 1000)
    return f"{thing!r:.60}" if short else f"an object of type {type(thing).__name__}"


def check_parts(answer: sp.Expr, name: str) -> set[str]:
    """The names in an expression. Raises Unreadable if it is too long, too deep or of unknown parts."""
    names, waiting, parts = set(), [(answer, 1)], 0
    while waiting:
        part, depth = waiting.pop()
        parts += 1
        if parts > PARTS or depth > DEPTH:
            raise Unreadable(
                f"{name} is too {'deep' if depth > DEPTH else 'long'} to check. "
                "Leave the computed symbols in it, as the chain rule does."
            )
        if isinstance(part, sp.Symbol):
            names.add(part.name)
        elif part.is_Number:
            check_number_part(part, name)
        elif not (known(part.func) or isinstance(part, sp.NumberSymbol | BooleanAtom)):
            raise Unreadable(f"{type(part).__name__} cannot be checked here: write {name} without it.")
        waiting += ((argument, depth + 1) for argument in part.args)
    return names


def check_number_part(number: sp.Number, name: str) -> None:
    if not number.is_finite:
        raise Unreadable(f"{name} should be finite, not {number}.")
    _, _, exponent, bits = number._mpf_ if number.is_Float else (0, 0, 0, 0)
    if abs(exponent + bits) > LARGEST or bits > LARGEST:
        raise Unreadable(f"{name} has a number in it that is too long to check.")
    if number.is_Rational and max(int(number.p).bit_length(), int(number.q).bit_length()) > LARGEST:
        raise Unreadable(f"{name} has a number in it that is too long to check.")
