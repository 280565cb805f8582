"""Which two slips, in different links, lead to an answer?"""

from collections.abc import Mapping, Sequence
from itertools import groupby

import numpy as np

from .budget import Budget
from .flow import Chains, Flow
from .forms import Slip
from .mistakes import Link, Mistake

PAIRS = 400  # so many slips are combined in pairs, the likeliest of each link first
PAIRED, SECONDS = 3_000_000, 1.0  # so many pairs are tried, for so long: two slips are worth nothing

OFTEN = ("missing path", "missing link", "wrong derivative", "slope of another", "input for output",
         "function for derivative", "inner derivative", "lost factor", "wrong symbol")  # fmt: skip


@np.errstate(all="ignore")
def pair_of_slips(
    chains: Chains, index: int, slips: Mapping[Link, Sequence[Slip]], seen, budget: Budget
) -> list[Mistake]:
    """The two slips that lead to the answer `index`; an empty list if there are none, or the budget is spent.

    Where pairs in different links would do, none is named. All pairs with the first in one link are tried at
    once. seen: the learner's `Answers`.
    """
    if not budget.allows(0):
        return []
    wrt, way, found = chains.wrts[index], chains.way(index), {}
    links = {link: chains.flow.links[link] for link in way}
    each = max(1, PAIRS // len(way))
    second = [(link, slip) for link in way for slip in in_pairs(slips.get(link, []))[:each]]
    if not second:
        return []
    places = [way.index(link) for link, _ in second]
    changes = np.array([slip.local - links[link] for link, slip in second])
    for link, some in groupby(second, key=lambda pair: pair[0]):
        first = [slip for _, slip in some]
        if not budget.allows(len(first) * len(second)):
            return []
        flow = Flow(chains.equations, [wrt], links | {link: np.array([[slip.local] for slip in first])})
        ways = [flow.through(other) * (other != link) for other in way]
        shape = (len(first), 1, changes.shape[-1])
        through = np.concatenate([np.broadcast_to(numbers, shape) for numbers in ways], axis=1)
        gradients = flow.adjoint[wrt] + changes * through[:, places]
        hits = np.all(np.abs(seen.reduce(gradients) - seen.answers[index]) <= seen.allowed[index], axis=-1)
        for one, other in np.argwhere(hits):
            pair = sorted((first[one].named, second[other][1].named), key=lambda mistake: mistake.rank)
            found.setdefault(frozenset(mistake.links for mistake in pair), []).append(pair)
    if len(found) != 1:
        return []
    (pairs,) = found.values()
    likeliest = min(pairs, key=lambda pair: sum(mistake.rank for mistake in pair))
    return [mistake.about(wrt=wrt.name)._replace(sure=False) for mistake in likeliest]


def in_pairs(slips: Sequence[Slip]) -> list[Slip]:
    """Those that happen often, the likeliest first."""
    likely = [slip for slip in slips if slip.mistake.slip in OFTEN]
    return sorted(likely, key=lambda slip: slip.mistake.rank)
