"""What people write in place of a derivative, from the expression's own structure.

At each node of the expression a rule is misused, and the rest is differentiated as it should be: the result
depends on the derivative of each part linearly, so a wrong one is carried through by the chain rule.
"""

from collections.abc import Iterator
from typing import NamedTuple

import sympy as sp

from ..derivation.chain_rule import derivative
from .mistakes import Mistake

TEXTS = {
    "inner derivative": "an inner derivative is forgotten in {link}: {part} has {inside} inside, "
    "which changes with {variable} too.",
    "outer derivative": "the derivative of the {function} itself is forgotten in {link}: that of its inside, "
    "{inside}, is one factor, and there is another.",
    "chain rule": "the chain rule is misused in {link}, at {part}: the inside stays where it is, and its "
    "derivative is one more factor.",
    "kept constant": "a constant is kept in {link}: {inside} does not change with {variable}, so its "
    "derivative is 0.",
    "kept term": "{inside} is not differentiated in {link}: it changes with {variable} too.",
    "inside kept": "{inside} is not differentiated in {link}: it changes with {variable} too.",
    "product rule": "the product rule is misused in {link}, at {part}: each factor changes once, while the "
    "others stay, and these products are added.",
    "quotient rule": "the quotient rule is misused in {link}, at {part}: for top/bottom it is "
    "(top'*bottom - top*bottom')/bottom**2.",
    "power rule": "the power rule is misused in {link}, at {part}: the exponent comes down as a factor, "
    "and is one less then.",
    "exponential rule": "{part} is misread in {link}: {variable} is in its exponent, so the power rule does "
    "not fit, and all of it stays in its derivative.",
    "integrated part": "{part} is integrated in {link}: differentiate it.",
    "function kept": "{part} itself stands in {link} in place of its own derivative.",
    "mixed up": "{part} is differentiated in {link} as if it were another function.",
    "sign of a function": "the sign of the derivative of {part} is turned in {link}.",
}


class Misread(NamedTuple):
    """A wrong derivative. part: the node where it happened. inside: what the sentence is about in it."""

    slip: str
    wrong: sp.Expr
    part: sp.Expr
    inside: sp.Expr


def school_mistakes(expression: sp.Expr, wrt: sp.Symbol) -> Iterator[Mistake]:
    """What may stand in place of ∂expression/∂wrt if one rule is misused at one node."""
    for slip, wrong, part, inside in misread(expression, wrt):
        names = {"part": part, "inside": inside, "variable": wrt, "function": part.func.__name__}
        yield Mistake(slip, TEXTS[slip], wrong, names=names)


def misread(expression: sp.Expr, x: sp.Symbol) -> Iterator[Misread]:
    """The wrong derivatives with respect to x, those at the outermost node first."""
    if x not in expression.free_symbols or expression == x:
        return
    right = derivative(expression, x)
    for kind, rule in RULES.items():
        if isinstance(expression, kind):
            yield from (Misread(s, w, expression, i) for s, w, i in rule(expression, x))
            break
    for part, slope in slopes(expression, x):
        for inner in misread(part, x):
            yield inner._replace(wrong=right + (inner.wrong - derivative(part, x)) * slope)


def slopes(expression: sp.Expr, x: sp.Symbol) -> Iterator[tuple[sp.Expr, sp.Expr]]:
    """The parts of a node that change with x, and what a change of 1 in each adds to the node."""
    place = sp.Dummy()
    for index, part in enumerate(expression.args):
        if x in part.free_symbols and part != x and isinstance(part, sp.Expr):
            arguments = [*expression.args[:index], place, *expression.args[index + 1 :]]
            yield part, derivative(expression.func(*arguments), place).xreplace({place: part})


def in_a_sum(total: sp.Add, x: sp.Symbol) -> Iterator[tuple]:
    """A term is kept as it is, with x in it or without."""
    for term in total.args:
        kept = derivative(total, x) - derivative(term, x) + term
        yield "kept term" if x in term.free_symbols else "kept constant", kept, term


def in_a_product(product: sp.Mul, x: sp.Symbol) -> Iterator[tuple]:
    """Derivatives multiplied or divided, one of them forgotten, a difference taken for a sum."""
    constant, changing = product.as_independent(x, as_Add=False)
    factors = sp.Mul.make_args(changing)
    below = [power for power in (f.as_base_exp() for f in factors) if power[1].is_negative]
    v = sp.Mul(*(base**-exponent for base, exponent in below))
    u = changing * v
    if below and u.has(x):
        du, dv = derivative(u, x), derivative(v, x)
        tops = [du * v + u * dv, u * dv - du * v, du * v, -u * dv]
        found = [du / dv, *(top / v**2 for top in tops), (du * v - u * dv) / v, du * v - u * dv]
        yield from (("quotient rule", constant * wrong, product) for wrong in found)
    elif below:
        yield "quotient rule", constant / derivative(v, x), product
    elif len(factors) > 1:
        each = [derivative(factor, x) for factor in factors]
        parts = [changing / factor * slope for factor, slope in zip(factors, each, strict=True)]
        found = [sp.Mul(*each), sp.Add(*each), *parts, *(sum(parts) - 2 * part for part in parts)]
        yield from (("product rule", constant * wrong, product) for wrong in found)


def in_a_power(power: sp.Expr, x: sp.Symbol) -> Iterator[tuple]:
    """x in the base, or in the exponent."""
    base, exponent = power.as_base_exp()
    if x in base.free_symbols and x in exponent.free_symbols:
        return
    if x in exponent.free_symbols:
        inner = derivative(exponent, x)
        by_power, log = exponent * base ** (exponent - 1), sp.log(base)
        yield from inside_forgotten(power, power * log, exponent, x)
        found = [by_power, by_power * inner, base ** (exponent - 1) * inner, inner * base ** (exponent - 1)]
        found += [power * inner / log, power * inner] if log != 1 else []
        yield from (("exponential rule", wrong, power) for wrong in found)
        others = [inner / exponent, 1 / exponent, sp.log(exponent) * inner]
        yield from (("mixed up", wrong, power) for wrong in others)
        return
    inner, lower = derivative(base, x), base ** (exponent - 1)
    yield from inside_forgotten(power, exponent * lower, base, x)
    found = [exponent * power, lower, lower / exponent, (exponent - 1) * lower, exponent * base * power]
    yield from (("power rule", wrong * inner, power) for wrong in found)
    if inner != 1:  # and the inner derivative is forgotten too
        yield from (("power rule", wrong, power) for wrong in found[:2])
    if exponent.is_negative:
        yield "quotient rule", 1 / derivative(base**-exponent, x), power
    raised = base ** (exponent + 1) / (exponent + 1) if exponent != -1 else sp.log(base)
    yield from (("integrated part", wrong, power) for wrong in dict.fromkeys([raised, raised * inner]))


def inside_forgotten(node: sp.Expr, own: sp.Expr, inside: sp.Expr, x: sp.Symbol) -> Iterator[tuple]:
    """The chain rule misused. own: the node's derivative with respect to its inside."""
    inner = derivative(inside, x)
    if inner != 1:
        yield "inner derivative", own, inside
        within = own.xreplace({inside: inner})
        found = [own + inner, within, within * inner, node.xreplace({inside: inner})]
        found.append(own.xreplace({inside: x}) * inner)
        named = [("inside kept", own * inside), *(("chain rule", wrong) for wrong in found)]
        for slip, wrong in named:
            if not wrong.is_Rational:  # a bare number comes from elsewhere
                yield slip, wrong, inside


def in_a_function(called: sp.Function, x: sp.Symbol) -> Iterator[tuple]:
    """A function's own derivative, or that of its inside, is another one."""
    if len(called.args) != 1:
        return
    (inside,) = called.args
    place = sp.Dummy()
    own = derivative(called.func(place), place).xreplace({place: inside})
    inner = derivative(inside, x)
    yield from inside_forgotten(called, own, inside, x)
    yield "function kept", called * inner, inside
    yield "outer derivative", inner, inside
    yield "sign of a function", -own * inner, inside
    others = [1 / inside, sp.exp(inside), sp.cos(inside), sp.sin(inside)]
    for other in (other for other in others if other != own):
        yield from (("mixed up", wrong, inside) for wrong in dict.fromkeys([other * inner, other]))


RULES = {
    sp.Add: in_a_sum,
    sp.Mul: in_a_product,
    sp.Pow: in_a_power,
    sp.exp: in_a_power,
    sp.Function: in_a_function,
}
