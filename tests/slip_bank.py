"""Every slip in every link of every model: what people write, and whether the sentence about it is true.

python tests/slip_bank.py counts them all. Decided here by numbers at random points, path by path.
"""

import sys
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import islice

import numpy as np
import sympy as sp
from helpers import NUMPY_FORMS
from model_bank import MODELS
from test_exercises import run

from course_utils import Model, check_gradient, relu, sigmoid, tanh

SETS = ["1_chain_rule", "2_train", "3_activations_and_optimizers", "4_deeper", "5_project"]


@cache
def models():
    """The bank's and the problem sets', by name."""
    found = {f"{name[0]} {key}": value for name in SETS for key, value in run(name)[0].items()}
    made = {name: value for name, value in found.items() if isinstance(value, Model)}
    grown = {f"4 {name} 3": found[f"4 {name}"](3) for name in ("leaky", "blocks", "tanh_cell")}
    return MODELS | made | grown


def numbers_in(equation):
    return {abs(part) for n in equation.atoms(sp.Rational) for part in (n.p, n.q)}


def factors(right):
    return [factor for factor in sp.Mul.make_args(sp.factor_terms(right)) if not factor.is_number] or [
        sp.S.One
    ]


SLIPS = {
    "missing link": lambda right, of, wrt: sp.S.One,
    "doubled link": lambda right, of, wrt: right**2,
    "inverted link": lambda right, of, wrt: 1 / right,
    "output": lambda right, of, wrt: of,
    "input": lambda right, of, wrt: wrt,
    "input for output": lambda right, of, wrt: right.xreplace({of: wrt}),
    "sign": lambda right, of, wrt: -right,
    "2 lost": lambda right, of, wrt: right / 2,
    "2 too many": lambda right, of, wrt: 2 * right,
    "sigmoid's slope": lambda right, of, wrt: of * (1 - of) / (1 - of**2) * right,
    "tanh's slope": lambda right, of, wrt: (1 - of**2) / of / (1 - of) * right,
    "output for the tanh's slope": lambda right, of, wrt: of / (1 - of**2) * right,
    "a factor lost": lambda right, of, wrt: right / factors(right)[-1],
    "the first factor lost": lambda right, of, wrt: right / factors(right)[0],
    "a term lost": lambda right, of, wrt: sp.Add(*sp.Add.make_args(sp.expand(right))[1:]) or right,
    "a factor squared": lambda right, of, wrt: right * factors(right)[-1],
    "a symbol for another": lambda right, of, wrt: right.xreplace(
        dict.fromkeys(sorted(right.free_symbols, key=str)[:1], wrt)
    ),
}
MOST = 4  # links that a sentence offers, or it is vague
ACTIVATIONS = {"sigmoid's slope": tanh, "tanh's slope": sigmoid, "output for the tanh's slope": tanh}
EVERYWHERE = {*ACTIVATIONS, "missing link", "input for output", "a factor lost", "2 lost"}


@dataclass
class Case:
    """An answer with one slip: in one link, or in each of several."""

    model: str
    parameter: sp.Symbol
    links: tuple
    slip: str

    def gradient(self, change=lambda right, link: right):
        """The gradient, path by path, with local derivatives changed."""
        model = models()[self.model]
        paths = [[change(model.local(*link), link) for link in path] for path in model.paths(self.parameter)]
        return sp.Add(*(sp.Mul(*path) for path in paths))

    def changed(self, links, change):
        """The gradient with some links changed."""
        return self.gradient(lambda right, one: sp.sympify(change(right, *one)) if one in links else right)

    @property
    def answer(self):
        return self.changed(self.links, SLIPS[self.slip])

    def same(self, one, other):
        """Whether two answers have the same values."""
        symbols, values = points(self.model)
        with np.errstate(all="ignore"):
            a, b = (sp.lambdify(symbols, e, modules=[NUMPY_FORMS, "numpy"])(*values) for e in (one, other))
        return bool(np.all(np.abs(a - b) <= 1e-9 * (np.abs(a) + np.abs(b))))

    def is_slip(self):
        """Whether it is wrong at all, and something a person would write."""
        model = models()[self.model]
        functions, allowed = {model.equations[of].func for of, _ in self.links}, ACTIVATIONS.get(self.slip)
        if self.slip == "2 lost" and not all(2 in numbers_in(model.equations[of]) for of, _ in self.links):
            return False
        return (allowed is None or functions == {allowed}) and not self.same(self.answer, self.gradient())

    def judged(self):
        """(what the verdict is worth: named, vague, silent or FALSE; the verdict)."""
        verdict = check_gradient(models()[self.model], self.parameter, self.answer)
        if verdict.correct:
            return "FALSE", verdict
        if not verdict.slips:
            return "silent", verdict
        if not all(self.holds(short) for short in verdict.slips):
            return "FALSE", verdict
        vague = len(verdict.slips) > 1 or verdict.slips[0].count("|") > MOST
        return "vague" if vague else "named", verdict

    def holds(self, short):
        """Whether what a verdict says of this answer is so."""
        kind, _, places = short.partition(" ∂")
        links = {named(place) for place in f"∂{places}".replace("&", "|").split(" | ")} if places else set()
        own, model = {(of.name, wrt.name) for of, wrt in self.links}, models()[self.model]
        if links and (
            own == links if "&" in short else len(own & links) == len(own) or (len(own) == 1 and own <= links)
        ):
            return True
        right = self.gradient()
        if kind in ("missing path", "only one path"):
            part = right - self.changed(
                [one for one in pairs_of(model) if named_pair(one) in links], lambda *_: 0
            )
            return self.same(self.answer, right - part if kind == "missing path" else part)
        if kind in ("lost term", "wrong factor") and not links:  # beside a symbol of the answer itself
            symbols = self.answer.free_symbols
            added = (
                self.answer.xreplace({s: s + sign * t})
                for s in symbols
                for t in points(self.model)[0]
                for sign in (-1, 1)
                if s != t or kind == "wrong factor"
            )
            return any(self.same(changed, right) for changed in added)
        if kind == "surplus term":
            totals = [(total, term) for total in self.answer.atoms(sp.Add) for term in total.args]
            dropped = (self.answer.xreplace({total: total - term}) for total, term in totals)
            return any(self.same(changed, right) for changed in dropped)
        if kind.endswith(" on a path"):
            ((of, wrt),) = links
            part = right - self.changed(
                [one for one in pairs_of(model) if named_pair(one) == (of, wrt)], lambda *_: 0
            )
            scales = [sp.Rational(1, n) if kind == "lost number on a path" else n for n in range(2, 13)]
            changes = [(scale - 1) * some for scale in scales for some in (part, right - part)]
            return any(self.same(self.answer, right + change) for change in changes)
        if kind == "zero":
            return self.same(self.answer, 0)
        if kind == "another number":
            return any(
                self.same(self.answer, right * sp.Rational(p, q))
                for p in range(-12, 13)
                for q in range(1, 13)
            )
        if kind in ("lost number", "lost division", "sum for mean") and not own & links:
            return False  # it names where the number is, and it was not there
        if kind in ("sign turned", "surplus number", "lost number", "lost division", "sum for mean"):
            ratios = [sp.Rational(p, q) for p in (-3, -2, -1, 1, 2, 3) for q in (1, 2, 3)]
            return any(self.same(self.answer, right * ratio) for ratio in ratios)
        if kind == "stops early":
            ((loss, symbol),) = links
            return loss == model.loss.name and self.same(
                self.answer, Case(self.model, sp.Symbol(symbol), (), "").gradient()
            )
        if kind in ("another", "another turned"):
            others = [Case(self.model, p, (), "").gradient() for p in model.parameters]
            sign = -1 if kind == "another turned" else 1
            return any(self.same(sign * self.answer, other) for other in (*others, model.loss))
        return False


def named_pair(link):
    return tuple(symbol.name for symbol in link)


def pairs_of(model):
    return [(of, wrt) for of, expression in model.equations.items() for wrt in expression.free_symbols]


def named(place):
    return tuple(part.removeprefix("∂") for part in place.split("/"))


@cache
def points(name):
    """All symbols of a model, and their values at eight random points."""
    model, random = models()[name], np.random.default_rng(5)
    inputs = [*model.parameters, *model.data]
    values = dict(zip(inputs, random.uniform(0.3, 1.7, (len(inputs), 8)), strict=True))
    for symbol, expression in model.equations.items():
        function = sp.lambdify(list(values), expression, modules=[NUMPY_FORMS, "numpy"])
        values[symbol] = function(*values.values())
    return list(values), list(values.values())


def cases(first=0, step=1):
    """Slips in every link on the way to a parameter, and in all of a kind, that make an answer wrong."""
    return (case for case in islice(candidates(), first, None, step) if case.is_slip())


def candidates():
    """Every slip in every link, and in all links of a kind, whether it makes an answer wrong or not."""
    for name, model in models().items():
        for parameter in model.parameters:
            links = sorted({link for path in model.paths(parameter) for link in path}, key=str)
            kinds = [[one for one in links if one[1] == parameter]]
            kinds += [
                [one for one in links if model.equations[one[0]].func == f] for f in (sigmoid, tanh, relu)
            ]
            for some in [*([link] for link in links), *(kind for kind in kinds if len(kind) > 1)]:
                for slip in SLIPS if len(some) == 1 else sorted(EVERYWHERE):
                    yield Case(name, parameter, tuple(some), slip)


def figures(some):
    """{named, vague, silent or FALSE: how many}; those that are not named are printed."""
    counted = Counter()
    for case in some:
        worth, verdict = case.judged()
        counted[worth] += 1
        if worth != "named" and "-v" in sys.argv:
            print(
                worth,
                case.model,
                case.parameter,
                case.links,
                case.slip,
                verdict.slips,
                verdict.message,
                sep=" | ",
            )
    return counted


if __name__ == "__main__":
    step = int(next((argument for argument in sys.argv[1:] if argument.isdigit()), 1))
    counted = figures(cases(step=step))
    total = counted.total()
    print(f"{total} slips in {len(models())} models: " + ", ".join(f"{k} {n}" for k, n in counted.items()))
