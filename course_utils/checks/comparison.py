"""An answer beside the key: in floats at many points, and exactly where that may tell something."""

from collections.abc import Iterator

import numpy as np
import sympy as sp

from .equivalence import same_at, tolerance_of
from .floats import Floats, Numbers
from .kinks import kinks
from .regions import Regions, distinct, first_of_each, patterns
from .values import Point

EXACT = 12  # regions that are compared exactly whatever the floats say
SUSPECTS = 40  # places where the floats say that an answer differs, and it is compared exactly
CLOSE = 1e-9  # relative, of floats
SPARE = 3  # of the points that had to be sought every third
TRIES = 4  # in a region where an answer has no value so far
AT_ONCE = 500  # points: all parts of an answer are held in memory


class Comparison:
    """An answer beside a question's key. A counterexample, if there is one, is an exact point.

    met: how many regions of the key and the answer have a point in them.
    """

    def __init__(self, regions: Regions, answer: sp.Expr):
        self.regions, self.answer = regions, answer
        self.tolerance = tolerance_of(answer, *regions.lines.values())
        self.cloud, self.sought = regions.around(answer)
        self.where = patterns(self.cloud, distinct([*regions.kinks, *kinks(answer)]))
        self.met = len(np.unique(self.where))
        self.right = self.cloud.points[regions.key.name]
        given = values(answer, self.cloud)
        with np.errstate(all="ignore"):
            self.gap = np.abs(given - self.right)
            self.relative = np.where(self.gap == 0, 0.0, self.gap / (np.abs(given) + np.abs(self.right)))
        self.settled = set(self.where[self._told()].tolist())
        self.counterexample = self._counterexample()

    def _told(self) -> Numbers:
        """Where the floats agree, and not only because there is nothing to see, such as 0 by rounding."""
        dead = np.setdiff1d(self.where[self.right == 0], self.where[self.right != 0])
        return (self.relative <= CLOSE) & ((self.right != 0) | np.isin(self.where, dead))

    def _counterexample(self) -> Point | None:
        agreed, silent = 0, []
        for point, region in self._points():
            same = point and self._same(point, region)
            if same is False:
                return point
            agreed += same is True
            silent += [point] if point and same is None else []
        return silent[0] if len(silent) > agreed else next(self._unsettled(), None)

    def _points(self) -> Iterator[tuple[Point | None, int | None]]:
        """Exact points: usual ones, the worst suspects, and one in each of some regions."""
        yield from ((point, None) for point in self.regions.points)
        suspects = np.flatnonzero(self.relative > CLOSE)
        clear = (self.relative > 1e-3) & (self.gap > 1e-9 * np.nanmedian(np.abs(self.right)))
        suspects = suspects[np.argsort(~clear[suspects], kind="stable")]
        worst = first_of_each(self.where, suspects)[:SUSPECTS]
        some = first_of_each(self.where, np.flatnonzero(np.isfinite(self.right)))
        some = some[:: max(1, len(some) // EXACT)]
        sought = np.arange(len(self.where) - self.sought, len(self.where))[::SPARE][:EXACT]
        for index in (*worst, *sought, *some):
            yield self.regions.exact(self.cloud, index), self.where[index]

    def _same(self, point: Point, region: int | None) -> bool | None:
        same = same_at(self.answer, self.regions.key, self.regions.lines, point, self.tolerance)
        if same:
            self.settled.add(region)
        return same

    def _unsettled(self) -> Iterator[Point]:
        """Points of regions where the key has a value, and the answer none that tells anything."""
        finite = np.isfinite(self.right)
        for region in np.setdiff1d(self.where[finite], list(self.settled - {None}))[:SUSPECTS]:
            indices = np.flatnonzero((self.where == region) & finite)[:TRIES]
            points = [p for p in (self.regions.exact(self.cloud, i) for i in indices) if p]
            verdicts = [self._same(point, region) for point in points]
            if points and True not in verdicts:
                yield points[verdicts.index(False) if False in verdicts else 0]


def values(answer: sp.Expr, cloud: Floats) -> Numbers:
    """An answer's values, computed for some points at a time."""
    starts = range(0, cloud.shape[0], AT_ONCE)
    slices = [{name: v[start : start + AT_ONCE] for name, v in cloud.points.items()} for start in starts]
    return np.concatenate([Floats(points).value(answer) for points in slices])
