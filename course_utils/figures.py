"""Pictures: data in, Picture out. A picture carries its words and its numbers.

Every picture reads without colour (line styles, markers and labels differ too).
"""

import base64
import io
from collections.abc import Mapping, Sequence
from html import escape

import matplotlib as mpl
import numpy as np
import sympy as sp
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from .chain_rule import Equations
from .notation import latex

STYLE = {
    "figure.dpi": 100,
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}
# Okabe and Ito's palette, told apart by people who see few colours (Okabe and Ito 2008).
BLUE, ORANGE, GREEN, PURPLE, GREY = "#0072B2", "#D55E00", "#009E73", "#882255", "#555555"
SERIES = [
    (BLUE, "-", "o"),
    (ORANGE, "--", "s"),
    (GREEN, "-.", "^"),
    (PURPLE, ":", "D"),
    (GREY, "-", "x"),
]


class Picture(Figure):
    """A Figure that shows itself in a notebook with alt text and the numbers that it draws.

    alt: what a reader who cannot see it should know.
    """

    def __init__(self, alt: str, width: float = 6.4, height: float = 3.6):
        super().__init__(figsize=(width, height), layout="constrained")
        self.alt = alt

    def png(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", metadata={"Software": None})
        return buffer.getvalue()

    def numbers(self) -> str:
        """What is drawn, in words and rounded numbers: axis by axis, line by line."""
        return "\n".join([self.alt, *(line for axes in self.axes for line in describe(axes))])

    def _repr_mimebundle_(self, include=None, exclude=None):
        image = base64.b64encode(self.png()).decode()
        html = (
            f'<figure><img src="data:image/png;base64,{image}" alt="{escape(self.alt)}">'
            f"<details><summary>The numbers in this picture</summary>"
            f"<pre>{escape(self.numbers())}</pre></details></figure>"
        )
        bundle = {"text/html": html, "image/png": image, "text/plain": self.numbers()}
        return bundle, {"image/png": {"alt": self.alt}}


class LivePicture(Picture):
    """A Picture of which only some artists change: the rest is drawn once and kept.

    moving: the artists that change. Call `frame` after changing them.
    """

    def __init__(self, alt: str, width: float, height: float):
        super().__init__(alt, width, height)
        self.canvas = FigureCanvasAgg(self)
        self.moving = []
        self.still = None

    def frame(self) -> bytes:
        """The picture as it is now, as PNG."""
        if self.still is None:
            for artist in self.moving:
                artist.set_animated(True)
            self.canvas.draw()
            self.set_layout_engine("none")
            self.still = self.canvas.copy_from_bbox(self.bbox)
        self.canvas.restore_region(self.still)
        for artist in self.moving:
            artist.axes.draw_artist(artist)
        buffer = io.BytesIO()
        image = Image.fromarray(np.asarray(self.canvas.buffer_rgba())).convert("RGB")
        image.save(buffer, format="png", compress_level=1)
        return buffer.getvalue()

    def png(self) -> bytes:
        return self.frame()


def rounded(values, count: int = 7) -> str:
    """A few of the values, evenly spread from first to last, to three digits."""
    values = np.asarray(values, dtype=float).ravel()
    if len(values) > count:
        values = values[np.linspace(0, len(values) - 1, count).round().astype(int)]
    return " ".join(f"{value + 0:.3g}" for value in np.where(np.abs(values) < 1e-9, 0, values))


def describe(axes) -> list[str]:
    """The lines, points, bars, meshes and texts on an Axes, with their numbers."""
    found = []
    if axes.get_title() or axes.get_xlabel() or axes.get_ylabel():
        found.append(f"{axes.get_title() or 'plot'}: {axes.get_ylabel()} against {axes.get_xlabel()}")
    for line in axes.get_lines():
        name = line.get_label().lstrip("_")
        found.append(f"  {name}: x {rounded(line.get_xdata())} | y {rounded(line.get_ydata())}")
    for bars in axes.containers:
        found.append(f"  {bars.get_label()}: {rounded([bar.get_height() for bar in bars])}")
    words = (" ".join(text.get_text().split()) for text in axes.texts)
    return [*found, *(f"  {text}" for text in words if text)]


def new_axes(alt: str, xlabel: str, ylabel: str, title: str = "", **size):
    """A Picture with one Axes, labelled."""
    with mpl.rc_context(STYLE):
        picture = Picture(alt, **size)
        axes = picture.add_subplot(xlabel=xlabel, ylabel=ylabel, title=title)
    return picture, axes


def curves(x, ys: Mapping[str, Sequence], xlabel: str, ylabel: str, alt: str, title: str = "") -> Picture:
    """One curve for each name in `ys`, all over `x`."""
    picture, axes = new_axes(alt, xlabel, ylabel, title)
    for (name, y), (color, style, _) in zip(ys.items(), SERIES, strict=False):
        axes.plot(x, y, color=color, linestyle=style, linewidth=2, label=name)
    axes.legend(frameon=False)
    return picture


def log_log(x, ys: Mapping[str, Sequence], xlabel: str, ylabel: str, alt: str, title: str = "") -> Picture:
    """One marked curve for each name in `ys`, over `x`, both axes logarithmic."""
    picture, axes = new_axes(alt, xlabel, ylabel, title)
    for (name, y), (color, style, marker) in zip(ys.items(), SERIES, strict=False):
        axes.loglog(x, y, color=color, linestyle=style, marker=marker, label=name)
    axes.legend(frameon=False)
    return picture


def points_and_curves(
    x, y, curves: Mapping[str, tuple], xlabel: str, ylabel: str, alt: str, title: str = ""
) -> Picture:
    """Measured points, and for each name a pair (x, y) of arrays drawn as a curve."""
    picture, axes = new_axes(alt, xlabel, ylabel, title)
    axes.plot(x, y, "o", color="black", label="measured")
    for (name, (xs, ys)), (color, style, _) in zip(curves.items(), SERIES, strict=False):
        axes.plot(xs, ys, color=color, linestyle=style, linewidth=2, label=name)
    axes.legend(frameon=False)
    return picture


def loss_curves(losses: Mapping[str, Sequence[float]], alt: str, title: str = "") -> Picture:
    """The loss at every step on a logarithmic axis, one curve for each name."""
    picture, axes = new_axes(alt, "step", "loss (log scale)", title)
    for (name, loss), (color, style, _) in zip(losses.items(), SERIES, strict=False):
        axes.plot(np.arange(len(loss)), loss, color=color, linestyle=style, linewidth=2, label=name)
    axes.set_yscale("log")
    axes.legend(frameon=False)
    return picture


def depths(equations: Equations) -> dict[sp.Symbol, int]:
    """How many equations lie between each symbol and the inputs; an input stands one before its first use."""
    depth = {}
    for symbol, expression in equations.items():
        computed = [depth[used] for used in expression.free_symbols if used in equations]
        depth[symbol] = 1 + max(computed, default=0)
    for symbol, expression in reversed(equations.items()):
        for given in expression.free_symbols - set(equations):
            depth[given] = min(depth.get(given, depth[symbol]), depth[symbol] - 1)
    return depth


def graph_positions(equations: Equations) -> dict[sp.Symbol, tuple[float, float]]:
    """A place for each symbol: columns by depth; what is computed in the middle, what is given around it."""
    columns, places = {}, {}
    for symbol, depth in depths(equations).items():
        columns.setdefault(depth, []).append(symbol)
    for depth, members in columns.items():
        computed = [symbol for symbol in members if symbol in equations]
        given = sorted((symbol for symbol in members if symbol not in equations), key=str)
        half = len(given) // 2 if computed else len(given)
        stack = [*given[:half], *computed, *given[half:]]
        middle = half + (len(computed) - 1) / 2 if computed else (len(stack) - 1) / 2
        for row, symbol in enumerate(stack):
            places[symbol] = (depth, middle - row)
    return places


def computation_graph(
    equations: Equations,
    values: Mapping[sp.Symbol, float] | None = None,
    gradients: Mapping[sp.Symbol, float] | None = None,
    alt: str = "The computation graph.",
) -> Picture:
    """Every equation as a circle, everything given as a box, an arrow to each use.

    values: below each name, as `= 1.23`. gradients: ∂loss/∂symbol, below that, as `∂ 1.23`.
    """
    places = graph_positions(equations)
    columns, rows = (np.ptp([place[axis] for place in places.values()]) for axis in (0, 1))
    with mpl.rc_context(STYLE):
        picture = Picture(alt, width=1.5 * columns + 1.4, height=1.1 * rows + 1.2)
        axes = picture.add_subplot()
    axes.set_axis_off()
    for symbol, expression in equations.items():
        for used in sorted(expression.free_symbols, key=str):
            axes.annotate(
                "",
                xy=places[symbol],
                xytext=places[used],
                arrowprops={"arrowstyle": "-|>", "color": GREY, "shrinkA": 30, "shrinkB": 31},
            )
    for symbol, (column, row) in places.items():
        text = f"${latex(symbol)}$"
        if values and symbol in values:
            text += f"\n= {float(values[symbol]):.3g}"
        if gradients and symbol in gradients:
            text += f"\n∂ {float(gradients[symbol]):.3g}"
        shape = "circle,pad=0.35" if symbol in equations else "round,pad=0.4"
        axes.text(
            column,
            row,
            text,
            ha="center",
            va="center",
            fontsize=10,
            linespacing=1.3,
            bbox={
                "boxstyle": shape,
                "facecolor": "#E8F1FA" if symbol in equations else "white",
                "edgecolor": BLUE if symbol in equations else GREY,
            },
        )
    axes.set_xlim(-0.6 + min(c for c, _ in places.values()), 0.6 + max(c for c, _ in places.values()))
    axes.set_ylim(-0.6 + min(r for _, r in places.values()), 0.6 + max(r for _, r in places.values()))
    return picture


def loss_surface(
    axis_1: np.ndarray,
    axis_2: np.ndarray,
    loss: np.ndarray,
    path: np.ndarray,
    names: tuple[str, str],
    alt: str,
    title: str = "",
) -> Picture:
    """Contours of the loss over two parameters, and the path that training took.

    loss: shape (len(axis_2), len(axis_1)). path: shape (steps + 1, 2).
    """
    picture, axes = new_axes(alt, names[0], names[1], title, width=5.6, height=4.4)
    draw_surface(axes, axis_1, axis_2, loss)
    axes.plot(path[:, 0], path[:, 1], "o-", color=ORANGE, markersize=3, linewidth=1, label="path")
    axes.plot(*path[0], "s", color="black", markersize=8, label="start")
    axes.plot(*path[-1], "*", color="black", markersize=13, label="end")
    axes.set(xlim=(axis_1[0], axis_1[-1]), ylim=(axis_2[0], axis_2[-1]))
    axes.legend(loc="upper left", fontsize=9)
    return picture


def draw_surface(axes, axis_1, axis_2, loss) -> None:
    """Contours at logarithmic levels, darker where the loss is lower, each labelled with its value."""
    levels = np.geomspace(loss.min() * 1.2, loss.max(), 12)
    axes.contourf(axis_1, axis_2, loss, levels=[0, *levels], cmap="Blues_r", norm="log", alpha=0.6)
    lines = axes.contour(axis_1, axis_2, loss, levels=levels, colors="black", linewidths=0.5)
    axes.clabel(lines, levels[1::3], fmt=lambda level: f"{level:.2g}", fontsize=8)


def final_loss(
    learning_rates: np.ndarray, loss: np.ndarray, marks: Mapping[str, float], alt: str, title: str = ""
) -> Picture:
    """The last loss of one run for each learning rate; a run that left the numbers is a cross on top.

    marks: learning rates to draw as vertical lines, by name.
    """
    picture, axes = new_axes(alt, "learning rate (log scale)", "loss at the end (log scale)", title)
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
    """One training run in two or three panels: the loss, the fit, and the path on the loss surface.

    measured: the points (x, y). grid: where the fit is drawn. steps: the length of a run.
    surface: None, or (axis_1, axis_2, loss) for a model of two parameters, named by `names`.
    """

    def __init__(self, measured, grid, steps, labels, lowest, highest, surface=None, names=("", "")):
        panels = 2 if surface is None else 3
        with mpl.rc_context(STYLE):
            super().__init__("", width=3.5 * panels, height=3.3)
            loss_axes, fit_axes, *rest = self.subplots(1, panels)
        loss_axes.set(title="loss", xlabel="step", ylabel="loss (log scale)", yscale="log")
        loss_axes.set(xlim=(0, steps), ylim=(lowest / 2, highest))
        (self.loss,) = loss_axes.plot([], [], color=BLUE, linewidth=2, label="loss")
        fit_axes.set(title="fit", xlabel=labels[0], ylabel=labels[1])
        fit_axes.plot(*measured, "o", color="black", label="measured")
        low, high = np.min(measured[1]), np.max(measured[1])
        fit_axes.set(ylim=(low - 0.3 * (high - low), high + 0.3 * (high - low)))
        (self.fit,) = fit_axes.plot(grid, np.full(len(grid), np.nan), color=BLUE, linewidth=2, label="fit")
        self.moving = [self.loss, self.fit]
        if surface is not None:
            (axes,) = rest
            axes.set(title="path on the loss surface", xlabel=names[0], ylabel=names[1])
            draw_surface(axes, *surface)
            (self.path,) = axes.plot([], [], "o-", color=ORANGE, markersize=3, linewidth=1, label="path")
            (self.end,) = axes.plot([], [], "*", color="black", markersize=13, label="end")
            self.moving += [self.path, self.end]
            axes.set(xlim=surface[0][[0, -1]], ylim=surface[1][[0, -1]])

    def show(self, loss, fit, path, words: str) -> bytes:
        """The PNG of one run. loss: (steps + 1,). fit: as grid. path: (steps + 1, parameters)."""
        self.alt = words
        drawable = np.isfinite(loss) & (loss < 1e12)
        self.loss.set_data(np.flatnonzero(drawable), loss[drawable])
        self.fit.set_ydata(np.where(np.abs(fit) < 1e6, fit, np.nan))
        if len(self.moving) > 2:
            seen = path[np.all(np.abs(path) < 1e6, axis=1)]
            self.path.set_data(*seen.T)
            self.end.set_data(*seen[-1:].T)
        return self.frame()
