"""Check of a function that makes one update of a parameter."""

from collections.abc import Callable, Mapping

import numpy as np
import sympy as sp

from ..derivation.chain_rule import until
from ..language import say
from ..training.update_rules import UpdateRule, check_rule, gradient, parameter
from .answers import Unreadable
from .arguments import borrowed, replaced
from .budget import SEARCH, bounded, within
from .calls import as_numbers, call_each, in_words
from .flow import same
from .inputs import chosen_inputs
from .line_slips import slip_in_lines
from .mistakes import Mistake, new_name
from .regions import names_in, upstream
from .trials import Trials, asked_by, compared, differs, right_in, telling
from .verdict import Verdict, right, slipped, wrong


@bounded()
def check_update(rule: UpdateRule, function: Callable) -> Verdict:
    """Check a function that makes one update of one parameter by this rule.

    Its arguments are called like the rule's symbols: parameter, gradient, its settings (learning_rate, ...)
    and its memory (velocity, ...). It should return the new parameter, followed by the new memory if any.
    """
    check_rule(rule)
    outputs, lines = rule.outputs(), rule.lines()
    shape = (len(outputs),) if rule.memory else ()
    tried = update_trials(rule)
    names = [name for name in tried.values if not name.startswith("new_")]
    given = [{name: float(trial[name][0]) for name in names} for trial in tried.each()]

    def read(result):
        wanted = f"{returned_names(outputs)}, {in_words(shape)}"
        return as_numbers(in_a_row(result, outputs), shape, say("its result"), wanted)

    try:
        results = call_each(function, given, read)
    except Unreadable as unreadable:
        return unreadable.verdict
    answers = np.reshape(results, (len(results), -1)).T
    keys = np.array([tried.values[output.name][:, 0] for output in outputs])
    correct = right_in(answers[..., None], keys[..., None], tried.close)
    if correct.all():
        return right(say("this is the update."), tried.regions)
    wrong_one, told = int(np.argmin(correct.all(axis=1))), telling(correct)
    output, answer, key = outputs[wrong_one], answers[wrong_one, told], keys[wrong_one, told]
    points, until_there = tried.points(told), until(lines, output)
    first = differs(answer, key)
    at = {name: float(points[name][first]) for name in names}
    tested = [given[trial] for trial in told]
    if mistakes := borrowed(function, at) or values_swapped(answers, keys, outputs):
        return slipped(mistakes)
    symbols = set().union(*(line.free_symbols for line in lines.values()))
    roles = [sorted(symbols - {parameter, gradient}, key=str), [parameter, gradient]]
    shown = compared(new_name(output), answer[first], key[first], asked_by(function, at))
    returned = {each: answers[place, told] for place, each in enumerate(outputs) if each != output}
    slips = within(SEARCH, lambda: slip_in_lines(until_there, roles, points, answer, returned=returned), [])
    slips = slips or replaced(function, tested, read)
    return slipped(slips, shown) if slips else wrong(shown)


def in_a_row(result, outputs: list[sp.Symbol]):
    """The new values in order, where they were returned by name; one alone also where it is in a list."""
    if isinstance(result, Mapping):
        named = {str(name).removeprefix("new_"): value for name, value in result.items()}
        names = [output.name.removeprefix("new_") for output in outputs]
        if named.keys() != set(names):
            return result
        result = [named[name] for name in names]
    alone = len(outputs) == 1 and np.shape(result) == (1,)
    return result[0] if alone else result


def values_swapped(answers: np.ndarray, keys: np.ndarray, outputs: list[sp.Symbol]) -> list[Mistake]:
    """The mistake that the new values are right, in another order. answers, keys: (outputs, trials)."""
    found = [next((i for i, key in enumerate(keys) if same(answer, key)), None) for answer in answers]
    text = "the new values are right, but in another order: return {names}."
    names = {"names": returned_names(outputs)}
    swapped = len(answers) > 1 and None not in found and len(set(found)) == len(found)
    return [Mistake("order swapped", text, credit=0.0, names=names)] if swapped else []


def returned_names(outputs: list[sp.Symbol]) -> str:
    """What an update should return, in order."""
    return ", ".join(new_name(output) for output in outputs)


def update_trials(rule: UpdateRule) -> Trials:
    """Trials of an update.

    A gradient and a parameter of either sign, a memory too, but not where a root is taken of it. Settings are
    positive, and below 1 where the rule demands it; not its own, an epsilon of 1e-8 that is forgotten
    could not be seen.
    """
    lines = rule.lines()
    powers = [p for line in lines.values() for p in line.atoms(sp.Pow) if not p.exp.is_Integer]
    rooted = names_in([*upstream(lines, powers).values(), *powers])
    shares = {name for name in rule.settings if is_share(rule, name)}
    raw = {sp.Symbol(name): sp.Symbol(f"raw {name}", positive=True) for name in sorted(shares)}
    above_zero = [*(s.name for s in rule.memory if s.name in rooted), *(rule.settings.keys() - shares)]
    positive = {sp.Symbol(name): sp.Symbol(name, positive=True) for name in sorted(above_zero)}
    lines = {s: r / (1 + r) for s, r in raw.items()} | {s: e.xreplace(positive) for s, e in lines.items()}
    given = [s for s in (parameter, gradient, *rule.memory) if s not in positive]
    given += [*positive.values(), *raw.values()]
    values, close, regions = chosen_inputs(lines, given, [], rule.outputs(), samples=1, written={})
    return Trials({n: numbers for n, numbers in values.items() if not n.startswith("raw ")}, close, regions)


def is_share(rule: UpdateRule, name: str) -> bool:
    """Whether the rule takes this setting below 1 alone, as it does a momentum."""
    try:
        type(rule)(**rule.settings | {name: 1.5})
    except (TypeError, ValueError):
        return True
    return False
