"""Pictures of knobs that are turned: all of a model by hand, or one of them by a step along its gradient."""

import numpy as np

from ..language import say, say_in
from .panels import PanelPicture, away_note, fit_panel, log_ticks, tell_if_away
from .picture import BLUE, GREEN, ORANGE


class KnobPicture(PanelPicture):
    """The fit of a model beside the measured points, and its loss on a scale with the best one so far.

    fit: (measured, grid, labels), as for RunPicture. lowest, highest: the range of losses to show.
    """

    def __init__(self, fit: tuple, lowest: float, highest: float):
        super().__init__(2, width=3.6, shares=[4, 1])
        left, right = self.panels
        self.fit, self.away = fit_panel(left, *fit), away_note(left)
        right.set_title(say("loss (log scale)"), y=1)
        right.set(yscale="log", xlim=(0, 1), ylim=(lowest, highest), xticks=[])
        log_ticks(right.yaxis)
        self.range = lowest, highest
        (self.best,) = right.plot(
            [], [], color="black", linestyle="--", linewidth=1.5, label=say("best so far")
        )
        (self.now,) = right.plot([], [], ">", color=BLUE, markersize=12, label=say("now"), clip_on=False)
        below = {"transform": right.transAxes, "ha": "center", "va": "top"}
        self.told = [
            right.text(0.5, place, "", color=c, **below) for place, c in [(-0.03, BLUE), (-0.12, "k")]
        ]
        self.moving = [self.fit, self.away, self.best, self.now, *self.told]

    def put(self, words: str, fit, loss: float, best: float) -> None:
        """Put one setting of the knobs into the picture. fit: as its grid."""
        self.alt = words
        self.fit.set_ydata(fit)
        tell_if_away(self.away, fit)
        self.now.set_data([0.5], [np.clip(loss, *self.range)])
        self.best.set_data([0, 1], [np.clip(best, *self.range)] * 2)
        for text, name, value in zip(self.told, (say("now"), say("best")), (loss, best), strict=True):
            text.set_text(f"{name} {value:.3g}")


class StepPicture(PanelPicture):
    """The loss over one knob, its tangent at the start, and one step: its promise, and where it lands.

    values, losses: the curve, each of shape (points,). name: of the knob.
    start, slope: the knob's value and its derivative there, to draw the tangent. lowest: what it promises.
    """

    def __init__(
        self, values: np.ndarray, losses: np.ndarray, name: str, start: tuple, slope: float, lowest: float
    ):
        super().__init__(1, width=6.4, foot=0.4)
        axes, (place, loss), room = self.panels[0], start, 0.15 * np.ptp(losses)
        axes.set(xlabel=name, ylabel=say("loss"), xlim=values[[0, -1]])
        axes.set_ylim(min(np.min(losses), lowest, 0) - room, np.max(losses) + room)
        axes.plot(values, losses, color=BLUE, linewidth=2, label=say("loss"))
        axes.plot(values, loss + slope * (values - place), color=GREEN, ls="-.", lw=1.5, label=say("tangent"))
        axes.plot(place, loss, "s", color="black", markersize=9, label=say_in("point", "start"))
        (self.step,) = axes.plot([], [], color=ORANGE, linewidth=3, label=say_in("line", "step"))
        (self.miss,) = axes.plot([], [], color=ORANGE, linestyle=":", linewidth=1.5)
        (self.promised,) = axes.plot(
            [], [], "o", color=GREEN, mfc="white", mew=2, ms=9, label=say("promised")
        )
        (self.landing,) = axes.plot([], [], "*", color="black", markersize=15, label=say("landing"))
        self.legend(loc="lower center", ncols=6, columnspacing=1, frameon=False, fontsize=9)
        self.start, self.moving = start, [self.step, self.miss, self.promised, self.landing]

    def put(self, words: str, landing: float, promised: float, loss: float) -> None:
        """Put one step into the picture: the knob's new value, the promised loss, and the true one."""
        self.alt, (place, before) = words, self.start
        self.step.set_data([place, landing], [before, before])
        self.miss.set_data([landing] * 3, [before, promised, loss])
        self.promised.set_data([landing], [promised])
        self.landing.set_data([landing], [loss])
