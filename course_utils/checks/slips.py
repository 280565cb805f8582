"""Which slip, or which two, turn a model's gradients into a learner's answers?

Every slip in every link is tried, as numbers at generic points, for all asked gradients at once. All that
lead to an answer are kept: where several do, in different links, none of these links is blamed alone.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import partial
from itertools import combinations

import numpy as np
import sympy as sp

from ..derivation.chain_rule import Equations, loss_of
from ..language import later
from .budget import Budget
from .chain_slips import (
    Found,
    added_slips,
    forgotten_functions,
    lost_on_paths,
    parts_of,
    path_slips,
    surplus_slopes,
    terms_alone,
)
from .everywhere import slips_everywhere
from .facts import facts, multiple, rarer_facts
from .floats import Floats
from .flow import Chains, Numbers, allowance, same
from .forms import Slip, slips_in_links
from .line_slips import SINGLE
from .mistakes import FACTS, ONE_OF_THESE_OR, ONE_OF_THREE, ONE_OF_TWO, OTHERS, Link, Mistake, one_of
from .pairs import PAIRED, SECONDS, pair_of_slips
from .written import Written

RULES = ("inner derivative", "exponential rule", "product rule", "quotient rule", "power rule", "chain rule")

SELDOM = ("exponent",)

OTHER_SHARE = later(
    "the value of {whole} stands in {link} where that of {part} belongs, or the other way round: look at how"
    " {part} is computed too."
)
INSTEAD = later("this is {what}, but {asked} was asked.")
IN_ITS_PLACE = later("the gradient of {other} stands in its place: mind the order.")
TURNED = {  # the same with the sign turned
    INSTEAD: later("this is {what} with its sign turned, but {asked} was asked."),
    IN_ITS_PLACE: later("the gradient of {other} stands in its place, and with its sign turned."),
}

Reduce = Callable[[Numbers], Numbers]


class Answers:
    """The gradients that a learner gave, shape (wrts, numbers), and the mistakes that lead to each.

    reduce: what was done to the values at the points (the last axis), such as a mean over samples.
    found: for each (index, number) the mistakes that lead to the answer divided by the number.
    """

    def __init__(self, answers: Numbers, reduce: Reduce, scales: Sequence[float] = (1.0,)):
        self.answers, self.reduce, self.allowed = answers, reduce, allowance(answers)
        self.scales = scales
        self.found: dict[tuple[int, float], list[Mistake]] = defaultdict(list)

    @np.errstate(all="ignore")
    def compare(self, made: Callable[[int], Mistake], gradients: Numbers, which: Numbers) -> None:
        """gradients: what mistakes make of the gradients `which`, shape (mistakes, which, points).

        made(place): the mistake, which is made if it leads to an answer.
        """
        if not len(which):
            return
        numbers, answers, allowed = self.reduce(gradients), self.answers[which], self.allowed[which]
        for scale in self.scales:
            hits = np.all(np.abs(scale * numbers - answers) <= allowed, axis=-1)
            for place, index in np.argwhere(hits) if hits.any() else ():
                self.found[int(which[index]), scale].append(made(place))


class Slips:
    """All slips in ∂loss/∂wrt for some wrts, at points with the values of all symbols.

    points: an array of shape (points,) for each name. roles: see `link_slips.link_mistakes`.
    others: expressions that are something else. An answer that is right is explained by nothing.
    written: the answer, if it is a formula: no symbol that is not in it stands in place of another.
    """

    def __init__(
        self,
        equations: Equations,
        wrts: Sequence[sp.Symbol],
        points: Mapping[str, Numbers],
        roles: Sequence,
        others: Sequence[Mistake] = (),
        written: Written | None = None,
    ):
        self.floats, self.others, self.written = Floats(points), others, written
        self.chains = Chains(equations, wrts, self.floats)
        self.roles = [[symbol for symbol in group if symbol.name in points] for group in roles]
        self.facts = [facts(self.chains, index) for index in range(len(self.chains.wrts))]

    def explain(
        self,
        answers: Numbers,
        reduce: Reduce = lambda numbers: numbers,
        single: Budget | None = None,
        paired: Budget | None = None,
        pairs_of: Container[int] | None = None,
        changes: Callable[[], list[Mistake]] = list,
    ) -> list[list[Mistake]]:
        """For each wrt the slip, or the two, that lead to its answer; an empty list if none do.

        answers: shape (wrts, numbers). Single slips are sought for all of them before any pair is.
        pairs_of: the indices of those in which two slips are sought, all unless told.
        changes: finds what is wrong in the answers by themselves, where no single slip is likely.
        """
        scales = {scale for known in self.facts for scale in known}
        seen, paired = Answers(answers, reduce, (1.0, *scales)), paired or Budget(PAIRED, SECONDS)
        slips = self._singles(seen, single or Budget(SINGLE))
        two = range(len(answers)) if pairs_of is None else pairs_of
        right = reduce(self.chains.gradients)
        near = same(right, answers)  # too near to the right one to tell
        return [
            []
            if near[index]
            else self._by_the_book(index, seen)
            or self._scaled(index, right[index], answers[index])
            or likelier(self._explained(index, seen, right[index]), changes)
            or self._another_turned(index, seen)
            or (pair_of_slips(self.chains, index, slips, seen, paired) if index in two else [])
            for index in range(len(answers))
        ]

    def _by_the_book(self, index: int, seen: Answers) -> list[Mistake]:
        """A misused rule, where one link is all the chain: it says more than what number is lost."""
        wrt, found = self.chains.wrts[index].name, seen.found.get((index, 1.0), [])
        misused = [mistake for mistake in found if mistake.slip in RULES]
        turned = same(-seen.reduce(self.chains.gradients)[index], seen.answers[index])
        return [likeliest(misused, wrt)] if misused and self.chains.lengths[index] == 1 and not turned else []

    def _scaled(self, index: int, right: Numbers, answer: Numbers) -> list[Mistake]:
        """What an answer is that is the right one times a number, or times two."""
        known, wrt = self.facts[index], self.chains.wrts[index].name
        rarer = {} if self.written is None else rarer_facts(self.chains, index)  # a function has numbers too
        either = rarer | known
        signed = ((-1.0, scale) for scale in rarer)
        for some in (*combinations(known, 1), *combinations(rarer, 1), *combinations(known, 2), *signed):
            if same(np.prod(some) * right, answer):
                return [either[scale].about(wrt=wrt) for scale in some]
        return []

    def _explained(self, index: int, seen: Answers, right: Numbers) -> list[Mistake]:
        """The slip in one answer, or the slip besides a turned sign or a number.

        Where an answer is the right one times a number, no rule that happens to give it is blamed.
        """
        wrt, known = self.chains.wrts[index].name, self.facts[index]
        alone = "another" if self.chains.lengths[index] == 1 else ""
        found = self._seen_in_it(seen.found.get((index, 1.0), []))
        times = multiple(right, seen.answers[index]) if self.chains.lengths[index] > 1 else []
        if times:
            found = [mistake for mistake in found if mistake.slip not in (*RULES, "exponent")]
        if found:
            return [hedged(likeliest(found, wrt, first=alone), self.chains, index)]
        if times:
            return times
        for scale, fact in known.items():
            found = self._seen_in_it(seen.found.get((index, scale), []))
            unlikely = (
                OTHERS
                if not alone
                else ("stops early", "inverted link", "chain rule", "quotient rule", "mixed up")
            )
            found = [mistake for mistake in found if mistake.slip not in unlikely]
            if found:
                likely = likeliest(found, wrt, first=alone)
                return [fact.about(wrt=wrt), likely._replace(sure=likely.slip not in SELDOM)]
        return []

    def _seen_in_it(self, found: list[Mistake]) -> list[Mistake]:
        """The mistakes, with a missing bracket only where it is seen in the answer, or nothing else is known.

        What an inner value in place of an outer one makes of a number, a missing bracket may make as well.
        """
        others = [mistake for mistake in found if mistake.slip != "bracket"]
        if self.written is None:
            found = others or found
        elif len(others) < len(found) and not self.written.lacks_bracket:
            found = others
        return [self._as_values(mistake) for mistake in found if self._may_be_written(mistake)]

    def _may_be_written(self, mistake: Mistake) -> bool:
        """Whether the slope that is too many may be in the answer: not that of a symbol it does not have."""
        slope = mistake.names.get("slope")
        if self.written is None or not isinstance(slope, sp.Expr):
            return True
        return slope.free_symbols <= self.written.formula.free_symbols

    def _as_values(self, mistake: Mistake) -> Mistake:
        """A share in place of the other, where that one is not written: what computes it may be wrong."""
        part = mistake.names.get("part")
        if mistake.slip != "complement" or part not in self.chains.equations:
            return mistake
        by_name = self.written is not None and part in self.written.formula.free_symbols
        return mistake if by_name else mistake._replace(text=OTHER_SHARE)

    def _another_turned(self, index: int, seen: Answers) -> list[Mistake]:
        """Something else, with its sign turned."""
        found = (mistake for mistake in seen.found.get((index, -1.0), []) if mistake.text in TURNED)
        return [other._replace(slip="another turned", text=TURNED[other.text]) for other in found][:1]

    @np.errstate(all="ignore")
    def _singles(self, seen: Answers, budget: Budget) -> dict[Link, list[Slip]]:
        """Compare every single mistake with the answers; return those in a link."""
        chains = self.chains
        slips = slips_in_links(chains, self.roles, self.written, budget)
        parts = parts_of(chains)
        for made, gradients, on in (
            *changed_links(chains, slips),
            *path_slips(chains, parts),
            *lost_on_paths(chains, parts),
            *added_slips(chains),
            *terms_alone(chains),
            *forgotten_functions(chains),
            *surplus_slopes(chains),
            *slips_everywhere(chains, slips),
        ):
            seen.compare(made, gradients, on)
        self._compare_others(seen)
        self._compare_early(seen)
        missing = Mistake("missing path", "the paths through {link} are missing: paths are added.")
        for link in parts:
            slips[link].insert(0, Slip(missing._replace(links=(link,)), 0 * chains.flow.links[link]))
        return slips

    def _compare_others(self, seen: Answers) -> None:
        every = np.arange(len(self.chains.wrts))
        for mistake in self.others:
            numbers = self.floats.value(mistake.expression)
            seen.compare([mistake].__getitem__, np.tile(numbers, (1, len(every), 1)), every)

    def _compare_early(self, seen: Answers) -> None:
        """The adjoint of a symbol on the way."""
        loss, last = loss_of(self.chains.equations), {}
        for of, symbol in self.chains.locals:
            last[of] = np.union1d(last.get(of, []), self.chains.on[of, symbol]).astype(int)
        for symbol in reversed([symbol for symbol in last if symbol != loss]):
            text = "this is {link}: go on, from {symbol} to {wrt}."
            early = Mistake(
                "stops early", text, credit=0.0, links=((loss, symbol),), names={"symbol": symbol.name}
            )
            numbers = np.tile(self.chains.flow.adjoint[symbol], (1, len(last[symbol]), 1))
            seen.compare([early].__getitem__, numbers, last[symbol])


def likelier(found: list[Mistake], changes: Callable[[], list[Mistake]]) -> list[Mistake]:
    """What was found, or one change in the answer instead of two slips, or beside one that is seldom made."""
    if len(found) == 1 and found[0].slip not in SELDOM:
        return found
    changed = changes()
    if len(changed) == 1:
        return [one_of([found[0], *changed])] if len(found) == 1 else changed
    return found or changed


def changed_links(chains: Chains, slips: Mapping[Link, Sequence[Slip]]) -> Found:
    """A slip in one link."""
    for link, some in slips.items():
        if some:
            on = chains.on[link]
            changes = np.array([slip.local for slip in some]) - chains.flow.links[link]
            gradients = chains.gradients[on] + changes[:, np.newaxis] * chains.flow.through(link)[on]
            yield partial(named, some), gradients, on


CANCELS = "perhaps {one} But {other} cancels, so it may be two other slips: work out each link once more."


def hedged(mistake: Mistake, chains: Chains, index: int) -> Mistake:
    """A symbol in place of another, with a doubt if a division by it on the way may have gone with it."""
    other = sp.Symbol(str(mistake.names.get("other")))
    if mistake.slip != "wrong symbol" or not any(divides(other, chains.locals[k]) for k in chains.way(index)):
        return mistake
    return mistake.about(one=mistake.message)._replace(text=CANCELS)


def divides(symbol: sp.Symbol, formula: sp.Expr) -> bool:
    """Whether a formula is divided by a symbol."""
    powers = (factor.as_base_exp() for factor in sp.Mul.make_args(formula))
    return any(base == symbol and exponent.could_extract_minus_sign() for base, exponent in powers)


def named(slips: Sequence[Slip], place: int) -> Mistake:
    """The mistake of one of the slips in a link."""
    return slips[place].named


def likeliest(found: Iterable[Mistake], wrt: str, first: str = "") -> Mistake:
    """The likeliest mistake, and with it, if it blames a link, those in other links that would do the same.

    first: a slip that comes before all others.
    """

    def rank(mistake: Mistake) -> int:
        return -1 if mistake.slip == first else mistake.rank

    best, *others = sorted((mistake.about(wrt=wrt) for mistake in found), key=rank)
    each = {best.links: best}
    for other in others if best.slip not in FACTS else ():
        if other.slip not in FACTS:
            each.setdefault(other.links, other)
    together = one_of(list(each.values()))
    instead = next((mistake for mistake in others if mistake.slip == "another"), None)
    if instead and len(each) > 1:  # as likely as any of these
        text = ONE_OF_THREE if together.text == ONE_OF_TWO else ONE_OF_THESE_OR
        return together._replace(text=text).about(third=instead.message)
    return one_of([best, instead]) if instead and best.slip in RULES[1:] else together
