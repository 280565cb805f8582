"""The ways to draw under a slider. Each function is one; the only cell of a notebook shows what it returns.

All draw the same 60 runs in the same size and answer the same slider, so that only the drawing differs.
"""

from pathlib import Path

import anywidget
import ipywidgets as widgets
import matplotlib.pyplot as plt
import traitlets

from course_utils.explorers.descent import learning_rate_explorer
from course_utils.explorers.explorer import Explorer
from course_utils.pictures.picture import LivePicture

from .panels import MIDDLE, add_mark, control, followed, panels
from .runs import MODEL, RATES, SIZE, START, STEPS, lookups, measurements, shade, x, y, y_hat


def interact_png():
    """interact, with a new figure at every move, as the inline backend shows it."""

    def draw(position):
        put, _ = panels(plt.figure(figsize=SIZE, layout="constrained"))
        put(position)
        plt.show()

    return widgets.interactive(draw, position=control())


def ipympl_set_data():
    """ipympl: the figure lives in the kernel; draw_idle sends what has changed."""
    plt.switch_backend("module://ipympl.backend_nbagg")
    with plt.ioff():
        figure = plt.figure(figsize=SIZE, layout="constrained")
    put, _ = panels(figure)
    put(MIDDLE)

    def move(position):
        put(position)
        figure.canvas.draw_idle()

    return followed(move, figure.canvas)


def image_widget():
    """What moves is drawn over what stays, on one Agg canvas, and goes into an Image widget as PNG."""
    picture = LivePicture("", *SIZE)
    put, picture.moving = panels(picture)
    put(MIDDLE)
    image = widgets.Image(format="png", value=picture.frame())

    def move(position):
        put(position)
        image.value = picture.frame()

    return followed(move, image)


def drawn_beforehand():
    """The course's Explorer: that canvas gives all pictures beforehand, the browser turns the pages."""
    picture = LivePicture("", *SIZE)
    put, picture.moving = panels(picture)

    def show(position):
        put(position)
        return f"Learning rate {RATES[position]:.3g}."

    return Explorer([control()], picture, show)


def lesson_explorer():
    """The learning rate explorer of lesson 06 with 60 learning rates, and the mark added to its picture."""
    labels = "time (standardised)", "height (m)"
    explorer = learning_rate_explorer(MODEL, START, measurements(), (x, y, y_hat), RATES, STEPS, labels)
    picture, mark = explorer.picture, add_mark(explorer.picture)
    picture.moving.append(mark)
    picture.still = None  # draw the mark's black square too

    def show(position):
        mark.set_color([shade(position) / 255] * 3)
        return explorer._show(position)

    return Explorer([control()], picture, show)


def svg_from_kernel():
    """SVG that a few lines of JavaScript draw, through anywidget; the kernel sends each run's numbers."""
    runs = numbers()
    picture = SvgPicture(shown={"position": MIDDLE, "run": runs[MIDDLE]})

    def move(position):
        picture.shown = {"position": position, "run": runs[position]}

    return followed(move, picture)


def svg_in_browser():
    """The same SVG, with all numbers in the browser beforehand and the slider tied to it there."""
    above, picture = control(), SvgPicture(runs=numbers(), position=MIDDLE)
    widgets.jslink((above, "index"), (picture, "position"))
    return widgets.VBox([above, picture])


def numbers() -> list[list[list[float]]]:
    """For each position its heights and its losses, as JSON wants them."""
    _, fits, losses = lookups()
    return [[fit.tolist(), loss.tolist()] for fit, loss in zip(fits, losses, strict=True)]


class SvgPicture(anywidget.AnyWidget):
    """svg_picture.js. runs: all of them, with the position; or shown: one of them and its position."""

    _esm = Path(__file__).with_name("svg_picture.js")
    runs = traitlets.List().tag(sync=True)
    position = traitlets.Int().tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)


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

    def move(position):
        fit, loss, mark = figure.data
        with figure.batch_update():
            fit.y, loss.y = fits[position], losses[position]
            mark.marker.color = "rgb({0}, {0}, {0})".format(shade(position))

    move(MIDDLE)
    return followed(move, figure)
