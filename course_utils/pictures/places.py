"""Where the symbols of a computation graph stand."""

import sympy as sp

from ..derivation.chain_rule import Equations


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
