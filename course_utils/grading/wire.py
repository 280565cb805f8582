"""What may pass between a sandbox and an examination: numbers, text, formulas, models, calls of functions.

Both sides know this module, and neither believes the other. `Decoder` builds nothing but the kinds that stand
in a table here, each from what JSON is made of; it evaluates nothing, imports nothing, and reads no source.
Text stays text: where a formula or a name belongs, it is refused.
"""

import inspect
import math
from collections.abc import Callable, Mapping, Sized
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Real

import numpy as np
import sympy as sp

from ..checks.answers import are_numbers, entries_of, is_number
from ..checks.calls import as_written
from ..compiled.inputs import labels_of
from ..models.model import Model
from . import activations
from .formulas import PARTS, FormulaReader, FormulaWriter, Refused, Unknown, identifier, symbol, whole

TEXT = 100_000  # characters of one text
DEPTH = 50  # of lists in lists

KINDS = [getattr(inspect.Parameter, name) for name in ("POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD")]
KINDS += [getattr(inspect.Parameter, name) for name in ("VAR_POSITIONAL", "KEYWORD_ONLY", "VAR_KEYWORD")]

Register = Callable[[Callable], int]


class Foreign:
    """Stands for a value that may not pass. The name of its class is all that is left of it."""


class Labelled(np.ndarray):
    """Numbers with labels, such as a column of a table."""

    index: list


def foreign(name, *kinds: type) -> Foreign:
    """What stands for a value of a class with this name, which is of these kinds too."""
    safe = name if type(name) is str and name.isidentifier() and len(name) < 60 else "object"
    return type(safe, (Foreign, *kinds), {})()


def encode(value, register: Register | None = None) -> list:
    """A value as JSON data. `register` keeps a function and returns the number that it is called by."""
    writer = FormulaWriter()
    data = encoded(value, writer, register)
    definitions = []
    for activation in writer.own:  # which grows where one mentions another
        definitions.append(activations.written(activation, writer, register))
    return ["with", definitions, data] if definitions else data


def encoded(value, writer: FormulaWriter, register: Register | None) -> list:
    """One value as [kind, ...]. Raises Refused for what is too large or too deep."""
    if value is None or value is ...:
        return [{None: "None", ...: "..."}[value]]
    if isinstance(value, str):
        return ["text", str(value)[:TEXT]]
    if isinstance(value, bool | np.bool_):
        return ["bool", bool(value)]
    if is_number(value):
        return number(value)
    if isinstance(value, complex):
        return ["complex", value.real, value.imag]
    if isinstance(value, list | tuple):
        return [type(value).__mro__[-2].__name__, [encoded(part, writer, register) for part in value]]
    if isinstance(value, Mapping):
        return ["dict", [[encoded(part, writer, register) for part in pair] for pair in value.items()]]
    if isinstance(value, sp.Basic) and not isinstance(value, type | Sized):
        return ["formula", writer.formula(value)]
    if isinstance(value, Model):
        equations = [[symbol.name, writer.formula(e)] for symbol, e in value.equations.items()]
        return ["model", equations, *([symbol.name for symbol in s] for s in (value.parameters, value.data))]
    if register and callable(value):
        return ["function", register(value), arguments_of(value)]
    return array_of(value, writer, register) or ["foreign", type(value).__name__]


def number(value: Real | Decimal) -> list:
    """A number as [kind, ...]: exact where it is a fraction or a decimal, as the checks take it."""
    if value != value:
        return ["float", math.nan]
    if isinstance(value, Integral):
        return ["int", whole(int(value))]
    if isinstance(value, Fraction | Decimal) and math.isfinite(value):
        return ["fraction", *map(whole, value.as_integer_ratio())]
    return ["float", float(value)]


def array_of(value, writer: FormulaWriter, register: Register | None) -> list | None:
    """What NumPy reads in something, as [kind, ...]; None where that is nothing, or too much."""
    try:
        entries, labels = entries_of(value), labels_of(value)
        if entries.size > PARTS or entries.dtype.kind in "mM":
            return None
        if entries.ndim and are_numbers(entries):
            data = list(entries.shape), entries.astype(float).ravel().tolist()
            return ["array", *data, *([encoded(labels, writer, register)] if labels else [])]
        inside = entries.tolist()
        return None if inside is value else encoded(inside, writer, register)
    except Exception:  # an object decides by itself how it becomes an array
        return None


def arguments_of(function: Callable) -> list | None:
    """[[name, kind, whether it has a default] for each argument], or None where Python knows of none."""
    try:
        arguments = inspect.signature(as_written(function)).parameters.values()
    except (TypeError, ValueError):
        return None
    return [[a.name, KINDS.index(a.kind), a.default is not a.empty] for a in arguments]


class Decoder:
    """Reads data of `encode`. Functions become calls through `call(number, args, kwargs)`."""

    def __init__(self, call: Callable | None = None):
        self.call, self.formulas = call, FormulaReader()

    def decode(self, data):
        """The value. Raises Refused for anything that `encode` does not write."""
        self.formulas = FormulaReader()
        try:
            if data[0] == "with":
                _, definitions, data = data
                activations.read(definitions, self.formulas, self.call)
            return self.value(data)
        except Refused:
            raise
        except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
            raise Refused(f"not a value: {error!s:.200}") from None
        except RecursionError:
            raise Refused("a formula is too deep for SymPy") from None

    def value(self, data: list, depth: int = DEPTH):
        """A value from [kind, ...]. Raises Refused for what is too deep, LookupError for unknown kinds."""
        self.formulas.count()
        if type(data) is not list or not depth:
            raise Refused("no value, or too many in one another")
        kind, *rest = data
        return READERS[kind](self, depth - 1, *rest)

    def values(self, depth: int, parts: list) -> list:
        """The values of a list, in order."""
        return [self.value(part, depth) for part in parts]

    def mapping(self, depth: int, pairs: list) -> dict:
        """A dict from a list of pairs."""
        return dict(self.values(depth, pair) for pair in pairs)

    def formula(self, depth: int, data: list):
        """A formula, or what stands for one with a part that no check knows."""
        try:
            return self.formulas.formula(data)
        except Unknown as unknown:
            return foreign(unknown.args[0], sp.Expr)

    def model(self, depth: int, equations: list, parameters: list, data: list) -> Model:
        """A model whose equations are of known parts alone."""
        pairs = [(symbol(name), self.formulas.number(formula, name)) for name, formula in equations]
        return Model(pairs, list(map(symbol, parameters)), list(map(symbol, data)))

    def function(self, depth: int, number: int, arguments: list | None) -> Callable:
        """A function with these arguments, if they are known, that is called on the other side."""
        if self.call is None:
            raise Refused("no function may pass here")
        number = whole(number)

        def caller(*args, **kwargs):
            return self.call(number, args, kwargs)

        signature = inspect.Signature([argument(*parts) for parts in (arguments or [])[:100]])
        # `inspect` looks for it there, and takes 0 for none
        caller.__signature__ = 0 if arguments is None else signature  # type: ignore[attr-defined]
        return caller

    def array(self, depth: int, shape: list, numbers: list, labels: list | None = None) -> np.ndarray:
        """An array of floats, with labels if it has some.

        Raises Refused for other entries, too many, or a negative shape.
        """
        if (
            len(numbers) > PARTS
            or not {float}.issuperset(map(type, numbers))
            or min(map(whole, shape), default=0) < 0
        ):
            raise Refused("no array of numbers, or one that is too long")
        array = np.array(numbers, dtype=float).reshape(shape)
        if not labels:
            return array
        labelled = array.view(Labelled)
        labelled.index = self.value(labels, depth)
        return labelled


def argument(name, kind, has_default) -> inspect.Parameter:
    """One argument of a signature. Raises Refused for a bad name."""
    default = None if has_default else inspect.Parameter.empty
    return inspect.Parameter(identifier(name), KINDS[whole(kind)], default=default)


def exactly(kind: type, most: int = 1) -> Callable:
    """A reader of what JSON has already made: of this type alone, and no longer than `most`."""

    def reader(decoder: Decoder, depth: int, data):
        if type(data) is not kind or (isinstance(data, str) and len(data) > most):
            raise Refused(f"no {kind.__name__}, or one that is too long")
        return data

    return reader


FLOAT = exactly(float)
READERS: dict[str, Callable] = {
    "None": lambda decoder, depth: None,
    "...": lambda decoder, depth: ...,
    "text": exactly(str, TEXT),
    "bool": exactly(bool),
    "int": lambda decoder, depth, number: whole(number),
    "float": FLOAT,
    "fraction": lambda decoder, depth, above, below: Fraction(whole(above), whole(below)),
    "complex": lambda decoder, depth, real, imag: complex(
        *map(FLOAT, 2 * [decoder], 2 * [depth], (real, imag))
    ),
    "array": Decoder.array,
    "list": Decoder.values,
    "tuple": lambda decoder, depth, parts: tuple(decoder.values(depth, parts)),
    "dict": Decoder.mapping,
    "formula": Decoder.formula,
    "model": Decoder.model,
    "function": Decoder.function,
    "foreign": lambda decoder, depth, name: foreign(name),
}
