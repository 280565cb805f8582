"""What goes wrong in a chain as a whole: a path, a bracket, links added, a slope where there is none."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise

import numpy as np
import sympy as sp

from ..derivation.chain_rule import derivative, downstream, loss_of
from .floats import Floats
from .flow import Chains, Flow, Numbers, same
from .link_slips import BRACKET, number_of
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


def lost_on_paths(chains: Chains, parts: Mapping[Link, Numbers]) -> Found:
    """A number that every path has, lost on some of them: those through a link, or all others."""
    numbers = {number for link in chains.locals for number in number_of(chains.factored[link])} - {1}
    for number in sorted(numbers):
        for place, (scale, text, others) in enumerate(LOST_ON_PATHS):
            holding = [k for k in chains.locals if number_of(chains.factored[k])[place] == number]
            past = chains.past(holding)
            for link, part in parts.items():
                on = chains.on[link]
                through = past.links[link] * past.through(link)[on, 0]
                rest = np.array([past.adjoint[chains.wrts[index]][0] for index in on]) - through
                has = np.array([through == 0, rest == 0])[..., np.newaxis]
                changes = np.array([part, chains.gradients[on] - part]) * (float(number) ** scale - 1)
                names = {"number": str(number)}
                slip = ("lost number", "lost division")[place] + " on a path"
                mistakes = [Mistake(slip, words, links=(link,), names=names) for words in (text, others)]
                yield mistakes.__getitem__, np.where(has, chains.gradients[on] + changes, np.nan), on


LOST_ON_PATHS = (
    (
        -1,
        "the factor {number} is lost in the part of the sum through {link}.",
        "the factor {number} is there in the part of the sum through {link}, and lost in the rest.",
    ),
    (
        1,
        "a division by {number} is lost in the part of the sum through {link}.",
        "a division by {number} is there in the part of the sum through {link}, and lost in the rest.",
    ),
)


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


def forgotten_functions(chains: Chains) -> Found:
    """An activation forgotten: its input stands for its output, in all links, or in all that is computed.

    Its own slope may be there, as a formula of that input, or be forgotten with it.
    """
    every = range(len(chains.wrts))
    for outputs in groups_of_functions(chains):
        inside = {of: chains.equations[of].args[0] for of in outputs}
        holding = {k for k, formula in chains.locals.items() if outputs & {k[0], *formula.free_symbols}}
        several = [index for index in every if len(holding.intersection(chains.way(index))) > 1]
        formulas = {k: formula.xreplace(inside) for k, formula in chains.locals.items()}
        lost = {k: derivative(inside[k[0]], k[1]) for k in chains.locals if k[0] in inside}
        of = min(outputs, key=list(chains.equations).index)
        names = {"of": of, "function": chains.equations[of].func.__name__, "part": inside[of]}
        mistake = Mistake("forgotten function", FORGOTTEN, names=names)
        for floats, on in ((chains.floats, several), (computed_without(chains, inside), list(every))):
            for changed in (formulas, formulas | lost):
                flow = Flow(chains.equations, chains.wrts, {k: floats.value(e) for k, e in changed.items()})
                if on:
                    gradients = np.array([[flow.adjoint[chains.wrts[index]] for index in on]])
                    yield [mistake].__getitem__, gradients, np.array(on)


FORGOTTEN = "{of} is the {function} of {part}: here {part} itself stands for it."
FUNCTIONS = 10  # so many are forgotten, one after the other


def groups_of_functions(chains: Chains) -> list[set[sp.Symbol]]:
    """The symbols that are a function of something, each alone, and all of one function."""
    loss, kinds = loss_of(chains.equations), defaultdict(list)
    for of, equation in chains.equations.items():
        if isinstance(equation, sp.Function) and len(equation.args) == 1 and of != loss:
            kinds[equation.func].append(of)
    alone = [{of} for some in kinds.values() for of in some]
    return alone[:FUNCTIONS] + [set(some) for some in kinds.values() if len(some) > 1]


def computed_without(chains: Chains, inside: Mapping[sp.Symbol, sp.Expr]) -> Floats:
    """The values of all symbols where some functions are left out."""
    changed = downstream(chains.equations, inside)
    given = {name: v for name, v in chains.floats.points.items() if name not in {s.name for s in changed}}
    lines = {s: inside.get(s, line) for s, line in chains.equations.items() if s in changed}
    return Floats(given).compute(lines)


def single_ways(chains: Chains) -> Iterator[tuple[int, list[Link]]]:
    """The index of each wrt to which there is one path of several links, and these from the loss on."""
    for index in range(len(chains.wrts)):
        way = chains.way(index)[::-1]
        if len(way) > 1 and all(of == before for (_, before), (of, _) in pairwise(way)):
            yield index, way


def terms_alone(chains: Chains) -> Found:
    """Another link of a single path, or all others, multiplied into one term of a link alone."""
    for index, way in single_ways(chains):
        whole, numbers = chains.gradients[index], chains.flow.links
        for link in way:
            others = [numbers[other] for other in way if other != link]
            factors = np.array([*others, np.prod(others, axis=0)])
            mistakes = [Mistake("bracket", BRACKET, links=(link,))] * len(factors)
            for term in sp.Add.make_args(sp.expand(chains.locals[link])):
                part = whole * chains.floats.value(term) / numbers[link]
                gradients = part + (whole - part) / factors
                yield mistakes.__getitem__, gradients[:, np.newaxis], np.array([index])


def added_slips(chains: Chains) -> Found:
    """Links of a single path added instead of multiplied."""
    text = "{link} are added: multiply them."
    for index, way in single_ways(chains):
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
    curved = [link for link in chains.locals if isinstance(chains.equations[link[0]], sp.Function)]
    outputs = {symbol for symbol, _ in curved}
    for link in (link for link in chains.locals if link not in curved):
        of, wrt = link
        text = "{other} is in the part through {link} too, where it does not belong."
        others = [other for other in curved if not in_a_row(link, other, above)]
        mistakes = [Mistake("surplus slope", text, links=(link,), names={"other": other}) for other in others]
        slopes = [flow.links[other] for other in others]
        text = "{slope} stands here, an activation's slope, and {symbol} has no activation."
        flat = {of, *chains.locals[link].free_symbols} - {wrt, *outputs}
        for symbol in sorted(flat & chains.equations.keys(), key=str):
            if not chains.equations[symbol].is_polynomial():
                continue  # it may be an activation that is no single function, such as z*sigmoid(z)
            h = chains.floats.points[symbol.name]
            for slope, numbers in ((symbol * (1 - symbol), h * (1 - h)), (1 - symbol**2, 1 - h**2)):
                names = {"symbol": symbol, "slope": slope}
                mistakes.append(Mistake("surplus slope", text, links=(link,), names=names))
                slopes.append(numbers)
        if mistakes:
            yield mistakes.__getitem__, *times(chains, link, np.array(slopes), chains.on[link])


def in_a_row(one: Link, other: Link, above: Mapping) -> bool:
    """Whether a path goes through both links. above: what each symbol is computed into."""
    return any(wrt == of or wrt in above[of] for (_, wrt), (of, _) in ((one, other), (other, one)))


def times(chains: Chains, link: Link, factors: Numbers, on: Numbers) -> tuple[Numbers, Numbers]:
    """The gradients if one link is multiplied by each of some factors, and which they are."""
    changes = chains.flow.links[link] * (factors - 1)
    return chains.gradients[on] + changes[:, np.newaxis] * chains.flow.through(link)[on], on
