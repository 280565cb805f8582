"""What the ways have in common: the slider, and the two panels with the mark as matplotlib draws them."""

from collections.abc import Callable

import ipywidgets as widgets
import matplotlib.pyplot as plt

from course_utils.explorers.explorer import slider

from .runs import HIGHEST, MARK, POSITIONS, RATES, lookups, shade

MIDDLE = POSITIONS // 2


def control() -> widgets.SelectionSlider:
    """The slider that every way has."""
    return slider("learning rate", [f"{rate:.3g}" for rate in RATES], MIDDLE)


def followed(move: Callable, picture: widgets.Widget) -> widgets.VBox:
    """The slider above the picture; the kernel calls `move` with each new position."""
    above = control()
    above.observe(lambda change: move(change["new"]), names="value")
    return widgets.VBox([above, picture])


def add_mark(figure):
    """The square whose shade tells the position, on axes of its own."""
    axes = figure.add_axes(MARK, xlim=(0, 2), ylim=(0, 1))
    axes.axis("off")
    axes.add_patch(plt.Rectangle((0, 0), 1, 1, color="black"))
    return axes.add_patch(plt.Rectangle((1, 0), 1, 1))


def panels(figure) -> tuple[Callable, list]:
    """Draw both panels. Return a function that puts a position in, and the artists that it changes."""
    grid, fits, losses = lookups()
    left, right = figure.subplots(1, 2)
    left.set(xlabel="time (standardised)", ylabel="height (m)", ylim=(-1, 4))
    right.set(xlabel="step", ylabel="loss (log scale)", yscale="log", ylim=(1e-3, HIGHEST))
    (fit,) = left.plot(grid, fits[0])
    (loss,) = right.plot(losses[0])
    mark = add_mark(figure)

    def put(position):
        fit.set_ydata(fits[position])
        loss.set_ydata(losses[position])
        mark.set_color([shade(position) / 255] * 3)

    return put, [fit, loss, mark]
