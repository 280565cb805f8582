"""Figures: data in, Picture out."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..compiled.settings import count, number
from ..derivation.given import brief, listed
from ..language import later, refusal, say, say_in
from .given import array, by_label, points, texts
from .picture import BLUE, DRAWING, ORANGE, SERIES, Picture, new_axes
from .surfaces import draw_surface


def draw_curves(axes, curves: Mapping[str, tuple], marked: bool = False) -> None:
    """Each named pair (x, y) in a colour, a line style and, where asked for, a marker of its own."""
    for (name, (x, y)), (color, style, marker) in zip(curves.items(), SERIES, strict=False):
        axes.plot(x, y, color=color, linestyle=style, marker=marker * marked, linewidth=2, label=name)


def add_legend(axes, **look) -> None:
    """Name the lines, inside where that touches none of them, or else above."""
    inside = axes.legend(frameon=False, **look)
    with DRAWING:
        axes.figure.draw_without_rendering()  # before, nothing has its place
        around = inside.get_window_extent().padded(6)
    if any(covers(around, line) for line in axes.get_lines()):
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, frameon=False, **look)


def covers(box, line) -> bool:
    """Whether a box on the picture lies over a line, or over one of its points if they are not joined."""
    drawn = line.get_transform().transform_path(line.get_path())
    joined = line.get_linestyle() != "None"
    return drawn.intersects_bbox(box, filled=False) if joined else box.count_contains(drawn.vertices) > 0


def plot(
    curves: Mapping[str, tuple],
    xlabel: str,
    ylabel: str,
    alt: str,
    measured: tuple | Mapping[str, tuple] | None = None,
    log: str = "",
) -> Picture:
    """One curve for each name, from a pair (x, y) of arrays of one length.

    measured: a pair (x, y) to draw as points, or one for each name.
    log: the axes to make logarithmic, "", "y" or "xy"; with "xy" the curves get markers.
    At most five curves, so that they stay distinguishable.
    Raises ValueError naming the curve, or what else cannot be drawn.
    """
    curves = {name: points(pair, name) for name, pair in by_label(curves, "curves").items()}
    if log not in ("", "y", "xy"):
        raise refusal('log should be "", "y" or "xy", not {log}', log=brief(log))
    if len(curves) > len(SERIES):
        raise refusal(
            "at most {count} curves can be told apart, not {given}", count=len(SERIES), given=len(curves)
        )
    scales: dict[str, Any] = {f"{axis}scale": "log" for axis in log}
    picture, axes = new_axes(alt, xlabel, ylabel, **scales)
    if measured is not None:
        of_name = measured if isinstance(measured, Mapping) else {say("measured"): measured}
        for (name, pair), marker in zip(of_name.items(), "os^D", strict=False):
            axes.plot(*points(pair, name), marker, color="black", label=name, zorder=3)
    draw_curves(axes, curves, marked=log == "xy")
    if "y" in log:
        lowest = axes.get_ylim()[0]
        decade = 10 ** np.floor(np.log10(lowest))
        if lowest < 1.5 * decade:  # a near tick gets its number
            axes.set_ylim(bottom=decade)
    if log != "xy" and not any(np.mod(line.get_xdata(), 1).any() for line in axes.get_lines()):
        axes.xaxis.get_major_locator().set_params(integer=True)  # there is no half layer
    if len(axes.get_lines()) > 1:
        add_legend(axes)
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

    loss: shape (len(axis_2), len(axis_1)). path: shape (steps + 1, 2); of no steps, it is the start alone.
    Raises ValueError naming what has another shape.
    """
    axis_1, axis_2 = array(axis_1, "axis_1"), array(axis_2, "axis_2")
    loss, path, labels = array(loss, "loss", 2), array(path, "path", 2), texts(names, "names", 2)
    if loss.shape != (len(axis_2), len(axis_1)) or path.shape[1] != 2:
        raise refusal(
            "loss or path does not fit the axes: their shapes are {shape}, {given}",
            shape=loss.shape,
            given=path.shape,
        )
    tall = np.clip(4.6 * np.ptp(axis_2) / np.ptp(axis_1), 1.8, 4.6)
    picture, axes = new_axes(alt, labels[0], labels[1], width=5.6, height=tall + 0.7)
    draw_surface(axes, axis_1, axis_2, loss, avoid=path)
    moved = len(path) > 1
    if moved:
        axes.plot(*path.T, "o-", color=ORANGE, markersize=3, linewidth=1, label=say("path"))
    axes.plot(*path[0], "s", color="black", markersize=8, label=say_in("point", "start"))
    if moved:
        axes.plot(*path[-1], "*", color="black", markersize=13, label=say("end"))
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=9, frameon=False)
    return picture


def final_loss(learning_rates: np.ndarray, loss: np.ndarray, marks: Mapping[str, float], alt: str) -> Picture:
    """The last loss of one run for each learning rate; a run that left the numbers is a cross on top.

    marks: learning rates to draw as vertical lines, by name.
    Raises ValueError naming what is no numbers, or of another length.
    """
    learning_rates, loss = points((learning_rates, loss), say("the runs"))
    marks = {name: number(rate, name) for name, rate in by_label(marks, "marks").items()}
    picture, axes = new_axes(alt, say("learning rate (log scale)"), say("loss at the end (log scale)"))
    ceiling = 100.0
    survived = loss <= ceiling
    axes.loglog(
        learning_rates[survived],
        loss[survived],
        "o-",
        color=BLUE,
        markersize=3,
        label=say("below {ceiling:g}", ceiling=ceiling),
    )
    axes.loglog(
        learning_rates[~survived],
        np.full((~survived).sum(), ceiling),
        "x",
        color=ORANGE,
        label=say("above {ceiling:g}", ceiling=ceiling),
    )
    for (name, rate), (color, style, _) in zip(marks.items(), SERIES[2:], strict=False):
        axes.axvline(rate, color=color, linestyle=style, label=name)
    add_legend(axes, fontsize=9)
    return picture


def images(
    arrays: Sequence[np.ndarray], titles: Sequence[str], alt: str, columns: int = 8, signed: bool = False
) -> Picture:
    """Small images in rows, darker where the value is larger, each under its title.

    arrays: each of shape (rows, cols); all share one scale, from the smallest value to the largest.
    signed: let the scale be as long below zero as above it, so that zero is always the same grey.
    Raises ValueError naming the image that is none, or titles that do not fit.
    """
    arrays = [
        array(image, say("image {place}", place=place), 2)
        for place, image in enumerate(listed(arrays, "arrays", later("images")))
    ]
    titles, columns = texts(titles, "titles", len(arrays)), count(columns, "columns", least=1, most=100)
    rows = -(-len(arrays) // columns)
    picture = Picture(alt, width=0.95 * columns, height=1.25 * rows)
    lowest = min(np.min(image) for image in arrays)
    highest = max(np.max(image) for image in arrays)
    if signed:
        highest = max(highest, -lowest)
        lowest = -highest
    for place, (image, title) in enumerate(zip(arrays, titles, strict=True), start=1):
        axes = picture.add_subplot(rows, columns, place)
        axes.imshow(image, cmap="gray_r", vmin=lowest, vmax=highest)
        axes.set_title(title, fontsize=11)
        axes.set(xticks=[], yticks=[])
    return picture


def counts_table(counts: np.ndarray, labels: Sequence, xlabel: str, ylabel: str, alt: str) -> Picture:
    """A square table of counts, each written in its square, darker where it is larger; zeros stay empty.

    counts: shape (len(labels), len(labels)). Raises ValueError for another shape, or what is no counts.
    """
    counts = array(counts, "counts", 2).astype(int)
    labels = texts(labels, "labels", len(counts))
    if counts.shape != (len(labels), len(labels)) or counts.min() < 0:
        raise refusal(
            "counts should be a square of counts, one row and column a label: {shape}", shape=counts.shape
        )
    picture = Picture(alt, width=5.2, height=4.8)
    axes = picture.add_subplot()
    axes.imshow(np.sqrt(counts), cmap="Greys", vmax=2 * np.sqrt(np.max(counts)))
    for row, col in zip(*np.nonzero(counts), strict=True):
        axes.text(col, row, str(counts[row, col]), ha="center", va="center")
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.set_xticks(range(len(labels)), labels)
    axes.set_yticks(range(len(labels)), labels)
    return picture
