"""Figures: data in, Picture out."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .panels import draw_surface
from .picture import BLUE, ORANGE, SERIES, Picture, new_axes


def draw_curves(axes, curves: Mapping[str, tuple], marked: bool = False) -> None:
    """Each named pair (x, y) in a colour, a line style and, where asked for, a marker of its own."""
    for (name, (x, y)), (color, style, marker) in zip(curves.items(), SERIES, strict=False):
        axes.plot(x, y, color=color, linestyle=style, marker=marker * marked, linewidth=2, label=name)


def plot(
    curves: Mapping[str, tuple],
    xlabel: str,
    ylabel: str,
    alt: str,
    measured: tuple | None = None,
    log: str = "",
) -> Picture:
    """One curve for each name, from a pair (x, y) of arrays of one length.

    measured: a pair (x, y) to draw as points. log: the axes to make logarithmic, "", "y" or "xy";
    with "xy" the curves get markers. At most five curves, so that they stay distinguishable.
    """
    if len(curves) > len(SERIES):
        raise ValueError(f"at most {len(SERIES)} curves can be told apart, not {len(curves)}")
    scales: dict[str, Any] = {f"{axis}scale": "log" for axis in log}
    picture, axes = new_axes(alt, xlabel, ylabel, **scales)
    if measured:
        axes.plot(*measured, "o", color="black", label="measured")
    draw_curves(axes, curves, marked=log == "xy")
    axes.legend(frameon=False)
    return picture


def loss_surface(
    axis_1: np.ndarray,
    axis_2: np.ndarray,
    loss: np.ndarray,
    path: np.ndarray,
    names: tuple[str, str],
    alt: str,
) -> Picture:
    """Contours of the loss over two parameters, and the path that training took.

    loss: shape (len(axis_2), len(axis_1)). path: shape (steps + 1, 2).
    """
    picture, axes = new_axes(alt, *names, width=5.6, height=4.4)
    draw_surface(axes, axis_1, axis_2, loss)
    axes.plot(path[:, 0], path[:, 1], "o-", color=ORANGE, markersize=3, linewidth=1, label="path")
    axes.plot(*path[0], "s", color="black", markersize=8, label="start")
    axes.plot(*path[-1], "*", color="black", markersize=13, label="end")
    axes.set(xlim=(axis_1[0], axis_1[-1]), ylim=(axis_2[0], axis_2[-1]))
    axes.legend(loc="lower right", fontsize=9)
    return picture


def final_loss(learning_rates: np.ndarray, loss: np.ndarray, marks: Mapping[str, float], alt: str) -> Picture:
    """The last loss of one run for each learning rate; a run that left the numbers is a cross on top.

    marks: learning rates to draw as vertical lines, by name.
    """
    picture, axes = new_axes(alt, "learning rate (log scale)", "loss at the end (log scale)")
    ceiling = 100.0
    survived = loss <= ceiling
    axes.loglog(learning_rates[survived], loss[survived], "o-", color=BLUE, markersize=3, label="ended here")
    axes.loglog(
        learning_rates[~survived],
        np.full((~survived).sum(), ceiling),
        "x",
        color=ORANGE,
        label=f"above {ceiling:g}",
    )
    for (name, rate), (color, style, _) in zip(marks.items(), SERIES[2:], strict=False):
        axes.axvline(rate, color=color, linestyle=style, label=name)
    axes.legend(frameon=False, fontsize=9)
    return picture


def images(
    arrays: Sequence[np.ndarray], titles: Sequence[str], alt: str, columns: int = 8, signed: bool = False
) -> Picture:
    """Small images in rows, darker where the value is larger, each under its title.

    arrays: each of shape (rows, cols); all share one scale, from the smallest value to the largest.
    signed: let the scale be as long below zero as above it, so that zero is always the same grey.
    """
    rows = -(-len(arrays) // columns)
    picture = Picture(alt, width=0.95 * columns, height=1.25 * rows)
    lowest = min(np.min(array) for array in arrays)
    highest = max(np.max(array) for array in arrays)
    if signed:
        highest = max(highest, -lowest)
        lowest = -highest
    for place, (array, title) in enumerate(zip(arrays, titles, strict=True), start=1):
        axes = picture.add_subplot(rows, columns, place)
        axes.imshow(array, cmap="gray_r", vmin=lowest, vmax=highest)
        axes.set_title(title, fontsize=11)
        axes.set(xticks=[], yticks=[])
    return picture


def counts_table(counts: np.ndarray, labels: Sequence, xlabel: str, ylabel: str, alt: str) -> Picture:
    """A square table of counts, each written in its square, darker where it is larger; zeros stay empty.

    counts: shape (len(labels), len(labels)).
    """
    picture = Picture(alt, width=5.2, height=4.8)
    axes = picture.add_subplot()
    axes.imshow(np.sqrt(counts), cmap="Greys", vmax=2 * np.sqrt(np.max(counts)))
    for row, col in zip(*np.nonzero(counts), strict=True):
        axes.text(col, row, str(counts[row, col]), ha="center", va="center")
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.set_xticks(range(len(labels)), labels)
    axes.set_yticks(range(len(labels)), labels)
    return picture
