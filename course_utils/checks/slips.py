"""Which slip, or which two, turn a model's gradient into a learner's answer?

Every slip in every link is tried, as numbers at generic points. A gradient depends on each local derivative
linearly, so one pass forward and one backward tell what any slip makes of it, however many paths there are.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import sympy as sp

from ..derivation.chain_rule import Equations, downstream, local, loss_of, upstream
from .mistakes import Link, Mistake, link_mistakes, partial
from .values import Arithmetic, Undefined, quick

CLOSE = 1e-9  # relative: these are floats
PAIRS = 400  # so many slips are combined in pairs, the likeliest of each link first

NO_SLIPS = ("missing link", "function for derivative", "wrong derivative")

Numbers = np.ndarray  # shape (points,)
Reduce = Callable[[np.ndarray], np.ndarray]


class Found(NamedTuple):
    """A slip, what it makes of the gradient, and the link it is in (None for all of it)."""

    mistake: Mistake
    gradient: Numbers
    link: Link | None = None
    local: Numbers | None = None


def at(expression: sp.Expr, points: Sequence[Mapping], arithmetic: Arithmetic = quick) -> Numbers:
    """The values of an expression at the points, nan where it has none."""

    def number(point):
        try:
            return float(arithmetic.value(expression, point))
        except Undefined:
            return np.nan

    numbers = np.array([number(point) for point in points])
    return np.where(np.isfinite(numbers), numbers, np.nan)  # too large for a float


class Flow:
    """All local derivatives between the loss and one symbol, as numbers, and what they add up to.

    adjoint: ∂loss/∂symbol for every symbol on the way; tangent: ∂symbol/∂wrt.
    """

    def __init__(self, equations: Equations, wrt: sp.Symbol, links: Mapping[Link, Numbers]):
        one = np.ones_like(next(iter(links.values())))
        self.links = links
        self.adjoint = defaultdict(float, {loss_of(equations): one})
        self.tangent = defaultdict(float, {wrt: one})
        for of, symbol in reversed(list(links)):
            self.adjoint[symbol] = self.adjoint[symbol] + self.adjoint[of] * links[of, symbol]
        for of, symbol in links:
            self.tangent[of] = self.tangent[of] + links[of, symbol] * self.tangent[symbol]
        self.gradient = self.adjoint[wrt]

    def through(self, link: Link) -> Numbers:
        """What a change of 1 in this local derivative adds to the gradient."""
        of, wrt = link
        return self.adjoint[of] * self.tangent[wrt]


def links_between(equations: Equations, wrt: sp.Symbol) -> list[Link]:
    """The links on the ways from the loss to a symbol, in the order of computation."""
    on_the_way = downstream(equations, [wrt]) & (upstream(equations) | {wrt})
    return [
        (of, symbol)
        for of, expression in equations.items()
        if of in on_the_way
        for symbol in sorted(expression.free_symbols & on_the_way, key=str)
    ]


class Slips:
    """All slips in ∂loss/∂wrt, at some points with the values of all symbols."""

    @np.errstate(all="ignore")  # products of very large and very small numbers
    def __init__(
        self,
        equations: Equations,
        wrt: sp.Symbol,
        points: Sequence[Mapping],
        roles: Sequence,
        others: Sequence[Mistake] = (),
    ):
        self.equations, self.wrt, self.roles = equations, wrt, roles
        self.points = [{name: float(number) for name, number in point.items()} for point in points]
        links = links_between(equations, wrt)
        self.flow = Flow(equations, wrt, {link: at(local(equations, *link), self.points) for link in links})
        confused = [Found(mistake, at(mistake.expression, self.points)) for mistake in others]
        slips = [self._turned(), *self._paths(), *(found for link in links for found in self._in(link))]
        self.found = [*slips, *confused, *self._stops_early()]
        if len(links) == 1:  # what is a slip in a chain is another thing altogether where there is no chain
            self.found = [*confused, *(found for found in slips if found.mistake.slip not in NO_SLIPS)]

    def _turned(self) -> Found:
        signed = [link for link in self.flow.links if is_difference(local(self.equations, *link))]
        where = f" Look at {partial(signed[-1])}." if signed else ""
        mistake = Mistake("sign", f"the sign is turned.{where}", sp.S.NegativeOne)
        return Found(mistake, -self.flow.gradient)

    def _paths(self) -> Iterator[Found]:
        """One of several paths forgotten, or the only one counted."""
        gradient = self.flow.gradient
        parts = {link: number * self.flow.through(link) for link, number in self.flow.links.items()}
        parts = {link: part for link, part in parts.items() if not same(part, gradient)}
        for link, part in parts.items():
            message = f"the paths through {partial(link)} are missing: paths are added."
            yield Found(Mistake("missing path", message, sp.S.Zero), gradient - part, link, 0 * part)
        for link, part in parts.items():
            message = f"only the paths through {partial(link)} are counted: others lead there too."
            yield Found(Mistake("only one path", message, sp.S.One), part)

    def _stops_early(self) -> Iterator[Found]:
        loss = loss_of(self.equations)
        for symbol, adjoint in self.flow.adjoint.items():
            if symbol not in (loss, self.wrt):
                message = f"this is {partial((loss, symbol))}: go on, from {symbol} to {self.wrt}."
                yield Found(Mistake("stops early", message, symbol, credit=0.0), adjoint)

    def _in(self, link: Link) -> Iterator[Found]:
        right, through = self.flow.links[link], self.flow.through(link)
        for mistake in link_mistakes(self.equations, link, self.wrt, self.roles):
            wrong = at(mistake.expression, self.points)
            if not same(wrong, right):
                yield Found(mistake, self.flow.gradient + (wrong - right) * through, link, wrong)

    @np.errstate(all="ignore")
    def match(self, answer: Numbers, reduce: Reduce = lambda numbers: numbers) -> list[Mistake]:
        """The slip, or the two, that lead to this answer; an empty list if none do.

        reduce: what was done to the values at the points (the last axis), such as a mean over samples.
        """
        if same(reduce(self.flow.gradient), answer):  # too near to the right one to tell
            return []
        gradients = reduce(np.array([found.gradient for found in self.found]))
        for index in np.flatnonzero(same(gradients, answer)):
            return [self.found[index].mistake]
        for index in np.flatnonzero(same(-gradients, answer)):
            return [self.found[0].mistake, self.found[index].mistake]
        return next(self._pairs(answer, reduce), [])

    def _pairs(self, answer: Numbers, reduce: Reduce) -> Iterator[list[Mistake]]:
        """Two slips in different links."""
        second = [found for found in self.found if found.link][:PAIRS]
        changes = np.array([found.local - self.flow.links[found.link] for found in second])
        for first in second:
            flow = Flow(self.equations, self.wrt, self.flow.links | {first.link: first.local})
            through = {link: flow.through(link) * (link != first.link) for link in flow.links}
            gradients = flow.gradient + changes * np.array([through[found.link] for found in second])
            for index in np.flatnonzero(same(reduce(gradients), answer)):
                yield [first.mistake, second[index].mistake]


def is_difference(expression: sp.Expr) -> bool:
    """Whether a factor is a difference, such as y_hat - y, that is easily taken the wrong way round."""
    return any(
        factor.is_Add and any(term.could_extract_minus_sign() for term in factor.args)
        for factor in sp.Mul.make_args(expression)
    )


@np.errstate(all="ignore")
def same(one: Numbers, other: Numbers) -> np.ndarray:
    """Whether numbers agree along the last axis and are not all zero. False for nan and infinity."""
    size = np.where(np.isfinite(other), np.abs(other), np.nan)
    scale = np.median(size, axis=-1, keepdims=True)  # not the largest: one may dwarf all others
    return np.any(size > 0, axis=-1) & np.all(np.abs(one - other) <= CLOSE * (size + scale / 1000), axis=-1)
