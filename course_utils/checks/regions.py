"""Points that look everywhere: on both sides of every kink of the key and of an answer, near and far.

Cheap floats find the regions: scattered points of all scales, and lines along which every kink is looked for.
Where an answer seems to differ, the exact comparison decides.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain

import numpy as np
import sympy as sp

from ..derivation.chain_rule import Equations
from .crossings import EACH, LINES, PLACES, Lines, Points, beside, crossings
from .equivalence import computed, same_at
from .floats import Floats, Numbers
from .kinks import Pair, kinks, marks
from .values import Point, Undefined, mp

SCALES = (-3, 3)  # powers of ten
VALUES = 600_000  # so many numbers are computed for the key: points times equations
FEWEST, MOST = 1500, 5000  # points
EXACT = 24  # regions that are compared exactly whatever the floats say
SUSPECTS = 40  # places where the floats say that an answer differs, and it is compared exactly
CLOSE = 1e-9  # relative, of floats
TRIES = 4  # in a region where an answer has no value so far


class Regions:
    """The regions of a key, given by equations that compute it.

    inputs: the symbols that the equations use and do not compute, in an order of the question's own.
    """

    def __init__(self, lines: Equations, inputs: Sequence[sp.Symbol], key: sp.Symbol):
        self.lines, self.inputs, self.key = dict(lines), tuple(inputs), key
        self.random = np.random.default_rng(0)
        self.count = int(np.clip(VALUES / len(self.lines), FEWEST, MOST))
        self.kinks = distinct(pair for line in self.lines.values() for pair in kinks(line))
        places = distinct([*self.kinks, *(pair for line in self.lines.values() for pair in marks(line))])
        self.cloud = self.evaluated(self.scattered(self.count // 2))
        self.cloud = self.explored(self.cloud, places, self.lines.values())
        self._exact: dict[tuple, dict | None] = {}

    def scattered(self, count: int) -> Points:
        """Random points: half of usual size, then those that are small or large as a whole, or in parts."""
        shape = (len(self.inputs), count)
        signs = self.random.choice([1.0, -1.0], shape)
        signs[:, 0] = 1.0
        exponents = self.random.uniform(*SCALES, shape)
        exponents[:, : count * 3 // 4] = exponents[:1, : count * 3 // 4]
        exponents[:, : count // 2] = 0.0
        numbers = self.random.uniform(1 / 3, 2, shape) * signs * 10**exponents
        return {symbol.name: row for symbol, row in zip(self.inputs, numbers, strict=True)}

    def evaluated(self, points: Points, lines: Equations | None = None) -> Floats:
        """The values at points of all symbols, or of those that these lines compute."""
        for symbol in self.inputs:
            if symbol.is_nonnegative:
                points[symbol.name] = np.abs(points[symbol.name])
        return Floats(points).compute(self.lines if lines is None else lines)

    def explored(self, cloud: Floats, places: Sequence[Pair], expressions: Iterable[sp.Expr]) -> Floats:
        """The cloud, and points on both sides of these places, alone and in combinations."""
        lines = self.lines_through(cloud, places[:PLACES])
        if not lines.varied:
            return cloud
        needed = upstream(self.lines, places)
        found = crossings(lines, places, lambda points: self.evaluated(points, needed), sizes(expressions))
        points, numbers = beside(lines, found)
        keep = self.random.permutation(len(next(iter(points.values()))))[: self.count // 2]
        points, mixed = {name: rows[keep] for name, rows in points.items()}, self.scattered(self.count // 4)
        for name, row in numbers.items():
            chosen = self.random.random(self.count // 4) < 0.5
            mixed[name] = np.where(chosen, self.random.choice(row, self.count // 4), mixed[name])
        return joined(cloud, self.evaluated({n: np.concatenate([points[n], mixed[n]]) for n in mixed}))

    def lines_through(self, cloud: Floats, places: Sequence[Pair]) -> Lines:
        """Lines through points of the cloud, some for each place, each in a symbol that it depends on."""
        varied = []
        for pair in places:
            free = upstream_inputs(self, pair)
            count = max(EACH, LINES // len(places)) if free else 0
            varied += [free[i % len(free)] for i in self.random.permutation(max(count, len(free)))[:count]]
        through = self.random.integers(0, cloud.shape[0] * 3 // 4, len(varied)) if varied else []
        names = [symbol.name for symbol in self.inputs]
        return Lines({name: cloud.points[name][through] for name in names} if varied else {}, varied)

    def counterexample(self, answer: sp.Expr) -> Point | None:
        """A point where an answer is not the key, or None."""
        own = distinct([*kinks(answer), *marks(answer)])
        new = [pair for pair in own if pair not in self.kinks]
        cloud = self.explored(self.cloud, new, [answer])
        regions = patterns(cloud, distinct([*self.kinks, *kinks(answer)]))
        return Comparison(self, answer, cloud, regions).counterexample()

    def exact(self, cloud: Floats, index: int) -> dict | None:
        """A point of the cloud with the exact values of everything; None if one has none."""
        inputs = tuple(float(cloud.points[symbol.name][index]) for symbol in self.inputs)
        if inputs not in self._exact:
            names = [symbol.name for symbol in self.inputs]
            try:
                self._exact[inputs] = computed(self.lines, dict(zip(names, map(mp.mpf, inputs), strict=True)))
            except Undefined:
                self._exact[inputs] = None
        return self._exact[inputs]


@lru_cache(4)
def regions_of(lines: tuple, inputs: tuple, key: sp.Symbol) -> Regions:
    """The regions of equations, given as pairs; the last ones are kept."""
    return Regions(dict(lines), inputs, key)


class Comparison:
    """An answer beside the key, at all points of a cloud, and exactly at some of them.

    regions: a number for each point, the same for those in the same region.
    """

    def __init__(self, regions: Regions, answer: sp.Expr, cloud: Floats, where: Numbers):
        self.regions, self.answer, self.cloud, self.where = regions, answer, cloud, where
        self.right = cloud.points[regions.key.name]
        self.given = values(answer, cloud)
        with np.errstate(all="ignore"):
            self.gap = np.abs(self.given - self.right)
            self.relative = np.where(self.gap == 0, 0.0, self.gap / (np.abs(self.given) + np.abs(self.right)))
        self.settled = set(np.unique(where[self.relative <= CLOSE]))

    def counterexample(self) -> Point | None:
        tried = chain((self.at(index) for index in self.chosen()), self.unsettled())
        return next((point for point in tried if point is not None), None)

    def chosen(self) -> list[int]:
        """The worst suspects, and a point in each of some regions."""
        suspects = np.flatnonzero(self.relative > CLOSE)
        clear = (self.relative > 1e-3) & (self.gap > 1e-9 * np.nanmedian(np.abs(self.right)))
        order = np.argsort(~clear[suspects], kind="stable")
        worst = first_of_each(self.where, suspects[order])[:SUSPECTS]
        return [*worst, *first_of_each(self.where, np.flatnonzero(np.isfinite(self.right)))[:EXACT]]

    def at(self, index: int) -> Point | None:
        """The exact point if the answer differs there."""
        point = self.regions.exact(self.cloud, index)
        if point is None:
            return None
        same = same_at(self.answer, self.regions.key, self.regions.lines, point)
        if same:
            self.settled.add(self.where[index])
        return point if same is False else None

    def unsettled(self) -> Iterator[Point | None]:
        """Regions where the key has a value and the answer has had none so far."""
        for region in np.setdiff1d(self.where[np.isfinite(self.right)], list(self.settled))[:SUSPECTS]:
            indices = np.flatnonzero((self.where == region) & np.isfinite(self.right))[:TRIES]
            for index in indices:
                yield self.at(index)
            if region not in self.settled:
                yield next((p for p in (self.regions.exact(self.cloud, i) for i in indices) if p), None)


def upstream(lines: Equations, places: Iterable[Pair]) -> Equations:
    """Those of the lines that the places are computed from."""
    names = {symbol.name for pair in places for side in pair for symbol in side.free_symbols}
    needed = {}
    for symbol, expression in reversed(lines.items()):
        if symbol.name in names:
            names |= {free.name for free in expression.free_symbols}
            needed[symbol] = expression
    return dict(reversed(needed.items()))


def upstream_inputs(regions: "Regions", pair: Pair) -> list[str]:
    """The names of the inputs that a place depends on."""
    used = [*upstream(regions.lines, [pair]).values(), *pair]
    names = {symbol.name for expression in used for symbol in expression.free_symbols}
    return [symbol.name for symbol in regions.inputs if symbol.name in names]


def distinct(things: Iterable) -> list:
    return list(dict.fromkeys(things))


def joined(one: Floats, other: Floats) -> Floats:
    return Floats({name: np.concatenate([one.points[name], other.points[name]]) for name in one.points})


def values(answer: sp.Expr, cloud: Floats) -> Numbers:
    """An answer's values, computed for some points at a time: all its parts are held in memory."""
    at_once = 500
    size = cloud.shape[0]
    slices = [{n: v[i : i + at_once] for n, v in cloud.points.items()} for i in range(0, size, at_once)]
    return np.concatenate([Floats(points).value(answer) for points in slices])


@np.errstate(all="ignore")
def patterns(cloud: Floats, pairs: Sequence[Pair]) -> Numbers:
    """A number for each point: the same for points on the same side of every kink."""
    number = np.zeros(cloud.shape, np.int64)
    for index, (a, b) in enumerate(pairs):
        side = np.sign(cloud.value(a) - cloud.value(b))
        weight = pow(6364136223846793005, index + 1, 2**64) // 4
        number += np.where(np.isnan(side), 2, side).astype(np.int64) * np.int64(weight)
    return number


def first_of_each(where: Numbers, indices: Numbers) -> Numbers:
    """Of the indices the first in each region."""
    _, first = np.unique(where[indices], return_index=True)
    return indices[np.sort(first)]


def sizes(expressions: Iterable[sp.Expr]) -> list[float]:
    """The sizes of the numbers that are written in expressions."""
    numbers = set().union(*(expression.atoms(sp.Number) for expression in expressions))
    found = {abs(float(number)) for number in numbers if number.is_finite and number}
    return sorted(size for size in found if 1e-100 < size < 1e100)
