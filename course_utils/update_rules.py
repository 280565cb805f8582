"""Update rules as equations: how a parameter changes when its gradient is known."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import sympy as sp

parameter, gradient = sp.symbols("parameter gradient")
learning_rate = sp.Symbol("learning_rate")


class UpdateRule:
    """One update of one parameter, as equations that SymPy turns into NumPy.

    equations: {symbol: its new value}, computed in this order; each may use the new values before it.
        `parameter` is one of them. The others are the rule's memory, one for each parameter, from 0 on.
    settings: {symbol: number or array}, the rule's knobs.
    """

    equations: ClassVar[dict[sp.Symbol, sp.Expr]]

    def __init__(self, **settings):
        self.settings = settings
        self.memory = [symbol for symbol in self.equations if symbol != parameter]
        self._update = self._compiled()

    def _compiled(self):
        inputs = [parameter, gradient, *self.memory, *map(sp.Symbol, self.settings)]
        new = {symbol: sp.Symbol(f"new_{symbol}") for symbol in self.equations}
        lines, known = [], {}
        for symbol, value in self.equations.items():
            lines.append((new[symbol], value.xreplace(known)))
            known[symbol] = new[symbol]
        outputs = [new[parameter], *(new[symbol] for symbol in self.memory)]
        return sp.lambdify(inputs, outputs, "numpy", cse=lambda _: (lines, outputs))

    def start(self, parameters: Sequence) -> list[list]:
        """The memory before the first step: zeros, for each parameter."""
        return [[np.zeros_like(p, dtype=float) for _ in self.memory] for p in parameters]

    def step(self, parameters: Sequence, gradients: Sequence, memory: list[list]):
        """Return (parameters, memory) after one update. Shapes stay as they are."""
        updated = [
            self._update(p, g, *m, *self.settings.values())
            for p, g, m in zip(parameters, gradients, memory, strict=True)
        ]
        return [new for new, *_ in updated], [remembered for _, *remembered in updated]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v}' for k, v in self.settings.items())})"


def positive(value, name: str):
    """The value (a number or an array) if it is positive and finite everywhere.

    Raises ValueError otherwise, naming it.
    """
    try:
        valid = np.all(np.isfinite(value)) and np.all(np.asarray(value) > 0)
    except TypeError:
        valid = False
    if not valid:
        raise ValueError(f"{name} should be a positive finite number, not {value!r}")
    return value


class GradientDescent(UpdateRule):
    """Walk against the gradient (Cauchy 1847).

    learning_rate: a positive number, or an array of them to train many runs at once.
    Raises ValueError for a learning rate that is not positive and finite.
    """

    equations: ClassVar = {parameter: parameter - learning_rate * gradient}

    def __init__(self, learning_rate: float | np.ndarray):
        super().__init__(learning_rate=positive(learning_rate, "learning_rate"))
