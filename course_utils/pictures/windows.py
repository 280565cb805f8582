"""A window that slides over an image: its numbers, the filter's, and the sums so far."""

import matplotlib as mpl
import numpy as np
from matplotlib.patches import Rectangle

from ..language import say
from .picture import ORANGE, STYLE, LivePicture

SHADE = {"cmap": "gray_r", "alpha": 0.55}  # light enough for numbers on top


class WindowPicture(LivePicture):
    """An image with a frame around its window, the window's numbers, the filter, and the answers so far.

    image: shape (rows, cols). weights: the filter, a square. answers: all that there will be.
    """

    def __init__(self, image: np.ndarray, weights: np.ndarray, answers: np.ndarray):
        with mpl.rc_context(STYLE | {"axes.grid": False}):
            super().__init__("", width=10.0, height=3.1)
            axes = self.subplots(1, 4, width_ratios=[1.1, 1, 1, 1.5])
        size, self.image, self.answers = len(weights), image, answers
        low, high = min(image.min(), 0), image.max()
        reach = np.abs(answers).max() or 1.0
        self._squares(axes[0], say("picture"), image, low, high)
        self.window = self._squares(axes[1], say("window"), image[:size, :size], low, high)
        self._squares(axes[2], say("filter"), weights, *np.array([-1, 1]) * (np.abs(weights).max() or 1))
        self.sums = self._squares(axes[3], say("sums so far"), answers, -reach, reach)
        self._write(axes[2], weights)
        self.numbers_of_window = self._write(axes[1], np.zeros((size, size)))
        self.numbers_of_sums = self._write(axes[3], np.zeros(answers.shape))  # · for those to come
        look: dict = {"fill": False, "edgecolor": ORANGE, "linewidth": 3}
        self.frame_of_window = axes[0].add_patch(Rectangle((0, 0), size, size, **look))
        self.frame_of_sum = axes[3].add_patch(Rectangle((0, 0), 1, 1, **look))
        frames = [self.frame_of_window, self.frame_of_sum]
        self.moving = [self.window, self.sums, *frames, *self.numbers_of_window, *self.numbers_of_sums]

    def _squares(self, axes, title, values, low, high):
        axes.set(title=title, xticks=[], yticks=[])
        axes.spines[:].set_visible(True)
        return axes.imshow(values, vmin=low, vmax=high, **SHADE)

    def _write(self, axes, values):
        """The numbers in the squares, as texts, row by row."""
        small = {"ha": "center", "va": "center", "fontsize": 11 if len(values) < 5 else 9}
        return [axes.text(col, row, f"{value:.4g}", **small) for (row, col), value in np.ndenumerate(values)]

    def put(self, words: str, row: int, col: int) -> None:
        """Put the window with this upper left corner into the picture."""
        self.alt, size = words, len(self.window.get_array())
        window = self.image[row : row + size, col : col + size]
        place = row * self.answers.shape[1] + col
        so_far = np.ma.masked_array(
            self.answers, np.arange(self.answers.size).reshape(self.answers.shape) > place
        )
        self.window.set_data(window)
        self.sums.set_data(so_far)
        for text, value in zip(self.numbers_of_window, window.flat, strict=True):
            text.set_text(f"{value:.4g}")
        for text, value in zip(self.numbers_of_sums, so_far.flat, strict=True):
            # halves go up, as in school: 0.3125 is 0.313
            text.set_text("·" if value is np.ma.masked else f"{value * (1 + 1e-9):.3g}")
        self.frame_of_window.set_xy((col - 0.5, row - 0.5))
        self.frame_of_sum.set_xy((col - 0.5, row - 0.5))
