"""What goes wrong in a chain as a whole: a path, a bracket, links added, a slope where there is none."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise

import numpy as np

from ..derivation.chain_rule import loss_of
from .flow import Chains, Numbers, same
from .link_slips import function_of
from .mistakes import Link, Mistake

# what makes a mistake from its place, the gradients of each mistake, and the indices of their wrts
Found = Iterator[tuple[Callable[[int], Mistake], Numbers, Numbers]]


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
    lost = "the paths through {link} are missing: paths are added."
    only = "only the paths through {link} are counted: others lead there too."
    for link, part in parts.items():
        on = chains.on[link]
        rest = chains.gradients[on] - part
        mistakes = [
            Mistake("missing path", lost, links=(link,)),
            Mistake("only one path", only, links=(link,)),
        ]
        yield mistakes.__getitem__, np.array([rest, part]), on
    shared = list(shared_factors(chains))
    for link, part in parts.items():
        on = chains.on[link]
        rest = chains.gradients[on] - part
        ways = [(links, factor) for through, links, factor in shared if through[on].all()]
        factors = [np.broadcast_to(factor, chains.gradients.shape)[on] for _, factor in ways]
        gradients = [each for factor in factors for each in (part / factor + rest, part + rest / factor)]
        if gradients:
            yield partial(bracket_over, chains, on, [links for links, _ in ways]), np.array(gradients), on


def shared_factors(chains: Chains) -> Iterator[tuple[Numbers, list[Link], Numbers]]:
    """(of which wrts all paths go through a symbol, the links before or after it, their product)."""
    flow, order = chains.flow, {symbol: place for place, symbol in enumerate(chains.equations)}
    links = list(reversed(chains.locals))
    for symbol in flow.adjoint:
        if symbol in order and symbol != loss_of(chains.equations) and np.ndim(flow.tangent[symbol]) == 2:
            through = same(flow.adjoint[symbol] * flow.tangent[symbol], chains.gradients)
            if through.any():
                yield through, [w for w in links if order[w[0]] > order[symbol]], flow.adjoint[symbol]
                yield through, [w for w in links if order[w[0]] <= order[symbol]], flow.tangent[symbol]


def bracket_over(chains: Chains, on: Numbers, ways: Sequence[Sequence[Link]], place: int) -> Mistake:
    """The mistake that not all paths are multiplied by what they share: two for each of the ways."""
    text = "every path has {link} in it, and here some have not: put the sum of the paths in a bracket."
    links = tuple(link for link in ways[place // 2] if set(on) <= set(chains.on[link]))
    return Mistake("bracket over paths", text, links=links, every=True)


def added_slips(chains: Chains) -> Found:
    """Links of a single path added instead of multiplied."""
    text = "{link} are added: multiply them."
    for index in range(len(chains.wrts)):
        way = chains.way(index)[::-1]
        if not all(of == before for (_, before), (of, _) in pairwise(way)) or len(way) < 2:
            continue
        numbers = np.array([chains.flow.links[link] for link in way])
        added, gradients = [], []
        for first in range(len(way) - 1):
            two = numbers[first] + numbers[first + 1]
            added.append(tuple(way[first : first + 2]))
            gradients.append(two * np.prod(np.delete(numbers, [first, first + 1], axis=0), axis=0))
        if len(way) > 2:
            added.append(tuple(way))
            gradients.append(numbers.sum(axis=0))
        mistakes = [Mistake("added links", text, links=links, every=True) for links in added]
        yield mistakes.__getitem__, np.array(gradients)[:, np.newaxis], np.array([index])


def surplus_slopes(chains: Chains) -> Found:
    """The slope of an activation in a part that has none."""
    flow, above = chains.flow, defaultdict(set)
    for of, wrt in reversed(list(chains.locals)):
        above[wrt] |= {of, *above[of]}
    curved = [link for link in chains.locals if function_of(chains.equations, link)]
    outputs = {symbol for symbol, _ in curved}
    for link in (link for link in chains.locals if link not in curved):
        of, wrt = link
        text = "{other} is in the part through {link} too, where it does not belong."
        others = [other for other in curved if not in_a_row(link, other, above)]
        mistakes = [Mistake("surplus slope", text, links=(link,), names={"other": other}) for other in others]
        slopes = [flow.links[other] for other in others]
        text = "{link} is multiplied by an activation's slope, and {symbol} has no activation."
        flat = {of, *chains.locals[link].free_symbols} - {wrt, *outputs}
        for symbol in sorted(flat & chains.equations.keys(), key=str):
            h, names = chains.floats.points[symbol.name], {"symbol": symbol}
            mistakes += 2 * [Mistake("surplus slope", text, links=(link,), names=names)]
            slopes += [h * (1 - h), 1 - h**2]
        if mistakes:
            yield mistakes.__getitem__, *times(chains, link, np.array(slopes), chains.on[link])


def in_a_row(one: Link, other: Link, above: Mapping) -> bool:
    """Whether a path goes through both links. above: what each symbol is computed into."""
    return any(wrt == of or wrt in above[of] for (_, wrt), (of, _) in ((one, other), (other, one)))


def times(chains: Chains, link: Link, factors: Numbers, on: Numbers) -> tuple[Numbers, Numbers]:
    """The gradients if one link is multiplied by each of some factors, and which they are."""
    changes = chains.flow.links[link] * (factors - 1)
    return chains.gradients[on] + changes[:, np.newaxis] * chains.flow.through(link)[on], on
