"""Gradients that a learner's function computed, and that are wrong: which slips are in them?"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import sympy as sp

from ..derivation.chain_rule import Equations
from ..derivation.given import some
from ..language import later, say
from ..models.model import Model
from .budget import SEARCH, within
from .facts import facts
from .floats import Floats
from .flow import Chains, same
from .link_slips import SWAPPED
from .mistakes import Mistake
from .slips import IN_ITS_PLACE, Slips
from .sums import alike, sum_for_mean
from .symbols import roles_of
from .trials import MANY, SAMPLES, compared, differs
from .verdict import Verdict, slipped, wrong

SCALES = np.array([1, -1, 2, -2, 0.5, -0.5, SAMPLES, -SAMPLES])  # of a gradient with one slip besides
SWAPPED_ORDER = later("the gradients are right, but in another order: return them for {names}.")
IN_ANOTHERS_PLACE = later("gradients stand in one another's place: return them for {names}.")
SCALED = later("at least one of them is the right one times a number, or with its sign turned.")


def exchanged(answers: np.ndarray, keys: np.ndarray) -> list[int]:
    """Which answers are one another's gradients, in a circle. answers, keys: (parameters, trials).

    Each may have a turned sign, a lost factor or a sum for a mean besides: no link is missing in these.
    """
    scaled = SCALES[:, np.newaxis, np.newaxis, np.newaxis] * keys
    hits = np.any(same(answers[:, np.newaxis], scaled), axis=0)
    own = hits.diagonal() | ~hits.any(axis=1)
    places = np.where(own, range(len(own)), hits.argmax(axis=1)).tolist()
    return [place for place in range(len(own)) if not own[place] and ends_at(places, place) == place]


def ends_at(places: Sequence[int], begin: int) -> int:
    """Where one is that goes from each place to the next, until it is where it began, or long enough."""
    here = places[begin]
    for _ in places:
        here = here if here == begin else places[here]
    return here


def out_of_order(exact: bool, others: Sequence[Verdict], parameters: Sequence[sp.Symbol]) -> str:
    """The message on exchanged gradients. exact: whether they are right else. others: on those in place."""
    names = some(map(str, parameters), most=10)
    if exact and not others:
        return say(SWAPPED_ORDER, names=names)
    order, other = say(IN_ANOTHERS_PLACE, names=names), others[0].message if others else say(SCALED)
    return say("two slips. One: {one} The other: {other}", one=order, other=other)


def judged(
    model: Model,
    adjoints: Mapping,
    lost: Mapping,
    points: Mapping[str, np.ndarray],
    at: Sequence[Mapping],
    samples: int = SAMPLES,
    growth: Mapping[sp.Symbol, float] | None = None,
) -> list[Verdict]:
    """The verdicts on the gradients that are wrong. lost: {parameter: the answer in each trial}.

    points: the values of all symbols at the samples of all trials. at: what the function got in each trial.
    growth: how the gradients grow with the number of samples, whatever else is wrong with them. Where nobody
    knows, those are sums that are as many times as large as they should be.
    Two slips are sought in the first alone, of which the message speaks: they are worth nothing.
    """

    def mean(values: np.ndarray) -> np.ndarray:
        """Over the samples of each trial, of values at all points (the last axis)."""
        return values.reshape(*values.shape[:-1], -1, samples).mean(axis=-1)

    keys = {p: mean(points[adjoints[p].name]) for p in lost}
    if growth is None:
        growth = {p: MANY for p in lost if samples > 1 and same(lost[p], samples * keys[p])}
    sums = {
        p: sum_for_mean(times, lost[p], keys[p], samples, model.data)
        for p, times in growth.items()
        if p in lost and not alike(times, 1)
    }
    told = {p: one.divisor for p, one in sums.items() if one.divisor}
    sums |= {p: sums[p].or_lost(facts(Chains(model.equations, [p], Floats(points)), 0)) for p in told}
    means = {p: lost[p] * told.get(p, samples) / samples for p in lost}
    found: dict[sp.Symbol, list[Mistake]] = {p: [] for p in lost}
    if unknown := [p for p in lost if not same(means[p], keys[p])]:  # else no slip but that, or none to tell
        others = [
            Mistake("another", IN_ITS_PLACE, dL_dp, credit=0.0, names={"other": p.name})
            for p, dL_dp in adjoints.items()
        ]
        answers, first = np.array([means[p] for p in unknown]), range(unknown[:1] == list(lost)[:1])

        def explained() -> list[list[Mistake]]:
            slips = Slips(model.equations, unknown, points, roles_of(model), others)
            known = slips.explain(answers, mean, pairs_of=first)
            known = [[in_lines(mistake, model.equations) for mistake in each] for each in known]
            return [
                each or means_multiplied(slips.chains, index, answers[index], mean)
                for index, each in enumerate(known)
            ]

        found |= zip(unknown, within(SEARCH, explained, [[]] * len(unknown)), strict=True)
    for p in sums:
        found[p] = sums[p].and_then(found[p], p in unknown)
    return [judged_alone(p, found[p], lost[p], keys[p], at) for p in lost]


def in_lines(mistake: Mistake, equations: Equations) -> Mistake:
    """The mistake in a function, whose lines before may have given a right symbol the value of another."""
    computed = str(mistake.names.get("other")) in map(str, equations)
    return mistake._replace(text=WRONG_VALUE) if mistake.text == SWAPPED and computed else mistake


WRONG_VALUE = "the value of {other} stands in {link}, where another belongs: look at the lines before it too."


def means_multiplied(chains: Chains, index: int, answer: np.ndarray, mean: Callable) -> list[Mistake]:
    """The mistake that the mean is taken of each factor, and not of their products."""
    text = "the mean is taken of each factor: multiply sample by sample, then take the mean."
    flow = chains.flow
    for of, wrt in chains.way(index):
        after = np.broadcast_to(flow.links[of, wrt] * flow.tangent[wrt][index], flow.links[of, wrt].shape)
        before = np.broadcast_to(flow.adjoint[of], after.shape)
        if same(mean(before) * mean(after), answer):
            return [Mistake("means multiplied", text)]
    return []


def judged_alone(
    p: sp.Symbol, mistakes: list[Mistake], answer: np.ndarray, key: np.ndarray, at: Sequence[Mapping]
) -> Verdict:
    """The verdict on one parameter's gradient that is wrong in some trial, a number for each."""
    first, name = differs(answer, key), say("the gradient of {parameter}", parameter=p)
    shown = compared(name, answer[first], key[first], at[first])
    if not mistakes:
        return wrong(shown)
    verdict = slipped(mistakes, shown)
    return Verdict(
        False, say("{name}: {message}", name=name, message=verdict.message), verdict.score, verdict.slips
    )
