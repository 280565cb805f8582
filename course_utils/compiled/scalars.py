"""A model as one NumPy function whose source is the chain rule itself."""

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from math import isfinite, prod
from operator import is_

import numpy as np

from ..derivation.chain_rule import Equations, backward, loss_of
from ..derivation.given import as_expression, brief, listed, pairs, some
from ..derivation.names import check_names
from ..language import refusal, say
from .base import CompiledModel
from .inputs import as_floats, finite_start, in_order
from .lines import CodePrinter, as_function, line_by_line

NUMBERS = {float, np.float64}
MOST_NUMBERS = 10**8  # that all the runs together may have, or memory ends


@cache
def equal_weights(samples: int) -> np.ndarray:
    """1/samples for each sample: the dot product with it is the mean, faster than np.mean."""
    return np.full(samples, 1 / samples)


class Compiled(CompiledModel):
    """One training step's mathematics in NumPy: the loss and its gradients, averaged over samples.

    Its lines are the model's own equations followed by the backward equations.

    wrt: the parameters whose gradients are computed; all unless told.
    source: the generated Python, for one sample or elementwise for many.
    engine: "numpy", or "numba" for a `CompiledLoop`.
    Raises ValueError naming what cannot be computed, and a symbol that means something else in the source.
    """

    engine = "numpy"

    def __init__(
        self, equations: Equations, parameters: Sequence, data: Sequence = (), wrt: Sequence | None = None
    ):
        self.parameters, self.data = tuple(listed(parameters, "parameters")), tuple(listed(data, "data"))
        given = pairs(equations)
        check_names([*(symbol for symbol, _ in given), *self.parameters, *self.data])
        equations = {symbol: as_expression(value, symbol) for symbol, value in given}
        self.wrt = self.parameters if wrt is None else tuple(listed(wrt, "wrt"))
        check_names(self.wrt)
        passes = backward(equations, self.wrt)
        self._lines = [*equations.items(), *passes.values()]
        outputs = [loss_of(equations), *(passes[p][0] for p in self.wrt)]
        self._last: tuple[list, int] = [object()], 0  # no data are these
        self._compile([*self.parameters, *self.data], self._lines, outputs)

    def _compile(self, inputs: Sequence, lines: Sequence[tuple], outputs: Sequence) -> None:
        self._step, self.source = line_by_line(inputs, lines, outputs, CodePrinter(self.parameters))

    def __call__(self, parameters: Mapping | Sequence, data: Mapping | Sequence):
        """Return (loss, gradients): means over the samples; gradients a tuple in the order of `wrt`.

        parameters: numbers, or arrays of one shape (runs, ...) to compute many runs at once;
            loss and each gradient then have that shape.
        data: for each symbol an array of shape (samples,), or one number that all samples share.
        Raises ValueError for values that are missing, of different lengths or not finite.
        """
        points, runs = in_order(parameters, self.parameters, "parameters"), ()
        if NUMBERS.issuperset(map(type, points)):
            points = list(map(np.array, points))  # so that 1/0 is inf; NumPy also multiplies them quicker
        else:
            points, runs = self._runs(points)
        columns, samples = self._known(data, runs)
        means = self._means(points, columns, runs, samples)
        if not plain(means, runs):
            self.must_be_finite(columns)
            means = [without_complex(mean) for mean in means]
        return means[0], tuple(means[1:])

    def _known(self, data: Mapping | Sequence, runs: tuple) -> tuple[list, int]:
        """The data as arrays of one length, and that length.

        Training hands over the same arrays at every step: they are looked at once. Of an array only its
        type and shape are taken as known, so its numbers may change in place. What runs share is finite
        when it is looked at, or ValueError is raised.
        """
        columns, samples = self._last
        if type(data) not in (list, tuple) or len(data) != len(columns) or not all(map(is_, data, columns)):
            columns = self.columns(data)
            samples = self._samples(columns)
            if runs:
                self.must_be_finite(columns)
            self._last = columns, samples
        return columns, samples

    def _means(self, points: list, columns: list, runs: tuple, samples: int) -> Sequence:
        """Loss and gradients, averaged over the samples, each of shape runs."""
        if runs:
            if (many := prod(runs)) * samples > MOST_NUMBERS:
                raise refusal(
                    "{many} runs of {samples} samples are too many at once", many=many, samples=samples
                )
            wide = [p if p.shape == runs else np.broadcast_to(p, runs) for p in points]
            points = [point[..., np.newaxis] for point in wide]
        shape, weights = (*runs, samples), equal_weights(samples)
        return [
            # a constant derivative comes back as one number, or one a run
            (v if type(v) is np.ndarray and v.shape == shape else np.broadcast_to(v, shape)).dot(weights)
            for v in self._step(*points, *columns)
        ]

    def _runs(self, parameters: Sequence) -> tuple[list[np.ndarray], tuple]:
        """(the parameters as arrays, the shape of the runs)."""
        arrays = list(map(as_floats, parameters, self.parameters))
        if len(shapes := {array.shape for array in arrays}) == 1:
            return arrays, shapes.pop()
        try:
            return arrays, np.broadcast_shapes(*(array.shape for array in arrays))
        except ValueError:
            found = {str(s): array.shape for s, array in zip(self.parameters, arrays, strict=True)}
            raise refusal(
                "parameters should be arrays of one shape, but their shapes are {found}", found=found
            ) from None

    def _samples(self, columns: list[np.ndarray]) -> int:
        shapes = {column.shape for column in columns} - {()} or {(1,)}
        if len(shapes) > 1 or shapes == {(0,)} or len(*shapes) > 1:
            found = {str(s): c.shape for s, c in zip(self.data, columns, strict=True)}
            raise refusal("data should be arrays of one length, but their shapes are {found}", found=found)
        return shapes.pop()[0]

    def check_data(self, data: Mapping | Sequence) -> list[np.ndarray]:
        """The data as arrays, in order. Raises ValueError unless they are finite numbers of one length."""
        self._samples(self.columns(data))
        return super().check_data(data)

    def start(self, values: Mapping | Sequence) -> list[float]:
        """One finite number for each parameter, in order. Raises ValueError naming the culprit."""
        self.must_be_whole()
        return finite_start(values, self.parameters)

    def must_be_whole(self) -> None:
        """Raises ValueError, as training does, unless the gradients are those of all parameters in order."""
        if self.wrt != self.parameters:
            raise refusal(
                "training needs the gradient of each parameter, in their order, not of {names}",
                names=some(self.wrt),
            )

    def history(self, steps: list[list]) -> np.ndarray:
        """The parameters of all steps: an array of shape (steps, number of parameters)."""
        return np.array(steps)

    def every_value(self, parameters: Sequence, data: Sequence) -> dict:
        """All that is computed on the way, by symbol, in the order of computation."""
        values = self._all_lines(*map(np.float64, parameters), *data)
        return dict(zip((symbol for symbol, _ in self._lines), values, strict=True))

    @cached_property
    def _all_lines(self):
        names, printer = [symbol for symbol, _ in self._lines], CodePrinter(self.parameters)
        return as_function([*self.parameters, *self.data], self._lines, names, printer)


def plain(means: Sequence, runs: tuple) -> bool:
    """Whether all of them are real and finite. A sum shows it: what is not stays so in it."""
    if runs:
        return (total := sum(means)).dtype == float and np.isfinite(total).all()
    return NUMBERS.issuperset(map(type, means)) and all(map(isfinite, means))


def without_complex(mean: np.ndarray) -> np.ndarray:
    """A mean as real numbers: nan where it is complex."""
    return mean if np.isrealobj(mean) else np.where(np.imag(mean) == 0, np.real(mean), np.nan)[()]


def engine_called(name: str) -> type[Compiled]:
    """The class that compiles for this engine, "numpy" or "numba".

    Raises ValueError for another name, and ImportError, saying what to install, where numba is missing.
    """
    if name == "numpy":
        return Compiled
    if name != "numba":
        raise refusal('engine should be "numpy" or "numba", not {name}', name=brief(name))
    try:
        from .loops import CompiledLoop  # brings numba, which not everybody needs
    except ImportError as error:
        raise ImportError(
            say(
                'the engine "numba" needs numba ({error}): pip install "gradient-descent-derived[fast]"',
                error=error,
            )
        ) from None
    return CompiledLoop
