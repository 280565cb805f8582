"""What training asks of a compiled model, be its equations between numbers or between matrices."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

import numpy as np

from ..language import refusal, say
from .inputs import AT_SAMPLE, at, columns_of


class CompiledModel(ABC):
    """One training step's mathematics in NumPy: the loss and its gradients.

    parameters, data: the symbols. source: the generated Python, one line an equation.
    Called with (parameters, data) it returns (loss, gradients).
    """

    parameters: tuple
    data: tuple
    source: str
    place = AT_SAMPLE  # how a message says where in the data it is

    @abstractmethod
    def __call__(self, parameters, data) -> tuple:
        """Return (loss, gradients), the gradients in the order of the parameters."""

    @abstractmethod
    def start(self, values: Mapping | Sequence) -> list:
        """Start values for training, in order. Raises ValueError naming one that does not fit."""

    @abstractmethod
    def history(self, steps: list[list]):
        """The parameters of all steps, as a History keeps them."""

    @abstractmethod
    def every_value(self, parameters: Sequence, data: Sequence) -> dict:
        """All that is computed on the way, by symbol, in the order of computation."""

    def columns(self, data: Mapping | Sequence) -> list[np.ndarray]:
        """The data as arrays of floats, in order. Raises ValueError naming what is not numbers."""
        return columns_of(data, self.data)

    def check_data(self, data: Mapping | Sequence) -> list[np.ndarray]:
        """The same. Raises ValueError naming the culprit as well for data that are not finite."""
        columns = self.columns(data)
        self.must_be_finite(columns)
        return columns

    def must_be_finite(self, columns: Sequence[np.ndarray]) -> None:
        """Raises ValueError naming the data that are not."""
        for symbol, column in zip(self.data, columns, strict=True):
            if not (fine := np.isfinite(column)).all():
                raise refusal("data for {symbol} is not finite{at}", symbol=symbol, at=at(~fine, self.place))

    def trouble(self, parameters: Sequence, data: Sequence) -> str:
        """The first value that is no finite number, in a clause: "h is nan at sample 3"; empty if all are."""
        with np.errstate(all="ignore"):
            values = self.every_value(parameters, data).items()
        for symbol, value in values:
            if (bad := ~np.isfinite(value) | (np.imag(value) != 0)).any():
                return say(
                    "{symbol} is {value}{at}",
                    symbol=symbol,
                    value=np.asarray(value)[bad][0],
                    at=at(bad, self.place),
                )
        return ""

    def __repr__(self) -> str:
        return self.source
