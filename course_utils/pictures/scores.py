"""Scores, what softmax makes of them, and what the right one's probability costs."""

from collections.abc import Sequence

import numpy as np

from ..language import say
from .panels import PanelPicture
from .picture import BLUE, GREY, ORANGE

HIGHEST = 10.0  # of the losses that are drawn


class ScorePicture(PanelPicture):
    """The probabilities as bars, and the loss -log p of the right one on its curve.

    names: of the scores, one bar each. right: the index of the right one.
    """

    def __init__(self, names: Sequence[str], right: int):
        super().__init__(2, width=3.8)
        bars, costs = self.panels
        colors, hatches = [GREY] * len(names), [""] * len(names)
        colors[right], hatches[right] = BLUE, "//"
        names = [
            say("{name} (right)", name=name) if place == right else name for place, name in enumerate(names)
        ]
        bars.set_title(say("probabilities"), y=1)
        bars.set(xlabel=say("digit"), ylabel="p", ylim=(0, 1.1))
        self.bars = bars.bar(names, np.zeros(len(names)), color=colors, hatch=hatches, ec="white", label="p")
        bars.grid(False, axis="x")
        self.heights = [bars.text(place, 0, "", ha="center", va="bottom") for place in range(len(names))]
        costs.set(
            title=say("loss of the right one"),
            xlabel="p",
            ylabel=say("loss"),
            xlim=(-0.02, 1.02),
            ylim=(-0.4, HIGHEST),
        )
        shares = np.geomspace(np.exp(-HIGHEST), 1, 100)
        costs.plot(shares, -np.log(shares), color=BLUE, linewidth=2, label="-log p")
        (self.cost,) = costs.plot([], [], "o", color=ORANGE, markersize=10, label=say("now"), zorder=3)
        self.right, self.moving = right, [*self.bars, *self.heights, self.cost]

    def put(self, words: str, probabilities: np.ndarray) -> None:
        """Put the probabilities into the picture, one for each score."""
        self.alt = words
        for bar, text, share in zip(self.bars, self.heights, probabilities, strict=True):
            bar.set_height(share)
            text.set(y=share, text=f"{share:.3g}")
        right = probabilities[self.right]
        self.cost.set_data([right], [min(-np.log(right), HIGHEST)])
