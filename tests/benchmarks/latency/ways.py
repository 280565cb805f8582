"""The ways to draw under a slider. Each function is one, and the only cell of a notebook shows what it returns.

All draw the same 60 runs in the same size and answer the same slider, so that only the drawing differs.
"""

from collections.abc import Callable
from pathlib import Path

import ipywidgets as widgets
import matplotlib.pyplot as plt

from course_utils.explorers import Explorer, learning_rate_explorer
from course_utils.pictures import LivePicture

from .runs import (
    HIGHEST,
    MARK,
    MODEL,
    POSITIONS,
    RATES,
    SIZE,
    START,
    STEPS,
    lookups,
    measurements,
    shade,
    x,
    y,
    y_hat,
)

MIDDLE = POSITIONS // 2


def slider() -> widgets.SelectionSlider:
    """The slider that Explorer has."""
    options = [(f"{rate:.3g}", index) for index, rate in enumerate(RATES)]
    return widgets.SelectionSlider(options=options, value=MIDDLE, layout={"width": "640px"})


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


def interact_png():
    """interact, with a new figure at every move, as the inline backend shows it."""

    def draw(position):
        put, _ = panels(plt.figure(figsize=SIZE, layout="constrained"))
        put(position)
        plt.show()

    return widgets.interactive(draw, position=slider())


def ipympl_set_data():
    """ipympl: the figure lives in the kernel; draw_idle sends what has changed."""
    plt.switch_backend("module://ipympl.backend_nbagg")
    with plt.ioff():
        figure = plt.figure(figsize=SIZE, layout="constrained")
    put, _ = panels(figure)
    control = slider()

    def move(change):
        put(change["new"])
        figure.canvas.draw_idle()

    put(MIDDLE)
    control.observe(move, names="value")
    return widgets.VBox([control, figure.canvas])


def image_widget():
    """This course's way: what moves is drawn over what stays, and goes into an Image widget as PNG."""
    picture = LivePicture("", *SIZE)
    put, picture.moving = panels(picture)

    def show(position):
        put(position)
        return f"Learning rate {RATES[position]:.3g}."

    return Explorer("learning rate", [f"{rate:.3g}" for rate in RATES], picture, show, MIDDLE)


def lesson_explorer():
    """The learning rate explorer of lesson 06 with 60 learning rates, and the mark added to its picture."""
    explorer = learning_rate_explorer(
        MODEL, START, measurements(), (x, y, y_hat), RATES, STEPS, ("time", "height (m)"), shown=MIDDLE
    )
    picture, show = explorer.picture, explorer._show
    mark = add_mark(picture)
    picture.moving.append(mark)

    def show_and_mark(position):
        mark.set_color([shade(position) / 255] * 3)
        return show(position)

    picture.still, explorer._show = None, show_and_mark
    explorer._move()
    return explorer


def svg_picture(browser_alone: bool):
    """SVG that a few lines of JavaScript draw, through anywidget.

    browser_alone: tie the slider to the picture in the browser; the kernel hears of a move only afterwards.
    """
    import anywidget
    import traitlets

    class SvgPicture(anywidget.AnyWidget):
        _esm = Path(__file__).with_name("svg_picture.js")
        runs = traitlets.List().tag(sync=True)  # [heights, losses] by position: all, or one
        position = traitlets.Int().tag(sync=True)
        shown = traitlets.Dict().tag(sync=True)

    _, fits, losses = lookups()
    runs = [[fit.tolist(), loss.tolist()] for fit, loss in zip(fits, losses, strict=True)]
    control = slider()
    if browser_alone:
        picture = SvgPicture(runs=runs, position=MIDDLE)
        widgets.jslink((control, "index"), (picture, "position"))
        return widgets.VBox([control, picture])
    picture = SvgPicture(shown={"position": MIDDLE, "run": runs[MIDDLE]})

    def move(change):
        picture.shown = {"position": change["new"], "run": runs[change["new"]]}

    control.observe(move, names="value")
    return widgets.VBox([control, picture])


def plotly_figure():
    """Plotly's FigureWidget: new numbers for its traces in one batch."""
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    grid, fits, losses = lookups()
    figure = go.FigureWidget(make_subplots(rows=1, cols=2))
    figure.add_scatter(x=grid, y=fits[MIDDLE], mode="lines", row=1, col=1)
    figure.add_scatter(y=losses[MIDDLE], mode="lines", row=1, col=2)
    figure.add_scatter(x=[-1.5], y=[3.8], mode="markers", marker={"size": 12}, row=1, col=1)
    figure.update_layout(width=700, height=330, showlegend=False, yaxis_range=(-1, 4), yaxis2_type="log")
    control = slider()

    def move(change):
        fit, loss, mark = figure.data
        with figure.batch_update():
            fit.y, loss.y = fits[change["new"]], losses[change["new"]]
            mark.marker.color = "rgb({0}, {0}, {0})".format(shade(change["new"]))

    move({"new": MIDDLE})
    control.observe(move, names="value")
    return widgets.VBox([control, figure])
