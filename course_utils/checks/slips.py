"""Which slip, or which two, turn a model's gradients into a learner's answers?

Every slip in every link is tried, as numbers at generic points, for all asked gradients at once.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np
import sympy as sp

from ..derivation.chain_rule import Equations, local, loss_of
from .budget import Budget
from .floats import Floats
from .flow import Flow, Numbers, allowance, links_between, same
from .line_slips import SINGLE, each_with_numbers
from .mistakes import Link, Mistake, link_mistakes, partial

PAIRS = 400  # so many slips are combined in pairs, the likeliest of each link first
PAIRED, SECONDS = 3_000_000, 1.0  # so many pairs are tried, for so long: two slips are worth nothing
AT_ONCE = 8  # slips of one link, before the next link has its turn

NO_SLIPS = ("missing link", "function for derivative", "wrong derivative")  # where there is no chain

Reduce = Callable[[np.ndarray], np.ndarray]


class Slip(NamedTuple):
    """A mistake in one link, and the numbers that it has for it."""

    mistake: Mistake
    link: Link
    local: Numbers


class Answers:
    """The gradients that a learner gave, shape (wrts, numbers), and the first mistake that leads to each.

    reduce: what was done to the values at the points (the last axis), such as a mean over samples.
    found, turned: {index: mistake}, for an answer and for the answer with its sign turned.
    """

    def __init__(self, answers: np.ndarray, reduce: Reduce):
        self.answers, self.reduce, self.allowed = answers, reduce, allowance(answers)
        self.found: dict[int, Mistake] = {}
        self.turned: dict[int, Mistake] = {}

    @np.errstate(all="ignore")
    def compare(self, mistakes: Sequence[Mistake], gradients: Numbers, which: np.ndarray) -> None:
        """gradients: what the mistakes make of the gradients `which`, shape (mistakes, which, points)."""
        if not len(which):
            return
        numbers, answers, allowed = self.reduce(gradients), self.answers[which], self.allowed[which]
        for turn, kept in ((1, self.found), (-1, self.turned)):
            hits = np.all(np.abs(turn * numbers - answers) <= allowed, axis=-1)
            for mistake, index in np.argwhere(hits) if hits.any() else ():
                kept.setdefault(int(which[index]), mistakes[mistake])


class Slips:
    """All slips in ∂loss/∂wrt for some wrts, at points with the values of all symbols.

    points: an array of shape (points,) for each name. roles: see `mistakes.link_mistakes`.
    others: expressions that are something else. An answer that is right is explained by nothing.
    """

    @np.errstate(all="ignore")  # products of very large and very small numbers
    def __init__(
        self,
        equations: Equations,
        wrts: Sequence[sp.Symbol],
        points: Mapping[str, Numbers],
        roles: Sequence,
        others: Sequence[Mistake] = (),
    ):
        self.equations, self.wrts, self.points, self.others = equations, list(wrts), points, others
        self.roles = [[symbol for symbol in group if symbol.name in points] for group in roles]
        self.floats = Floats(points)
        self.locals = {link: local(equations, *link) for link in links_between(equations, wrts)}
        self.flow = Flow(equations, self.wrts, {k: self.floats.value(e) for k, e in self.locals.items()})
        self.gradients = np.array([self.flow.adjoint[wrt] for wrt in self.wrts])
        self.ways = [set(links_between(equations, [wrt])) for wrt in self.wrts]

    def explain(
        self,
        answers: Numbers,
        reduce: Reduce = lambda numbers: numbers,
        single: Budget | None = None,
        paired: Budget | None = None,
    ) -> list[list[Mistake]]:
        """For each wrt the slip, or the two, that lead to its answer; an empty list if none do.

        answers: shape (wrts, numbers). Single slips are sought for all of them before any pair is.
        """
        seen = Answers(answers, reduce)
        slips = self._singles(seen, single or Budget(SINGLE))
        paired = paired or Budget(PAIRED, SECONDS)
        right = same(reduce(self.gradients), answers)  # too near to the right one to tell
        return [
            []
            if right[index]
            else self._explained(index, seen) or next(self._pairs(index, slips, seen, paired), [])
            for index in range(len(self.wrts))
        ]

    def _explained(self, index: int, seen: Answers) -> list[Mistake]:
        """The slip in one answer, or the slip besides a turned sign."""
        wrt = self.wrts[index]
        if index in seen.found:
            return [seen.found[index].about(wrt)]
        return [self._turned(index), seen.turned[index].about(wrt)] if index in seen.turned else []

    @np.errstate(all="ignore")
    def _singles(self, seen: Answers, budget: Budget) -> list[Slip]:
        """Compare every single mistake with the answers, the likeliest first; return those in a link."""
        every = np.arange(len(self.wrts))
        self._compare_others(seen, np.array([i for i in every if len(self.ways[i]) == 1], int))
        for index in every:
            seen.compare([self._turned(index)], -self.gradients[None, [index]], every[[index]])
        slips = [*self._compare_paths(seen), *self._compare_links(seen, budget)]
        self._compare_others(seen, every)
        self._compare_early(seen)
        return slips

    def _turned(self, index: int) -> Mistake:
        signed = [
            link for link in self.locals if link in self.ways[index] and is_difference(self.locals[link])
        ]
        where = f" Look at {partial(signed[-1])}." if signed else ""
        return Mistake("sign", f"the sign is turned.{where}", sp.S.NegativeOne)

    def _on(self, link: Link) -> np.ndarray:
        """The indices of the wrts that a link is on the way to."""
        return np.array([index for index, way in enumerate(self.ways) if link in way])

    def _compare_others(self, seen: Answers, which: np.ndarray) -> None:
        for mistake in self.others:
            numbers = self.floats.value(mistake.expression)
            seen.compare([mistake], np.tile(numbers, (1, len(which), 1)), which)

    def _compare_early(self, seen: Answers) -> None:
        """The adjoint of a symbol on the way."""
        loss = loss_of(self.equations)
        for symbol in reversed(list(self.equations)[:-1]):
            message = f"this is {partial((loss, symbol))}: go on, from {symbol} to {{wrt}}."
            which = np.array(
                [i for i, way in enumerate(self.ways) if any(symbol == of for of, _ in way)], int
            )
            numbers = np.tile(self.flow.adjoint[symbol], (1, len(which), 1))
            seen.compare([Mistake("stops early", message, symbol, credit=0.0)], numbers, which)

    def _compare_paths(self, seen: Answers) -> Iterator[Slip]:
        """One of several paths forgotten, or the only one counted."""
        parts = {}
        for link, number in self.flow.links.items():
            on = self._on(link)
            part = number * self.flow.through(link)[on]
            alone = same(part, self.gradients[on])
            if not alone.all():
                parts[link] = on, np.where(alone[:, np.newaxis], np.nan, part)
        for link, (on, part) in parts.items():
            message = f"the paths through {partial(link)} are missing: paths are added."
            mistake = Mistake("missing path", message, sp.S.Zero)
            seen.compare([mistake], (self.gradients[on] - part)[np.newaxis], on)
            yield Slip(mistake, link, 0 * self.flow.links[link])
        for link, (on, part) in parts.items():
            message = f"only the paths through {partial(link)} are counted: others lead there too."
            seen.compare([Mistake("only one path", message, sp.S.One)], part[np.newaxis], on)

    def _compare_links(self, seen: Answers, budget: Budget) -> Iterator[Slip]:
        """The likeliest slips of each link are made first, while the budget lasts, and then compared."""
        waiting = {
            link: link_mistakes(self.equations, link, right, self.roles)
            for link, right in self.locals.items()
        }
        made = {link: [] for link in waiting}
        while waiting:
            for link, mistakes in list(waiting.items()):
                few = [mistake for mistake in islice(mistakes, AT_ONCE) if budget.allows()]
                made[link] += few
                if not few:
                    del waiting[link]
        for link, mistakes in made.items():
            yield from self._compare_link(link, mistakes, seen)

    def _compare_link(self, link: Link, mistakes: list[Mistake], seen: Answers) -> list[Slip]:
        on, right = self._on(link), self.flow.links[link]
        if all(self.ways[index] == {link} for index in on):
            mistakes = [mistake for mistake in mistakes if mistake.slip not in NO_SLIPS]
        mistakes, wrong = each_with_numbers(mistakes, self.floats)
        wrong[same(wrong, right)] = np.nan
        changes = (wrong - right)[:, np.newaxis] * self.flow.through(link)[on]
        seen.compare(mistakes, self.gradients[on] + changes, on)
        return [
            Slip(mistake, link, numbers)
            for mistake, numbers in zip(mistakes, wrong, strict=True)
            if np.isfinite(numbers).all()
        ]

    @np.errstate(all="ignore")
    def _pairs(self, index: int, slips: list[Slip], seen: Answers, budget: Budget) -> Iterator[list[Mistake]]:
        """Two slips in different links, all pairs with the first in one link at once."""
        wrt, way = self.wrts[index], self.ways[index]
        links = {link: numbers for link, numbers in self.flow.links.items() if link in way}
        second = [slip for slip in slips if slip.link in way][:PAIRS]
        places = [list(links).index(slip.link) for slip in second]
        changes = np.array([slip.local - links[slip.link] for slip in second])
        for link, first in by_link(second):
            if not budget.allows(len(first) * len(second)):
                return
            flow = Flow(self.equations, [wrt], links | {link: np.array([[slip.local] for slip in first])})
            through = [flow.through(other) * (other != link) for other in links]
            shape = (len(first), 1, changes.shape[-1])
            through = np.concatenate([np.broadcast_to(numbers, shape) for numbers in through], axis=1)
            gradients = flow.adjoint[wrt] + changes * through[:, places]
            hits = np.abs(seen.reduce(gradients) - seen.answers[index]) <= seen.allowed[index]
            for one, other in np.argwhere(hits.all(axis=-1)):
                yield [first[one].mistake.about(wrt), second[other].mistake.about(wrt)]


def by_link(slips: Sequence[Slip]) -> list[tuple[Link, list[Slip]]]:
    """Missing paths, then what is in the links, all of one link together."""
    groups = {}
    for slip in slips:
        groups.setdefault((slip.mistake.slip == "missing path", slip.link), []).append(slip)
    return [(link, group) for (_, link), group in groups.items()]


def is_difference(expression: sp.Expr) -> bool:
    """Whether a factor is a difference, such as y_hat - y, that is easily taken the wrong way round."""
    return any(
        factor.is_Add and any(term.could_extract_minus_sign() for term in factor.args)
        for factor in sp.Mul.make_args(expression)
    )
