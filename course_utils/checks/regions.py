"""Points that look everywhere: on both sides of every kink of the key and of an answer, near and far.

Floats find the regions: scattered points of all scales, and lines along which every kink is looked for.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import islice

import numpy as np
import sympy as sp

from ..derivation.chain_rule import Equations
from .crossings import EACH, LINES, PLACES, Lines, Points, beside, crossings, gaps
from .equivalence import filled, smallest, tolerance_of
from .floats import Floats, Numbers
from .goals import MOST as GOALS
from .goals import goals
from .kinks import Pair, kinks, marks
from .search import Search, together
from .values import Point, Undefined

SCALES = (-3, 3)  # powers of ten
VALUES = 600_000  # so many numbers are computed for the key: points times equations
FEWEST, MOST = 1500, 5000  # points
POINTS = 16  # usual points, where everything is compared exactly
PATIENCE = 100  # so many are tried to find some where the key is not zero


class Regions:
    """The regions of a key, given by equations that compute it.

    inputs: the symbols that the equations use and do not compute, in an order of the question's own.
    """

    def __init__(self, lines: Equations, inputs: Sequence[sp.Symbol], key: sp.Symbol):
        self.lines, self.inputs, self.key = dict(lines), tuple(inputs), key
        self.tolerance = tolerance_of(*lines.values())
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
        signs[:, :1] = 1.0
        exponents = self.random.uniform(*SCALES, shape)
        exponents[:, : count * 3 // 4] = exponents[:1, : count * 3 // 4]
        exponents[:, : count // 2] = 0.0
        numbers = self.random.uniform(1 / 3, 2, shape) * signs * 10**exponents
        return {symbol.name: row for symbol, row in zip(self.inputs, numbers, strict=True)}

    def evaluated(self, points: Points, expressions: Iterable[sp.Basic] | None = None) -> Floats:
        """The values of all symbols at points, or of those that these expressions need."""
        for symbol in self.inputs:
            if symbol.is_nonnegative:
                points[symbol.name] = np.abs(points[symbol.name])
        return Floats(points).compute(
            self.lines if expressions is None else upstream(self.lines, expressions)
        )

    def explored(self, cloud: Floats, places: Sequence[Pair], expressions: Iterable[sp.Expr]) -> Floats:
        """The cloud, and points on both sides of these places, alone and in combinations."""
        lines = self.lines_through(cloud, places[:PLACES])
        if not lines.varied:
            return cloud
        found = crossings(lines, places, self.evaluated, sizes(expressions))
        points, numbers = beside(lines, found)
        keep = self.random.permutation(len(next(iter(points.values()))))[: self.count // 2]
        points, mixed = {name: rows[keep] for name, rows in points.items()}, self.scattered(self.count // 4)
        for name, row in numbers.items():
            chosen = self.random.random(self.count // 4) < 0.5
            mixed[name] = np.where(chosen, self.random.choice(row, self.count // 4), mixed[name])
        new = {name: np.concatenate([points[name], mixed[name]]) for name in mixed}
        return joined(cloud, self.evaluated(self.off_kinks(new, places)))

    def off_kinks(self, points: Points, places: Sequence[Pair]) -> Points:
        """The points without those that are just on a kink: the smallest step leads away from it."""
        sides = [side for pair in places for side in pair]
        step = 1 + 1e-11 * self.random.choice([-1, 1], (len(points), 1))
        moved = {name: numbers * factor for (name, numbers), factor in zip(points.items(), step, strict=True)}
        here, there = self.evaluated(points, sides), self.evaluated(moved, sides)
        on = np.zeros(here.shape, bool)
        for pair in places:
            on |= (gaps(here, pair) == 0) & (gaps(there, pair) != 0)
        return {name: numbers[~on] for name, numbers in points.items()}

    def inputs_in(self, expressions: Sequence[sp.Basic]) -> list[str]:
        """The names of the inputs that expressions depend on."""
        names = names_in([*upstream(self.lines, expressions).values(), *expressions])
        return [symbol.name for symbol in self.inputs if symbol.name in names]

    def lines_through(self, cloud: Floats, places: Sequence[Pair]) -> Lines:
        """Lines through points of the cloud, some for each place, each in a symbol that it depends on."""
        varied = []
        for pair in places:
            free = self.inputs_in(pair)
            count = max(EACH, LINES // len(places)) if free else 0
            varied += [free[i % len(free)] for i in self.random.permutation(max(count, len(free)))[:count]]
        through = self.random.integers(0, cloud.shape[0] * 3 // 4, len(varied)) if varied else []
        names = [symbol.name for symbol in self.inputs]
        return Lines({name: cloud.points[name][through] for name in names} if varied else {}, varied)

    def around(self, answer: sp.Expr) -> tuple[Floats, int]:
        """The cloud, and points on both sides of an answer's own kinks, in the combinations that it names.

        How many points at the end had to be sought, one combination after the other.
        """
        self.random = np.random.default_rng(1)
        own = distinct([*kinks(answer), *marks(answer)])
        new = [pair for pair in own if pair not in self.kinks]
        cloud = self.explored(Floats(self.cloud.points), new, [answer])
        search = Search(self.evaluated, self.scattered, self.random)
        wanted = distinct(islice(goals(answer), GOALS))
        found = together(search.reach(goal, self.inputs_in(goal), cloud) for goal in wanted)
        sought = self.evaluated(found or self.scattered(0))
        return joined(cloud, sought), sought.shape[0]

    @cached_property
    def points(self) -> list[Point]:
        """Exact points of usual size, in different regions, those first where the key is not zero."""
        size = np.abs(self.cloud.points[self.key.name])
        usual = np.arange(len(size)) < self.count // 4
        order = np.lexsort((~usual, ~(size > 0), ~np.isfinite(size)))
        first = first_of_each(patterns(self.cloud, self.kinks), order)
        least = smallest(self.tolerance)
        alive, zero = [], []
        for index in [*first[usual[first]][:POINTS], *order]:
            point = self.exact(self.cloud, index)
            if point is None or 0 < abs(point[self.key.name]) <= least:
                continue
            (alive if point[self.key.name] else zero).append(point)
            if len(alive) + len(zero) >= (POINTS if len(alive) >= POINTS // 2 else PATIENCE):
                break
        return [*alive[: POINTS // 2], *zero[: POINTS // 2], *alive[POINTS // 2 :]][:POINTS]

    def exact(self, cloud: Floats, index: int) -> Point | None:
        """A point of the cloud with the exact values of everything; None if one has none."""
        inputs = tuple(float(cloud.points[symbol.name][index]) for symbol in self.inputs)
        if inputs not in self._exact:
            names = [symbol.name for symbol in self.inputs]
            try:
                self._exact[inputs] = filled(self.lines, dict(zip(names, inputs, strict=True)))
            except Undefined:
                self._exact[inputs] = None
        return self._exact[inputs]


@lru_cache(4)
def regions_of(lines: tuple, inputs: tuple, key: sp.Symbol) -> Regions:
    """The regions of equations, given as pairs; the last ones are kept."""
    return Regions(dict(lines), inputs, key)


def upstream(lines: Equations, expressions: Iterable[sp.Basic]) -> Equations:
    """Those of the lines that these expressions are computed from."""
    names, needed = names_in(expressions), {}
    for symbol, expression in reversed(lines.items()):
        if symbol.name in names:
            names |= names_in([expression])
            needed[symbol] = expression
    return dict(reversed(needed.items()))


def names_in(expressions: Iterable[sp.Basic]) -> set[str]:
    """The names of all symbols that occur in the expressions."""
    return {symbol.name for expression in expressions for symbol in expression.free_symbols}


def distinct(things: Iterable) -> list:
    """Each thing once, in the order of first occurrence."""
    return list(dict.fromkeys(things))


def joined(one: Floats, other: Floats) -> Floats:
    """The points of both clouds, those of the first in front."""
    return Floats({name: np.concatenate([one.points[name], other.points[name]]) for name in one.points})


@np.errstate(all="ignore")
def patterns(cloud: Floats, pairs: Sequence[Pair]) -> Numbers:
    """A number for each point: the same for points on the same side of every kink."""
    number = np.zeros(cloud.shape, np.int64)
    for index, pair in enumerate(pairs):
        side = np.sign(gaps(cloud, pair))
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
