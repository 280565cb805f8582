"""The computation graph of a model's equations, with values and gradients on its nodes."""

from collections.abc import Collection, Mapping

import matplotlib as mpl
import numpy as np
import sympy as sp

from ..derivation.chain_rule import Equations
from .latex import latex
from .picture import BLUE, GREY, STYLE, Picture

BOXES = {
    "computed": {"boxstyle": "circle,pad=0.8", "facecolor": "#E8F1FA", "edgecolor": BLUE},
    "learned": {"boxstyle": "round,pad=0.4", "facecolor": "#E6E6E6", "edgecolor": GREY},
    "given": {"boxstyle": "square,pad=0.4", "facecolor": "white", "edgecolor": GREY},
}


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


def computation_graph(
    equations: Equations,
    values: Mapping[sp.Symbol, float] | None = None,
    gradients: Mapping[sp.Symbol, float] | None = None,
    parameters: Collection[sp.Symbol] = (),
    alt: str = "The computation graph.",
) -> Picture:
    """Every equation as a circle, everything given as a box, shaded if it is learned; an arrow to each use.

    values: below each name, as `= 1.23`. gradients: ∂loss/∂symbol, below that, as `∂ = 1.23`.
    """
    places = graph_positions(equations)
    columns, rows = (np.ptp([place[axis] for place in places.values()]) for axis in (0, 1))
    with mpl.rc_context(STYLE):
        picture = Picture(alt, width=1.5 * columns + 1.4, height=1.1 * rows + 1.2)
        axes = picture.add_subplot()
    axes.set_axis_off()
    for symbol, expression in equations.items():
        for used in sorted(expression.free_symbols, key=str):
            axes.annotate(
                "",
                xy=places[symbol],
                xytext=places[used],
                arrowprops={"arrowstyle": "-|>", "color": GREY, "shrinkA": 30, "shrinkB": 31},
            )
    for symbol, (column, row) in places.items():
        text = f"${latex(symbol)}$"
        if values and symbol in values:
            text += f"\n= {float(values[symbol]):.3g}"
        if gradients and symbol in gradients:
            text += f"\n∂ = {float(gradients[symbol]):.3g}"
        kind = "computed" if symbol in equations else "learned" if symbol in parameters else "given"
        axes.text(column, row, text, ha="center", va="center", fontsize=10, linespacing=1.3, bbox=BOXES[kind])
    axes.set_xlim(-0.6 + min(c for c, _ in places.values()), 0.6 + max(c for c, _ in places.values()))
    axes.set_ylim(-0.6 + min(r for _, r in places.values()), 0.6 + max(r for _, r in places.values()))
    return picture
