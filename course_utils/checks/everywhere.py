"""The same slip in each of several links of one kind."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import sympy as sp

from .flow import Chains, Flow, Numbers
from .mistakes import Link, Mistake

Slips = Mapping[Link, Sequence[tuple[Mistake, Numbers]]]
Found = Iterator[tuple[Mistake, Numbers, Numbers]]  # a mistake, gradients, and the indices of the wrts


def slips_everywhere(chains: Chains, slips: Slips) -> Found:
    """The same slip in each of several links of one kind: the x forgotten in every path."""
    for links, kinds in groups_of(chains):
        by_kind = [kinds(chains, link, slips[link]) for link in links]
        first = by_kind[0]
        shared = [kind for kind in first if all(kind in each for each in by_kind)]
        if not shared:
            continue
        changed = {
            link: np.array([each[kind][1] for kind in shared])[:, np.newaxis]
            for link, each in zip(links, by_kind, strict=True)
        }
        flow = Flow(chains.equations, chains.wrts, {**chains.flow.links, **changed})
        on = np.unique(np.concatenate([chains.on[link] for link in links]))
        shape = (len(shared), 1, chains.gradients.shape[-1])
        gradients = [np.broadcast_to(flow.adjoint[chains.wrts[index]], shape)[:, 0] for index in on]
        for place, kind in enumerate(shared):
            mistake, _ = first[kind]
            names = {**mistake.names, "one": mistake.about(wrt="it").message}
            text = EVERYWHERE.get(mistake.slip, "the same slip in each of {link}. The first: {one}")
            each = mistake._replace(text=text, links=tuple(links), names=names, every=True)
            yield each, np.array([numbers[place] for numbers in gradients]), on


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
        form = chains.equations[of].xreplace(roles(chains, link))
        groups["to", wrt, by_form].append(link)
        groups["from", of, by_form].append(link)
        if form.has(sp.Function):  # an activation; two sums in a row are not of one kind
            groups["like", form, by_form].append(link)
            groups["like", form.func, by_order].append(link)
    several = {(tuple(links), kinds): None for (*_, kinds), links in groups.items() if len(links) > 1}
    yield from ((list(links), kinds) for links, kinds in several)


def by_form(chains: Chains, link: Link, slips: Sequence) -> dict:
    """The slips in a link, by what is the same for slips of one kind in links of one form."""
    place = roles(chains, link)
    return {
        (mistake.slip, mistake.expression.xreplace(place), mistake.names.get("other", "")[:1]): (
            mistake,
            numbers,
        )
        for mistake, numbers in slips
    }


def by_order(chains: Chains, link: Link, slips: Sequence) -> dict:
    """The slips in the slope of a link's function, whatever is inside of it."""
    found = {}
    for mistake, numbers in slips:
        key = mistake.slip, mistake.names.get("other")
        if mistake.slip in SLOPE_SLIPS:
            found[(*key, sum(known[:2] == key for known in found))] = mistake, numbers
    return found


SLOPE_SLIPS = (
    "slope of another",
    "input for output",
    "function kept",
    "outer derivative",
    "inner derivative",
)


def roles(chains: Chains, link: Link) -> dict[sp.Symbol, sp.Symbol]:
    """Each symbol of a link's equation by what it is there."""
    of, wrt = link
    computed = {s: sp.Symbol("computed") for s in chains.equations}
    given = {s: sp.Symbol("given") for s in chains.equations[of].free_symbols - computed.keys()}
    return {**given, **computed, of: sp.Symbol("(of)"), wrt: sp.Symbol("(wrt)")}
