"""What an answer is that is the right one times a number: a sign turned, a factor lost or too many."""

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

import sympy as sp

from ..language import enumerated
from .flow import Chains
from .link_slips import is_mean, number_of, sums_in
from .mistakes import Link, Mistake, partial

SIGN = "the sign is turned: one minus too many or too few."
SIGN_IN_ONE = "the sign is turned: one minus too many or too few. One is in {carry}."
SIGN_IN_SOME = "the sign is turned: one minus too many or too few. Of the links these carry one: {carry}."
SURPLUS_IN_SOME = "a factor {number} too many. Links with a {number}: {link}."
SURPLUS = (2, 3, 0.5)  # factors that a learner may know from another loss


def facts(chains: Chains, index: int) -> dict[float, Mistake]:
    """What an answer is that is the right one times a number: {number: what to say}. None is blamed alone."""
    way, formulas = chains.way(index), chains.factored
    signed = tuple(link for link in way if carries_minus(formulas[link]))
    text = SIGN
    if signed and len(way) > 1:
        text = SIGN_IN_SOME if len(signed) > 1 else SIGN_IN_ONE
    found = {-1.0: Mistake("sign turned", text, names={"carry": enumerated(map(partial, signed))})}
    numbers, divisions = defaultdict(list), defaultdict(list)
    for link in way:
        factor, division = number_of(formulas[link])
        numbers[factor].append(link)
        divisions[division].append(link)
    for factor in numbers.keys() - {1}:
        links = with_number(chains, way, factor)
        text = (
            "the factor {number} of {link} is lost."
            if len(links) == 1
            else "a factor {number} is lost. Links with a {number}: {link}."
        )
        if len(way) == 1 and formulas[way[0]].is_number:  # then it is the answer
            text = "a factor of {link} is lost."
        found[1 / factor] = Mistake("lost number", text, links=links, names={"number": str(factor)})
    for division in divisions.keys() - {1}:
        links = tuple(divisions[division])
        mean = any(is_mean(e, division) for link in links for e in sums_in(chains.equations, link[0]))
        text = (
            "the division in {link} is lost: a mean is no sum." if mean else "a division in {link} is lost."
        )
        slip = "sum for mean" if mean else "lost division"
        found.setdefault(float(division), Mistake(slip, text, links=links))
    for number in SURPLUS if len(way) > 1 or not formulas[way[0]].is_number else ():
        links = with_number(chains, way, number)
        text = "a factor {number} too many: no link on the way has one."
        if links or len(way) == 1:
            text = SURPLUS_IN_SOME if len(way) > 1 else "a factor {number} too many."
        names = {"number": str(Fraction(number))}
        found.setdefault(float(number), Mistake("surplus number", text, links=links, names=names))
    return found


def with_number(chains: Chains, way: Sequence[Link], number: float) -> tuple[Link, ...]:
    """The links in whose equation a whole number, or a division by it, is written."""
    return tuple(link for link in way if number in numbers_in(chains.equations[link[0]]))


@lru_cache(1000)
def numbers_in(expression: sp.Expr) -> frozenset:
    """The whole numbers that are written in it, and those that something is divided by."""
    written = expression.atoms(sp.Rational) - {1}
    return frozenset(int(part) for n in written for part in (abs(n.p), n.q))


@lru_cache(1000)
def carries_minus(formula: sp.Expr) -> bool:
    """Whether a minus stands before a factor, or in it, as in y_hat - y."""
    return any(
        factor.could_extract_minus_sign() if not factor.is_Add else has_minus(factor)
        for factor in sp.Mul.make_args(formula)
    )


def has_minus(total: sp.Add) -> bool:
    """Whether a term of it is subtracted."""
    return any(term.could_extract_minus_sign() for term in total.args)
