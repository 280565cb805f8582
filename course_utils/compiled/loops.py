"""The same lines as a loop over the samples, compiled by numba (the extra `fast`). Imports numba."""

import math
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from types import FunctionType

import numpy as np
import sympy as sp
from numba import njit, types
from numba.core.errors import NumbaError
from numba.np.unsafe.ndarray import to_fixed_tuple

from ..derivation.functions import Activation
from ..derivation.given import some
from ..language import say
from .lines import CodePrinter, line_by_line
from .scalars import Compiled

NUMBER = types.float64
SAMPLES = types.Array(NUMBER, 1, "C", readonly=True)
LISTS, ARRAYS = {list, tuple, np.ndarray}, {np.ndarray}
ANY_ORDER = {"reassoc"}  # the samples may be added up in any order; no equation may be changed


# SciPy's functions, and one of NumPy's, for single numbers.
OF_A_NUMBER = {
    "erf": math.erf,
    "erfc": math.erfc,
    "gamma": math.gamma,
    "gammaln": math.lgamma,
    "loggamma": math.lgamma,
    "DiracDelta": njit(lambda z: 0.0),
    "heaviside": njit(lambda z, at_0: at_0 if z == 0 else np.sign(np.maximum(z, 0))),
}


class NumberPrinter(CodePrinter):
    """Expressions of single numbers, where NumPy's choices between arrays have no meaning."""

    def _print_Piecewise(self, expr):
        chosen = self._module_format("numpy.nan")
        for piece, condition in reversed(expr.args):
            value, always = self._print(piece), condition is sp.true
            chosen = value if always else f"({value} if {self._print(condition)} else {chosen})"
        return chosen

    def _print_Integer(self, expr):
        return str(expr) if abs(expr) < 2**53 else repr(float(expr))


def compiled_lines(
    inputs: Sequence, lines: Iterable, outputs: Sequence, parameters: Sequence = ()
) -> tuple[Callable, str]:
    """(the lines as a function of numbers that numba compiles, its source).

    Raises ValueError naming the activation or the equation that numba cannot compile.
    """
    lines = list(lines)
    function, source = line_by_line(inputs, lines, tuple(outputs), NumberPrinter(parameters))
    function.__globals__.update(functions := OF_A_NUMBER | activations_of_a_number(lines))
    try:
        return machine_code(function, [NUMBER] * len(inputs), len(outputs)), source
    except NumbaError as error:
        raise ValueError(why_not(lines, functions, error)) from None


def activations_of_a_number(lines: Iterable[tuple]) -> dict[str, Callable]:
    """The activations in these lines, by name, each as a numba function of one number."""
    kinds = {type(applied) for _, expression in lines for applied in expression.atoms(Activation)}
    return {kind.__name__: of_a_number(getattr(kind, "scalar", kind.numpy)) for kind in kinds}


def machine_code(function: Callable, inputs: Sequence[types.Type], outputs: int, **more) -> Callable:
    """The function for inputs of these types; its outputs are a tuple of floats."""
    return njit(types.UniTuple(NUMBER, outputs)(*inputs), error_model="numpy", **more)(function)


def of_a_number(function: Callable) -> Callable:
    """A NumPy form as a function from a number to a number: np.where alone gives an array without axes."""
    if isinstance(function, FunctionType):  # numba knows NumPy's own
        function = njit(error_model="numpy")(function)
    return njit(error_model="numpy")(lambda z: function(z) + 0.0)


def why_not(lines: Sequence[tuple], functions: dict, error: NumbaError) -> str:
    """A sentence that names what numba cannot compile."""
    for name in activations_of_a_number(lines):
        if not compiles(functions[name].py_func, 1):
            return say(
                "numba cannot compile {name}: its `numpy` should be able to take a single number "
                "(np.where, np.maximum, np.exp do), or give it a static method `scalar` that does",
                name=name,
            )
    for symbol, expression in lines:
        inputs = sorted(expression.free_symbols, key=str)
        function, _ = line_by_line(inputs, [(symbol, expression)], (symbol,), NumberPrinter())
        function.__globals__.update(functions)
        if not compiles(function, len(inputs)):
            return say(
                "numba cannot compile {symbol} = {expression}", symbol=symbol, expression=some([expression])
            )
    return say("numba cannot compile these equations: {error}", error=error)


def compiles(function: Callable, inputs: int) -> bool:
    """Whether numba can compile a function of so many numbers."""
    try:
        njit(function).compile((NUMBER,) * inputs)
    except NumbaError:
        return False
    return True


def loop_source(parameters: Sequence[str], data: Sequence[str], outputs: Sequence[str]) -> tuple[str, dict]:
    """(the loop over the samples, which calls `step` for each; the names in it that are not the model's).

    Where the columns differ in length there are no samples, so that the mean is nan.
    """

    def free(name):
        return free(f"{name}_") if name in {*parameters, *data, *outputs} else name

    step, range, samples, sample, one = map(free, ("step", "range", "samples", "sample", "one"))
    sizes = [f"{name}.size" for name in data]
    count = sizes[0] if len(data) == 1 else f"{sizes[0]} if {' == '.join(sizes)} else 0" if data else "1"
    lines = [
        f"def mean({', '.join([*parameters, *data])}):",
        f"    {samples} = {count}",
        f"    {' = '.join(outputs)} = 0.0",
        f"    for {sample} in {range}({samples}):",
        f"        {one} = {step}({', '.join([*parameters, *(f'{name}[{sample}]' for name in data)])})",
        *(f"        {output} += {one}[{place}]" for place, output in enumerate(outputs)),
        f"    return ({', '.join(f'{output}/{samples}' for output in outputs)},)",
    ]
    return "\n".join(lines) + "\n", {"step": step, "range": range}


class CompiledLoop(Compiled):
    """One training step's mathematics as a loop over the samples that numba compiles: loss and gradients.

    It is called like `Compiled`, and computes the same lines, several times faster. Compiling takes a second
    or two for each model and process: numba's cache works for code in files, not for generated code.

    source: the generated Python, of one sample, and the loop that takes the mean over all of them.
    """

    engine = "numba"

    def _compile(self, inputs: Sequence, lines: Sequence[tuple], outputs: Sequence) -> None:
        step, source = compiled_lines(inputs, lines, outputs, self.parameters)
        names = [list(map(str, symbols)) for symbols in (self.parameters, self.data, outputs)]
        loop, called = loop_source(*names)
        namespace: dict = {called["step"]: step, called["range"]: range}
        exec(loop, namespace)
        each = [*(NUMBER for _ in self.parameters), *(SAMPLES for _ in self.data)]
        self.mean = machine_code(namespace["mean"], each, len(outputs), fastmath=ANY_ORDER)
        self.kept: dict = {}  # what else was compiled from it
        self.source = f"{source}\n\n{loop}"

    def __call__(self, parameters, data):
        """Return (loss, gradients), as `Compiled` does; the fast way where all are numbers and arrays."""
        try:
            if type(parameters) in LISTS and ARRAYS.issuperset(map(type, data)):
                means = self.mean(*parameters, *data)
                if math.isfinite(sum(means)):
                    return means[0], means[1:]
        except (TypeError, ValueError, OverflowError, NumbaError):
            pass  # it was more than numbers, and arrays of floats
        return super().__call__(parameters, data)

    def _means(self, points: list, columns: list, runs: tuple, samples: int) -> list:
        whole = whole_columns(columns)
        if not runs:
            return self.mean(*map(float, points), *whole)
        table = np.stack([np.broadcast_to(point, runs).ravel() for point in points], axis=1)
        return list(self._many(table, whole).reshape(len(self.wrt) + 1, *runs))

    @cached_property
    def _many(self) -> Callable:
        """mean of each row of a table of parameters, as the columns of another."""
        mean, count, means_of = self.mean, len(self.parameters), len(self.wrt) + 1

        @njit
        def many(table, columns):
            found = np.empty((means_of, len(table)))
            for run in range(len(table)):
                means = mean(*(to_fixed_tuple(table[run], count) + columns))
                for place in range(means_of):
                    found[place, run] = means[place]
            return found

        return many


def whole_columns(columns: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
    """The data as numba reads them: for each symbol an array of every sample."""
    samples = max((column.size for column in columns), default=1)
    return tuple(np.require(np.broadcast_to(column, samples), float, ["C", "A"]) for column in columns)
