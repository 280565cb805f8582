"""A function of two knobs as contour lines, and arrows on it."""

from collections.abc import Mapping

import numpy as np

from ..language import refusal, say
from .given import array, by_label, texts
from .picture import DRAWING, GREY, INK, SERIES, Picture, new_axes


def contours(
    axis_1: np.ndarray,
    axis_2: np.ndarray,
    heights: np.ndarray,
    arrows: Mapping[str, tuple],
    names: tuple[str, str],
    alt: str,
) -> Picture:
    """Lines of equal height, each labelled with it, evenly spaced in height: close together means steep.

    heights: shape (len(axis_2), len(axis_1)). arrows: for each name a pair (from, to) of points.
    One unit is as long on both axes, so that a right angle looks like one.
    Raises ValueError naming what is no numbers, or of another shape.
    """
    axis_1, axis_2 = array(axis_1, "axis_1"), array(axis_2, "axis_2")
    heights, labels = array(heights, "heights", 2), texts(names, "names", 2)
    drawn = {name: array(ends, name, 2) for name, ends in by_label(arrows, "arrows").items()}
    if heights.shape != (len(axis_2), len(axis_1)) or any(ends.shape != (2, 2) for ends in drawn.values()):
        raise refusal("heights should have a row for each of axis_2, and an arrow two points")
    flatness = np.ptp(axis_2) / np.ptp(axis_1)
    picture, axes = new_axes(
        alt, labels[0], labels[1], width=5.6, height=0.6 + 4.4 * flatness, aspect="equal"
    )
    axes.set(xlim=axis_1[[0, -1]], ylim=axis_2[[0, -1]])
    lines = axes.contour(axis_1, axis_2, heights, levels=10, colors=GREY, linewidths=0.8)
    with DRAWING:  # labels are measured
        axes.clabel(lines, fmt=lambda level: f"{level:.3g}", fontsize=10, colors=INK)
    for (name, (start, end)), (color, style, _) in zip(drawn.items(), SERIES, strict=False):
        axes.plot(*np.transpose([start, end]), color=color, linestyle=style, linewidth=2, label=name)
        head = {"arrowstyle": "-|>", "color": color, "mutation_scale": 18, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", end, start, arrowprops={**head, "linestyle": style, "linewidth": 2})
    for start in dict.fromkeys(tuple(start) for start, _ in drawn.values()):
        axes.plot(*start, "o", color="black", markersize=7, label="_" + say("from"))
    picture.legend(loc="outside upper center", ncols=3, fontsize=9, frameon=False)
    return picture
