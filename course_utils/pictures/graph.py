"""The computation graph of a model's equations, with values and gradients on its nodes."""

from collections.abc import Collection, Mapping

import matplotlib as mpl
import sympy as sp
from matplotlib.patches import Ellipse, FancyArrowPatch, FancyBboxPatch

from ..derivation.chain_rule import Equations
from ..derivation.given import check_equations
from ..training.trace import Moment
from .latex import latex
from .picture import BLUE, GREEN, GREY, ORANGE, STYLE, LivePicture, Picture

LOOKS = {
    "computed": {"facecolor": "#E8F1FA", "edgecolor": BLUE},
    "learned": {"facecolor": "#E6E6E6", "edgecolor": GREY},
    "given": {"facecolor": "white", "edgecolor": GREY},
}
COLORS = {"start": GREY, "forward": BLUE, "backward": ORANGE, "update": GREEN}
WIDTH, HEIGHT = 0.72, 0.8  # of a node, where columns and rows are 1 apart
INCHES = 1.65, 1.05  # of a column, and of a row

Numbers = Mapping[sp.Symbol, float]


def depths(equations: Equations) -> dict[sp.Symbol, int]:
    """How many equations lie between each symbol and the inputs; an input stands one before its first use."""
    depth = {}
    for symbol, expression in equations.items():
        computed = [depth[used] for used in expression.free_symbols if used in equations]
        depth[symbol] = 1 + max(computed, default=0)
    for symbol, expression in reversed(equations.items()):
        for given in expression.free_symbols - set(equations):
            depth[given] = min(depth.get(given, depth[symbol]), depth[symbol] - 1)
    return depth


def graph_positions(equations: Equations) -> dict[sp.Symbol, tuple[float, float]]:
    """A place for each symbol: columns by depth; what is computed in the middle, what is given around it."""
    columns, places = {}, {}
    for symbol, depth in depths(equations).items():
        columns.setdefault(depth, []).append(symbol)
    for depth, members in columns.items():
        computed = [symbol for symbol in members if symbol in equations]
        given = sorted((symbol for symbol in members if symbol not in equations), key=str)
        half = len(given) // 2 if computed else len(given)
        stack = [*given[:half], *computed, *given[half:]]
        middle = half + (len(computed) - 1) / 2 if computed else (len(stack) - 1) / 2
        for row, symbol in enumerate(stack):
            places[symbol] = (depth, middle - row)
    return places


class GraphPicture(LivePicture):
    """The computation graph of equations: what is known of each symbol, and what was computed last.

    Circles are computed, shaded boxes are learned, white boxes are given. In a moment of training its symbol
    has a thick frame, and thick arrows lead to it from what its equation used.
    """

    def __init__(self, equations: Equations, parameters: Collection[sp.Symbol] = ()):
        check_equations(equations)
        self.places, self.equations, self.parameters = graph_positions(equations), equations, parameters
        columns, rows = zip(*self.places.values(), strict=True)
        limits = (min(columns) - 0.5, max(columns) + 0.5), (min(rows) - 0.5, max(rows) + 0.8)
        size = [inches * (high - low) for inches, (low, high) in zip(INCHES, limits, strict=True)]
        with mpl.rc_context(STYLE):
            super().__init__("", *size)
            self.set_layout_engine("none")
            self.graph = self.add_axes((0, 0, 1, 1), xlim=limits[0], ylim=limits[1])
        self.graph.set_axis_off()
        self.nodes = {symbol: self._node(symbol) for symbol in self.places}
        links = [(used, symbol) for symbol, e in equations.items() for used in e.free_symbols]
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
        if symbol in self.equations:
            return "computed"
        return "learned" if symbol in self.parameters else "given"

    def _node(self, symbol, **settings):
        (column, row), kind = self.places[symbol], self._kind(symbol)
        look = LOOKS[kind] | settings
        if kind == "computed":
            return self.graph.add_patch(Ellipse((column, row), WIDTH, HEIGHT, **look))
        corner, rounding = (column - WIDTH / 2, row - HEIGHT / 2), 0.12 if kind == "learned" else 0
        shape = f"round,pad=0,rounding_size={rounding}"
        return self.graph.add_patch(FancyBboxPatch(corner, WIDTH, HEIGHT, boxstyle=shape, **look))

    def _arrow(self, start, end, **settings):
        ends = {"patchA": self.nodes[start], "patchB": self.nodes[end]}
        ends |= {"shrinkA": 0, "shrinkB": 0, "zorder": 0.5}  # from edge to edge, behind other nodes
        look = {"arrowstyle": "-|>", "mutation_scale": 12, **ends, **settings}
        return self.graph.add_patch(FancyArrowPatch(self.places[start], self.places[end], **look))

    def put(self, moment: Moment) -> None:
        """Put one moment into the picture, and its words into the alt text."""
        self.alt, color = moment.words, COLORS[moment.phase]
        for artist in [*self.arrows.values(), *self.frames.values()]:
            artist.set_visible(False)
        self.heading.set_text(f"round {moment.round}: {moment.phase}")
        if moment.symbol:
            self.frames[moment.symbol].set(visible=True, edgecolor=color)
        for link in self._links_used(moment):
            self.arrows[link].set(visible=True, color=color)
        self.tell(moment.values, moment.gradients)

    def tell(self, values: Numbers, gradients: Numbers) -> None:
        """Below each name its value, as `= 1.23`, and below that ∂loss/∂symbol, as `∂ = 1.23`."""
        for symbol, text in self.names.items():
            lines = [f"${latex(symbol)}$"]
            lines += [f"= {float(values[symbol]):.3g}"] if symbol in values else []
            lines += [f"∂ = {float(gradients[symbol]):.3g}"] if symbol in gradients else []
            text.set_text("\n".join(lines))

    def _links_used(self, moment):
        if moment.phase == "forward":
            return [link for link in self.links if link[1] == moment.symbol]
        if moment.phase == "backward":
            return [link[::-1] for link in self.links if link[0] == moment.symbol]
        return []


def computation_graph(
    equations: Equations,
    values: Numbers | None = None,
    gradients: Numbers | None = None,
    parameters: Collection[sp.Symbol] = (),
    alt: str = "The computation graph.",
) -> Picture:
    """Every equation as a circle, everything given as a box, shaded if it is learned; an arrow to each use.

    values, gradients: what is known of some symbols, to be told below their names.
    """
    picture = GraphPicture(equations, parameters)
    picture.alt = alt
    picture.tell(values or {}, gradients or {})
    return picture
