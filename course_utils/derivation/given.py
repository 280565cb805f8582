"""What somebody gives where an expression or a list belongs: taken for what it is, or refused by name.

Text is never taken for an expression: SymPy would evaluate it as Python code.
"""

import reprlib
import sys
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import islice

import numpy as np
import sympy as sp

from ..language import enumerated, later, refusal, say

TEXT = str | bytes | bytearray
NUMBERS = {int, float, Fraction, Decimal}
NOT_FINITE = {sp.nan, sp.oo, -sp.oo, sp.zoo}
MOST = 100_000  # parts of an expression, items of a list, paths: with more, SymPy works for minutes
DEEPEST = 60  # brackets within brackets: with more, Python's stack ends


class Brief(reprlib.Repr):
    """Any value in about 60 letters, however large it is."""

    def __init__(self):
        super().__init__()
        self.maxstring = self.maxother = 60

    def repr_instance(self, value, level):
        """Of a large expression only its kind: printing all of it takes too long."""
        if isinstance(value, sp.Basic) and parts_and_depth(value) > (1000, 0):
            return say("a large {kind}", kind=type(value).__name__)
        return super().repr_instance(value, level)


brief = Brief().repr


def some(names: Iterable, most: int = 5) -> str:
    """A few of the names, each in a few letters, and how many more there are."""
    names = [f"{name!s:.40}" for name in names]
    first = enumerated(names[:most])
    return (
        first if len(names) <= most else say("{first} and {count} more", first=first, count=len(names) - most)
    )


def parts_and_depth(expression: sp.Basic, sizes: Mapping = {}) -> tuple[int, int]:
    """(how many parts the expression has as a tree, how deep it is), without walking a shared part twice.

    sizes: how many parts a symbol stands for, if that is not one.
    """
    found, waiting = {}, [(expression, expression.args)]
    while waiting:
        part, inner = waiting.pop()
        if new := [other for other in inner if id(other) not in found]:
            waiting += [(part, inner), *((other, getattr(other, "args", ())) for other in new)]
            continue
        within = [found[id(other)] for other in inner]
        size = sizes.get(part, 1) if part.is_Symbol else 1 + sum(count for count, _, _ in within)
        found[id(part)] = size, 1 + max((depth for _, depth, _ in within), default=0), inner
    return found[id(expression)][:2]


def as_expression(value, name) -> sp.Expr:
    """The value as an expression between real numbers: one already, or a number.

    Raises ValueError, by that name, for text and whatever else is none, and for what is too large.
    """
    if isinstance(value, TEXT):
        raise refusal(
            "{name} should be an expression, not the text {value}: leave out the quotation marks",
            name=name,
            value=brief(value),
        )
    if type(value) in NUMBERS or isinstance(value, np.number):
        value = sp.sympify(value)
    if not isinstance(value, sp.Expr) or value.is_Matrix:
        raise refusal("{name} should be a scalar expression, not {value}", name=name, value=brief(value))
    parts, depth = parts_and_depth(value)
    if parts > MOST or depth > DEEPEST:
        size = say("{depth} brackets within brackets", depth=depth)
        if parts > MOST:
            size = say("{parts} parts", parts=parts)
        raise refusal("{name} has {size}: give what is in it equations of their own", name=name, size=size)
    for atom in value.atoms():
        if reason := why_not_real(atom):
            raise refusal("{name} uses {names}, {reason}", name=name, names=some([atom]), reason=reason)
    if bound := value.atoms(sp.Symbol) - value.free_symbols:
        raise refusal(
            "{name} runs over {names}: write it out, with .doit() for instance", name=name, names=some(bound)
        )
    return value


def why_not_real(atom: sp.Atom) -> str:
    """Why this part cannot be computed with real numbers, in words; empty if it can."""
    if atom in NOT_FINITE:
        return say("which is no finite number")
    if atom is sp.I or (atom.is_Symbol and not (atom.is_extended_real is not False and atom.is_commutative)):
        return say("which is no real number")
    too_large = (atom.is_Integer or atom.is_Float) and not abs(atom) <= sys.float_info.max
    return say("which is too large a number") if too_large else ""


def listed(values, name: str, of: str = later("symbols")) -> list:
    """The items of a list or the like, in their order. Raises ValueError for what has no order, or no end."""
    single = isinstance(values, TEXT | sp.Basic) and not isinstance(values, sp.Tuple)
    if single or isinstance(values, set | frozenset) or not np.iterable(values):
        raise refusal(
            "{name} should be a list of {of}, not {values}", name=name, of=say(of), values=brief(values)
        )
    if len(items := list(islice(values, MOST + 1))) > MOST:
        raise refusal("{name} has more than {most} {of}", name=name, most=MOST, of=say(of))
    return items


def check_equations(equations, name: str = "equations") -> None:
    """Raise ValueError for anything but {symbol: expression}, with one or more of them."""
    if not isinstance(equations, Mapping) or not all(
        isinstance(part, sp.Expr) for part in (*equations, *equations.values())
    ):
        raise refusal(
            "{name} should be {{symbol: expression}}, not {equations}", name=name, equations=brief(equations)
        )
    if not equations:
        raise refusal("a model needs at least one equation, its loss")


def pairs(equations, name: str = "equations") -> list[tuple]:
    """The equations as pairs (symbol, expression), from a mapping or pairs. Raises ValueError for others."""
    found = listed(
        equations.items() if isinstance(equations, Mapping) else equations, name, later("equations")
    )
    for pair in found:
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise refusal(
                "{name} should be {{symbol: expression}}, or such pairs, not {pair}",
                name=name,
                pair=brief(pair),
            )
    if not found:
        raise refusal("a model needs at least one equation, its loss")
    return found
