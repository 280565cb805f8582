"""Pictures of several curves that change together: a race, a neuron, a gradient on its way back in time."""

from collections.abc import Mapping, Sequence

import numpy as np
import sympy as sp
from matplotlib.ticker import FixedLocator, MaxNLocator

from ..language import say
from .panels import PanelPicture, fit_panel, loss_panel, surface_panel
from .picture import BLUE, GREEN, ORANGE, SERIES
from .words import STEADY


def empty_lines(axes, names: Sequence[str], **settings) -> dict:
    """A line without points for each name, each in a colour and a line style of its own."""
    lines = {}
    for name, (color, style, marker) in zip(names, SERIES, strict=False):
        marker = marker if "markersize" in settings else ""
        (lines[name],) = axes.plot([], [], color=color, ls=style, marker=marker, label=name, **settings)
    return lines


def until_lost(path: np.ndarray, axes) -> np.ndarray:
    """A path, shape (steps + 1, 2), up to where it is three pictures away, so as not to hide the others."""
    corners = np.array([axes.get_xlim(), axes.get_ylim()])
    distance = np.abs(path - corners.mean(axis=1)) / np.ptp(corners, axis=1)
    return path[np.logical_and.accumulate(np.all(distance < 3, axis=1))]


class RacePicture(PanelPicture):
    """Several runs at once: the loss of each, and where there is a surface, its path.

    steps: the length of a run. level: the loss to reach. highest: where to cut the losses.
    surface: (axis_1, axis_2, loss, names) of a model of two parameters.
    """

    def __init__(self, names: Sequence[str], steps: int, level: float, highest: float, surface=None):
        super().__init__(*((1, 6.4) if surface is None else (2, 5.0)), foot=0.4)
        self.highest = highest
        loss_panel(self.panels[0], steps, level / 10, highest)
        self.panels[0].set_title(say("loss, — finish {level:g}", level=level), y=1)
        self.panels[0].axhline(level, color="black", linewidth=1, label=say("finish"))
        self.losses = empty_lines(self.panels[0], names, linewidth=2)
        self.paths = {}
        if surface is not None:
            some = max(1, steps // 20)  # a mark at each step would be a band that covers the other paths
            title = say("loss surface, a mark every {some} steps", some=some)
            surface_panel(self.panels[1], *surface, title=title)
            self.paths = empty_lines(self.panels[1], names, linewidth=1, markersize=4, markevery=some)
        self.legend(
            handles=list((self.paths or self.losses).values()), loc="lower center", ncols=4, frameon=False
        )
        self.lines_move()

    def put(self, words: str, losses: Mapping[str, np.ndarray], paths: Mapping[str, np.ndarray]) -> None:
        """Put the runs into the picture, by name. Each loss: (steps + 1,). Each path: (steps + 1, 2)."""
        self.alt = words
        for name, line in self.losses.items():
            line.set_data(np.arange(len(losses[name])), np.fmin(losses[name], self.highest))
        for name, line in self.paths.items():
            line.set_data(*until_lost(paths[name], line.axes).T)


class NeuronPicture(PanelPicture):
    """A neuron's activation and its slope, where the samples lie on them, and the fit of its network.

    inputs: where to draw the activation, shape (points,).
    fit: (measured, grid, labels), as for RunPicture.
    """

    def __init__(self, inputs: np.ndarray, fit: tuple):
        super().__init__(2, width=4.2)
        axes = self.panels[0]
        axes.set_title(say("activation"), y=1)
        axes.set(xlabel="z", ylabel=say("h, and its slope"))
        axes.set(xlim=inputs[[0, -1]], ylim=(-1.2, 4.2))
        self.inputs = inputs
        (self.activation,) = axes.plot([], [], color=BLUE, linewidth=2, label="h")
        (self.slope,) = axes.plot([], [], color=ORANGE, linestyle="--", linewidth=2, label=say("slope dh/dz"))
        (self.samples,) = axes.plot([], [], "o", color=GREEN, mec="black", label=say("h on each day"))
        axes.legend(frameon=False, loc="upper left", fontsize=9)
        self.fit = fit_panel(self.panels[1], *fit)
        self.lines_move()

    def put(self, words: str, activation, slope, samples: tuple, fit) -> None:
        """activation, slope: as the inputs. samples: (z, h) of each. fit: as its grid."""
        self.alt = words
        self.activation.set_data(self.inputs, activation)
        self.slope.set_data(self.inputs, slope)
        self.samples.set_data(*samples)
        self.fit.set_ydata(fit)


POWERS = [10.0**power for power in range(-16, 13, 4)]  # that a part of a gradient is seen at, 1 among them


class MemoryPicture(PanelPicture):
    """How much each time step adds to a gradient, for each of several models.

    names: of the models. room: the least and the largest part that are to be seen, from 1e-18 to 1e12.
    longest: the largest number of time steps. by: the parameter whose gradient it is.
    A grey band shows which parts are steady.
    """

    def __init__(self, names: Sequence[str], room: tuple[float, float], longest: int, by: sp.Symbol):
        least, most = np.clip([room[0] / 3, room[1] * 3], 1e-18, 1e12)
        super().__init__(1, width=6.4)
        (axes,) = self.panels
        axes.set_title(say("part of the gradient of {parameter}, the newest is 1", parameter=by), y=1)
        axes.set(xlabel=say("time steps back from the newest"), ylabel=say("part (log scale)"))
        axes.set(yscale="log", ylim=(least, most))
        low, high = STEADY
        axes.axhspan(low, high, color="0.9", zorder=0, label=say("{low:g} to {high:g}", low=low, high=high))
        axes.yaxis.set_major_locator(FixedLocator(POWERS))
        axes.set_xlim(-0.03 * longest, 1.03 * longest - 1)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        self.curves = {}
        for (name, (color, style, marker)), width in zip(
            zip(names, SERIES, strict=False), range(2 * len(names), 0, -2), strict=False
        ):  # narrower, so that a later curve does not hide an earlier one
            (self.curves[name],) = axes.plot([], [], color=color, ls=style, marker=marker, label=name)
            self.curves[name].set(linewidth=width, markersize=width + 3)
        axes.legend(frameon=False, loc="lower left")
        self.lines_move()

    def put(self, words: str, parts: Mapping[str, np.ndarray]) -> None:
        """Put the parts into the picture, by model, each of shape (steps,), the first time step first."""
        self.alt = words
        for name, curve in self.curves.items():
            curve.set_data(np.arange(len(parts[name])), parts[name][::-1])
