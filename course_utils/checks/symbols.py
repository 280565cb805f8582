"""Checks of an answer in symbols: a derivative, a link of the chain, a gradient."""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import sympy as sp

from ..derivation.chain_rule import Equations, NoDerivative, backward, derivative, local
from ..derivation.given import some
from ..language import enumerated, later, refusal, say
from ..models.model import Model
from .answers import Unreadable, asked, brief, kind, read
from .budget import SEARCH, TooSlow, bounded, time_limit, within
from .comparison import Comparison
from .equivalence import computed, inputs_of, same_at, shown, shown_apart
from .floats import Floats
from .kinks import kinks
from .mistakes import Mistake
from .one_change import one_change
from .regions import POINTS, Regions, regions_of
from .slips import INSTEAD, Slips
from .values import Point, Undefined, mp, value
from .verdict import Verdict, right, slipped, wrong
from .written import Written

COSTLY = {sp.gamma: 200, sp.loggamma: 200, sp.erf: 20, sp.erfc: 20}  # in a hundred digits
WORK = 20_000  # more is not computed
SECONDS = SEARCH + 1.5  # of computing, for an answer that no count has stopped
LINKS = 1000  # a model with more is not checked
FEWEST = 4  # points at which an answer that is explained has a value
TOO_LONG = later("this takes too long to check: leave the computed symbols in it, as the chain rule does.")
TOO_DEEP = later("this is too deep to check: leave the computed symbols in it, as the chain rule does.")
SIMPLE = (1, 2, 3, -1, -2, 0.5, -0.5)
KEY, UNUSED = sp.Symbol("(key)"), sp.Symbol("(unused)")


@bounded()
def check_gradient(model: Model, parameter: sp.Symbol, answer) -> Verdict:
    """Check ∂loss/∂parameter, in the model's symbols or expanded. Any equal form is right.

    A wrong answer is compared with what every slip in every link would give. One slip scores 1/2.
    Raises ValueError if `parameter` is no parameter of the model.
    """
    must_be_scalar(model)
    if not (isinstance(parameter, sp.Symbol) and parameter in model.parameters):
        raise refusal("{symbol} is no parameter of this model", symbol=called(parameter))
    passes = backward(model.equations, model.parameters)
    others = {
        say("the gradient of {parameter}", parameter=p): passes[p][0]
        for p in model.parameters
        if p != parameter
    }
    return Question(
        name=say("the gradient of {parameter}", parameter=parameter),
        symbols=symbols_of(model),
        lines=model.equations | dict(passes.values()),
        key=passes[parameter][0],
        chain=model.equations,
        wrt=parameter,
        roles=roles_of(model),
        others=others | {say("the loss itself"): model.loss},
    ).check(answer)


@bounded()
def check_local(model: Model, of: sp.Symbol, wrt: sp.Symbol, answer) -> Verdict:
    """Check the local derivative ∂of/∂wrt of one equation. Any equal form is right.

    Raises ValueError if the model does not compute `of`, or not from `wrt`.
    """
    must_be_scalar(model)
    symbols = isinstance(of, sp.Symbol) and isinstance(wrt, sp.Symbol)
    if not symbols or wrt not in getattr(model.equations.get(of), "free_symbols", ()):
        raise refusal(
            "{symbol} is not computed from {other} in this model", symbol=called(of), other=called(wrt)
        )
    return Question(
        name=f"∂{of}/∂{wrt}",
        symbols=symbols_of(model),
        lines=model.equations | {KEY: local(model.equations, of, wrt)},
        chain={of: model.equations[of]},
        wrt=wrt,
        roles=roles_of(model),
        others=others_than(model.equations, of, wrt, "∂{of}/∂{wrt}") | {say("{of} itself", of=of): of},
    ).check(answer)


@bounded()
def check_derivative(expression: sp.Expr, wrt: sp.Symbol, answer) -> Verdict:
    """Check ∂expression/∂wrt, of one function. Any equal form is right; an unanswered `...` says so.

    Where a message needs a name for the function, it calls it f.
    """
    expression = asked(expression, say("the function"))
    if not isinstance(wrt, sp.Symbol):
        raise refusal("a derivative is with respect to a SymPy symbol, not {symbol}", symbol=called(wrt))
    wrt = asked(wrt, say("the symbol"))
    symbols = expression.free_symbols | {wrt}
    function = next(f for name in ("f", "g", "F", "(f)") if (f := sp.Symbol(name)) not in symbols)
    chain = {function: expression}
    return Question(
        name=say("the derivative with respect to {wrt}", wrt=wrt),
        symbols=symbols,
        lines=chain | {KEY: derivative(expression, wrt)},
        chain=chain,
        wrt=wrt,
        roles=[symbols],
        others={say("the function itself"): function}
        | others_than(chain, function, wrt, "the derivative with respect to {wrt}"),
        short=say("the derivative"),
    ).check(answer)


def called(thing) -> str:
    """A symbol's name, and of anything else what it is."""
    return some([thing.name]) if isinstance(thing, sp.Symbol) else brief(thing)


def must_be_scalar(model: Model) -> None:
    """Raise ValueError for anything but a Model between scalars, all of known parts, and not too large."""
    if not isinstance(model, Model):
        raise refusal("a Model of equations between scalars can be checked, not {kind}", kind=kind(model))
    links = sum(len(expression.free_symbols) for expression in model.equations.values())
    if links > LINKS:
        raise refusal(
            "a model with {links} links between its symbols is too large to check, above {most}",
            links=links,
            most=LINKS,
        )
    for symbol, expression in model.equations.items():
        asked(expression, say("the equation of {symbol}", symbol=symbol))


def others_than(equations: Equations, of: sp.Symbol, wrt: sp.Symbol, name: str) -> dict[str, sp.Expr]:
    """The derivatives of the same equation with respect to its other symbols, by name, if they exist."""
    found = {}
    for other in sorted(equations[of].free_symbols - {wrt}, key=str):
        with suppress(NoDerivative):
            found[say(name, of=of, wrt=other)] = local(equations, of, other)
    return found


def roles_of(model: Model) -> list[tuple]:
    """The model's symbols by what they are: parameters, data, and what the equations compute."""
    return [model.parameters, model.data, tuple(model.equations)]


def symbols_of(model: Model) -> list[sp.Symbol]:
    """All symbols of a model: parameters first, then data, then what the equations compute."""
    return [symbol for group in roles_of(model) for symbol in group]


def as_arrays(points: Sequence[Point]) -> dict[str, np.ndarray]:
    """The values at the points, shape (points,), for each name."""
    return {name: np.array([float(point[name]) for point in points]) for name in points[0]}


def as_float(expression: sp.Expr, point: Point) -> float:
    """The value of an expression, in floats but as if computed exactly; nan where there is none."""
    try:
        return float(value(expression, point))
    except Undefined:
        return np.nan


def work(expression: sp.Expr) -> int:
    """How much it costs to compute an expression, in parts that are added or multiplied."""
    return sum(COSTLY.get(type(part), 1) for part in sp.preorder_traversal(expression))


@dataclass
class Question:
    """A derivative that is asked for.

    symbols: those that an answer may use. lines: equations that compute them, and the key.
    chain: the equations whose chain rule it is, ∂last/∂wrt. roles: see `mistakes.link_mistakes`.
    others: expressions that are something else, by what they are. short: what to call it, if it has no ∂.
    """

    name: str
    symbols: Iterable[sp.Symbol]
    lines: Equations
    chain: Equations
    wrt: sp.Symbol
    roles: Sequence
    key: sp.Symbol = KEY
    others: Mapping[str, sp.Expr] = field(default_factory=dict)
    short: str = ""

    def __post_init__(self):
        unused = {*self.symbols} - {*self.lines, *inputs_of(self.lines)}
        self.lines = {UNUSED: sp.Add(*unused)} | self.lines  # so that each has a value: an answer may use it

    def check(self, answer) -> Verdict:
        """The verdict on an answer as it was given; one that takes too long to check is wrong."""
        try:
            expression = read(answer, self.symbols, self.name)
        except Unreadable as unreadable:
            return unreadable.verdict
        _, how = self.points, TOO_LONG  # the points are the question's own time
        try:
            if work(expression) <= WORK:
                with time_limit(SECONDS, computing=True):
                    return self.verdict(expression)
        except TooSlow:
            pass
        except RecursionError:
            how = TOO_DEEP
        return wrong(say(how))

    def verdict(self, expression: sp.Expr) -> Verdict:
        """The verdict on an expression: right, explained by slips, or shown to differ at a point."""
        self.comparison = Comparison(self.regions, expression)
        if (counterexample := self.comparison.counterexample) is None:
            return right(say("this is {name}.", name=self.name), self.comparison.met)
        if mistakes := within(SEARCH, lambda: self.mistakes(expression), []):
            return slipped(mistakes)
        return wrong(
            say(
                "this is not {name}: {difference}.",
                name=self.name,
                difference=self.difference(expression, counterexample),
            )
        )

    def agrees(self, answer: sp.Expr, point: Point) -> bool:
        """Whether the answer has the key's value at a point. Unknown counts as no."""
        return same_at(answer, self.key, self.lines, point, self.comparison.tolerance) is True

    def right(self, point: Point):
        """The key's value at a point."""
        return point[self.key.name]

    @cached_property
    def regions(self) -> Regions:
        """Points on all sides of the kinks, with inputs in the order in which the symbols were given."""
        named = {symbol.name: symbol for symbol in inputs_of(self.lines)}
        ordered = [s.name for s in self.symbols] if isinstance(self.symbols, Sequence) else sorted(named)
        inputs = tuple(named[name] for name in ordered if name in named)
        return regions_of(tuple(self.lines.items()), inputs, self.key)

    @property
    def points(self) -> list[Point]:
        """Points where everything has a value. Where the key is not zero comes first, if there are such."""
        if not self.regions.points:
            raise refusal("{name} has no value, or a vanishing one, wherever it was tried", name=self.name)
        return self.regions.points

    def mistakes(self, answer: sp.Expr) -> list[Mistake]:
        """The slip, or the two, that lead to this answer."""
        if self.wrt not in inputs_of(self.chain):  # there is no link
            return []
        points = self.points[: POINTS // 2]
        if any(self.right(point) == 0 for point in self.points):  # such as a dead relu: every point tells
            points = self.points
        others = [
            Mistake("another", INSTEAD, expression, credit=0.0, names={"what": what, "asked": self.name})
            for what, expression in self.others.items()
        ]
        numbers = np.array([as_float(answer, point) for point in points])
        if not np.isfinite(numbers).all():  # such as a log: more points for the half where it has a value
            points = self.points
            numbers = np.array([as_float(answer, point) for point in points])
        if (known := np.isfinite(numbers)).sum() < FEWEST:
            return []
        if not numbers.any():
            if any(as_float(answer, point) for point in self.points):
                return []  # it is 0 here and there
            text = "this is 0, as if {wrt} changed nothing."
            return [Mistake("zero", text, credit=0.0, names={"wrt": self.wrt.name})]
        points = [point for point, has_value in zip(points, known, strict=True) if has_value]
        values = as_arrays(points)
        written = Written(answer, Floats(values), values[self.key.name], self.chain)
        slips = Slips(self.chain, [self.wrt], values, self.roles, others, written)

        def changes() -> list[Mistake]:
            return one_change(answer, slips.roles, slips.chains, values[self.key.name])

        found = slips.explain(numbers[np.newaxis, known], changes=changes)[0]
        if not answer.free_symbols and self.lines[self.key].free_symbols:
            found = [mistake._replace(credit=0.0) for mistake in found]  # a number where a formula belongs
        return [self.without_a_name(mistake) for mistake in found] if self.short else found

    def without_a_name(self, mistake: Mistake) -> Mistake:
        """The mistake in a function that the question gave no name."""
        return mistake._replace(links=()).about(link=self.short)

    def difference(self, expression: sp.Expr, counterexample: Point) -> str:
        """The counterexample, or a simple point of its kind, and what the answer and the key are there."""
        simple = (point for point in self.simple_points(expression) if not self.agrees(expression, point))
        point = next(simple, counterexample)
        where = self.place(point, expression) or say("every point")
        key = self.right(point)
        if not self.lines[self.key].free_symbols:  # its value would be the answer
            return say("at {where} it has another value", where=where)
        try:
            yours, right = shown_apart(value(expression, point), key)
        except Undefined:
            return say(
                "at {where} yours has no value, and it should be {number}", where=where, number=shown(key)
            )
        return say(
            "at {where} yours is {yours}, and it should be {right}", where=where, yours=yours, right=right
        )

    def place(self, point: Point, expression: sp.Expr) -> str:
        """The values that the key and the answer are computed from, and of all symbols in the answer."""
        given = {symbol.name for symbol in inputs_of(self.chain)}
        used = {symbol.name for symbol in expression.free_symbols} - given
        computed = [s.name for s in self.lines if s.name in used]
        names = [*sorted(given | used - set(computed)), *computed]
        return enumerated(f"{name} = {shown(point[name])}" for name in names)

    def simple_points(self, answer: sp.Expr, count: int = 30) -> Iterator[Point]:
        """Points of small round numbers where the key is not tiny, on no kink of the key or the answer."""
        numbers, places = random.Random(0), [*self.regions.kinks, *kinks(answer)]
        names = sorted(symbol.name for symbol in self.regions.inputs)
        chosen = np.array([[float(numbers.choice(SIMPLE)) for _ in names] for _ in range(count)]).T
        simple = self.regions.off_kinks(dict(zip(names, chosen, strict=True)), places)
        for values in zip(*simple.values(), strict=True):
            try:
                point = computed(self.lines, dict(zip(names, map(mp.mpf, values), strict=True)))
            except Undefined:
                continue
            if abs(self.right(point)) > 0.01:
                yield point
