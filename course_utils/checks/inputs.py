"""What a learner's function is tried with: numbers in every region of the model, at many scales.

Not where its floats cancel or saturate, in one of the forms that it may have: see `rounding`.
"""

from collections.abc import Sequence

import numpy as np
import sympy as sp

from ..derivation.chain_rule import Equations
from ..language import refusal
from .crossings import PLACES, gaps
from .equivalence import inputs_of
from .floats import Floats, Numbers
from .regions import Regions, patterns, regions_of
from .rounding import CLOSE, tolerances

CANDIDATES = 1500  # settings, of which some are chosen
USUAL, SCALES, MOST = 4, 40, 120  # trials of usual size, at all scales, and altogether
BESIDE = 120  # and beside kinks, shared by all of them
MANY, ENDS = 30, [-1, 0, -2, 1]  # inputs of which each is smallest and largest in fewer trials
WHOLE, FEW = 300, 30  # settings of whole numbers, and trials with some


def chosen_inputs(
    equations: Equations,
    fixed: Sequence[sp.Symbol],
    varied: Sequence[sp.Symbol],
    asked: Sequence[sp.Symbol],
    samples: int,
    written: Equations,
) -> tuple[dict[str, Numbers], Numbers, int]:
    """(values of all symbols by name, shape (trials, samples); tolerances; the number of their regions).

    Within a trial only the varied symbols change. asked: what is compared, as a mean over the samples.
    written: those of the equations that a learner may write in another form.
    Raises ValueError where the model has no values.
    """
    used, given = inputs_of(equations), (*fixed, *varied)
    inputs = tuple(symbol for symbol in given if symbol in used)
    if not inputs:
        raise refusal("the equations use no parameter and no data: there is nothing to try a function with")
    regions = regions_of(tuple(equations.items()), inputs, asked[-1])
    points = spread(regions, {symbol.name for symbol in varied}, samples)
    cloud = regions.evaluated({name: numbers.ravel() for name, numbers in points.items()})
    close = tolerances(regions, cloud, [symbol.name for symbol in asked], samples, written)
    order = np.flatnonzero(np.isfinite(close))
    usual, whole = np.split(order, [np.searchsorted(order, len(close) - WHOLE)])
    usual = usual[np.argsort(close[usual] > CLOSE, kind="stable")]
    if not usual.size:
        raise refusal("this model has no values at the points that were tried")
    where = patterns(cloud, regions.kinks).reshape(-1, samples)
    sizes = np.abs([cloud.points[symbol.name][::samples] for symbol in inputs])
    far = np.reshape([gaps(cloud, pair) for pair in regions.kinks[:PLACES]], (-1, len(close), samples))
    chosen = list(dict.fromkeys([*covering(where, usual, sizes), *near_and_far(far, usual)]))
    last = {name: numbers[-WHOLE * samples :] for name, numbers in cloud.points.items()}
    clear = np.all(off_kinks(regions, Floats(last)).reshape(-1, samples), axis=1)
    chosen += whole[clear[whole - len(close)]][:FEW].tolist()
    chosen.sort(key=lambda trial: close[trial] > CLOSE)  # a slip is told where all digits are there
    values = {name: numbers.reshape(-1, samples)[chosen] for name, numbers in cloud.points.items()}
    unused = {
        symbol.name: np.ones((len(chosen), samples)) for symbol in (*fixed, *varied) if symbol not in used
    }
    return values | unused, close[chosen], len(np.unique(where[chosen]))


def spread(regions: Regions, varied: set[str], samples: int) -> dict[str, Numbers]:
    """Settings from all of a cloud, the usual ones first, each with so many samples of one scale.

    At the end those of small whole numbers, where some are 0 and some are equal.
    """
    random, size = np.random.default_rng(2), regions.cloud.shape[0]
    usual = np.arange(min(regions.count // 4, CANDIDATES // 3))
    others = np.arange(len(usual), size)[:: max(1, size // CANDIDATES)]
    points = {}
    for symbol in regions.inputs:
        numbers = regions.cloud.points[symbol.name][[*usual, *others]][:, None]
        factors = random.uniform(0.5, 1.5, (len(numbers), samples)) * random.choice(
            [-1, 1], (len(numbers), samples)
        )
        factors[:, 0] = 1
        scattered = numbers * (factors if symbol.name in varied else np.ones(samples))
        whole = random.integers(-2, 3, (WHOLE, samples if symbol.name in varied else 1)) + np.zeros(samples)
        points[symbol.name] = np.concatenate([scattered, whole])
    return points


def off_kinks(regions: Regions, cloud: Floats) -> Numbers:
    """Which points are not just on a kink, where a right function may take either side."""
    random, here = np.random.default_rng(4), {s.name: cloud.points[s.name] for s in regions.inputs}
    there = regions.evaluated({n: v + random.uniform(-1e-9, 1e-9, v.shape) for n, v in here.items()})
    off = np.ones(cloud.shape, bool)
    for pair in regions.kinks:
        off &= (gaps(cloud, pair) != 0) | (gaps(there, pair) == 0)
    return off


def covering(where: Numbers, order: Numbers, sizes: Numbers) -> list[int]:
    """Of the trials in this order some usual ones, some of all sizes, and those that are in new regions.

    sizes: of each input in each trial. Among them are those where one is small or large beside the others.
    """
    logs = np.log(sizes[:, order])
    by_size = evenly(np.argsort(logs.mean(axis=0)), SCALES)
    outer = ENDS if len(logs) < MANY and len(order) > 1 else ENDS[:2]
    ends = np.argsort(logs - logs.mean(axis=0), axis=1)[:, outer].ravel()
    chosen = dict.fromkeys(order[[*range(min(USUAL, len(order))), *by_size, *ends]])
    met = set(where[list(chosen)].ravel().tolist())
    for trial in order.tolist():
        if len(chosen) < MOST and not met.issuperset(here := where[trial].tolist()):
            chosen[trial] = None
            met.update(here)
    return list(map(int, chosen))


def near_and_far(gap: Numbers, order: Numbers) -> list[int]:
    """Of the trials in this order some on each side of every kink, from the nearest to the farthest.

    gap: by how much each kink is exceeded, shape (kinks, trials, samples).
    """
    chosen, each = [], int(np.clip(BESIDE / (2 * len(gap) + 1), 2, 8))
    for beyond in (side for kink in gap for side in (kink[order], -kink[order])):
        distance = np.where(beyond > 0, beyond, np.inf).min(axis=1)
        chosen += order[evenly(np.argsort(distance)[: np.isfinite(distance).sum()], each)].tolist()
    return chosen


def evenly(indices: Numbers, count: int) -> Numbers:
    """Of the indices so many, from the first to the last."""
    return indices[np.linspace(0, len(indices) - 1, count if len(indices) else 0).astype(int)]
