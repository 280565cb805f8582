"""Which one change in a learner's own formula makes it right? That is its slip, in whatever link."""

from collections.abc import Iterator, Sequence, Set
from itertools import product

import numpy as np
import sympy as sp

from .equivalence import inputs_of
from .facts import SIGN
from .floats import Floats, Numbers
from .flow import Chains, same
from .link_slips import swapped
from .mistakes import Mistake, by_name

ANOTHER_OF_ITS_KIND = "{symbol} stands here where another of its kind belongs."
ANOTHER_SYMBOL = "{symbol} stands here where another symbol belongs."
ANOTHER_FUNCTION = "{called} stands here where another function belongs."
NUMBER = "perhaps {number} stands in {part} where a symbol belongs."
TERM = "beside {symbol} a term is missing."
SURPLUS = "{part} does not belong here: it is a term too many."
TOO_MANY = "{symbol} does not belong here: it is a factor too many."
FACTOR = "{symbol} stands here with a wrong number before it."
ANYWHERE = 0.2, 0.8  # values of a symbol that nothing computes
FUNCTIONS = (sp.sin, sp.cos, sp.tan, sp.sinh, sp.cosh, sp.tanh, sp.exp, sp.log, sp.atan)
TERMS = "lost term", "surplus term", "wrong factor"  # of which none is likely beside a turned sign
SHORT, HIGH = 25, 4  # parts, and powers of sums, of a formula that is multiplied out
MOST, PARTS = 1000, 50_000  # changes that are tried, and parts that they have in all


def one_change(answer: sp.Expr, roles: Sequence, chains: Chains, right: Numbers) -> list[Mistake]:
    """The mistake that one change would mend, besides a turned sign at most; an empty list if none would.

    Sought in the formula as it is written, then with its brackets multiplied out, if it is short.
    roles: see `link_slips.link_mistakes`. right: the key's values at the points of the chain.
    """
    powers = [power.exp for power in answer.atoms(sp.Pow) if power.base.is_Add]
    short = parts(answer) < SHORT and all(exponent.is_Integer and exponent < HIGH for exponent in powers)
    forms = dict.fromkeys([answer, sp.expand(answer)] if short else [answer])
    best: list[Mistake] = []
    for form in forms:
        found = change_in(form, roles, chains, right)
        if len(found) == 1:  # alone is likelier than beside a turned sign
            return found
        best = best or found
    return best


def change_in(answer: sp.Expr, roles: Sequence, chains: Chains, right: Numbers) -> list[Mistake]:
    """The mistake in one form of the answer."""
    turned = []
    most = min(MOST, PARTS // parts(answer))
    used = {*chains.equations, *inputs_of(chains.equations)}
    for (mistake, changed), _ in zip(changes(answer, roles, used), range(most), strict=False):
        numbers = chains.floats.value(changed)
        if same(numbers, right) and not by_chance(mistake, changed, chains):
            return [mistake]
        if not turned and mistake.slip not in TERMS and same(-numbers, right):
            turned = [] if by_chance(mistake, -changed, chains) else [Mistake("sign turned", SIGN), mistake]
    return turned


def by_chance(mistake: Mistake, changed: sp.Expr, chains: Chains) -> bool:
    """Whether a computed symbol that comes in mends the answer only because of what it is computed from.

    V - y_hat is V*(1 - r) where y_hat is V*r: nobody has forgotten y_hat in a formula that lacks 1 - r.
    So it may be any number, unless it stands in place of one that is computed alike, as probabilities are.
    """
    added, equations = mistake.names.get("added"), chains.equations
    if not isinstance(added, sp.Symbol) or added not in equations:
        return False
    numbers = np.random.default_rng(0).uniform(*ANYWHERE, chains.floats.shape)
    free = Floats(chains.floats.points | {added.name: numbers})
    if mistake.slip == "wrong symbol":
        instead = equations.get(mistake.names["symbol"])
        if instead is not None and instead.func == equations[added].func:
            return False
        # and what is computed from it follows: u may stand where d belongs, if u is d/s
        free.compute({symbol: equation for symbol, equation in equations.items() if symbol != added})
    return not same(free.value(changed), Chains(equations, chains.wrts, free).gradients[0])


def changes(answer: sp.Expr, roles: Sequence, used: Set) -> Iterator[tuple[Mistake, sp.Expr]]:
    """What may be wrong in it, and the formula without that. used: the symbols of the chain's equations."""
    for symbol in sorted(answer.free_symbols, key=by_name):
        mistake = Mistake("wrong symbol", ANOTHER_OF_ITS_KIND, names={"symbol": symbol})
        for other in dict.fromkeys(other for group in roles if symbol in group for other in group):
            named = mistake.about(added=other)
            yield from ((named, changed) for changed in swapped(answer, symbol, other) if other != symbol)
    for called in sorted(answer.atoms(sp.Function), key=str):
        mistake = Mistake("wrong function", ANOTHER_FUNCTION, names={"called": called})
        inner = called.args[0]
        if len(called.args) > 1 or not isinstance(inner, sp.Expr):
            continue
        even = called.func(-inner) == called  # SymPy may have turned what stood in it
        for other, part in product(FUNCTIONS, (inner, -inner)[: 1 + even]):
            if other != called.func:
                yield mistake, answer.xreplace({called: other(part)})
    for multiplied in sorted(answer.atoms(sp.Mul), key=str):
        powers = multiplied.as_powers_dict()
        for symbol in sorted((s for s in powers.keys() & used if powers[s].is_positive), key=by_name):
            mistake = Mistake("surplus factor", TOO_MANY, names={"symbol": symbol})
            yield mistake, answer.xreplace({multiplied: multiplied / symbol})
    totals = sorted(answer.atoms(sp.Add), key=str)
    for total in totals:
        for term in (term for term in total.args if not term.is_number):
            mistake = Mistake("surplus term", SURPLUS, names={"part": term})
            yield mistake, answer.xreplace({total: total - term})
    every = list(dict.fromkeys(symbol for group in roles for symbol in group))
    for total in totals:
        number = total.as_coeff_Add()[0]
        mistake = Mistake("number for symbol", NUMBER, names={"number": str(abs(number)), "part": total})
        for symbol in every if number else ():
            changed = total - number + np.sign(float(number)) * symbol
            if len(sp.Add.make_args(changed)) == len(total.args):  # else 1 - h would vanish
                yield mistake, answer.xreplace({total: changed})
    size = parts(answer)
    for symbol in sorted(answer.free_symbols, key=by_name):
        lost = Mistake("lost term", TERM, names={"symbol": symbol})
        for other, sign in product(every, (-1, 1)):
            changed = answer.xreplace({symbol: symbol + sign * other})
            added = other != symbol and parts(changed) > size
            wrong = Mistake("wrong factor", FACTOR, names={"symbol": other})
            yield lost.about(added=other) if added else wrong, changed
    for symbol in sorted(answer.free_symbols, key=by_name):
        mistake = Mistake("wrong symbol", ANOTHER_SYMBOL, names={"symbol": symbol})
        for other in every:
            named = mistake.about(added=other)
            yield from ((named, changed) for changed in swapped(answer, symbol, other) if other != symbol)


def parts(formula: sp.Expr) -> int:
    """How many parts a formula has: more where a term is added, but not to another of its kind."""
    return sum(1 for _ in sp.preorder_traversal(formula))
