"""Training, one symbol at a time: forward, backward, update, and what is known after each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import sympy as sp

from ..compiled.inputs import finite_start
from ..compiled.scalars import without_complex
from ..compiled.settings import count
from ..derivation.chain_rule import backward, local
from ..derivation.names import by_name
from ..language import later, say
from ..models.model import Model, check_model
from . import update_rules
from .sentences import computed, told
from .update_rules import GradientDescent, UpdateRule, check_rule

MOST_ROUNDS = 1000  # nobody looks at more, one by one


@dataclass(frozen=True)
class Moment:
    """What is known after one symbol of a round.

    phase: "start", "forward", "backward" or "update". place: (its number, of how many) in its phase.
    symbol: the one whose value, gradient or new value was computed last; None at the start of a round.
    values: of each symbol known so far. gradients: ∂loss/∂symbol, likewise.
    equation: how the last one was computed, in names and in numbers.
    factors: the local derivative of each link (of, wrt), once the way back begins.
    """

    round: int
    phase: str
    place: tuple[int, int]
    symbol: sp.Symbol | None
    values: Mapping[sp.Symbol, float]
    gradients: Mapping[sp.Symbol, float]
    equation: str
    factors: Mapping[tuple[sp.Symbol, sp.Symbol], float] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """Where in the round this is, and what was computed."""
        number, count = self.place
        places = {"round": self.round, "phase": say(self.phase), "equation": self.equation}
        if not self.symbol:
            return say("Round {round}, {phase}: {equation}.", **places)
        return say(
            "Round {round}, {phase}, {number} of {count}: {equation}.", **places, number=number, count=count
        )


def moments(
    model: Model,
    start: Mapping | Sequence,
    sample: Mapping | Sequence,
    learning_rate: float | None = None,
    rounds: int = 1,
) -> list[Moment]:
    """Every moment of some rounds of gradient descent on one sample.

    start: a number for each parameter. sample: a number for each data symbol.
    learning_rate: without one there is no update: each round ends with the gradients.
    Raises ValueError for a bad start, sample or learning rate, naming the culprit.
    """
    check_model(model)
    rounds = count(rounds, "rounds", least=1, most=MOST_ROUNDS)
    known = dict(zip(model.parameters, finite_start(start, model.parameters), strict=True))
    known |= dict(zip(model.data, finite_start(sample, model.data, say("the sample")), strict=True))
    rule, found = None if learning_rate is None else check_rule(GradientDescent(learning_rate)), []
    for number in range(1, rounds + 1):
        begun = later("the parameters have their start values")
        if number > 1:
            begun = later("the parameters have their new values")
        found.append(Moment(number, later("start"), (0, 0), None, known, {}, say(begun)))
        found += phase(number, later("forward"), list(forward_pass(model, known)))
        found += phase(number, later("backward"), list(backward_pass(model, found[-1].values)))
        if rule:
            found += phase(number, later("update"), list(update(model, found[-1], rule)))
            known = {symbol: found[-1].values[symbol] for symbol in known}
    return found


def phase(number: int, name: str, results: list) -> list[Moment]:
    """A Moment for each (symbol, values, gradients, equation)."""
    count = len(results)
    return [Moment(number, name, (place, count), *one) for place, one in enumerate(results, start=1)]


def forward_pass(model: Model, known: dict) -> Iterator[tuple]:
    """After each equation: (its symbol, the values so far, no gradients yet, the equation in words)."""
    for symbol, expression in model.equations.items():
        value = number(expression, named := by_name(known))
        equation = told(str(symbol), expression, named, value, model.parameters)
        known = {**known, symbol: value}
        yield symbol, known, {}, equation


def backward_pass(model: Model, values: Mapping) -> Iterator[tuple]:
    """After each derivative: (its symbol, values, the gradients so far, the equation in words, factors)."""
    known, named, factors = {model.loss: 1.0}, by_name(values), local_derivatives(model, values)
    yield model.loss, values, known, f"∂{model.loss}/∂{model.loss} = 1", factors
    for symbol, (name, expression) in backward(model.equations, model.parameters).items():
        gradient = number(expression, named)
        equation = told(str(name), expression, named, gradient, model.parameters)
        named = {**named, str(name): gradient}
        known = {**known, symbol: gradient}
        yield symbol, values, known, equation, factors


def local_derivatives(model: Model, values: Mapping) -> dict[tuple[sp.Symbol, sp.Symbol], float]:
    """The number on each link (of, wrt) of the graph, from what is not data."""
    factors, named = {}, by_name(values)
    for of, expression in model.equations.items():
        for wrt in sorted(expression.free_symbols - set(model.data), key=str):
            factors[of, wrt] = number(local(model.equations, of, wrt), named)
    return factors


def number(expression: sp.Expr, values: Mapping[str, float]) -> float:
    """The value of an expression: nan where it is no real number."""
    return float(without_complex(computed(expression, values)))


def update(model: Model, last: Moment, rule: UpdateRule) -> Iterator[tuple]:
    """Each parameter's update, from the gradients of `last`, which all belong to the old parameters."""
    values, settings = last.values, {sp.Symbol(name): value for name, value in rule.settings.items()}
    for symbol in model.parameters:
        old, gradient = values[symbol], last.gradients[symbol]
        name = sp.Symbol(f"d{model.loss}_d{symbol}")
        names = {update_rules.parameter: symbol, update_rules.gradient: name}
        expression = rule.equations[update_rules.parameter].xreplace({**settings, **names})
        ((new,), _) = rule.step([old], [gradient], [[]])
        values = {**values, symbol: float(new)}
        equation = told(
            say("new {symbol}", symbol=symbol), expression, {str(symbol): old, str(name): gradient}, new
        )
        yield symbol, values, last.gradients, equation, last.factors
