"""Pictures of training runs that change: panels for the loss, the fit and the path."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.ticker import LogLocator, NullLocator

from ..language import say, say_in
from .picture import BLUE, GREY, ORANGE, STYLE, LivePicture
from .surfaces import draw_surface

LEFT, RIGHT, BOTTOM, TOP = 0.9, 0.2, 0.55, 0.35  # inches around a panel, for what is written there
ON_WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 1}  # contours and paths run below the words
AT_TOP: dict = {"color": GREY, "ha": "center", "va": "top", "fontsize": 10, "zorder": 5, "bbox": ON_WHITE}
SEEN = 1e6  # what lies further out is not drawn
FEW = 5  # ticks on an axis: each takes about a millisecond of an explorer's first picture


def loss_panel(axes, steps: int, lowest: float, highest: float) -> None:
    """Set up the axes of loss against step, with a log scale between these ends.

    Titles have their height told (y=1): to find it, matplotlib would measure all that is written first.
    """
    axes.set_title(say("loss"), y=1)
    axes.set(
        xlabel=say("step"), ylabel=say("loss (log scale, cut at {highest:g})", highest=highest), yscale="log"
    )
    axes.set(xlim=(0, steps), ylim=(lowest / 2, 1.5 * highest))
    log_ticks(axes.yaxis, numticks=FEW)


def log_ticks(axis, **settings) -> None:
    """Ticks with plain numbers, where a LogLocator of these settings has them.

    No small ticks: hundreds of them take longer than all the rest.
    """
    axis.set_major_locator(LogLocator(**settings))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter("{x:g}")


def fit_panel(axes, measured, grid, labels):
    """The measured points on the axes, and a line for the fit, which is returned."""
    low, high = np.min(measured[1]), np.max(measured[1])
    margin = 0.3 * (high - low)
    axes.set_title(say("fit"), y=1)
    axes.set(xlabel=labels[0], ylabel=labels[1], ylim=(low - margin, high + margin))
    axes.plot(*measured, "o", color="black", label=say("measured"))
    (line,) = axes.plot(grid, np.full(len(grid), np.nan), color=BLUE, linewidth=2, label=say("fit"))
    return line


def away_note(axes):
    """Room for the words that something is not to be seen."""
    return axes.text(0.5, 0.94, "", **AT_TOP, transform=axes.transAxes)


def tell_if_away(note, fit: np.ndarray) -> None:
    """Say whether the fit is out of the picture. fit: its values on the grid."""
    low, high = note.axes.get_ylim()
    in_sight = np.any((low < fit) & (fit < high))
    note.set_text("" if in_sight else say("(the curve is out of the picture)"))


def surface_panel(axes, axis_1, axis_2, loss, names, *, title: str) -> None:
    """Draw the loss over two parameters, for paths to be drawn upon."""
    axes.set_title(title, y=1)
    axes.set(xlabel=names[0], ylabel=names[1])
    draw_surface(axes, axis_1, axis_2, loss)


class PathLine:
    """A path on the loss over two parameters, from ■ to ★, and a note where its end is not to be seen.

    surface: (axis_1, axis_2, loss, names).
    """

    def __init__(self, axes, surface):
        surface_panel(axes, *surface, title=say("path on the loss, ■ to ★"))
        self.axes, self.away = axes, away_note(axes)
        (self.line,) = axes.plot([], [], "o-", color=ORANGE, markersize=3, linewidth=1, label=say("path"))
        (self.begin,) = axes.plot([], [], "s", color="black", markersize=7, label=say_in("point", "start"))
        (self.end,) = axes.plot([], [], "*", color="black", markersize=13, label=say("end"))

    def put(self, path: np.ndarray) -> None:
        """Draw a path, shape (steps + 1, 2), but for what is too far out."""
        seen = path[np.all(np.abs(path) < SEEN, axis=1)]
        for line, part in [(self.line, seen), (self.begin, seen[:1]), (self.end, seen[-1:])]:
            line.set_data(*part.T)
        low, high = np.transpose([self.axes.get_xlim(), self.axes.get_ylim()])
        in_sight = np.all((low <= path[-1]) & (path[-1] <= high))
        self.away.set_text("" if in_sight else say("(the end is out of the picture)"))


class PanelPicture(LivePicture):
    """A LivePicture with panels side by side. All lines move, but for those that are measured.

    Margins are given in inches: to find them by trial, as the layout engine does, takes as long as to draw.
    shares: of the width, for each panel. foot: inches below the panels for a legend.
    """

    def __init__(
        self, panels: int, width: float = 3.5, shares: Sequence[float] | None = None, foot: float = 0
    ):
        with mpl.rc_context(STYLE):
            super().__init__("", width=width * panels, height=3.3 + foot)
            self.set_layout_engine(None)
            self.panels = self.subplots(1, panels, squeeze=False, width_ratios=shares)[0]
            for axes in self.panels:
                axes.locator_params(nbins=FEW)
        wide, high = self.get_size_inches()
        free = (wide - LEFT * panels - RIGHT) / panels  # for a panel
        self.subplots_adjust(
            left=LEFT / wide,
            right=1 - RIGHT / wide,
            bottom=(BOTTOM + foot) / high,
            top=1 - TOP / high,
            wspace=LEFT / free,
        )

    def lines_move(self) -> None:
        """Let every line be drawn anew in each frame, but for the measured points; and texts upon them."""
        lines = [line for axes in self.axes for line in axes.get_lines()]
        texts = [text for axes in self.axes for text in axes.texts]
        self.moving = [*(line for line in lines if line.get_label() != say("measured")), *texts]


class RunPicture(PanelPicture):
    """One training run, in a panel for its loss, and where asked for, one for its fit and one for its path.

    steps: the length of a run. lowest, highest: the range of losses to show.
    fit: (measured, grid, labels): the points (x, y), where to draw the fit, and the names of the axes.
    surface: (axis_1, axis_2, loss, names) of a model of two parameters.
    """

    def __init__(self, steps: int, lowest: float, highest: float, fit=None, surface=None):
        super().__init__(1 + (fit is not None) + (surface is not None))
        axes = iter(self.panels)
        self.highest = highest
        self.loss = self._loss_line(next(axes), steps, lowest)
        self.fit = fit and fit_panel(next(axes), *fit)
        self.away = self.fit and away_note(self.fit.axes)
        self.path = surface and PathLine(next(axes), surface)
        self.lines_move()

    def _loss_line(self, axes, steps, lowest):
        loss_panel(axes, steps, lowest, self.highest)
        return axes.plot([], [], color=BLUE, linewidth=2, label=say("loss"))[0]

    def put(self, words: str, loss, path, fit=None) -> None:
        """Put one run into the picture. loss: (steps + 1,). path: (steps + 1, parameters). fit: as grid."""
        self.alt = words
        self.loss.set_data(np.arange(len(loss)), np.fmin(loss, self.highest))
        if self.fit:
            tell_if_away(self.away, fit)
            self.fit.set_ydata(np.where(np.abs(fit) < SEEN, fit, np.nan))
        if self.path:
            self.path.put(path)

    def place(self, across: float, down: float) -> tuple[float, float] | None:
        """The two parameters at a place in the picture as it was drawn, or None outside the surface.

        across, down: fractions of the picture's width and height, from the top left.
        """
        point = across * self.bbox.width, (1 - down) * self.bbox.height
        if self.path is None or not self.path.axes.bbox.contains(*point):
            return None
        first, second = self.path.axes.transData.inverted().transform(point)
        return float(first), float(second)
