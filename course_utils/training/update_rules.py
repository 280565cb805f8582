"""Update rules as equations: how a parameter changes when its gradient is known."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import ClassVar

import numpy as np
import sympy as sp

from ..compiled.lines import CodePrinter, line_by_line
from ..compiled.settings import number
from ..derivation.given import as_expression, brief, pairs
from ..derivation.names import check_names
from ..language import refusal, say

parameter, gradient = sp.symbols("parameter gradient")
learning_rate, momentum, decay, beta1, beta2, epsilon = sp.symbols(
    "learning_rate momentum decay beta1 beta2 epsilon"
)
velocity, mean, square, step = sp.symbols("velocity mean square step")


@cache
def updating(inputs: tuple, lines: tuple, outputs: tuple) -> Callable:
    """One update as a NumPy function, compiled once for all rules of a kind."""
    return line_by_line(inputs, lines, outputs, CodePrinter())[0]


class UpdateRule:
    """One update of one parameter, as equations that SymPy turns into NumPy.

    equations: {symbol: its new value}, computed in this order; each may use the new values before it.
        `parameter` is one of them. The others are the rule's memory, one for each parameter, from 0 on.
    settings: {symbol: number or array}, the rule's knobs.
    """

    equations: ClassVar[dict[sp.Symbol, sp.Expr]]

    def __init__(self, **settings):
        equations = pairs(getattr(self, "equations", {parameter: None}), say("the rule's equations"))
        check_names([*(symbol for symbol, _ in equations), *map(sp.Symbol, settings)])
        if parameter not in dict(equations):
            raise refusal("the rule's equations give no new value of `parameter`")
        self.equations = {symbol: as_expression(value, symbol) for symbol, value in equations}
        self.settings = {name: finite_or_none(value) for name, value in settings.items()}
        if wrong := [name for name, value in self.settings.items() if value is None]:
            raise refusal(
                "{name} should be a finite number, not {given}",
                name=wrong[0],
                given=brief(settings[wrong[0]]),
            )
        self.memory = [symbol for symbol in self.equations if symbol != parameter]
        self._update = updating(*map(tuple, (self.inputs(), self.lines().items(), self.outputs())))

    def lines(self) -> dict[sp.Symbol, sp.Expr]:
        """The equations in the order they are computed, each new value called new_symbol."""
        lines, known = {}, {}
        for symbol, value in self.equations.items():
            known[symbol] = sp.Symbol(f"new_{symbol}")
            lines[known[symbol]] = value.xreplace({s: new for s, new in known.items() if s != symbol})
        return lines

    def inputs(self) -> list[sp.Symbol]:
        """What `lines` start from: the parameter, its gradient, the memory, the settings."""
        return [parameter, gradient, *self.memory, *map(sp.Symbol, self.settings)]

    def outputs(self) -> list[sp.Symbol]:
        """What `lines` compute: the new parameter, then the new memory."""
        return [sp.Symbol(f"new_{symbol}") for symbol in (parameter, *self.memory)]

    def start(self, parameters: Sequence) -> list[list]:
        """The memory before the first step: zeros, for each parameter."""
        return [[0.0] * len(self.memory) for _ in parameters]

    def step(self, parameters: Sequence, gradients: Sequence, memory: list[list]):
        """Return (parameters, memory) after one update. Shapes stay as they are."""
        if not len(parameters) == len(gradients) == len(memory):
            given = say(
                "{parameters} parameters, {gradients} gradients, {memories} memories",
                **{"parameters": len(parameters), "gradients": len(gradients), "memories": len(memory)},
            )
            raise refusal("a step needs a gradient and a memory for each parameter, not {given}", given=given)
        updated = [
            self._update(p, g, *m, *self.settings.values())
            for p, g, m in zip(parameters, gradients, memory, strict=True)
        ]
        return [new for new, *_ in updated], [remembered for _, *remembered in updated]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v}' for k, v in self.settings.items())})"


def check_rule(rule) -> UpdateRule:
    """The rule, if it is one for a single run. Raises ValueError naming it otherwise."""
    if not isinstance(rule, UpdateRule):
        raise refusal(
            "rule should be an update rule such as GradientDescent(0.1), not {rule}", rule=brief(rule)
        )
    if not hasattr(rule, "settings"):
        raise refusal(
            "rule has no settings: the __init__ of {name} should call super's", name=type(rule).__name__
        )
    if many := [name for name, value in rule.settings.items() if np.ndim(value)]:
        raise refusal("{name} should be one number in a single run: sweep takes many", name=many[0])
    return rule


def finite_or_none(value):
    """The value if it is a finite number or an array of them, else None."""
    if isinstance(value, np.ndarray):
        numbers = (
            not np.ma.is_masked(value)
            and value.size
            and value.dtype.kind in "iuf"
            and np.isfinite(value).all()
        )
        return value if numbers else None
    try:
        as_float = number(value, "it")
    except ValueError:
        return None
    return value if isinstance(value, int | float) and abs(value) < 2**53 else as_float


def positive(value, name: str):
    """The value (a number or an array) if it is positive and finite everywhere.

    Raises ValueError otherwise, naming it.
    """
    given, value = value, finite_or_none(value)
    if value is None or not np.all(value > 0):
        raise refusal("{name} should be a positive finite number, not {given}", name=name, given=brief(given))
    return value


def fraction(value, name: str):
    """The value if it is at least 0 and less than 1. Raises ValueError otherwise, naming it."""
    given, value = value, finite_or_none(value)
    if value is None or np.ndim(value) or not 0 <= value < 1:
        raise refusal(
            "{name} should be at least 0 and less than 1, not {given}", name=name, given=brief(given)
        )
    return value


class GradientDescent(UpdateRule):
    """Walk against the gradient (Cauchy 1847).

    learning_rate: a positive number, or an array of them to train many runs at once.
    Raises ValueError for a learning rate that is not positive and finite.
    """

    equations: ClassVar = {parameter: parameter - learning_rate * gradient}

    def __init__(self, learning_rate: float | np.ndarray):
        super().__init__(learning_rate=positive(learning_rate, "learning_rate"))


class Momentum(UpdateRule):
    """Keep rolling: a velocity gathers the gradients, each older one counting less.

    v = momentum*v + g, then the parameter moves by -learning_rate*v
    (Polyak 1964; in this form Sutskever and others 2013, and PyTorch's SGD).
    """

    equations: ClassVar = {
        velocity: momentum * velocity + gradient,
        parameter: parameter - learning_rate * velocity,
    }

    def __init__(self, learning_rate: float | np.ndarray, momentum: float = 0.9):
        super().__init__(
            learning_rate=positive(learning_rate, "learning_rate"), momentum=fraction(momentum, "momentum")
        )


class RMSprop(UpdateRule):
    """Divide each gradient by its own recent size, so that steep and flat directions move alike.

    s = decay*s + (1 - decay)*g**2, then a step of -learning_rate*g/(sqrt(s) + epsilon)
    (Tieleman and Hinton 2012, lecture 6.5).
    """

    equations: ClassVar = {
        square: decay * square + (1 - decay) * gradient**2,
        parameter: parameter - learning_rate * gradient / (sp.sqrt(square) + epsilon),
    }

    def __init__(self, learning_rate: float | np.ndarray, decay: float = 0.9, epsilon: float = 1e-8):
        super().__init__(
            learning_rate=positive(learning_rate, "learning_rate"),
            decay=fraction(decay, "decay"),
            epsilon=positive(epsilon, "epsilon"),
        )


class Adam(UpdateRule):
    """Momentum and RMSprop together, both corrected for having started at zero.

    Kingma and Ba, Adam: A Method for Stochastic Optimization (2015), algorithm 1.
    """

    equations: ClassVar = {
        step: step + 1,
        mean: beta1 * mean + (1 - beta1) * gradient,
        square: beta2 * square + (1 - beta2) * gradient**2,
        parameter: parameter
        - learning_rate * (mean / (1 - beta1**step)) / (sp.sqrt(square / (1 - beta2**step)) + epsilon),
    }

    def __init__(
        self,
        learning_rate: float | np.ndarray,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
    ):
        super().__init__(
            learning_rate=positive(learning_rate, "learning_rate"),
            beta1=fraction(beta1, "beta1"),
            beta2=fraction(beta2, "beta2"),
            epsilon=positive(epsilon, "epsilon"),
        )
