"""What people write in place of a local derivative: every slip in one link of the chain.

Each slip is made from the link's own equation, for any equation. Making expressions takes the most time,
so those that differ in one symbol alone are one Mistake, with OTHER in its place.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

import sympy as sp

from ..derivation.chain_rule import Equations, derivative, local, loss_of
from ..derivation.functions import relu, sigmoid, tanh
from .mistakes import OTHER, Link, Mistake, by_name
from .school import school_mistakes

SLOPES = (sigmoid, tanh, relu)  # whose slopes are taken for one another


def link_mistakes(
    equations: Equations, link: Link, right: sp.Expr, roles: Sequence[Sequence]
) -> Iterator[Mistake]:
    """What may stand in place of `right`, one local derivative, the likeliest first.

    roles: groups of symbols that are easily taken for one another, such as all parameters.
    """
    factored = sp.factor_terms(right)
    made = chain(
        missing(equations, link) if right != -1 else (),
        number_mistakes(factored, sums_in(equations, link[0])),
        slope_mistakes(equations, link),
        of_another_symbol(equations, link),
        not_differentiated(equations, link, factored),
        part_mistakes(factored),
        complements(factored, equations[link[0]]),
        [Mistake("sign", "the sign of {link} is turned.", -factored)],
        [Mistake("doubled link", "{link} is there twice, and belongs there once.", factored**2)],
        school_mistakes(equations[link[0]], link[1]) if function_of(equations, link) not in SLOPES else (),
        swapped_symbols(factored, roles),
        taken_for(factored, link[1]),
        [Mistake("inverted link", "{link} is upside down: multiply by it.", 1 / factored)],
    )
    return (mistake._replace(links=(link,)) for mistake in made)


def in_either_sign(mistake: Mistake, right: sp.Expr) -> Iterator[Mistake]:
    """The mistake, and where a minus belongs before it, the same with its sign turned: one slip as well."""
    yield mistake
    if right.as_coeff_Mul()[0].is_negative:
        yield mistake._replace(expression=-mistake.expression)


def missing(equations: Equations, link: Link) -> Iterator[Mistake]:
    """The link is left out; where its equation is one function, that is named."""
    names = {"loss": loss_of(equations).name}
    if function := function_of(equations, link):
        text = "{link} is missing: the {function}'s own derivative is a link on the way from {loss} to {wrt}."
        yield Mistake("missing link", text, sp.S.One, names=names | {"function": function.__name__})
    else:
        text = "{link} is missing: it is a link on the way from {loss} to {wrt}."
        yield Mistake("missing link", text, sp.S.One, names=names)


def function_of(equations: Equations, link: Link) -> type[sp.Function] | None:
    """The function, where an equation is a single function of one symbol, such as a sigmoid."""
    expression = equations[link[0]]
    return expression.func if isinstance(expression, sp.Function) and expression.args == link[1:] else None


def slope_mistakes(equations: Equations, link: Link) -> Iterator[Mistake]:
    """The slope of another activation in place of this one's, as a formula of the output or of the input."""
    (of, wrt), called = link, equations[link[0]]
    if not isinstance(called, sp.Function) or len(called.args) != 1:
        return
    (inside,) = called.args
    text = "the slope of a {other} stands in {link}, and not that of the {function}."
    if called.func in SLOPES and inside != wrt:
        names = {"of": of, "input": inside}
        wrong = derivative(called, wrt).xreplace({called: inside})
        yield Mistake("input for output", OUTPUT, wrong, names=names)
    others = SLOPES if called.func in SLOPES else SLOPES[:2]
    for other in (other for other in others if other != called.func):
        for symbol in (of, inside):
            inner = derivative(inside, wrt)
            wrong = derivative(other(PLACE), PLACE).xreplace({other(PLACE): symbol}) * inner
            names = {"other": other.__name__, "function": called.func.__name__}
            mistake = Mistake("slope of another", text, wrong, names=names)
            yield from in_either_sign(mistake, inner)


PLACE = sp.Dummy()
OUTPUT = "{link} is a formula of {of} here, the output, and not of {input}, the input."


def not_differentiated(equations: Equations, link: Link, right: sp.Expr) -> Iterator[Mistake]:
    """The function itself, or its input, in place of the derivative."""
    of, wrt = link
    names = {"of": of, "input": wrt}
    for symbol in (of, wrt):
        text = "{symbol} itself stands in place of {link}: differentiate the equation of {of}."
        if symbol == of and equations[of] == right * wrt:
            text = "{symbol} itself stands in place of {link}, or a factor {input} is too many."
        mistake = Mistake("function for derivative", text, symbol, names=names | {"symbol": symbol})
        yield from [mistake] if symbol in right.free_symbols else in_either_sign(mistake, right)
    if right.free_symbols & {of, wrt}:
        yield Mistake("input for output", OUTPUT, right.xreplace({of: wrt}), names=names)
        text = "{link} is a formula of {input} here, the input, and not of {of}, the output."
        yield Mistake("output for input", text, right.xreplace({wrt: of}), names=names)


def number_mistakes(right: sp.Expr, sums: Sequence[sp.Expr]) -> Iterator[Mistake]:
    """A factor such as the 2 of a square lost, or a division such as that by the number of samples.

    sums: what it is part of, or the derivative of: see `sums_in`. A number that is the answer is not told.
    """
    lost, divided = number_of(right)
    yield Mistake("surplus factor", "a factor 2 too many comes with {link}.", 2 * right)
    if lost != 1:
        text = "a factor of {link} is lost." if right.is_number else "the factor {number} of {link} is lost."
        yield Mistake("lost number", text, right / lost, names={"number": str(lost)})
    if divided != 1:
        if any(is_mean(some, divided) for some in sums):
            which = "the division in {link} is lost: a mean is no sum."
            yield Mistake("sum for mean", which, right * divided)
        else:
            yield Mistake("lost division", "a division in {link} is lost.", right * divided)


def number_of(right: sp.Expr) -> tuple[int, int]:
    """The whole numbers that a factored expression is multiplied with, and divided by."""
    number, _ = right.as_coeff_Mul()
    return (abs(number.p), number.q) if number.is_Rational and number else (1, 1)


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


def part_mistakes(right: sp.Expr) -> Iterator[Mistake]:
    """One part of the local derivative dropped, repeated, or with a sign or an exponent turned."""
    factors = [factor for factor in sp.Mul.make_args(right) if not factor.is_number]
    terms = sp.Add.make_args(right) if right.is_Add else sp.Add.make_args(right.expand())
    numbered = abs(right.as_coeff_Mul()[0]) != 1
    for factor in (factor for factor in factors if right != factor):
        yield Mistake("lost factor", "a factor of {link} is lost.", right / factor)
    for factor in factors if len(factors) + numbered > 2 else ():
        yield Mistake("lost factors", "more than one factor of {link} is lost.", factor, credit=0.0)
    for term in terms if len(terms) > 1 else ():
        yield Mistake("lost term", "a term of {link} is lost.", right - term)
        yield Mistake("sign inside", "a sign inside {link} is turned.", right - 2 * term)
        for factor in (f for f in term.args if f != -1) if term.is_Mul else ():
            yield Mistake(
                "lost factor", "a factor in a term of {link} is lost.", right - term + term / factor
            )
    for factor in factors:
        base, exponent = factor.as_base_exp()
        if base.is_Add:
            for term in base.args:
                text = "a sign inside {link} is turned, or a difference taken for a sum."
                yield Mistake("sign inside", text, right / factor * (base - 2 * term) ** exponent)
                text = "a term inside {link} is lost."
                yield Mistake("lost term", text, right / factor * (base - term) ** exponent)
                if exponent == 1 and right != factor:
                    yield Mistake("bracket", BRACKET, right / factor * term + base - term)
        if right != factor:
            yield Mistake("doubled factor", "a factor of {link} is there twice.", right * factor)
        elif base.is_Add and exponent == 1:
            yield Mistake("exponent", "an exponent in {link} is wrong.", right * factor)
    for power in sorted(right.atoms(sp.Pow), key=str):
        base, exponent = power.as_base_exp()
        for wrong in dict.fromkeys([exponent + 1, exponent - 1, -exponent, sp.S.One]):
            if wrong != exponent:
                yield Mistake(
                    "exponent", "an exponent in {link} is wrong.", right.xreplace({power: base**wrong})
                )


def complements(right: sp.Expr, equation: sp.Expr) -> Iterator[Mistake]:
    """One of two shares in place of the other, k and 1 - k, where the equation has both."""
    for whole in sorted(equation.atoms(sp.Add), key=str):
        if (part := 1 - whole).is_Symbol:
            text, names = "{part} and {whole} are mixed up in {link}.", {"part": part, "whole": whole}
            yield Mistake("complement", text, right.xreplace({part: whole}), names=names)


BRACKET = "a bracket is missing in {link}: all of it is multiplied, not one term alone."


def of_another_symbol(equations: Equations, link: Link) -> Iterator[Mistake]:
    """The derivative of the right equation with respect to the wrong symbol."""
    of, wrt = link
    for symbol in sorted(equations[of].free_symbols - {wrt}, key=by_name):
        names = {"other": (of, symbol)}
        text = "{other} stands in place of {link}."
        yield Mistake("wrong derivative", text, local(equations, of, symbol), names=names)


def swapped_symbols(right: sp.Expr, roles: Sequence[Sequence]) -> Iterator[Mistake]:
    """One symbol in place of another of its kind: the wrong weight, input or unit."""
    for symbol in sorted(right.free_symbols, key=by_name):
        for group in (group for group in roles if symbol in group):
            for wrong in swapped(right, symbol, OTHER):
                yield Mistake("wrong symbol", SWAPPED, wrong, others=group)


def taken_for(right: sp.Expr, wrt: sp.Symbol) -> Iterator[Mistake]:
    """The symbol that the derivative is with respect to in place of another, or the other way round."""
    for symbol in sorted(right.free_symbols - {wrt}, key=by_name):
        for old, new in ((symbol, wrt), (wrt, symbol)):
            for wrong in swapped(right, old, new):
                yield Mistake("wrong symbol", SWAPPED, wrong, names={"other": new})


SWAPPED = "{other} stands in {link} where another of its kind belongs."


def swapped(right: sp.Expr, old: sp.Symbol, new: sp.Symbol) -> Iterator[sp.Expr]:
    """One symbol in place of another: everywhere, or in one factor alone, which may be one of a power."""
    for part in dict.fromkeys([right, *sp.Mul.make_args(right)]):
        if old in part.free_symbols:
            yield right / part * part.xreplace({old: new})
    if right.as_powers_dict()[old] in (2, 3):
        yield right / old * new
