"""Training, one symbol at a time: forward, backward, update, and what is known after each."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import normalize

import sympy as sp

from ..compiled.inputs import finite_start
from ..compiled.lines import CodePrinter, evaluate
from ..compiled.scalars import without_complex
from ..compiled.settings import count
from ..derivation.chain_rule import backward
from ..derivation.names import by_name
from ..models.model import Model, check_model
from . import update_rules
from .update_rules import GradientDescent, UpdateRule, check_rule

MOST_ROUNDS = 1000  # nobody looks at more, one by one


@dataclass(frozen=True)
class Moment:
    """What is known after one symbol of a round.

    phase: "start", "forward", "backward" or "update". place: (its number, of how many) in its phase.
    symbol: the one whose value, gradient or new value was computed last; None at the start of a round.
    values: of each symbol known so far. gradients: ∂loss/∂symbol, likewise.
    equation: how the last one was computed, in names and in numbers.
    """

    round: int
    phase: str
    place: tuple[int, int]
    symbol: sp.Symbol | None
    values: Mapping[sp.Symbol, float]
    gradients: Mapping[sp.Symbol, float]
    equation: str

    @property
    def words(self) -> str:
        """Where in the round this is, and what was computed."""
        number, count = self.place
        where = f"{self.phase}, {number} of {count}" if self.symbol else self.phase
        return f"Round {self.round}, {where}: {self.equation}."


def spelled(text: str) -> str:
    """Code as people write it: ŷ, ·, ², ∂L/∂w1."""
    text = re.sub(r"\bd([A-Za-z]\w*?)_d([A-Za-z]\w*)", r"∂\1/∂\2", text)
    text = re.sub(r"([A-Za-z])_hat", lambda found: normalize("NFC", found[1] + "\u0302"), text)
    return re.sub(r"\*\*2(?![\w.])", "²", text).replace("**", "^").replace("*", " · ")


def in_numbers(code: str, values: Mapping[str, float]) -> str:
    """Code with a number, to three digits, in place of each name that has a value."""

    def number(found):
        if found[0] not in values:
            return found[0]
        written = f"{values[found[0]]:.3g}"
        return f"({written})" if written.startswith("-") else written

    return re.sub(r"[A-Za-z_]\w*", number, code)


def told(
    name: str,
    expression: sp.Expr,
    values: Mapping[str, float],
    result: float,
    parameters: Collection[sp.Symbol] | None = None,
) -> str:
    """An equation in names, in numbers, and its result: z = b1 + w1 · x = 0 + 0.5 · 1.5 = 0.75.

    parameters: the symbols that stand first in a product.
    """
    code, shown = CodePrinter(parameters).doprint(expression), f"{result:.3g}"
    numbers = in_numbers(code, values)
    steps = [name, code, shown] if numbers.strip("()") == shown else [name, code, numbers, shown]
    return " = ".join(map(spelled, steps))


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
    known |= dict(zip(model.data, finite_start(sample, model.data, "the sample"), strict=True))
    rule, found = None if learning_rate is None else check_rule(GradientDescent(learning_rate)), []
    for number in range(1, rounds + 1):
        found.append(Moment(number, "start", (0, 0), None, known, {}, "parameters and data are given"))
        found += phase(number, "forward", list(forward_pass(model, known)))
        found += phase(number, "backward", list(backward_pass(model, found[-1].values)))
        if rule:
            found += phase(number, "update", list(update(model, found[-1], rule)))
            known = {symbol: found[-1].values[symbol] for symbol in known}
    return found


def phase(number: int, name: str, results: list) -> list[Moment]:
    """A Moment for each (symbol, values, gradients, equation)."""
    count = len(results)
    return [Moment(number, name, (place, count), *one) for place, one in enumerate(results, start=1)]


def forward_pass(model: Model, known: dict) -> Iterator[tuple]:
    """After each equation: (its symbol, the values so far, no gradients yet, the equation in words)."""
    for symbol, expression in model.equations.items():
        value = float(without_complex(evaluate({symbol: expression}, symbol, known)))
        equation = told(str(symbol), expression, by_name(known), value, model.parameters)
        known = {**known, symbol: value}
        yield symbol, known, {}, equation


def backward_pass(model: Model, values: Mapping) -> Iterator[tuple]:
    """After each derivative: (its symbol, the values, the gradients so far, the equation in words)."""
    known, named = {model.loss: 1.0}, by_name(values)
    yield model.loss, values, known, f"∂{model.loss}/∂{model.loss} = 1"
    for symbol, (name, expression) in backward(model.equations, model.parameters).items():
        gradient = float(without_complex(evaluate({name: expression}, name, named)))
        equation = told(str(name), expression, named, gradient, model.parameters)
        named = {**named, str(name): gradient}
        known = {**known, symbol: gradient}
        yield symbol, values, known, equation


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
        equation = told(f"new {symbol}", expression, {str(symbol): old, str(name): gradient}, new)
        yield symbol, values, last.gradients, equation
