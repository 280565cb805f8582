"""Figures: data in, Picture out."""

from collections.abc import Mapping

import matplotlib as mpl
import numpy as np

from .graph import computation_graph
from .grids import counts_table, images
from .pictures import BLUE, ORANGE, SERIES, STYLE, LivePicture, Picture, new_axes

__all__ = [
    "RunPicture",
    "computation_graph",
    "counts_table",
    "final_loss",
    "images",
    "loss_surface",
    "plot",
]


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
    scales = {f"{axis}scale": "log" for axis in log}
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


def draw_surface(axes, axis_1, axis_2, loss) -> None:
    """Contours at logarithmic levels, darker where the loss is lower, each labelled with its value."""
    highest = loss.max() if loss.max() > 0 else 1.0
    lowest = min(max(loss.min() * 1.2, highest * 1e-6), highest * 0.9)
    levels = np.geomspace(lowest, highest, 12)
    axes.contourf(axis_1, axis_2, loss, levels=[0, *levels], cmap="Blues_r", norm="log", alpha=0.6)
    lines = axes.contour(axis_1, axis_2, loss, levels=levels, colors="black", linewidths=0.5)
    axes.clabel(lines, levels[1::3], fmt=lambda level: f"{level:.2g}", fontsize=8)


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


class RunPicture(LivePicture):
    """One training run, in a panel for its loss, and where asked for, one for its fit and one for its path.

    steps: the length of a run. lowest, highest: the range of losses to show.
    fit: (measured, grid, labels): the points (x, y), where to draw the fit, and the names of the axes.
    surface: (axis_1, axis_2, loss, names) of a model of two parameters.
    """

    def __init__(self, steps: int, lowest: float, highest: float, fit=None, surface=None):
        panels = 1 + (fit is not None) + (surface is not None)
        with mpl.rc_context(STYLE):
            super().__init__("", width=3.5 * panels, height=3.3)
            axes = iter(self.subplots(1, panels, squeeze=False)[0])
        self._loss_panel(next(axes), steps, lowest, highest)
        self.fit = self.path = None
        if fit is not None:
            self._fit_panel(next(axes), *fit)
        if surface is not None:
            self._surface_panel(next(axes), *surface)
        self.moving = [
            line for axes in self.axes for line in axes.get_lines() if line.get_label() != "measured"
        ]

    def _loss_panel(self, axes, steps, lowest, highest):
        ylabel = f"loss (log scale, cut at {highest:g})"
        axes.set(title="loss", xlabel="step", ylabel=ylabel, yscale="log")
        axes.set(xlim=(0, steps), ylim=(lowest / 2, 1.5 * highest))
        self.highest = highest
        (self.loss,) = axes.plot([], [], color=BLUE, linewidth=2, label="loss")

    def _fit_panel(self, axes, measured, grid, labels):
        low, high = np.min(measured[1]), np.max(measured[1])
        margin = 0.3 * (high - low)
        axes.set(title="fit", xlabel=labels[0], ylabel=labels[1], ylim=(low - margin, high + margin))
        axes.plot(*measured, "o", color="black", label="measured")
        (self.fit,) = axes.plot(grid, np.full(len(grid), np.nan), color=BLUE, linewidth=2, label="fit")

    def _surface_panel(self, axes, axis_1, axis_2, loss, names):
        axes.set(title="path on the loss surface", xlabel=names[0], ylabel=names[1])
        draw_surface(axes, axis_1, axis_2, loss)
        axes.set(xlim=axis_1[[0, -1]], ylim=axis_2[[0, -1]])
        (self.path,) = axes.plot([], [], "o-", color=ORANGE, markersize=3, linewidth=1, label="path")
        (self.end,) = axes.plot([], [], "*", color="black", markersize=13, label="end")

    def show(self, words: str, loss, path, fit=None) -> None:
        """Put one run into the picture. loss: (steps + 1,). path: (steps + 1, parameters). fit: as grid."""
        self.alt = words
        self.loss.set_data(np.arange(len(loss)), np.fmin(loss, self.highest))
        if self.fit:
            self.fit.set_ydata(np.where(np.abs(fit) < 1e6, fit, np.nan))
        if self.path:
            seen = path[np.all(np.abs(path) < 1e6, axis=1)]
            self.path.set_data(*seen.T)
            self.end.set_data(*seen[-1:].T)
