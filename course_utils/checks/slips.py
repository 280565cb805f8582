"""Which slip, or which two, turn a model's gradients into a learner's answers?

Every slip in every link is tried, as numbers at generic points, for all asked gradients at once.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from itertools import islice

import numpy as np
import sympy as sp

from ..derivation.chain_rule import Equations, loss_of
from .budget import Budget
from .floats import Floats
from .flow import Chains, Numbers, allowance, same
from .line_slips import SINGLE, each_with_numbers
from .mistakes import Link, Mistake, link_mistakes, partial
from .pairs import PAIRED, SECONDS, Slip, pair_of_slips

AT_ONCE = 8  # slips of one link, before the next link has its turn

NO_SLIPS = ("missing link", "function for derivative", "wrong derivative")  # where there is no chain

Reduce = Callable[[Numbers], Numbers]


class Answers:
    """The gradients that a learner gave, shape (wrts, numbers), and the first mistake that leads to each.

    reduce: what was done to the values at the points (the last axis), such as a mean over samples.
    found, turned: {index: mistake}, for an answer and for the answer with its sign turned.
    """

    def __init__(self, answers: Numbers, reduce: Reduce):
        self.answers, self.reduce, self.allowed = answers, reduce, allowance(answers)
        self.found: dict[int, Mistake] = {}
        self.turned: dict[int, Mistake] = {}

    @np.errstate(all="ignore")
    def compare(self, mistakes: Sequence[Mistake], gradients: Numbers, which: Numbers) -> None:
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

    def __init__(
        self,
        equations: Equations,
        wrts: Sequence[sp.Symbol],
        points: Mapping[str, Numbers],
        roles: Sequence,
        others: Sequence[Mistake] = (),
    ):
        self.floats, self.others = Floats(points), others
        self.chains = Chains(equations, wrts, self.floats)
        self.roles = [[symbol for symbol in group if symbol.name in points] for group in roles]
        signed = [link for link, formula in self.chains.locals.items() if is_difference(formula)]
        self.turned = [Mistake("sign", "the sign is turned.", sp.S.NegativeOne)] * len(self.chains.wrts)
        for link in signed:
            message = f"the sign is turned. Look at {partial(link)}."
            for index in self.chains.on[link]:
                self.turned[index] = Mistake("sign", message, sp.S.NegativeOne)

    def explain(
        self,
        answers: Numbers,
        reduce: Reduce = lambda numbers: numbers,
        single: Budget | None = None,
        paired: Budget | None = None,
        pairs_of: Container[int] | None = None,
    ) -> list[list[Mistake]]:
        """For each wrt the slip, or the two, that lead to its answer; an empty list if none do.

        answers: shape (wrts, numbers). Single slips are sought for all of them before any pair is.
        pairs_of: the indices of those in which two slips are sought, all unless told.
        """
        seen, paired = Answers(answers, reduce), paired or Budget(PAIRED, SECONDS)
        slips = self._singles(seen, single or Budget(SINGLE))
        two = range(len(answers)) if pairs_of is None else pairs_of
        right = same(reduce(self.chains.gradients), answers)  # too near to the right one to tell
        return [
            []
            if right[index]
            else self._explained(index, seen)
            or (pair_of_slips(self.chains, index, slips, seen, paired) if index in two else [])
            for index in range(len(answers))
        ]

    def _explained(self, index: int, seen: Answers) -> list[Mistake]:
        """The slip in one answer, or the slip besides a turned sign."""
        wrt = self.chains.wrts[index]
        if index in seen.found:
            return [seen.found[index].about(wrt)]
        return [self.turned[index], seen.turned[index].about(wrt)] if index in seen.turned else []

    @np.errstate(all="ignore")
    def _singles(self, seen: Answers, budget: Budget) -> dict[Link, list[Slip]]:
        """Compare every single mistake with the answers, the first first; return those in a link."""
        every = np.arange(len(self.chains.wrts))
        self._compare_others(seen, np.flatnonzero(self.chains.lengths == 1))
        for index, mistake in enumerate(self.turned):
            seen.compare([mistake], -self.chains.gradients[None, [index]], every[[index]])
        slips = self._compare_paths(seen)
        for link, mistakes in self._made(budget).items():
            slips.setdefault(link, []).extend(self._compare_link(link, mistakes, seen))
        self._compare_others(seen, every)
        self._compare_early(seen)
        return slips

    def _compare_others(self, seen: Answers, which: Numbers) -> None:
        for mistake in self.others:
            seen.compare([mistake], np.tile(self.floats.value(mistake.expression), (1, len(which), 1)), which)

    def _compare_early(self, seen: Answers) -> None:
        """The adjoint of a symbol on the way."""
        loss, last = loss_of(self.chains.equations), {}
        for of, symbol in self.chains.locals:
            last[of] = np.union1d(last.get(of, []), self.chains.on[of, symbol]).astype(int)
        for symbol in reversed([symbol for symbol in last if symbol != loss]):
            message = f"this is {partial((loss, symbol))}: go on, from {symbol} to {{wrt}}."
            numbers = np.tile(self.chains.flow.adjoint[symbol], (1, len(last[symbol]), 1))
            seen.compare([Mistake("stops early", message, symbol, credit=0.0)], numbers, last[symbol])

    def _compare_paths(self, seen: Answers) -> dict[Link, list[Slip]]:
        """One of several paths forgotten, or the only one counted."""
        parts, flow = {}, self.chains.flow
        for link, on in self.chains.on.items():
            part = flow.links[link] * flow.through(link)[on]
            alone = same(part, self.chains.gradients[on])
            if not alone.all():
                parts[link] = np.where(alone[:, np.newaxis], np.nan, part)
        missing = {}
        for link, part in parts.items():
            message = f"the paths through {partial(link)} are missing: paths are added."
            missing[link] = Mistake("missing path", message, sp.S.Zero)
            on = self.chains.on[link]
            seen.compare([missing[link]], (self.chains.gradients[on] - part)[np.newaxis], on)
        for link, part in parts.items():
            message = f"only the paths through {partial(link)} are counted: others lead there too."
            seen.compare(
                [Mistake("only one path", message, sp.S.One)], part[np.newaxis], self.chains.on[link]
            )
        return {link: [Slip(mistake, 0 * flow.links[link])] for link, mistake in missing.items()}

    def _made(self, budget: Budget) -> dict[Link, list[Mistake]]:
        """The mistakes in each link, a few of each in turn, the likeliest first, while the budget lasts."""
        chains = self.chains
        waiting = {
            link: link_mistakes(chains.equations, link, right, self.roles)
            for link, right in chains.locals.items()
        }
        made = {link: [] for link in waiting}
        while waiting:
            for link, mistakes in list(waiting.items()):
                few = [mistake for mistake in islice(mistakes, AT_ONCE) if budget.allows()]
                made[link] += few
                if not few:
                    del waiting[link]
        return made

    def _compare_link(self, link: Link, mistakes: list[Mistake], seen: Answers) -> list[Slip]:
        on, right = self.chains.on[link], self.chains.flow.links[link]
        if np.all(self.chains.lengths[on] == 1):
            mistakes = [mistake for mistake in mistakes if mistake.slip not in NO_SLIPS]
        mistakes, wrong = each_with_numbers(mistakes, self.floats)
        different = np.isfinite(wrong).all(axis=-1) & ~same(wrong, right)
        mistakes, wrong = [mistakes[row] for row in np.flatnonzero(different)], wrong[different]
        changes = (wrong - right)[:, np.newaxis] * self.chains.flow.through(link)[on]
        seen.compare(mistakes, self.chains.gradients[on] + changes, on)
        return list(map(Slip, mistakes, wrong))


def is_difference(expression: sp.Expr) -> bool:
    """Whether a factor is a difference, such as y_hat - y, that is easily taken the wrong way round."""
    return any(
        factor.is_Add and any(term.could_extract_minus_sign() for term in factor.args)
        for factor in sp.Mul.make_args(expression)
    )
