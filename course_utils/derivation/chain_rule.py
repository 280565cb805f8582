"""The chain rule over named equations: local derivatives, paths, gradients, the backward pass.

`equations` is a mapping {symbol: expression} in the order of computation; its last symbol is the loss.
An expression may use the symbols defined before it, and any others (parameters, data).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache

import sympy as sp

from ..language import later, refusal, say
from .given import MOST, as_expression, brief, check_equations, listed, parts_and_depth, some

Equations = dict[sp.Symbol, sp.Expr]
Path = tuple[tuple[sp.Symbol, sp.Symbol], ...]

NO_DERIVATIVE = later("{expression} has no derivative that can be computed with respect to {wrt}")


class NoDerivative(ValueError):
    """A derivative that cannot be computed."""


def loss_of(equations: Equations) -> sp.Symbol:
    """The symbol that is computed last."""
    if not equations:
        raise refusal("a model needs at least one equation, its loss")
    return next(reversed(equations))


def local(equations: Equations, of: sp.Symbol, wrt: sp.Symbol) -> sp.Expr:
    """∂of/∂wrt of one equation alone, where the equation's own value is called by its name.

    So the derivative of h = sigmoid(z) is h*(1 - h), not sigmoid(z)*(1 - sigmoid(z)).
    """
    if not isinstance(equations, Mapping):
        check_equations(equations)
    if not isinstance(of, sp.Symbol) or of not in equations:
        raise refusal("{of} is given, not computed: it has no local derivative", of=brief(of))
    if not isinstance(wrt, sp.Symbol):
        raise refusal("there is no derivative with respect to {wrt}", wrt=brief(wrt))
    return derivative(equations[of], wrt).xreplace({equations[of]: of})


@lru_cache(4096)  # a verdict asks again and again
def derivative(expression: sp.Expr, wrt: sp.Symbol) -> sp.Expr:
    """∂expression/∂wrt for real numbers: that of abs(x) is sign(x), which SymPy says of no other symbol.

    Raises NoDerivative for one that SymPy cannot take, or leaves as it is.
    """
    if not (isinstance(expression, sp.Expr) and isinstance(wrt, sp.Symbol)):  # SymPy would evaluate text
        raise refusal(
            "there is no derivative of {expression} with respect to {wrt}",
            expression=brief(expression),
            wrt=brief(wrt),
        )
    real = {symbol: sp.Dummy(symbol.name, real=True) for symbol in (*expression.free_symbols, wrt)}
    back, why = {dummy: symbol for symbol, dummy in real.items()}, ""
    for names in ({}, real):
        try:
            found = expression.xreplace(names).diff(names.get(wrt, wrt)).xreplace(back)
            if not found.has(sp.Derivative, sp.Subs):
                return found
        except Exception as error:  # SymPy trips over some of its own functions
            why = f": {error!s:.200}" if isinstance(error, ValueError) else ""
    what = say(NO_DERIVATIVE, expression=brief(expression), wrt=brief(wrt))
    raise NoDerivative(what + why)


def until(equations: Equations, symbol: sp.Symbol) -> Equations:
    """The equations up to that of a symbol."""
    return {s: equations[s] for s in list(equations)[: list(equations).index(symbol) + 1]}


def paths(equations: Equations, symbol: sp.Symbol) -> list[Path]:
    """Every route from the loss down to `symbol`, link by link, each link a pair (of, wrt).

    There can be very many in a wide network; `backward` needs none of them.
    Raises ValueError if they are too many to be listed.
    """
    check_known(equations, [symbol])
    if (number := number_of_paths(equations, symbol)) > MOST:
        raise refusal(
            "{symbol} has {number} paths, too many to go through: compile() needs none of them",
            symbol=symbol,
            number=number,
        )
    return joined(equations, symbol, [()], lambda routes, link: [(*route, link) for route in routes])


def check_known(equations: Equations, symbols: Iterable[sp.Symbol]) -> None:
    """Raise ValueError naming what is no symbol of these equations; its gradient would be 0."""
    check_equations(equations)
    known = set(equations).union(*(expression.free_symbols for expression in equations.values()))
    for symbol in symbols:
        if not isinstance(symbol, sp.Symbol) or symbol not in known:
            raise refusal("{symbol} is no symbol of these equations", symbol=brief(symbol))


def number_of_paths(equations: Equations, symbol: sp.Symbol) -> int:
    """How many routes there are from the loss down to `symbol`."""
    return sum(joined(equations, symbol, [1], lambda numbers, _: [sum(numbers)]))


def joined(equations: Equations, symbol: sp.Symbol, at_loss: list, along: Callable) -> list:
    """What arrives at `symbol` from the loss, where each link carries on what arrived at its upper end."""
    arrived, on_the_way = {loss_of(equations): at_loss}, downstream(equations, [symbol])
    for wrt in [*(s for s in reversed(equations) if s in on_the_way), symbol]:
        if wrt not in arrived:
            users = [
                of for of, expression in equations.items() if of in arrived and wrt in expression.free_symbols
            ]
            arrived[wrt] = [one for of in users for one in along(arrived[of], (of, wrt))]
    return arrived[symbol]


def product(equations: Equations, path: Path) -> sp.Expr:
    """The local derivatives along one path, multiplied."""
    return sp.Mul(*(local(equations, of, wrt) for of, wrt in path))


def gradient(equations: Equations, symbol: sp.Symbol) -> sp.Expr:
    """∂loss/∂symbol: a product of local derivatives for each path, and the products added."""
    links = cache(lambda link: local(equations, *link))  # many paths share them
    return sp.Add(*(sp.Mul(*map(links, path)) for path in paths(equations, symbol)))


def expand(equations: Equations, expression: sp.Expr) -> sp.Expr:
    """The expression with each defined symbol replaced by its definition, down to the inputs.

    Raises ValueError if that becomes too large to work with.
    """
    if not isinstance(expression, sp.Expr):
        expression = as_expression(expression, say("what is expanded"))
    check_equations(equations)
    sizes, whole = {}, {}
    for symbol, definition in equations.items():
        sizes[symbol], _ = parts_and_depth(definition, sizes)
    if (parts := parts_and_depth(expression, sizes)[0]) > MOST:
        raise refusal(
            "{names} would have {parts} parts: compile() computes it without expanding it",
            names=some([expression]),
            parts=parts,
        )
    for symbol, definition in needed_for(equations, *expression.free_symbols)[0].items():
        whole[symbol] = definition.xreplace(whole)
    return expression.xreplace(whole)


def needed_for(equations: Equations, *symbols: sp.Symbol) -> tuple[dict, set[sp.Symbol]]:
    """(the equations that these symbols depend on, the symbols that have no equation)."""
    found, chosen = set(symbols), []
    for symbol, expression in reversed(equations.items()):
        if symbol in found:
            found = found - {symbol} | expression.free_symbols
            chosen.append((symbol, expression))
    return dict(reversed(chosen)), found


def downstream(equations: Equations, symbols: Iterable[sp.Symbol]) -> set[sp.Symbol]:
    """The given symbols and every equation that depends on one of them."""
    found = set(symbols)
    for symbol, expression in equations.items():
        if expression.free_symbols & found:
            found.add(symbol)
    return found


def upstream(equations: Equations) -> set[sp.Symbol]:
    """The loss and every symbol that it depends on."""
    found = {loss_of(equations)}
    for symbol, expression in reversed(equations.items()):
        if symbol in found:
            found |= expression.free_symbols
    return found


def backward(
    equations: Equations, parameters: Iterable[sp.Symbol]
) -> dict[sp.Symbol, tuple[sp.Symbol, sp.Expr]]:
    """The backward pass as equations: {symbol: (dL_dsymbol, expression)} in the order of computation.

    One sweep from the loss to the parameters. Each expression uses the derivatives above it,
    so every local derivative is taken once, however many paths run through it
    (reverse accumulation: Griewank and Walther, Evaluating Derivatives, 2008, chapter 3).
    """
    parameters = listed(parameters, "parameters")
    check_known(equations, parameters)
    loss, on_the_way = loss_of(equations), downstream(equations, parameters)
    arriving = defaultdict(list, {loss: [sp.S.One]})
    passes = {}

    def receive(symbol):
        total = sp.Add(*arriving[symbol])
        passes[symbol] = (sp.Symbol(f"d{loss}_d{symbol}"), total)
        return passes[symbol][0]

    for of in reversed(equations):
        if of in arriving:
            derivative = sp.S.One if of == loss else receive(of)
            for wrt in sorted(equations[of].free_symbols & on_the_way, key=str):
                arriving[wrt].append(derivative * local(equations, of, wrt))
    for parameter in parameters:
        receive(parameter)
    return passes
