"""The loss over two parameters as contours, with labels where nothing hides them."""

import numpy as np
from matplotlib.patheffects import withStroke

from .picture import DRAWING, short


def draw_surface(axes, axis_1, axis_2, loss, avoid=None) -> None:
    """Contours at logarithmic levels, darker where the loss is lower.

    avoid: places, shape (points, 2), where a label would be hidden, such as a path. Some contours have labels
    away from these with their values; none has, unless it is told.
    """
    highest = loss.max() if loss.max() > 0 else 1.0
    lowest = min(max(loss.min() * 1.2, highest * 1e-6), highest * 0.9)
    levels = np.geomspace(lowest, highest, 12)
    axes.contourf(axis_1, axis_2, loss, levels=[0, *levels], cmap="Blues_r", norm="log", alpha=0.6)
    lines = axes.contour(axis_1, axis_2, loss, levels=levels, colors="black", linewidths=0.5)
    axes.set(xlim=axis_1[[0, -1]], ylim=axis_2[[0, -1]], aspect="equal")
    if avoid is None:
        return
    lowest = np.argwhere(loss == loss.min())[0][::-1] / (len(axis_1) - 1, len(axis_2) - 1)
    places = label_places(
        lines, levels[1::3], axes, np.array([*avoid, axes.transLimits.inverted().transform(lowest)])
    )
    with DRAWING:  # labels are measured
        labels = axes.clabel(lines, fmt=lambda level: short(level, 2), fontsize=8, manual=places)
    for label in labels:
        label.set_path_effects([withStroke(linewidth=2.5, foreground="white")])


def label_places(lines, levels, axes, avoid: np.ndarray) -> list[tuple[float, float]]:
    """For each level the place on its contour that is furthest from the points to avoid, and not at the edge.

    avoid: shape (points, 2): where labels would be hidden.
    """
    taken, places = list(axes.transLimits.transform(avoid)), []
    for level in levels:
        on_contour = lines.get_paths()[list(lines.levels).index(level)].vertices
        inside = axes.transLimits.transform(on_contour)
        roomy = np.all((inside > 0.08) & (inside < 0.92), axis=1)
        if not roomy.any() or np.ptp(inside, axis=0).max() < 0.25:  # a small one would be hidden by its label
            continue
        far = np.min(np.linalg.norm(inside[roomy][:, np.newaxis] - np.array(taken), axis=2), axis=1)
        places.append(tuple(on_contour[roomy][np.argmax(far)]))
        taken.append(inside[roomy][np.argmax(far)])
    return places
