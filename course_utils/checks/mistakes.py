"""What people write in place of a local derivative: every slip in one link of the chain.

A link (of, wrt) stands for ∂of/∂wrt. Each slip is made from the link's own equation, for any equation.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import sympy as sp

from ..derivation.chain_rule import Equations, local, loss_of

Link = tuple[sp.Symbol, sp.Symbol]


class Mistake(NamedTuple):
    """An expression that stands in place of a right one.

    slip: a short name. message: a sentence that names the culprit, and does not tell the answer.
    credit: the score for an answer that has this slip alone.
    """

    slip: str
    message: str
    expression: sp.Expr
    credit: float = 0.5


def partial(link: Link) -> str:
    return f"∂{link[0]}/∂{link[1]}"


def link_mistakes(
    equations: Equations, link: Link, wrt: sp.Symbol, roles: Sequence[Sequence]
) -> Iterator[Mistake]:
    """What may stand in place of one local derivative on the way from the loss to wrt, the likeliest first.

    roles: groups of symbols that are easily taken for one another, such as all parameters.
    """
    right, name = sp.factor_terms(local(equations, *link)), partial(link)
    way = f"{described(equations, link)} a link on the way from {loss_of(equations)} to {wrt}"
    yield Mistake("missing link", f"{name} is missing: {way}.", sp.S.One)
    yield from number_mistakes(right, name)
    yield from of_another_symbol(equations, link)
    yield from not_differentiated(equations, link)
    yield Mistake("doubled link", f"{name} is there twice, and belongs there once.", right**2)
    yield Mistake("inverted link", f"{name} is upside down: multiply by it.", 1 / right)
    yield from part_mistakes(right, name)
    yield from swapped_symbols(right, name, roles)
    yield Mistake("sign", f"the sign of {name} is turned.", -right)


def described(equations: Equations, link: Link) -> str:
    """The link's name, where its equation is a single function such as a sigmoid."""
    expression = equations[link[0]]
    if isinstance(expression, sp.Function) and expression.args == (link[1],):
        return f"the {expression.func.__name__}'s own derivative is"
    return "it is"


def not_differentiated(equations: Equations, link: Link) -> Iterator[Mistake]:
    """The function itself, or its input, in place of the derivative."""
    of, wrt = link
    for symbol in (of, wrt):
        message = f"{symbol} itself stands in place of {partial(link)}: differentiate the equation of {of}."
        yield Mistake("function for derivative", message, symbol)
    right, name = local(equations, of, wrt), partial(link)
    message = f"{name} is a formula of {of} here, the output, and not of {wrt}, the input."
    yield Mistake("input for output", message, right.xreplace({of: wrt}))
    message = f"{name} is a formula of {wrt} here, the input, and not of {of}, the output."
    yield Mistake("output for input", message, right.xreplace({wrt: of}))


def number_mistakes(right: sp.Expr, name: str) -> Iterator[Mistake]:
    """A factor such as the 2 of a square lost, or the division by the number of samples."""
    number, _ = right.as_coeff_Mul()
    if number.is_Rational and abs(number.p) != 1:
        factor = abs(number.p)
        which = "a factor" if right.is_number else f"the factor {factor}"  # a number would be the answer
        yield Mistake("lost factor", f"{which} of {name} is lost.", right / factor)
    if number.is_Rational and number.q != 1:
        message = f"the division by {number.q} in {name} is lost: a mean is no sum."
        yield Mistake("sum for mean", message, right * number.q)


def part_mistakes(right: sp.Expr, name: str) -> Iterator[Mistake]:
    """One part of the local derivative dropped, repeated, or with a sign or an exponent turned."""
    factors = [factor for factor in sp.Mul.make_args(right) if not factor.is_number]
    terms = sp.Add.make_args(right)
    for factor in factors if len(factors) > 1 else ():
        yield Mistake("lost factor", f"a factor of {name} is lost.", right / factor)
    numbered = abs(right.as_coeff_Mul()[0]) != 1
    for factor in factors if len(factors) + numbered > 2 else ():
        yield Mistake("lost factors", f"more than one factor of {name} is lost.", factor, credit=0.0)
    for term in terms if len(terms) > 1 else ():
        yield Mistake("lost term", f"a term of {name} is lost.", right - term)
        yield Mistake("sign inside", f"a sign inside {name} is turned.", right - 2 * term)
        for factor in term.args if term.is_Mul else ():
            message = f"a factor in a term of {name} is lost."
            yield Mistake("lost factor", message, right - term + term / factor)
    for factor in factors:
        base, exponent = factor.as_base_exp()
        if base.is_Add:
            for term in base.args:
                message = f"a sign inside {name} is turned, or a difference taken for a sum."
                yield Mistake("sign inside", message, right / factor * (base - 2 * term) ** exponent)
                yield Mistake("lost term", f"a term inside {name} is lost.", right / factor * (base - term))
        if len(factors) > 1:
            yield Mistake("doubled factor", f"a factor of {name} is there twice.", right * factor)
        elif base.is_Add and exponent == 1:
            yield Mistake("exponent", f"an exponent in {name} is wrong.", right * factor)
    for power in sorted(right.atoms(sp.Pow), key=str):
        base, exponent = power.as_base_exp()
        for wrong in {exponent + 1, exponent - 1, -exponent, sp.S.One} - {exponent}:
            yield Mistake(
                "exponent", f"an exponent in {name} is wrong.", right.xreplace({power: base**wrong})
            )


def of_another_symbol(equations: Equations, link: Link) -> Iterator[Mistake]:
    """The derivative of the right equation with respect to the wrong symbol."""
    of, wrt = link
    for symbol in sorted(equations[of].free_symbols - {wrt}, key=str):
        message = f"{partial((of, symbol))} stands in place of {partial(link)}."
        yield Mistake("wrong derivative", message, local(equations, of, symbol))


def swapped_symbols(right: sp.Expr, name: str, roles: Sequence[Sequence]) -> Iterator[Mistake]:
    """One symbol in place of another of its kind: the wrong weight, input or unit."""
    for symbol in sorted(right.free_symbols, key=str):
        for group in roles:
            for other in group if symbol in group else ():
                if other != symbol:
                    message = f"{other} does not belong in {name}: look which of its kind does."
                    for part in {right, *sp.Mul.make_args(right)}:  # everywhere, or in one factor alone
                        swapped = right / part * part.xreplace({symbol: other})
                        yield Mistake("wrong symbol", message, swapped)


def equation_mistakes(of: sp.Symbol, right: sp.Expr, roles: Sequence[Sequence]) -> Iterator[Mistake]:
    """What may stand in place of one equation's right side."""
    for called in sorted(right.atoms(sp.Function), key=str):
        message = f"the {called.func.__name__} in {of} is missing."
        yield Mistake("lost function", message, right.xreplace({called: called.args[0]}))
    yield from number_mistakes(right, str(of))
    yield from part_mistakes(right, str(of))
    yield from swapped_symbols(right, str(of), roles)
    yield Mistake("sign", f"the sign of {of} is turned.", -right)
