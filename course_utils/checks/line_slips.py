"""Which slip in one of the equations gives a symbol the values that a learner's function computed?"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, combinations

import numpy as np
import sympy as sp

from ..derivation.chain_rule import Equations, downstream
from ..language import later, say
from ..training.update_rules import parameter
from .budget import Budget
from .floats import Floats
from .flow import Numbers, same
from .link_slips import number_mistakes, number_of, part_mistakes, sums_in, swapped_symbols
from .mistakes import OTHER, Mistake, by_name, new_name, one_of

# where another slip does the same
UNLIKELY = ("wrong symbol", "doubled factor", "exponent", "lost factors", "exchanged")
MEMORY = ("old for new", "step alone")  # what a memory's line says of the value that is returned
FEWEST = 3  # points where an answer that is explained has a value
SINGLE = 10_000  # so many expressions are tried as a single slip: a hundred or two in the lessons' networks


def each_with_numbers(
    mistakes: Sequence[Mistake], floats: Floats, known: Mapping[str, Numbers]
) -> tuple[list[Mistake], Numbers]:
    """The mistakes, one for each symbol that OTHER stands for, and their numbers: (mistakes, *floats.shape).

    known: the values of what OTHER may stand for, each of shape (points,).
    """
    found, numbers = [], [np.empty((0, *floats.shape))]
    for mistake in mistakes:
        if mistake.others:
            stack = np.array([np.broadcast_to(known[other.name], floats.shape) for other in mistake.others])
            found += [mistake.about(other=other.name) for other in mistake.others]
            numbers.append(Floats({OTHER.name: stack} | floats.points).value(mistake.expression))
        else:
            found.append(mistake)
            numbers.append(floats.value(mistake.expression)[np.newaxis])
    return found, np.concatenate(numbers)


def slip_in_lines(
    lines: Equations,
    roles: Sequence,
    points: Mapping[str, Numbers],
    answer: Numbers,
    budget: Budget | None = None,
    returned: Mapping[sp.Symbol, Numbers] | None = None,
) -> list[Mistake]:
    """The likeliest slip in a line that gives the last symbol these values; an empty list if there is none.

    points: an array of shape (points,) for each name. roles: see `link_slips.link_mistakes`.
    returned: the values of symbols before the last that the learner gave as well: a slip that gives one of
    them another value is not in its line, but where the last line has it once more.
    """
    budget, found, again, known = budget or Budget(SINGLE), [], [], np.isfinite(answer)
    if known.sum() < FEWEST:
        return []
    points, answer = {name: numbers[known] for name, numbers in points.items()}, answer[known]
    returned = {symbol: numbers[known] for symbol, numbers in (returned or {}).items()}
    if same(points[list(lines)[-1].name], answer):  # where it has a value, that is right, or nearly
        return []
    for of in reversed(list(lines)):
        mistakes, own, values = mistaken(lines, of, roles, points, budget)
        for index in np.flatnonzero(same(values, answer)):
            if of not in returned or same(own[index], returned[of]):
                found.append(mistakes[index])
            elif mistakes[index].slip not in MEMORY:
                again.append(once_more(mistakes[index], of, list(lines)[-1]))
    likely = sorted(found + again, key=lambda mistake: mistake.slip in UNLIKELY)
    exchanged = [mistake for mistake in found if mistake.slip == "exchanged"]
    if exchanged and likely[0] in again:
        return [one_of([likely[0], exchanged[0]])]
    return likely[:1]


def once_more(mistake: Mistake, of: sp.Symbol, last: sp.Symbol) -> Mistake:
    """The mistake where the last line has what gives another symbol, and not in that symbol's own line."""
    return mistake.about(link=say("{inner} inside {outer}", inner=new_name(of), outer=new_name(last)))


def mistaken(
    lines: Equations, of: sp.Symbol, roles: Sequence, points: Mapping[str, Numbers], budget: Budget
) -> tuple[list[Mistake], Numbers, Numbers]:
    """The slips in one line, and what each makes of its symbol and of the last, shape (mistakes, points)."""
    order = list(lines)
    after = dict(list(lines.items())[order.index(of) + 1 :])
    known = points.keys() - {symbol.name for symbol in (of, *after)}
    groups = [[symbol for symbol in group if symbol.name in known] for group in roles]
    tried = (mistake for mistake in equation_mistakes(lines, of, groups) if budget.allows())
    mistakes, values = each_with_numbers(list(tried), Floats(points), points)
    changed = downstream(after, [of])
    found = Floats({of.name: values} | {name: points[name] for name in points if name != of.name})
    found.compute({symbol: line for symbol, line in after.items() if symbol in changed})
    return mistakes, values, found.points[order[-1].name]


def equation_mistakes(equations: Equations, of: sp.Symbol, roles: Sequence[Sequence]) -> Iterator[Mistake]:
    """What may stand in place of one equation's right side, the likeliest first."""
    right, line = equations[of], {"link": new_name(of)}
    made = chain(
        old_for_new(equations, of),
        number_mistakes(right, sums_in(equations, of)),
        lost_parts(right),
        changed_parts(right),
        prices(right),
        numbers_outside(right),
        part_mistakes(right),
        swapped_symbols(right, roles),
        [Mistake("sign", "the sign of {link} is turned.", -right)],
        lost_pairs(right),
        exchanged_symbols(right),
    )
    return (mistake.about(**line) for mistake in made)


def old_for_new(equations: Equations, of: sp.Symbol) -> Iterator[Mistake]:
    """A value of before the update, where the new one belongs, or the other way round; or the step alone."""
    before = sp.Symbol(of.name.removeprefix("new_"))
    if before != of:
        names = {"old": before}
        yield Mistake("old for new", "this is the old {old}: return {link}.", before, names=names)
        text = "this is the step alone: subtract it from the {old}."
        yield Mistake("step alone", text, before - equations[of], names=names)
    for symbol in sorted(equations[of].free_symbols, key=str):
        old = sp.Symbol(symbol.name.removeprefix("new_"))
        text = "the old {old} stands in {link}, where the new one belongs: update it first."
        nodes = sp.preorder_traversal(equations[of])
        if alike := [node for node in nodes if node.xreplace({symbol: old}) == equations.get(symbol)]:
            text = "{link} needs {part} with the new {old} in it: not the old one, nor the new one alone."
        names = {"old": old, "part": old_names(alike[0]) if alike else ""}
        if old != symbol:
            yield Mistake("old for new", text, equations[of].xreplace({symbol: old}), names=names)
    for new in (new for new in equations if new.name.startswith("new_") and new != of):
        old = sp.Symbol(new.name.removeprefix("new_"))
        text = "the new {old} stands in {link}, where the old one belongs."
        if old in equations[of].free_symbols and new not in equations[of].free_symbols:
            yield Mistake("new for old", text, equations[of].xreplace({old: new}), names={"old": old})


def droppable(expression: sp.Expr) -> list[tuple[sp.Expr, sp.Expr, sp.Expr]]:
    """(a node, one of its parts, the node without that part): terms, factors, exponents and functions."""
    found = []
    for node in dict.fromkeys(sp.preorder_traversal(expression)):
        if node.is_Add or node.is_Mul:
            parts = [part for part in node.args if not part.is_number]
            found += [(node, part, node.func(*(a for a in node.args if a != part))) for part in parts]
            numbers = [abs(part) for part in node.args if node.is_Mul and part.is_Rational and abs(part) != 1]
            found += [(node, number, node / number) for number in numbers]
        elif isinstance(node, sp.Function) or (node.is_Pow and node.exp not in (-1, 1)):
            found.append((node, node, node.args[0]))
    return found


def lost_parts(right: sp.Expr) -> Iterator[Mistake]:
    """A term, a factor, an exponent or a function forgotten, however deep inside."""
    for node, part, rest in droppable(right):
        slip, text = "lost part", "{part} is forgotten in {link}."
        if part == node:
            slip, text = "lost function", "the {function} in {link} is missing: it belongs to {part}."
        elif part.is_Rational and part.p == 1:
            text, part = "the division by {part} is forgotten in {link}.", 1 / part
        elif part.is_Pow and part.exp == -1 and node.is_Mul:
            text, part = "the division by {part} is forgotten in {link}.", part.base
        root = part.is_Pow and part.exp == sp.S.Half
        function = say("root") if root else say("exponent") if part.is_Pow else part.func.__name__
        names = {"part": old_names(rest if part == node else part), "function": function}
        yield Mistake(slip, text, right.xreplace({node: rest}), names=names)


def lost_pairs(right: sp.Expr) -> Iterator[Mistake]:
    """Two factors of one form forgotten, such as both corrections for a start at zero."""
    drops = [one for one in droppable(right) if one[0].is_Mul and one[1].is_Pow and one[1].base.is_Add]
    for (node, part, rest), (other, second, remaining) in combinations(drops, 2):
        text = "the divisions by {part} and by {second} are forgotten in {link}."
        names = {"part": old_names(part.base), "second": old_names(second.base)}
        both = right.xreplace({node: rest.xreplace({other: remaining})}).xreplace({other: remaining})
        yield Mistake("lost parts", text, both, names=names)


SURPLUS = "a factor 2 comes with {part} in {link}: it does not belong there."
HALF = "only half of {part} stands in {link}."


def changed_parts(right: sp.Expr) -> Iterator[Mistake]:
    """A sign, a factor 2 too many or lost, a bracket closed too early, however deep."""
    for node in dict.fromkeys(sp.preorder_traversal(right)):
        if node.is_Mul:
            if node.could_extract_minus_sign():
                text, names = "the sign of {part} is turned in {link}.", {"part": old_names(-node)}
                yield Mistake("sign inside", text, right.xreplace({node: -node}), names=names)
            for slip, text, wrong in (("surplus number", SURPLUS, 2 * node), ("lost number", HALF, node / 2)):
                yield Mistake(slip, text, right.xreplace({node: wrong}), names={"part": old_names(node)})
            for total in (part for part in node.args if part.is_Add):
                text = "the bracket around {part} is missing in {link}: all of it is multiplied."
                sign = -1 if node.could_extract_minus_sign() else 1
                for term in total.args:
                    for rest in dict.fromkeys([sign * (total - term), total - term]):
                        wrong = right.xreplace({node: node / total * term + rest})
                        yield Mistake("bracket", text, wrong, names={"part": old_names(total)})
        if node.is_Add:
            # a minus is lost more often than one is added
            for part in sorted(node.args, key=lambda part: not part.could_extract_minus_sign()):
                text = "the sign of {part} is turned in {link}."
                wrong = right.xreplace({node: node - 2 * part})
                yield Mistake("sign inside", text, wrong, names={"part": old_names(abs_of(part))})


def prices(right: sp.Expr) -> Iterator[Mistake]:
    """What is paid for a large parameter, where an update has the slope of that."""
    text = "{part} stands in {link} where its own slope belongs: differentiate it."
    for node in (node for node in sorted(right.atoms(sp.Mul), key=str) if parameter in node.args):
        price = node * parameter / 2
        yield Mistake("price for slope", text, right.xreplace({node: price}), names={"part": price})


def numbers_outside(right: sp.Expr) -> Iterator[Mistake]:
    """A number before or after a function that belongs inside of it, as the 2 of exp(-u**2/2)."""
    for called in sorted(right.atoms(sp.Function) - right.atoms(sp.Piecewise), key=str):
        inside = called.args[0]
        for power, number in zip((1, -1), number_of(inside), strict=True):
            factor = sp.Integer(number) ** power
            wrong = right.xreplace({called: factor * called.func(inside / factor, *called.args[1:])})
            names = {"function": called.func.__name__, "number": str(number)}
            if number != 1:
                yield Mistake("number outside", OUTSIDE[power], wrong, names=names)


OUTSIDE = {
    1: later("the factor {number} stands outside of the {function} in {link}, and belongs inside."),
    -1: later("the division by {number} stands outside of the {function} in {link}, and belongs inside."),
}


def exchanged_symbols(right: sp.Expr) -> Iterator[Mistake]:
    """Two symbols, each in the place of the other."""
    for one, other in combinations(sorted(right.free_symbols, key=by_name), 2):
        text = "{one} and {other} have changed places in {link}."
        wrong = right.xreplace({one: other, other: one})
        yield Mistake("exchanged", text, wrong, names={"one": new_name(one), "other": new_name(other)})


def abs_of(part: sp.Expr) -> sp.Expr:
    """A term without its minus."""
    return -part if part.could_extract_minus_sign() else part


def old_names(part: sp.Expr) -> sp.Expr:
    """A part of an update rule's line as the rule itself has it."""
    return part.xreplace({s: sp.Symbol(s.name.removeprefix("new_")) for s in part.free_symbols})
