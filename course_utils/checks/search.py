"""Points that reach goals which no random point reaches, sought step by step."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from .floats import Floats, Numbers
from .goals import Goal, distance

ELITE, VARIANTS = 10, 60  # points that are kept in each round, and variants of each that are tried
ROUNDS = 60  # for all goals together
PATIENCE = 10  # rounds without a step towards a goal

Points = dict[str, Numbers]


class Search:
    """A search among points, given as arrays by name.

    evaluated(points, expressions): the values of what the expressions need. scattered: so many random points.
    """

    def __init__(self, evaluated: Callable[..., Floats], scattered: Callable[[int], Points], random):
        self.evaluated, self.scattered, self.random, self.left = evaluated, scattered, random, ROUNDS

    def reach(self, goal: Goal, names: Sequence[str], cloud: Floats) -> Points | None:
        """Points at a goal, by changes in these names; None if the cloud has some, or none is found."""
        far = distance(goal, cloud)
        if not names or not far.all():
            return None
        nearest = np.argsort(far, kind="stable")[:ELITE]
        far, points = far[nearest], {name: cloud.points[name][nearest] for name in self.scattered(1)}
        fruitless = 0
        while far[0] > 0 and self.left > 0 and fruitless < PATIENCE:
            self.left -= 1
            tried = self.evaluated(self.variants(points, names), goal)
            every = np.concatenate([far, distance(goal, tried)])
            nearest = np.argsort(every, kind="stable")[:ELITE]
            fruitless = 0 if every[nearest].sum() < far.sum() else fruitless + 1
            far = every[nearest]
            points = {n: np.concatenate([numbers, tried.points[n]])[nearest] for n, numbers in points.items()}
        return {name: numbers[far == 0] for name, numbers in points.items()} if far[0] == 0 else None

    def variants(self, points: Points, names: Sequence[str]) -> Points:
        """Every point many times, each with one or two of the names turned, stretched or drawn anew."""
        count = ELITE * VARIANTS
        one, other = self.random.integers(0, len(names), (2, count))
        way, stretch = self.random.integers(0, 4, count), 10 ** self.random.uniform(-2, 2, count)
        changed, anew = {n: np.resize(numbers, count) for n, numbers in points.items()}, self.scattered(count)
        for index, name in enumerate(names):
            old = changed[name]
            new = np.choose(way, [-old, old * stretch, anew[name], -old * stretch])
            changed[name] = np.where((one == index) | ((other == index) & (way > 1)), new, old)
        return changed


def together(found: Iterable[Points | None]) -> Points | None:
    """All these points; None if there are none."""
    given = [points for points in found if points]
    return {name: np.concatenate([p[name] for p in given]) for name in given[0]} if given else None
