"""What goes wrong in a chain as a whole: a path, a bracket, links added, a slope where there is none."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np
import sympy as sp

from ..derivation.chain_rule import loss_of
from .flow import Chains, Numbers, same
from .link_slips import function_of
from .mistakes import Link, Mistake, partial

Found = Iterator[tuple[Mistake, Numbers, Numbers]]  # a mistake, gradients, and the indices of the wrts


def parts_of(chains: Chains) -> dict[Link, Numbers]:
    """What the paths through each link add to the gradients it is on the way to; nan where that is all."""
    parts, flow = {}, chains.flow
    for link, on in chains.on.items():
        part = flow.links[link] * flow.through(link)[on]
        alone = same(part, chains.gradients[on])
        if not alone.all():
            parts[link] = np.where(alone[:, np.newaxis], np.nan, part)
    return parts


def path_slips(chains: Chains, parts: Mapping[Link, Numbers]) -> Found:
    """One of several paths forgotten, the only one counted, or multiplied by less than the others."""
    for link, part in parts.items():
        on = chains.on[link]
        text = "the paths through {link} are missing: paths are added."
        yield Mistake("missing path", text, links=(link,)), chains.gradients[on] - part, on
    for link, part in parts.items():
        text = "only the paths through {link} are counted: others lead there too."
        yield Mistake("only one path", text, links=(link,)), part, chains.on[link]
    for link, part in parts.items():
        on = chains.on[link]
        rest = chains.gradients[on] - part
        for shared, factor in shared_factors(chains, on):
            text = (
                "every path has {link} in it, and here some have not: put the sum of the paths in a bracket."
            )
            mistake = Mistake("bracket over paths", text, links=shared, every=True)
            yield mistake, part / factor + rest, on
            yield mistake, part + rest / factor, on


def shared_factors(chains: Chains, on: Numbers) -> Iterator[tuple[tuple[Link, ...], Numbers]]:
    """(the links before or after a symbol that all paths go through, their product)."""
    flow, order = chains.flow, {symbol: place for place, symbol in enumerate(chains.equations)}
    for symbol in flow.adjoint:
        if symbol in order and symbol != loss_of(chains.equations) and np.ndim(flow.tangent[symbol]) == 2:
            through = flow.adjoint[symbol] * flow.tangent[symbol][on]
            if same(through, chains.gradients[on]).all():
                way = [link for link in chains.locals if set(on) <= set(chains.on[link])]
                above = tuple(link for link in reversed(way) if order[link[0]] > order[symbol])
                below = tuple(link for link in reversed(way) if order[link[0]] <= order[symbol])
                yield above, flow.adjoint[symbol]
                yield below, flow.tangent[symbol][on]


def added_slips(chains: Chains) -> Found:
    """Links of a single path added instead of multiplied."""
    for index in range(len(chains.wrts)):
        way = chains.way(index)[::-1]
        if not all(of == before for (_, before), (of, _) in pairwise(way)) or len(way) < 2:
            continue
        numbers = np.array([chains.flow.links[link] for link in way])
        text = "{link} are added: multiply them."
        for first in range(len(way) - 1):
            two = numbers[first] + numbers[first + 1]
            rest = np.prod(np.delete(numbers, [first, first + 1], axis=0), axis=0)
            links = tuple(way[first : first + 2])
            yield (
                Mistake("added links", text, links=links, every=True),
                (two * rest)[np.newaxis],
                np.array([index]),
            )
        if len(way) > 2:
            yield (
                Mistake("added links", text, links=tuple(way), every=True),
                numbers.sum(0)[np.newaxis],
                np.array([index]),
            )


def surplus_slopes(chains: Chains) -> Found:
    """The slope of an activation in a part that has none."""
    flow, above = chains.flow, defaultdict(set)
    for of, wrt in reversed(list(chains.locals)):
        above[wrt] |= {of, *above[of]}
    curved = [link for link in chains.locals if function_of(chains.equations, link)]
    for link in (link for link in chains.locals if link not in curved):
        of, wrt = link
        on = chains.on[link]
        for other in (other for other in curved if not in_a_row(link, other, above)):
            text = "{other} is in the part through {link} too, where it does not belong."
            names, slope = {"other": partial(other)}, flow.links[other]
            yield Mistake("surplus slope", text, links=(link,), names=names), *times(chains, link, slope, on)
        flat = {of, *chains.locals[link].free_symbols} - {wrt, *(symbol for symbol, _ in curved)}
        for symbol in sorted(flat & chains.equations.keys(), key=str):
            text = "{link} is multiplied by an activation's slope, and {symbol} has no activation."
            h, names = chains.floats.points[symbol.name], {"symbol": symbol.name}
            for slope in (h * (1 - h), 1 - h**2):
                yield (
                    Mistake("surplus slope", text, links=(link,), names=names),
                    *times(chains, link, slope, on),
                )


def in_a_row(one: Link, other: Link, above: Mapping[sp.Symbol, set]) -> bool:
    """Whether a path goes through both links. above: what each symbol is computed into."""
    return any(wrt == of or wrt in above[of] for (_, wrt), (of, _) in ((one, other), (other, one)))


def times(chains: Chains, link: Link, factor: Numbers, on: Numbers) -> tuple[Numbers, Numbers]:
    """The gradients if one link is multiplied by a factor, and which they are."""
    change = chains.flow.links[link] * (factor - 1)
    return chains.gradients[on] + change * chains.flow.through(link)[on], on
