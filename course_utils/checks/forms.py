"""The slips in every link, made once for all links of one form, such as those to all weights of a layer.

Making expressions takes the most time. So it is done for the first link of a form, the numbers are computed
for all of them at once, and what is said of another link is what is said of the first, with its own symbols.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from string import ascii_letters
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import sympy as sp

from .budget import Budget
from .floats import Floats
from .flow import Chains, Numbers, same
from .line_slips import each_with_numbers
from .link_slips import link_mistakes, number_of
from .mistakes import Link, Mistake

AT_ONCE = 8  # slips of one form, before the next form has its turn

# where the question is one link: there is no chain, and what else it is has a name
NO_SLIPS = (
    "missing link",
    "function for derivative",
    "wrong derivative",
    "sign",
    "doubled link",
    "surplus factor",
)

Symbols = Mapping[sp.Symbol, sp.Symbol]


class Slip(NamedTuple):
    """A mistake in a link, and the numbers that it puts in place of the local derivative.

    mistake: that in the first link of the form. symbols: what stands in place of each of its symbols.
    kind: what is the same for slips of one kind in links of one shape.
    """

    mistake: Mistake
    local: Numbers
    symbols: Symbols = MappingProxyType({})
    kind: tuple = ()

    @property
    def named(self) -> Mistake:
        """The mistake in this link."""
        return self.mistake.renamed(self.symbols)


def slips_in_links(
    chains: Chains, roles: Sequence[Sequence], written: Container[sp.Symbol] | None, budget: Budget
) -> dict[Link, list[Slip]]:
    """All slips in each link, while the budget lasts. roles, written: see `slips.Slips`."""
    forms = links_by_form(chains, roles)
    firsts = [next(iter(links)) for links in forms]
    found = {}
    for links, mistakes in zip(forms, made_in_turn(chains, firsts, roles, budget), strict=True):
        found |= slips_of_a_form(chains, links, list(as_written(mistakes, written)), written)
    return {link: found[link] for link in chains.locals}


def links_by_form(chains: Chains, roles: Sequence[Sequence]) -> list[dict[Link, Symbols]]:
    """The links of each form, with what stands in place of the first one's symbols."""
    kinds, forms = kinds_of_symbols(chains, roles), defaultdict(dict)
    for link, right in chains.locals.items():
        of, wrt = link
        equation, beside = chains.equations[of], right.free_symbols
        others = sorted(equation.free_symbols - {wrt}, key=lambda s: (kinds[s], s not in beside, s.name))
        symbols = [wrt, *others]
        form = equation.xreplace(dict(zip(symbols, PLACES, strict=False)))
        alone = bool(np.all(chains.lengths[chains.on[link]] == 1))
        divided = link if number_of(chains.factored[link])[1] != 1 else None  # a mean, by other equations?
        forms[form, *map(kinds.get, (of, *symbols)), alone, divided][link] = [of, *symbols]
    return [
        {link: dict(zip(next(iter(links.values())), symbols, strict=True)) for link, symbols in links.items()}
        for links in forms.values()
    ]


PLACES = [sp.Symbol(f"({number})") for number in range(1001)]


def kinds_of_symbols(chains: Chains, roles: Sequence[Sequence]) -> dict[sp.Symbol, tuple]:
    """For each symbol which roles it has, whether it is computed, and what is assumed of it."""
    groups = [set(group) for group in (*roles, chains.equations)]
    symbols = set().union(*(equation.free_symbols for equation in chains.equations.values()))
    assumed = {s: () if s == sp.Symbol(s.name) else tuple(sorted(s.assumptions0.items())) for s in symbols}
    return {s: (*(s in group for group in groups), str(assumed[s])) for s in symbols}


def made_in_turn(
    chains: Chains, links: Sequence[Link], roles: Sequence, budget: Budget
) -> list[list[Mistake]]:
    """The mistakes in each link, a few of each in turn, the likeliest first, while the budget lasts."""
    making = [link_mistakes(chains.equations, link, chains.locals[link], roles) for link in links]
    made = [[] for _ in links]
    waiting = list(zip(making, made, strict=True))
    while waiting:
        for each in list(waiting):
            mistakes, so_far = each
            few = [mistake for mistake in islice(mistakes, AT_ONCE) if budget.allows()]
            so_far += few
            if not few:
                waiting.remove(each)
    return made


def as_written(mistakes: Iterable[Mistake], written: Container[sp.Symbol] | None) -> Iterator[Mistake]:
    """The mistakes, with only those symbols in place of another that the answer has."""
    for mistake in mistakes:
        others = [o for o in mistake.others if written is None or o in written]
        if others or not mistake.others:
            yield mistake._replace(others=others)


def slips_of_a_form(
    chains: Chains,
    links: Mapping[Link, Symbols],
    mistakes: Sequence[Mistake],
    written: Container[sp.Symbol] | None,
) -> dict[Link, list[Slip]]:
    """The slips in links of one form, without those that change nothing. mistakes: those in the first."""
    known, first = chains.floats.points, next(iter(links))
    alone = np.all(chains.lengths[chains.on[first]] == 1)
    unlikely = NO_SLIPS if alone else ("kept term",)
    points = {s.name: np.array([known[names[s].name] for names in links.values()]) for s in links[first]}
    mistakes = [mistake for mistake in mistakes if mistake.slip not in unlikely]
    mistakes, wrong = each_with_numbers(mistakes, Floats(points), known)
    right = np.array([chains.flow.links[link] for link in links])
    different = np.isfinite(wrong).all(axis=-1) & ~same(wrong, right)
    place = places(chains, first)
    kinds = [kind_of(mistake, place) for mistake in mistakes]
    return {
        link: [
            Slip(mistakes[row], wrong[row, index], symbols, (*kinds[row], beside(link, mistakes[row])))
            for row in np.flatnonzero(different[:, index])
            if written is None or is_written(mistakes[row], symbols, written)
        ]
        for index, (link, symbols) in enumerate(links.items())
    }


def is_written(mistake: Mistake, symbols: Symbols, written: Container[sp.Symbol]) -> bool:
    """Whether the answer has the symbol that stands in place of another, if one does."""
    other = mistake.names.get("other")
    return not isinstance(other, sp.Symbol) or symbols[other] in written


def kind_of(mistake: Mistake, place: Symbols) -> tuple:
    """What is the same for slips of one kind in links of one shape."""
    return mistake.slip, mistake.expression.xreplace(place)


def beside(link: Link, mistake: Mistake) -> str:
    """Which symbol stands in place of another, without the link's own number: h2 for t2 is as h1 for t1."""
    other, number = mistake.names.get("other"), link[0].name.lstrip(ascii_letters)
    return other.removesuffix(number) if isinstance(other, str) else ""


def places(chains: Chains, link: Link) -> dict[sp.Symbol, sp.Symbol]:
    """Each symbol of a link's equation by what it is there."""
    of, wrt = link
    computed = {s: sp.Symbol("computed") for s in chains.equations}
    given = {s: sp.Symbol("given") for s in chains.equations[of].free_symbols - computed.keys()}
    return {**given, **computed, of: sp.Symbol("(of)"), wrt: sp.Symbol("(wrt)")}
