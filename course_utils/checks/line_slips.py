"""Which slip in one of the equations gives a symbol the values that a learner's function computed?"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import sympy as sp

from ..derivation.chain_rule import Equations, downstream
from .budget import Budget
from .floats import Floats
from .flow import Numbers, same
from .link_slips import number_mistakes, part_mistakes, sums_in, swapped_symbols
from .mistakes import OTHER, Mistake

SINGLE = 10_000  # so many expressions are tried as a single slip: a hundred or two in the lessons' networks


def each_with_numbers(mistakes: Sequence[Mistake], floats: Floats) -> tuple[list[Mistake], Numbers]:
    """The mistakes, one for each symbol that OTHER stands for, and numbers of shape (mistakes, points)."""
    found, numbers = [], [np.empty((0, *floats.shape))]
    for mistake in mistakes:
        if mistake.others:
            stack = np.array([floats.points[other.name] for other in mistake.others])
            found += [mistake.about(other=other.name) for other in mistake.others]
            numbers.append(Floats({OTHER.name: stack} | floats.points).value(mistake.expression))
        else:
            found.append(mistake)
            numbers.append(floats.value(mistake.expression)[np.newaxis])
    return found, np.concatenate(numbers)


def slip_in_lines(
    lines: Equations,
    roles: Sequence,
    points: Mapping[str, Numbers],
    answer: Numbers,
    budget: Budget | None = None,
) -> Mistake | None:
    """The first slip in a line, the last line before the others, that gives the last symbol these values.

    points: an array of shape (points,) for each name. roles: see `mistakes.link_mistakes`.
    """
    budget = budget or Budget(SINGLE)
    for of in reversed(list(lines)):
        mistakes, values = mistaken(lines, of, roles, points, budget)
        hits = same(values, answer)
        if hits.any():
            return mistakes[int(hits.argmax())]
    return None


def mistaken(
    lines: Equations, of: sp.Symbol, roles: Sequence, points: Mapping[str, Numbers], budget: Budget
) -> tuple[list[Mistake], Numbers]:
    """The slips in one line, and what each makes of the last symbol, shape (mistakes, points)."""
    order = list(lines)
    later = dict(list(lines.items())[order.index(of) + 1 :])
    known = points.keys() - {symbol.name for symbol in (of, *later)}
    groups = [[symbol for symbol in group if symbol.name in known] for group in roles]
    tried = (mistake for mistake in equation_mistakes(lines, of, groups) if budget.allows())
    mistakes, values = each_with_numbers(list(tried), Floats(points))
    changed = downstream(later, [of])
    found = Floats({of.name: values} | {name: points[name] for name in points if name != of.name})
    found.compute({symbol: line for symbol, line in later.items() if symbol in changed})
    return mistakes, found.points[order[-1].name]


def equation_mistakes(equations: Equations, of: sp.Symbol, roles: Sequence[Sequence]) -> Iterator[Mistake]:
    """What may stand in place of one equation's right side."""
    right, line = equations[of], {"link": of.name}
    for called in sorted(right.atoms(sp.Function), key=str):
        names = line | {"function": called.func.__name__}
        text = "the {function} in {link} is missing."
        yield Mistake("lost function", text, right.xreplace({called: called.args[0]}), names=names)
    for mistake in (
        *number_mistakes(right, sums_in(equations, of)),
        *part_mistakes(right),
        *swapped_symbols(right, roles),
        Mistake("sign", "the sign of {link} is turned.", -right),
    ):
        yield mistake.about(**line)
