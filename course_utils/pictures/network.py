"""A network as its neurons, layer by layer, and the paths that lead through it."""

from itertools import pairwise

import matplotlib as mpl
import sympy as sp
from matplotlib.patches import Circle

from ..derivation.chain_rule import Equations
from ..language import say
from ..models.model import Model, check_model
from .latex import latex
from .picture import BLUE, GREY, INK, SERIES, STYLE, Picture
from .places import depths

RADIUS = 0.24  # of a neuron, where rows are 1 apart
APART = 1.7  # columns
ALONG = 0.38  # of a link: there its label lies, as two links may cross in the middle
FEW = 4  # links, each of which has room for its weight

Link = tuple[sp.Symbol, sp.Symbol]


def outputs_of_sums(equations: Equations) -> dict[sp.Symbol, sp.Symbol]:
    """For each z that only goes through an activation, what comes out, h: the two are one neuron."""
    return {
        next(iter(used)): symbol
        for symbol, expression in equations.items()
        if len(used := expression.free_symbols) == 1 and used <= set(equations)
    }


def links_of(model: Model) -> dict[Link, sp.Expr]:
    """Who feeds whom, among inputs, neurons and outputs, and by what factor. The loss is none of them."""
    merged = outputs_of_sums(model.equations)
    return {
        (merged.get(used, used), merged.get(symbol, symbol)): sp.diff(expression, used)
        for symbol, expression in model.equations.items()
        for used in sorted(expression.free_symbols - set(model.parameters), key=str)
        if symbol != model.loss and merged.get(used) != symbol
    }


def routes(model: Model, weight: sp.Symbol) -> list[list[Link]]:
    """The links on each path from the weight to the output, the weight's own link first."""
    merged, found = outputs_of_sums(model.equations), []
    for path in model.paths(weight):
        met = [merged.get(of, of) for of, _ in reversed(path) if of != model.loss]
        source = sp.diff(model.equations[path[-1][0]], weight)
        way = [merged.get(source, source), *dict.fromkeys(met)]
        found.append(list(pairwise(way)))
    return found


class NetworkPicture(Picture):
    """A network as it is drawn. Its numbers are no places, but who feeds whom."""

    def numbers(self) -> str:
        """The words, and the links; of some, the weight or the path."""
        (axes,) = self.axes
        names = [str(line.get_label()).lstrip("_") for line in axes.get_lines()]
        return "\n".join([self.alt, *(f"  {name}" for name in names)])


def network(model: Model, alt: str, weight: sp.Symbol | None = None) -> Picture:
    """A circle for each input, neuron and output, in a column for each layer, and a line for each weight.

    weight: one between two neurons, whose paths to the output are to be marked: each with a line and a number
        of its own, and what they share in black.
    """
    check_model(model)
    links, depth = links_of(model), depths(model.equations)
    columns: dict[int, list] = {}
    for symbol in sorted({end for link in links for end in link}, key=str):
        columns.setdefault(depth[symbol], []).append(symbol)
    places = {
        symbol: (APART * column, (len(layer) - 1) / 2 - row)
        for column, (_, layer) in enumerate(sorted(columns.items()))
        for row, symbol in enumerate(layer)
    }
    rows = max(map(len, columns.values()))
    with mpl.rc_context(STYLE):
        picture = NetworkPicture(alt, width=0.9 * APART * len(columns), height=0.9 * rows + 0.3)
        axes = picture.add_subplot(aspect="equal", xlim=(-0.5, APART * (len(columns) - 1) + 0.5))
    axes.set(ylim=(-rows / 2, rows / 2))
    axes.set_axis_off()
    found = routes(model, weight) if weight else []
    marked = {link for route in found for link in route}
    for link, factor in links.items():
        if link not in marked:
            by = factor if len(links) <= FEW and factor in model.parameters else None
            label = f"${latex(by)}$" if by else ""
            draw_link(axes, places, link, str(by or ""), label, color=GREY, linewidth=0.8)
    for symbol, place in places.items():
        edge = BLUE if symbol in model.equations else GREY
        axes.add_patch(Circle(place, RADIUS, facecolor="white", edgecolor=edge))
        axes.text(*place, f"${latex(symbol)}$", ha="center", va="center", fontsize=11)
    mark_routes(axes, places, found, weight)
    return picture


def draw_link(axes, places, link: Link, told: str, label: str, **look) -> None:
    """A line from circle to circle, named by its ends and what is told of it, and what to write upon it."""
    xs, ys = zip(*(places[end] for end in link), strict=True)
    name = say("{one} to {other}", one=link[0], other=link[1])
    name = say("{name}: {told}", name=name, told=told) if told else name
    axes.plot(xs, ys, zorder=0, label=f"_{name}", **look)
    ground = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
    x, y = (first + ALONG * (last - first) for first, last in (xs, ys))
    axes.text(x, y, label, ha="center", va="center", fontsize=10, bbox=ground if label else None)


def mark_routes(axes, places, found: list[list[Link]], weight) -> None:
    """A thick line along each route, with its number where it begins; black along what all of them share."""
    shared = [link for link in found[0] if all(link in route for route in found)] if found else []
    for link in shared:
        label = f"${latex(weight)}$" if link == found[0][0] else ""
        draw_link(axes, places, link, say("every path"), label, color=INK, linewidth=3)
    for number, (route, (color, style, _)) in enumerate(zip(found, SERIES, strict=False), start=1):
        own, name = [link for link in route if link not in shared], say("path {number}", number=number)
        for link in own:
            label = name if link == own[0] else ""
            draw_link(axes, places, link, name, label, color=color, linestyle=style, linewidth=3)
