"""The computation graph while training goes through it, one symbol at a time."""

import matplotlib as mpl
from matplotlib.patches import Ellipse, FancyArrowPatch, FancyBboxPatch

from ..models.model import Model
from ..training.trace import Moment
from .graph import BOXES, graph_positions
from .latex import latex
from .picture import BLUE, GREEN, GREY, ORANGE, STYLE, LivePicture

COLORS = {"start": GREY, "forward": BLUE, "backward": ORANGE, "update": GREEN}
WIDTH, HEIGHT = 0.72, 0.8  # of a node, where columns and rows are 1 apart
INCHES = 1.65, 1.05  # of a column, and of a row


class GraphPicture(LivePicture):
    """A model's computation graph at one moment: what is known, and what was computed last.

    Circles are computed, shaded boxes are learned, white boxes are given. The symbol of the moment has
    a thick frame, and thick arrows lead to it from what its equation used.
    """

    def __init__(self, model: Model):
        self.places, self.model = graph_positions(model.equations), model
        columns, rows = zip(*self.places.values(), strict=True)
        limits = (min(columns) - 0.5, max(columns) + 0.5), (min(rows) - 0.5, max(rows) + 0.8)
        size = [inches * (high - low) for inches, (low, high) in zip(INCHES, limits, strict=True)]
        with mpl.rc_context(STYLE):
            super().__init__("", *size)
            self.set_layout_engine("none")
            self.graph = self.add_axes((0, 0, 1, 1), xlim=limits[0], ylim=limits[1])
        self.graph.set_axis_off()
        self.nodes = {symbol: self._node(symbol) for symbol in self.places}
        links = [(used, symbol) for symbol, e in model.equations.items() for used in e.free_symbols]
        self.links = sorted(links, key=str)
        for link in self.links:
            self._arrow(*link, color=GREY, linewidth=1)
        self._add_moving(limits[0][0] + 0.1, limits[1][1] - 0.2)

    def _add_moving(self, left, top):
        bold = {"linewidth": 3, "visible": False, "zorder": 3}
        self.arrows = {way: self._arrow(*way, **bold) for link in self.links for way in (link, link[::-1])}
        self.frames = {symbol: self._node(symbol, fill=False, **bold) for symbol in self.places}
        centred = {"ha": "center", "va": "center", "fontsize": 10, "linespacing": 1.3, "zorder": 4}
        self.names = {symbol: self.graph.text(*at, "", **centred) for symbol, at in self.places.items()}
        self.heading = self.graph.text(left, top, "", va="center", fontsize=12, weight="bold")
        marks = [*self.arrows.values(), *self.frames.values()]
        self.moving = [*marks, *self.names.values(), self.heading]

    def _kind(self, symbol):
        if symbol in self.model.equations:
            return "computed"
        return "learned" if symbol in self.model.parameters else "given"

    def _node(self, symbol, **settings):
        (column, row), kind = self.places[symbol], self._kind(symbol)
        look = {key: BOXES[kind][key] for key in ("facecolor", "edgecolor")} | settings
        if kind == "computed":
            return self.graph.add_patch(Ellipse((column, row), WIDTH, HEIGHT, **look))
        corner, rounding = (column - WIDTH / 2, row - HEIGHT / 2), 0.12 if kind == "learned" else 0
        shape = f"round,pad=0,rounding_size={rounding}"
        return self.graph.add_patch(FancyBboxPatch(corner, WIDTH, HEIGHT, boxstyle=shape, **look))

    def _arrow(self, start, end, **settings):
        ends = {"patchA": self.nodes[start], "patchB": self.nodes[end]}
        look = {"arrowstyle": "-|>", "mutation_scale": 12, **ends, **settings}
        return self.graph.add_patch(FancyArrowPatch(self.places[start], self.places[end], **look))

    def show(self, moment: Moment) -> None:
        """Put one moment into the picture, and its words into the alt text."""
        self.alt = moment.words
        for artist in [*self.arrows.values(), *self.frames.values()]:
            artist.set_visible(False)
        color = COLORS[moment.phase]
        self.heading.set_text(f"round {moment.round}: {moment.phase}")
        if moment.symbol:
            self.frames[moment.symbol].set(visible=True, edgecolor=color)
        for link in self._links_used(moment):
            self.arrows[link].set(visible=True, color=color)
        for symbol, text in self.names.items():
            text.set_text("\n".join(self._lines(symbol, moment)))

    def _links_used(self, moment):
        if moment.phase == "forward":
            return [link for link in self.links if link[1] == moment.symbol]
        if moment.phase == "backward":
            return [link[::-1] for link in self.links if link[0] == moment.symbol]
        return []

    def _lines(self, symbol, moment):
        yield f"${latex(symbol)}$"
        if symbol in moment.values:
            yield f"= {moment.values[symbol]:.3g}"
        if symbol in moment.gradients:
            yield f"∂ = {moment.gradients[symbol]:.3g}"
