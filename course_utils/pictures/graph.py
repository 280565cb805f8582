"""The computation graph of a model's equations, with values and gradients on its nodes."""

from collections.abc import Collection, Mapping

import matplotlib as mpl
import sympy as sp
from matplotlib.patches import Ellipse, FancyArrowPatch, FancyBboxPatch

from ..derivation.chain_rule import Equations, loss_of
from ..derivation.given import check_equations
from ..language import say
from ..training.trace import Moment
from .latex import latex
from .picture import BLUE, GREEN, GREY, ORANGE, STYLE, LivePicture, Picture
from .places import graph_positions

LOOKS = {
    "computed": {"facecolor": "#E8F1FA", "edgecolor": BLUE},
    "learned": {"facecolor": "#E6E6E6", "edgecolor": GREY},
    "given": {"facecolor": "white", "edgecolor": GREY},
}
COLORS = {"start": GREY, "forward": BLUE, "backward": ORANGE, "update": GREEN}
WIDTH, HEIGHT = 0.64, 0.8  # of a node, where columns and rows are 1 apart
INCHES = 1.75, 1.05  # of a column, and of a row
BEND = 0.4  # of an arrow that passes over a column

Numbers = Mapping[sp.Symbol, float]
Factors = Mapping[tuple[sp.Symbol, sp.Symbol], float]


class GraphPicture(LivePicture):
    """The computation graph of equations: what is known of each symbol, and what was computed last.

    Blue circles are computed, grey boxes learned, white boxes given. In a moment of training its symbol
    has a thick frame, and thick arrows lead to it from what its equation used.
    """

    def __init__(self, equations: Equations, parameters: Collection[sp.Symbol] = ()):
        check_equations(equations)
        self.places, self.equations, self.parameters = graph_positions(equations), equations, parameters
        self.loss = loss_of(equations)
        self.told: tuple = ({}, {}, {})
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
        self.thin = {link: self._arrow(*link, color=GREY, linewidth=1) for link in self.links}
        self._add_moving(limits[0][0] + 0.1, limits[1][1] - 0.2)

    def _add_moving(self, left, top):
        bold = {"linewidth": 3, "visible": False, "zorder": 3}
        self.arrows = {way: self._arrow(*way, **bold) for link in self.links for way in (link, link[::-1])}
        self.frames = {symbol: self._node(symbol, fill=False, **bold) for symbol in self.places}
        centred = {"ha": "center", "va": "center", "fontsize": 10, "linespacing": 1.3, "zorder": 4}
        self.names = {symbol: self.graph.text(*at, "", **centred) for symbol, at in self.places.items()}
        self.factors = {link: self._beside(*link) for link in self.links}
        self.heading = self.graph.text(left, top, "", va="center", fontsize=12, weight="bold")
        marks = [*self.thin.values(), *self.arrows.values(), *self.frames.values()]
        self.moving = [*marks, *self.names.values(), *self.factors.values(), self.heading]

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
        points, patches = [self.places[start], self.places[end]], [self.nodes[start], self.nodes[end]]
        left = 0 if points[0] < points[1] else 1
        bend = self._bend(start, end)
        if not bend:  # from the middle of the right side, or it would cross the corner of a neighbour
            points[left], patches[left] = (points[left][0] + WIDTH / 2, points[left][1]), None
        ends = {"patchA": patches[0], "patchB": patches[1]}
        ends |= {"shrinkA": 0, "shrinkB": 0, "zorder": 0.5}  # from edge to edge, behind other nodes
        look = {"arrowstyle": "-|>", "mutation_scale": 12, **ends, **settings}
        look |= {"connectionstyle": f"arc3,rad={bend}"}
        return self.graph.add_artist(FancyArrowPatch(*points, **look))

    def _bend(self, start, end):
        """How far an arrow bends upwards, as a part of its length: not at all to the next column."""
        across = self.places[end][0] - self.places[start][0]
        return 0 if abs(across) == 1 else -BEND if across > 0 else BEND

    def _beside(self, start, end):
        """A text at an arrow, on the side where it does not meet the nodes."""
        (left, low), (right, high) = self.places[start], self.places[end]
        side = {"ha": "center" if low == high else "left" if low > high else "right", "va": "bottom"}
        bend = abs(self._bend(start, end)) / 2 * (right - left) * INCHES[0] / INCHES[1]
        place = (left + right) / 2, (low + high) / 2 + (bend - 0.2 if bend else 0.07)  # inside the bend
        if not bend and low != high:  # on the arrow from the right side, nearer to its begin
            begin, aside = left + WIDTH / 2, 0.03 if low > high else -0.03
            place = begin + 0.45 * (right - begin) + aside, low + 0.45 * (high - low) + 0.05
        return self.graph.text(*place, "", fontsize=9, color=ORANGE, zorder=5, **side)

    def put(self, moment: Moment) -> None:
        """Put one moment into the picture, and its words into the alt text."""
        self.alt, color = moment.words, COLORS[moment.phase]
        for artist in [*self.arrows.values(), *self.frames.values()]:
            artist.set_visible(False)
        for arrow in self.thin.values():
            arrow.set_visible(True)
        self.heading.set_text(say("round {round}: {phase}", round=moment.round, phase=say(moment.phase)))
        if moment.symbol:
            self.frames[moment.symbol].set(visible=True, edgecolor=color)
        for link in self._links_used(moment):
            self.arrows[link].set(visible=True, color=color)
            if link not in self.thin:  # or its head would stick out behind a thick arrow the other way
                self.thin[link[::-1]].set_visible(False)
        used = {link: factor for link, factor in moment.factors.items() if {*link} <= {*moment.gradients}}
        self.tell(moment.values, moment.gradients, used)

    def tell(self, values: Numbers, gradients: Numbers, factors: Factors) -> None:
        """Below each name its value, as `= 1.23`, and below that ∂loss/∂symbol, as `∂ = 1.23`.

        Beside an arrow its local derivative, as `×1.23`, where factors has one for (of, wrt).
        Names that stand alone are larger.
        """
        self.told = values, gradients, factors
        size = 10 if values or gradients else 14
        for (wrt, of), text in self.factors.items():
            text.set_text(times(float(factors[of, wrt])) if (of, wrt) in factors else "")
        for symbol, text in self.names.items():
            lines = [f"${latex(symbol)}$"]
            lines += [f"= {float(values[symbol]):.3g}"] if symbol in values else []
            lines += [f"∂ = {float(gradients[symbol]):.3g}"] if symbol in gradients else []
            text.set(text="\n".join(lines), fontsize=size)

    def numbers(self) -> str:
        """What is known, symbol by symbol from left to right, and link by link."""
        values, gradients, factors = self.told
        known = {symbol: [] for symbol in sorted(self.places, key=lambda symbol: self.places[symbol][0])}
        for symbol, lines in known.items():
            lines += [f"{symbol} = {float(values[symbol]):.3g}"] if symbol in values else []
            lines += (
                [f"∂{self.loss}/∂{symbol} = {float(gradients[symbol]):.3g}"] if symbol in gradients else []
            )
        links = [f"  ∂{of}/∂{wrt} = {float(factor):.3g}" for (of, wrt), factor in factors.items()]
        rows = [f"  {', '.join(lines)}" for lines in known.values() if lines]
        heading = [f"  {self.heading.get_text()}"] if self.heading.get_text() else []
        return "\n".join([self.alt, *heading, *rows, *links])

    def _links_used(self, moment):
        if moment.phase == "forward":
            return [link for link in self.links if link[1] == moment.symbol]
        if moment.phase == "backward":
            return [link[::-1] for link in self.links if link[0] == moment.symbol]
        return []


def times(factor: float) -> str:
    """A factor as it stands at an arrow: in brackets if it is negative."""
    return f"×({factor:.3g})" if factor < 0 else f"×{factor:.3g}"


def computation_graph(
    equations: Equations,
    values: Numbers | None = None,
    gradients: Numbers | None = None,
    parameters: Collection[sp.Symbol] = (),
    alt: str | None = None,
    factors: Factors | None = None,
) -> Picture:
    """Every equation as a blue circle, what is given as a box, grey if it is learned; an arrow to each use.

    values, gradients: what is known of some symbols, to be told below their names.
    factors: local derivatives, by link (of, wrt), to be told beside the arrows.
    """
    picture = GraphPicture(equations, parameters)
    picture.alt = say("The computation graph.") if alt is None else alt
    picture.tell(values or {}, gradients or {}, factors or {})
    return picture
