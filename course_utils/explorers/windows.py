"""An explorer of convolution: a filter that slides over an image."""

import numpy as np

from ..language import refusal, say
from ..pictures.arithmetic import window_result
from ..pictures.given import array
from ..pictures.windows import WindowPicture
from .controls import slider
from .explorer import Explorer
from .given import checked


@checked
def window_explorer(image: np.ndarray, weights: np.ndarray, shown: int = 0) -> Explorer:
    """A window slides over an image, row by row: its numbers times the filter's, summed, and all sums so far.

    image: shape (rows, cols). weights: the filter, a square, at most as large. Both are taken to four digits
        behind the point, so that what is shown can be computed by hand.
    shown: the number of the place to begin with, from 0.
    Raises ValueError for what is no table of numbers, or a filter that does not fit.
    """
    image, weights = array(image, "image", 2).round(4), array(weights, "weights", 2).round(4)
    size = len(weights)
    if weights.shape != (size, size) or size > min(image.shape):
        raise refusal(
            "weights should be a square that fits into {shape}, not {given}",
            shape=image.shape,
            given=weights.shape,
        )
    windows = np.lib.stride_tricks.sliding_window_view(image, weights.shape)
    answers = np.sum(windows * weights, axis=(2, 3)).round(8)
    places = list(np.ndindex(answers.shape))
    picture = WindowPicture(image, weights, answers)

    def show(index):
        row, col = places[index]
        words = say(
            "Window at {place}: {told}.",
            place=named(row, col),
            told=window_result(windows[row, col], weights),
        )
        picture.put(words, row, col)
        return words

    position = slider(say("window at"), [named(*place) for place in places], shown)
    return Explorer([position], picture, show)


def named(row: int, column: int) -> str:
    """A place of the window, counted from 1."""
    return say("row {row}, column {column}", row=row + 1, column=column + 1)
