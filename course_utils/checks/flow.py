"""What each local derivative contributes to a gradient, as numbers at some points.

A gradient depends on each local derivative linearly, so one pass forward and one backward tell what any
change in it makes of the gradient, however many paths there are.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
import sympy as sp

from ..derivation.chain_rule import Equations, downstream, local, loss_of, upstream
from .floats import Floats
from .mistakes import Link

CLOSE = 1e-9  # relative: these are floats

Numbers = np.ndarray  # shape (..., points)


def links_between(equations: Equations, symbols: Iterable[sp.Symbol]) -> list[Link]:
    """The links on the ways from the loss to the symbols, in the order of computation."""
    symbols = list(symbols)
    on_the_way = downstream(equations, symbols) & (upstream(equations) | set(symbols))
    return [
        (of, symbol)
        for of, expression in equations.items()
        if of in on_the_way
        for symbol in sorted(expression.free_symbols & on_the_way, key=str)
    ]


class Flow:
    """All local derivatives between the loss and some symbols, as numbers, and what they add up to.

    links: numbers of shape (..., points). adjoint: ∂loss/∂symbol for every symbol on the way, of that shape.
    tangent: ∂symbol/∂wrt, of shape (wrts, points) if the links have shape (points,).
    """

    def __init__(self, equations: Equations, wrts: Sequence[sp.Symbol], links: Mapping[Link, Numbers]):
        self.links, self.wrts = links, wrts
        self.points = next(iter(links.values())).shape[-1]
        self.adjoint = defaultdict(float, {loss_of(equations): np.ones(self.points)})
        for of, symbol in reversed(list(links)):
            self.adjoint[symbol] = self.adjoint[symbol] + self.adjoint[of] * links[of, symbol]

    @cached_property
    def tangent(self) -> Mapping[sp.Symbol, Numbers]:
        """∂symbol/∂wrt for every symbol on the way."""
        each = np.repeat(np.eye(len(self.wrts))[..., np.newaxis], self.points, axis=-1)
        found = defaultdict(float, zip(self.wrts, each, strict=True))
        for of, symbol in self.links:
            found[of] = found[of] + self.links[of, symbol] * found[symbol]
        return found

    def through(self, link: Link) -> Numbers:
        """What a change of 1 in this local derivative adds to each gradient."""
        of, wrt = link
        return self.adjoint[of] * self.tangent[wrt]


class Chains:
    """The links between the loss and some symbols, as formulas and as numbers at points.

    locals: {link: formula}. on: {link: the indices of the wrts that it is on the way to}.
    gradients: ∂loss/∂wrt, shape (wrts, points).
    """

    @np.errstate(all="ignore")  # products of very large and very small numbers
    def __init__(self, equations: Equations, wrts: Sequence[sp.Symbol], floats: Floats):
        self.equations, self.wrts, self.floats = equations, list(wrts), floats
        self.locals = {link: local(equations, *link) for link in links_between(equations, wrts)}
        self.flow = Flow(equations, self.wrts, {k: floats.value(e) for k, e in self.locals.items()})
        self.gradients = np.array([self.flow.adjoint[wrt] for wrt in self.wrts])
        above = defaultdict(set, {wrt: {index} for index, wrt in enumerate(self.wrts)})
        for of, symbol in self.locals:
            above[of] |= above[symbol]
        self.on = {link: np.array(sorted(above[link[1]])) for link in self.locals}
        self._ways = [[] for _ in self.wrts]
        for link, on in self.on.items():
            for index in on:
                self._ways[index].append(link)
        counts = (np.bincount(on, minlength=len(self.wrts)) for on in self.on.values())
        self.lengths = sum(counts, np.zeros(len(self.wrts), int))
        self._past: dict[frozenset[Link], Flow] = {}

    @cached_property
    def factored(self) -> dict[Link, sp.Expr]:
        """The formulas, with what their terms share before a bracket."""
        return {link: sp.factor_terms(formula) for link, formula in self.locals.items()}

    def past(self, links: Iterable[Link]) -> Flow:
        """How many paths go past all of these links: where it is 0, every path has one of them."""
        avoided = frozenset(links)
        if avoided not in self._past:
            open_to = {link: np.array([float(link not in avoided)]) for link in self.locals}
            self._past[avoided] = Flow(self.equations, self.wrts, open_to)
        return self._past[avoided]

    def way(self, index: int) -> list[Link]:
        """The links on the ways to one of the wrts."""
        return self._ways[index]


@np.errstate(all="ignore")
def allowance(numbers: Numbers) -> Numbers:
    """How far others may be from these and be the same. For zeros alone, and beside a nan, it is nan."""
    size = np.where(np.isfinite(numbers), np.abs(numbers), np.nan)
    scale = np.sort(size, axis=-1)[..., size.shape[-1] // 2, np.newaxis]  # the middle: one may dwarf all
    some = np.where(np.any(size > 0, axis=-1, keepdims=True), 1, np.nan)
    return CLOSE * some * (size + scale / 1000)


@np.errstate(all="ignore")
def same(one: Numbers, other: Numbers) -> np.ndarray:
    """Whether numbers agree along the last axis and are not all zero. False for nan and infinity."""
    return np.all(np.abs(one - other) <= allowance(other), axis=-1)
