"""What goes wrong in a chain as a whole: a sign or a number, a path, a bracket, one slip in every path."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
import sympy as sp

from ..derivation.chain_rule import loss_of
from .flow import Chains, Flow, Numbers, same
from .link_slips import function_of, is_mean, number_of, sums_in
from .mistakes import Link, Mistake, partial

SURPLUS = (2, 3, 0.5)  # factors that a learner may know from another loss

Slips = Mapping[Link, Sequence[tuple[Mistake, Numbers]]]
Found = Iterator[tuple[Mistake, Numbers, Numbers]]  # a mistake, gradients, and the indices of the wrts


def facts(chains: Chains, index: int, formulas: Mapping[Link, sp.Expr]) -> dict[float, Mistake]:
    """What an answer is that is the right one times a number: {number: what to say}. No link is blamed alone.

    formulas: the local derivatives, factored.
    """
    way = chains.way(index)
    signed = tuple(link for link in way if carries_minus(formulas[link]))
    text = "the sign is turned: one minus too many or too few."
    if signed and len(way) > 1:
        text += " Of the links these carry one: {carry}." if len(signed) > 1 else " One is in {carry}."
    found = {-1.0: Mistake("sign turned", text, names={"carry": ", ".join(map(partial, signed))})}
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
            else f"a factor {{number}} is lost{WHERE}"
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
        text = "a factor {number} too many" + (WHERE if links else ": no link on the way has one.")
        text = text if len(way) > 1 else "a factor {number} too many."
        names = {"number": str(sp.nsimplify(number))}
        found.setdefault(float(number), Mistake("surplus number", text, links=links, names=names))
    return found


WHERE = ". Links with a {number}: {link}."


def with_number(chains: Chains, way: Sequence[Link], number: float) -> tuple[Link, ...]:
    """The links in whose equation a whole number, or a division by it, is written."""
    return tuple(
        link
        for link in way
        if any(number in (abs(n.p), n.q) for n in chains.equations[link[0]].atoms(sp.Rational) - {1})
    )


def carries_minus(formula: sp.Expr) -> bool:
    """Whether a minus stands before a factor, or in it, as in y_hat - y."""
    return any(
        factor.could_extract_minus_sign() if not factor.is_Add else has_minus(factor)
        for factor in sp.Mul.make_args(formula)
    )


def has_minus(total: sp.Add) -> bool:
    """Whether a term of it is subtracted."""
    return any(term.could_extract_minus_sign() for term in total.args)


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


def slips_everywhere(chains: Chains, slips: Slips) -> Found:
    """The same slip in each of several links of one kind: the x forgotten in every path, every slope wrong."""
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
        flow = Flow(chains.equations, chains.wrts, chains.flow.links | changed)
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
    "slope of another": "the slope of a {other} stands in each of {link}, and they belong to another function.",
}


def groups_of(chains: Chains) -> Iterator[tuple[list[Link], Callable]]:
    """Several links to one symbol, from one, or of equations of one form or function, and what is the same there."""
    groups = defaultdict(list)
    for link in chains.locals:
        of, wrt = link
        form = chains.equations[of].xreplace(roles(chains, link))
        groups[wrt, by_form].append(link)
        groups[of, by_form].append(link)
        if form.has(sp.Function):  # an activation; two sums in a row are not of one kind
            groups[form, by_form].append(link)
            groups[form.func, by_order].append(link)
    several = {(tuple(links), kinds): None for (_, kinds), links in groups.items() if len(links) > 1}
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
