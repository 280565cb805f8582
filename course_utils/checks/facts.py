"""What an answer is that is the right one times a number: a sign turned, a factor lost or too many."""

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

import numpy as np
import sympy as sp

from ..language import enumerated
from .flow import Chains, Numbers, same
from .link_slips import is_mean, number_of, sums_in
from .mistakes import Link, Mistake, partial

SIGN = "the sign is turned: one minus too many or too few."
SIGN_IN_ONE = "the sign is turned: one minus too many or too few. Of the links, {carry} carries one."
SIGN_IN_SOME = "the sign is turned: one minus too many or too few. Of the links these carry one: {carry}."
SURPLUS_IN_SOME = "a factor {number} too many. Links with a {number}: {link}."
SURPLUS = (2, 3, 0.5)  # factors that a learner may know from another loss
INVERTED = "{link} is divided by {number} here, and should be multiplied by it."
INVERTED_DIVISION = "{link} is multiplied by {number} here, and should be divided by it."
INVERTED_SOMEWHERE = (
    "a factor {number} is lost twice, or divided by where it belongs. Links with a {number}: {link}."
)
OTHER_COUNT = "the mean in {link} is of {number} terms: divide by as many."
TIMES = "this is {number} times what it should be: go through the numbers, link by link."
COUNTS = range(2, 13)  # by which the sum of a mean may be divided
LARGEST = 12  # numerator or denominator of a number that is told


def facts(chains: Chains, index: int) -> dict[float, Mistake]:
    """What an answer is that is the right one times a number: {number: what to say}. None is blamed alone."""
    way, formulas = chains.way(index), chains.factored
    signed = tuple(link for link in way if carries_minus(formulas[link]))
    text = SIGN
    if signed and len(way) > 1:
        text = SIGN_IN_SOME if len(signed) > 1 else SIGN_IN_ONE
    found = {-1.0: Mistake("sign turned", text, names={"carry": enumerated(map(partial, signed))})}
    numbers, divisions = shared_numbers(chains, index)
    for factor in numbers:
        links = with_number(chains, way, factor)
        text = (
            "the factor {number} of {link} is lost."
            if len(links) == 1
            else "a factor {number} is lost. Links with a {number}: {link}."
        )
        if len(way) == 1 and formulas[way[0]].is_number:  # then it is the answer
            text = "a factor of {link} is lost."
        found[1 / factor] = Mistake("lost number", text, links=links, names={"number": str(factor)})
    for division, links in divisions.items():
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


def shared_numbers(chains: Chains, index: int) -> list[dict[int, tuple[Link, ...]]]:
    """The factors that every path has, and the divisions, with the links that hold them."""
    every: list[dict[int, list[Link]]] = [defaultdict(list), defaultdict(list)]
    for link in chains.locals:
        for found, number in zip(every, number_of(chains.factored[link]), strict=True):
            found[number].append(link)
    wrt, way = chains.wrts[index], set(chains.way(index))
    return [
        {
            number: tuple(link for link in links if link in way)
            for number, links in found.items()
            if number != 1 and way & set(links) and not chains.past(links).adjoint[wrt].any()
        }
        for found in every
    ]


def rarer_facts(chains: Chains, index: int) -> dict[float, Mistake]:
    """The same, of numbers that come with no other slip: one turned upside down, a mean of another count."""
    way = chains.way(index)
    if len(way) == 1 and chains.factored[way[0]].is_number:  # then it is the answer
        return {}
    numbers, divisions = shared_numbers(chains, index)
    found = {}
    for factor, links in numbers.items():
        mistake = Mistake("inverted number", INVERTED, links=links, names={"number": str(factor)})
        some = with_number(chains, way, factor)
        if len(some) > 1:
            mistake = mistake._replace(text=INVERTED_SOMEWHERE, links=some, credit=0.0)
        found[1 / factor**2] = mistake
    for division, links in divisions.items():
        names = {"number": str(division)}
        if len(links) == 1:
            mistake = Mistake("inverted number", INVERTED_DIVISION, links=links, names=names)
            found.setdefault(float(division**2), mistake)
        means = [k for k in links if any(is_mean(e, division) for e in sums_in(chains.equations, k[0]))]
        for count in COUNTS if len(means) == 1 else ():
            mistake = Mistake("wrong count", OTHER_COUNT, links=tuple(means), names=names)
            found.setdefault(division / count, mistake)
    return found


def multiple(right: Numbers, answer: Numbers) -> list[Mistake]:
    """The mistake that an answer is the right one times a number that no known slip tells."""
    ratios = answer[right != 0] / right[right != 0]
    if not ratios.size or not np.isfinite(ratios[0]):
        return []
    ratio = Fraction(float(ratios[0])).limit_denominator(LARGEST)
    if not 0 < abs(ratio.numerator) <= LARGEST or not same(float(ratio) * right, answer):
        return []
    return [Mistake("another number", TIMES, credit=0.0, names={"number": str(ratio)})]


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
