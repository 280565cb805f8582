"""A run with momentum: its loss, its path, and where its learning rate and beta stand below the limit."""

from collections.abc import Sequence

import numpy as np

from ..language import say
from .panels import PanelPicture, PathLine, log_ticks, loss_panel
from .picture import BLUE, GREEN


class MomentumPicture(PanelPicture):
    """One run's loss, its path on the surface, and its place below the line of the limit 2(1 + beta)/lambda.

    steps: the length of a run. losses: the lowest and the highest to show.
    surface: (axis_1, axis_2, loss, names) of a model of two parameters.
    rates, betas: all that there will be. steepest: the largest curvature, lambda.
    """

    def __init__(self, steps: int, losses: tuple, surface: tuple, rates, betas: Sequence, steepest: float):
        super().__init__(3, shares=[1, 1.6, 1])
        self.highest, (loss, way, stable) = losses[1], self.panels
        loss_panel(loss, steps, *losses)
        shares = np.linspace(0, 1, 50)
        limit, formula = 2 * (1 + shares) / steepest, f"2(1 + β)/{steepest:g}"
        stable.set_title(say("–·– limit {limit}, ● now", limit=formula), y=1)
        stable.set(xlabel=r"$\beta$", ylabel=say("learning rate (log scale)"))
        stable.set(
            yscale="log",
            xticks=[0, 0.5, 1],
            xlim=(-0.03, 1.03),
            ylim=(min(rates) / 1.5, max(*rates, *limit) * 1.5),
        )
        log_ticks(stable.yaxis, subs=(1, 2, 5))
        stable.plot(shares, limit, color=GREEN, linestyle="-.", lw=2, label=say("limit"))
        (self.loss,) = loss.plot([], [], color=BLUE, linewidth=2, label=say("loss"))
        self.path = PathLine(way, surface)
        (self.here,) = stable.plot([], [], "o", color="black", markersize=10, label=say("now"))
        self.lines_move()

    def put(self, words: str, loss, path, rate: float, beta: float) -> None:
        """Put one run into the picture. loss: (steps + 1,). path: (steps + 1, 2)."""
        self.alt = words
        self.loss.set_data(np.arange(len(loss)), np.fmin(loss, self.highest))
        self.path.put(path)
        self.here.set_data([beta], [rate])
