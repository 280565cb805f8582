"""Where kinks are: along lines in one symbol each place where two numbers cross is looked for."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from .floats import Floats, Numbers
from .kinks import Pair

PLACES = 120  # so many kinks are looked for
LINES = 48  # along so many lines, or
EACH = 3  # so many for each of them
DECADES, A_DECADE = (-4, 4), 6  # points on a line: powers of ten, and how many between 1 and 10
SIZES = 60  # so many of the sizes that are written in an expression
BRACKETS = 200  # so many intervals are looked at closely
ZOOM, ROUNDS = 13, 6  # each round makes them six times smaller, or twelve
BESIDE = (1e-7, 1e-4, 1e-2, 0.3, 3, 30)  # relative distances from a kink
STEPS = np.array([sign * step for step in BESIDE for sign in (-1, 1)])

Points = dict[str, Numbers]


class Lines(NamedTuple):
    """Points (for each name an array, one number a line), and the name of the symbol that varies on each."""

    points: Points
    varied: list[str]

    def at(self, lines: Numbers, numbers: Numbers) -> Points:
        """The points of some lines, shape (n,), at numbers, shape (n, any); all in a row."""
        spread = {
            n: np.repeat(v[lines], numbers.shape[1]).reshape(numbers.shape) for n, v in self.points.items()
        }
        for row, line in enumerate(lines):
            spread[self.varied[line]][row] = numbers[row]
        return {name: rows.ravel() for name, rows in spread.items()}


@np.errstate(all="ignore")
def crossings(
    lines: Lines, places: Sequence[Pair], evaluated: Callable[..., Floats], sizes: Sequence[float]
) -> list[Numbers]:
    """For each line where the symbol makes a pair equal, or nearly so: sorted numbers.

    evaluated(points, expressions): the values of what the expressions need.
    sizes: of numbers where something may happen.
    """
    grid, every = grid_of(sizes), np.arange(len(lines.varied))
    numbers = np.broadcast_to(grid, (len(every), len(grid)))
    needed = [side for pair in places for side in pair]
    cloud, found, beyond = evaluated(lines.at(every, numbers), needed), [], []
    for place, pair in enumerate(places):
        gap = gaps(cloud, pair).reshape(numbers.shape)
        found.append(np.insert(intervals(gap), 0, place, axis=1))
        beyond += outside(gap, grid)
    rows = np.concatenate(found) if found else np.empty((0, 4), int)
    if len(rows) > BRACKETS:
        rows = rows[np.linspace(0, len(rows) - 1, BRACKETS).astype(int)]
    brackets = [(place, line, grid[low], grid[high]) for place, line, low, high in rows.tolist()]
    on = [[] for _ in every]
    for line, number in [*beyond, *zoomed(lines, places, evaluated, brackets)]:
        on[line].append(number)
    return list(map(apart, on))


def apart(numbers: Sequence[float]) -> Numbers:
    """The numbers in order, each once: what is found twice differs by rounding."""
    ordered = np.unique(numbers)
    return ordered[np.diff(ordered, prepend=-np.inf) > 1e-9 * np.abs(ordered)]


def gaps(cloud: Floats, pair: Pair) -> Numbers:
    """How much the first number of a pair exceeds the second at a point, 0 on the kink: shape (points,)."""
    return cloud.value(pair[0]) - cloud.value(pair[1])


def grid_of(sizes: Sequence[float]) -> Numbers:
    """Numbers of either sign from small to large, and around the sizes; none of them is round."""
    sizes = np.array(sizes)[np.linspace(0, len(sizes) - 1, min(len(sizes), SIZES)).astype(int)]
    usual = np.logspace(*DECADES, (DECADES[1] - DECADES[0]) * A_DECADE)
    around = np.outer(sizes, (0.1, 0.7, 1.3, 10)).ravel()
    grid = np.unique(np.concatenate([usual, around])) * (1 + 1 / np.pi / 1000)
    return np.concatenate([-grid[::-1], grid])


def intervals(gap: Numbers) -> Numbers:
    """Rows (line, low, high): a gap, shape (lines, numbers), changes sign, or is smaller than beside it."""
    changes = np.argwhere(gap[:, :-1] * gap[:, 1:] < 0)
    size = np.abs(gap)
    middle, before, after = size[:, 1:-1], size[:, :-2], size[:, 2:]
    dips = np.argwhere((middle <= before) & (middle <= after) & (before + after > 2 * middle))
    return np.concatenate([found[:, [0, 1, 1]] + [0, 0, step] for step, found in ((1, changes), (2, dips))])


def outside(gap: Numbers, grid: Numbers) -> list[tuple[int, float]]:
    """(line, number) beyond the grid, where a gap that is straight at the end would vanish."""
    found = []
    for end, inner, third in ((0, 1, 2), (-1, -2, -3)):
        slope = (gap[:, end] - gap[:, inner]) / (grid[end] - grid[inner])
        straight = np.isclose(slope, (gap[:, inner] - gap[:, third]) / (grid[inner] - grid[third]), atol=0)
        zero = grid[end] - gap[:, end] / slope
        far = straight & (zero / grid[end] > 1) & (np.abs(zero) < 1e100)
        found += [(int(line), float(zero[line])) for line in np.flatnonzero(far)]
    return found


def zoomed(
    lines: Lines, places: Sequence[Pair], evaluated: Callable, brackets: list
) -> list[tuple[int, float]]:
    """(line, number) of the crossing, or the smallest gap, in each bracket (place, line, low, high)."""
    if not brackets:
        return []
    place, line = np.array([bracket[:2] for bracket in brackets]).T
    low, high = np.array([bracket[2:] for bracket in brackets]).T
    row, needed = np.arange(len(place)), [side for pair in places for side in pair]
    for _ in range(ROUNDS):
        numbers = np.linspace(low, high, ZOOM, axis=1)
        cloud = evaluated(lines.at(line, numbers), needed)
        gap = np.empty(numbers.shape)
        for which in np.unique(place):
            gap[place == which] = gaps(cloud, places[which]).reshape(numbers.shape)[place == which]
        change = gap[:, :-1] * gap[:, 1:] < 0
        changes, first = change.any(axis=1), change.argmax(axis=1)
        smallest = np.nanargmin(np.where(np.isnan(gap), np.inf, np.abs(gap)), axis=1)
        left = np.where(changes, first, np.maximum(smallest - 1, 0))
        right = np.where(changes, first + 1, np.minimum(smallest + 1, ZOOM - 1))
        low, high = numbers[row, left], numbers[row, right]
    ends = gap[row, left], gap[row, right]
    straight = low - ends[0] * (high - low) / (ends[1] - ends[0])
    number = np.where(changes & np.isfinite(straight), straight, numbers[row, smallest])
    return list(zip(line.tolist(), number.tolist(), strict=True))


def beside(lines: Lines, found: Sequence[Numbers]) -> tuple[Points, dict[str, Numbers]]:
    """Points between neighbouring crossings and beside each, and the numbers that each symbol takes there."""
    numbers = [around(crossed) for crossed in found]
    points = [lines.at(np.array([line]), row[None]) for line, row in enumerate(numbers) if row.size]
    taken = {
        name: np.concatenate(
            [row for row, varied in zip(numbers, lines.varied, strict=True) if varied == name]
        )
        for name in sorted(set(lines.varied))
    }
    every = {n: np.concatenate([np.empty(0), *(p[n] for p in points)]) for n in lines.points}
    return every, {name: row for name, row in taken.items() if row.size}


def around(crossed: Numbers) -> Numbers:
    """Numbers between neighbours, repeated so that they are not lost among those beside each crossing."""
    between = crossed[:-1] + np.diff(crossed) / np.sqrt(5)  # the middle may be another kink
    size = np.where(np.abs(crossed) < 1e-12, 1e-3, np.abs(crossed))
    return np.concatenate([np.repeat(between, 4), (crossed[:, None] + size[:, None] * STEPS).ravel()])
