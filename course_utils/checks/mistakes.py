"""What people write in place of a local derivative: every slip in one link of the chain.

A link (of, wrt) stands for ∂of/∂wrt. Each slip is made from the link's own equation, for any equation.
Making expressions takes the most time, so those that differ in one symbol alone are
one Mistake, with OTHER in its place.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import sympy as sp

from ..derivation.chain_rule import Equations, local, loss_of

Link = tuple[sp.Symbol, sp.Symbol]
OTHER = sp.Symbol("{other}")  # in an expression, and by its name in a message: one of several symbols


class Mistake(NamedTuple):
    """An expression that stands in place of a right one.

    slip: a short name. message: a sentence that names the culprit, and does not tell the answer.
    credit: the score for an answer that has this slip alone. others: what may stand for OTHER.
    In a message {wrt} stands for the parameter whose gradient was asked.
    """

    slip: str
    message: str
    expression: sp.Expr
    credit: float = 0.5
    others: Sequence[sp.Symbol] = ()

    def about(self, wrt: sp.Symbol | None = None, other: sp.Symbol | None = None) -> "Mistake":
        """The mistake with names in the places of its message."""
        message = self.message if wrt is None else self.message.replace("{wrt}", wrt.name)
        return self._replace(message=message if other is None else message.replace("{other}", other.name))


def by_name(symbol: sp.Symbol) -> str:
    """The key that sorts symbols alphabetically."""
    return symbol.name


def partial(link: Link) -> str:
    """A link as people write it: ∂of/∂wrt."""
    of, wrt = link
    return f"∂{of.name}/∂{wrt.name}"


def link_mistakes(
    equations: Equations, link: Link, right: sp.Expr, roles: Sequence[Sequence]
) -> Iterator[Mistake]:
    """What may stand in place of `right`, one local derivative, the likeliest first.

    roles: groups of symbols that are easily taken for one another, such as all parameters.
    """
    factored, name = sp.factor_terms(right), partial(link)
    way = f"{described(equations, link)} a link on the way from {loss_of(equations)} to {{wrt}}"
    yield Mistake("missing link", f"{name} is missing: {way}.", sp.S.One)
    yield from number_mistakes(factored, name, sums_in(equations, link[0]))
    yield from of_another_symbol(equations, link)
    yield from not_differentiated(link, right)
    yield Mistake("doubled link", f"{name} is there twice, and belongs there once.", factored**2)
    yield Mistake("inverted link", f"{name} is upside down: multiply by it.", 1 / factored)
    yield from part_mistakes(factored, name)
    yield from swapped_symbols(factored, name, roles)
    yield Mistake("sign", f"the sign of {name} is turned.", -factored)


def described(equations: Equations, link: Link) -> str:
    """The link's name, where its equation is a single function such as a sigmoid."""
    expression = equations[link[0]]
    if isinstance(expression, sp.Function) and expression.args == (link[1],):
        return f"the {expression.func.__name__}'s own derivative is"
    return "it is"


def not_differentiated(link: Link, right: sp.Expr) -> Iterator[Mistake]:
    """The function itself, or its input, in place of the derivative."""
    of, wrt = link
    for symbol in (of, wrt):
        message = f"{symbol} itself stands in place of {partial(link)}: differentiate the equation of {of}."
        yield Mistake("function for derivative", message, symbol)
    name = partial(link)
    message = f"{name} is a formula of {of} here, the output, and not of {wrt}, the input."
    yield Mistake("input for output", message, right.xreplace({of: wrt}))
    message = f"{name} is a formula of {wrt} here, the input, and not of {of}, the output."
    yield Mistake("output for input", message, right.xreplace({wrt: of}))


def number_mistakes(right: sp.Expr, name: str, sums: Sequence[sp.Expr]) -> Iterator[Mistake]:
    """A factor such as the 2 of a square lost, or a division such as that by the number of samples.

    sums: what it is part of, or the derivative of: see `sums_in`. A number that is the answer is not told.
    """
    number, _ = right.as_coeff_Mul()
    if number.is_Rational and abs(number.p) != 1:
        factor = abs(number.p)
        which = "a factor" if right.is_number else f"the factor {factor}"
        yield Mistake("lost factor", f"{which} of {name} is lost.", right / factor)
    if number.is_Rational and number.q != 1:
        if any(is_mean(some, number.q) for some in sums):
            which = "the division" if right.is_number else f"the division by {number.q}"
            message = f"{which} in {name} is lost: a mean is no sum."
            yield Mistake("sum for mean", message, right * number.q)
        else:
            yield Mistake("lost division", f"a division in {name} is lost.", right * number.q)


def sums_in(equations: Equations, of: sp.Symbol) -> list[sp.Expr]:
    """An equation, and the same with a sum that has a name of its own."""
    return [equations[of], equations[of].xreplace(dict(equations))]


def is_mean(expression: sp.Expr, count: int) -> bool:
    """Whether so many terms of one kind, each with a symbol of its own, are added and divided by `count`."""
    divided, terms = expression.primitive()[0].q, sp.Add.make_args(expression)
    symbols = [term.free_symbols for term in terms]
    own = all(some - set().union(*(other for other in symbols if other is not some)) for some in symbols)
    kinds = {term.as_coeff_Mul()[1].func for term in terms}
    return divided == count == len(terms) and len(kinds) == 1 and own


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
        message = f"an exponent in {name} is wrong."
        for wrong in dict.fromkeys([exponent + 1, exponent - 1, -exponent, sp.S.One]):
            if wrong != exponent:
                yield Mistake("exponent", message, right.xreplace({power: base**wrong}))


def of_another_symbol(equations: Equations, link: Link) -> Iterator[Mistake]:
    """The derivative of the right equation with respect to the wrong symbol."""
    of, wrt = link
    for symbol in sorted(equations[of].free_symbols - {wrt}, key=by_name):
        message = f"{partial((of, symbol))} stands in place of {partial(link)}."
        yield Mistake("wrong derivative", message, local(equations, of, symbol))


def swapped_symbols(right: sp.Expr, name: str, roles: Sequence[Sequence]) -> Iterator[Mistake]:
    """One symbol in place of another of its kind: the wrong weight, input or unit."""
    message = f"{{other}} does not belong in {name}: look which of its kind does."
    for symbol in sorted(right.free_symbols, key=by_name):
        for group in roles:
            for part in dict.fromkeys(
                [right, *sp.Mul.make_args(right)]
            ):  # everywhere, or in one factor alone
                if symbol in group and symbol in part.free_symbols:
                    swapped = right / part * part.xreplace({symbol: OTHER})
                    yield Mistake("wrong symbol", message, swapped, others=group)


def equation_mistakes(equations: Equations, of: sp.Symbol, roles: Sequence[Sequence]) -> Iterator[Mistake]:
    """What may stand in place of one equation's right side."""
    right = equations[of]
    for called in sorted(right.atoms(sp.Function), key=str):
        message = f"the {called.func.__name__} in {of} is missing."
        yield Mistake("lost function", message, right.xreplace({called: called.args[0]}))
    yield from number_mistakes(right, str(of), sums_in(equations, of))
    yield from part_mistakes(right, str(of))
    yield from swapped_symbols(right, str(of), roles)
    yield Mistake("sign", f"the sign of {of} is turned.", -right)
