"""Plots side by side, on common axes: the same thing in several cases."""

from collections.abc import Collection, Mapping

import matplotlib as mpl

from ..derivation.given import listed
from ..language import later, refusal
from .given import by_label, points
from .picture import SERIES, STYLE, Picture


def side_by_side(
    panels: Mapping[str, Mapping[str, tuple]],
    xlabel: str,
    ylabel: str,
    alt: str,
    marked: Collection[str] = (),
    one_scale: bool = True,
) -> Picture:
    """A panel for each title, with a curve for each name, from a pair (x, y) of arrays of one length.

    Curves of one name look alike in every panel. marked: the names of those whose points get markers.
    one_scale: whether all panels have the same scale upwards.
    Raises ValueError naming the curve, or what else cannot be drawn.
    """
    panels = {
        title: {name: points(pair, name) for name, pair in by_label(curves, title).items()}
        for title, curves in by_label(panels, "panels").items()
    }
    names = list(dict.fromkeys(name for curves in panels.values() for name in curves))
    if not 0 < len(names) <= len(SERIES):
        raise refusal(
            "panels should have from 1 to {count} names of curves, not {given}",
            count=len(SERIES),
            given=len(names),
        )
    looks = dict(zip(names, SERIES, strict=False))
    columns = 2 if len(panels) in (2, 4) else 3
    rows = -(-len(panels) // columns)
    with mpl.rc_context(STYLE):
        picture = Picture(alt, width=7.6 if columns == 2 else 9.0, height=2.6 * rows + 0.4)
        grid = picture.subplots(rows, columns, sharex=True, sharey=one_scale, squeeze=False)
    drawn, marked = {}, listed(marked, "marked", later("names of curves"))
    for axes, (title, curves) in zip(grid.flat, panels.items(), strict=False):
        axes.set(title=title, xlabel=xlabel, ylabel=ylabel)
        for name, (x, y) in curves.items():
            color, style, marker = looks[name]
            shape = {"marker": marker * (name in marked), "markersize": 4}
            (drawn[name],) = axes.plot(x, y, color=color, linestyle=style, label=name, **shape)
    for axes in grid.flat[len(panels) :]:
        axes.remove()
    if len(drawn) > 1:
        picture.legend(handles=drawn.values(), loc="outside upper center", ncols=len(drawn))
    return picture
