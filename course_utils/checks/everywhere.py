"""The same slip in each of several links of one kind."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np
import sympy as sp

from ..language import later, say
from .chain_slips import Found
from .flow import Chains, Flow
from .forms import Slip, places
from .mistakes import Link, Mistake


def slips_everywhere(chains: Chains, slips: Mapping[Link, Sequence[Slip]]) -> Found:
    """The same slip in each of several links of one kind: the x forgotten in every path."""
    for links, kinds in groups_of(chains):
        by_kind = [kinds(slips[link]) for link in links]
        shared = [kind for kind in by_kind[0] if all(kind in each for each in by_kind)]
        if not shared:
            continue
        changed = {
            link: np.array([each[kind].local for kind in shared])[:, np.newaxis]
            for link, each in zip(links, by_kind, strict=True)
        }
        flow = Flow(chains.equations, chains.wrts, {**chains.flow.links, **changed})
        for some, on in ways_through(chains, links):
            shape = (len(shared), len(on), chains.gradients.shape[-1])
            gradients = np.empty(shape)
            for place, index in enumerate(on):
                made = np.reshape(flow.adjoint[chains.wrts[index]], (-1, 1, shape[-1]))
                gradients[:, place : place + 1] = made
            first = by_kind[links.index(some[0])]
            yield partial(in_each, some, [first[kind] for kind in shared]), gradients, np.array(on)


def ways_through(chains: Chains, links: Sequence[Link]) -> Iterator[tuple[tuple[Link, ...], list[int]]]:
    """(several of the links, the indices of the wrts whose ways go through these, and no other of them)."""
    ways = defaultdict(list)
    for index in range(len(chains.wrts)):
        ways[tuple(link for link in links if index in chains.on[link])].append(index)
    return ((some, on) for some, on in ways.items() if len(some) > 1)


def in_each(links: tuple[Link, ...], slips: Sequence[Slip], place: int) -> Mistake:
    """The mistake that one of the slips in the first link is in each of them."""
    mistake = slips[place].named
    names = {**mistake.names, "one": mistake.about(wrt=say("it")).message}
    text = EVERYWHERE.get(mistake.slip, later("the same slip in each of {link}. The first: {one}"))
    return mistake._replace(text=text, links=links, names=names, every=True)


EVERYWHERE = {
    "missing link": "each of {link} is missing: they are links on the ways from {loss} to {wrt}.",
    "lost number": "the factor {number} is lost in each of {link}.",
    "slope of another": "the slope of a {other} stands in each of {link}, and not that of the {function}.",
}


def groups_of(chains: Chains) -> Iterator[tuple[list[Link], Callable]]:
    """Several links to one symbol, from one, or of equations of one form or function."""
    groups = defaultdict(list)
    for link in chains.locals:
        of, wrt = link
        form = chains.equations[of].xreplace(places(chains, link))
        groups["to", wrt, by_form].append(link)
        groups["from", of, by_form].append(link)
        if form.has(sp.Function):  # an activation; two sums in a row are not of one kind
            groups["like", form, by_form].append(link)
            groups["like", form.func, by_order].append(link)
    several = {(tuple(links), kinds): None for (*_, kinds), links in groups.items() if len(links) > 1}
    yield from ((list(links), kinds) for links, kinds in several)


def by_form(slips: Sequence[Slip]) -> dict[tuple, Slip]:
    """The slips in a link, by what is the same for slips of one kind in links of one form."""
    return {slip.kind: slip for slip in slips}


def by_order(slips: Sequence[Slip]) -> dict[tuple, Slip]:
    """The slips in the slope of a link's function, whatever is inside of it."""
    found = {}
    for slip in (slip for slip in slips if slip.mistake.slip in SLOPE_SLIPS):
        key = slip.mistake.slip, slip.mistake.names.get("other")
        found[(*key, sum(known[:2] == key for known in found))] = slip
    return found


SLOPE_SLIPS = (
    "slope of another",
    "input for output",
    "function kept",
    "outer derivative",
    "inner derivative",
)
