"""What may pass between a sandbox and an examination: numbers, text, formulas, models, calls of functions.

Both sides know this module, and neither believes the other. `decode` builds nothing but the kinds that stand
in a table here; it evaluates nothing, imports nothing, and reads no source.
"""

import inspect
from collections.abc import Callable, Mapping
from keyword import iskeyword
from types import FunctionType, MethodType

import numpy as np
import sympy as sp
from sympy.functions.elementary.piecewise import ExprCondPair

from ..checks.values import exact
from ..derivation.functions import Activation
from ..models.model import Model

PARTS = 30_000  # of one value
DIGITS = 5_000  # of one integer, and characters of one text: 20 times as many

CONSTANTS = {"pi": sp.pi, "E": sp.E, "I": sp.I, "true": sp.true, "false": sp.false}
CONSTANTS |= {"nan": sp.nan, "oo": sp.oo, "-oo": -sp.oo, "zoo": sp.zoo}
KINDS = [getattr(inspect.Parameter, name) for name in ("POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD")]
KINDS += [getattr(inspect.Parameter, name) for name in ("VAR_POSITIONAL", "KEYWORD_ONLY", "VAR_KEYWORD")]


class Refused(ValueError):
    """A message that no honest partner sends, or one that is too long."""


class Foreign:
    """Stands for a value that may not pass. The name of its class is all that is left of it."""


def foreign(name: str) -> Foreign:
    safe = name if isinstance(name, str) and name.isidentifier() and len(name) < 60 else "object"
    return type(safe, (Foreign,), {})()


def encode(value, register: Callable[[Callable], int] | None = None):
    """A value as JSON data. `register` keeps a function and returns the number that it is called by."""
    if value is None or value is ...:
        return [{None: "None", ...: "..."}[value]]
    if isinstance(value, str):
        return ["text", str(value)[: 20 * DIGITS]]
    if isinstance(value, bool | np.bool_):
        return ["bool", bool(value)]
    if isinstance(value, int | np.integer):
        return ["int", hex(int(value))]
    if isinstance(value, float | np.floating):
        return ["float", float(value).hex()]
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf" and value.size <= PARTS:
        return ["array", list(value.shape), [float(number).hex() for number in value.flat]]
    if isinstance(value, list | tuple):
        return [type(value).__mro__[-2].__name__, [encode(part, register) for part in value]]
    if isinstance(value, Mapping):
        return ["dict", [[encode(k, register), encode(v, register)] for k, v in value.items()]]
    if isinstance(value, sp.Basic) and not isinstance(value, type):
        return ["formula", encode_formula(value)]
    if isinstance(value, Model):
        parts = value.equations, list(value.parameters), list(value.data)
        return ["model", *(encode(part) for part in parts)]
    if register and isinstance(value, FunctionType | MethodType):
        return ["function", register(value), arguments_of(value)]
    return ["foreign", type(value).__name__]


def arguments_of(function: Callable) -> list:
    arguments = inspect.signature(function).parameters.values()
    return [[a.name, KINDS.index(a.kind), a.default is not a.empty] for a in arguments]


def encode_formula(formula: sp.Basic) -> list:
    """A formula as nested lists. Raises Refused for what is too long."""
    left = iter(range(PARTS))

    def parts(part):
        if next(left, None) is None:
            raise Refused("a formula is too long")
        if isinstance(part, sp.Symbol):
            return ["Symbol", part.name]
        if part.is_Float:
            return ["Float", str(part), part._prec]
        if part.is_Rational:
            return ["Rational", hex(part.p), hex(part.q)]
        constant = next((name for name, value in CONSTANTS.items() if part == value), None)
        return [constant or type(part).__name__, *map(parts, part.args)]

    return parts(formula)


class Decoder:
    """Reads data of `encode`. Functions become calls through `call(number, args, kwargs)`."""

    def __init__(self, call: Callable | None = None):
        self.call, self.left = call, PARTS

    def decode(self, data):
        """The value. Raises Refused for anything that `encode` does not write."""
        self.left = PARTS
        try:
            return self.value(data)
        except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
            raise Refused(f"not a value: {type(error).__name__}") from None

    def count(self):
        self.left -= 1
        if self.left < 0:
            raise Refused("a value has too many parts")

    def value(self, data):
        self.count()
        kind, *rest = data
        return READERS[kind](self, *rest)

    def formula(self, data) -> sp.Basic:
        self.count()
        if not isinstance(data, list):
            raise Refused("no formula")
        name, *arguments = data
        if name == "Symbol":
            return sp.Symbol(text(*arguments))
        if name == "Float":
            number, precision = arguments
            return sp.Float(text(number), precision=min(int(precision), 10_000))
        if name == "Rational":
            return sp.Rational(*map(integer, arguments))
        if name in CONSTANTS:
            return CONSTANTS[name]
        function, arguments = functions()[name], [self.formula(argument) for argument in arguments]
        if function is ExprCondPair:
            return function(*arguments)
        return function(*arguments, evaluate=False)

    def formula_or_foreign(self, data):
        """A formula, or what stands for one with a part that no check knows (a Derivative, an f(x))."""
        try:
            return self.formula(data)
        except KeyError as unknown:
            return foreign(unknown.args[0])

    def function(self, number: int, arguments: list):
        if self.call is None:
            raise Refused("no function may pass here")

        def caller(*args, **kwargs):
            return self.call(number, args, kwargs)

        parameters = [
            inspect.Parameter(
                identifier(name), KINDS[kind], default=None if has_default else inspect.Parameter.empty
            )
            for name, kind, has_default in arguments[:100]
        ]
        caller.__signature__ = inspect.Signature(parameters)
        return caller


def functions() -> dict[str, type]:
    """What a formula may be made of, by name: the operations that the checks know, and all activations."""

    def family(activation):
        return [activation, *(heir for child in activation.__subclasses__() for heir in family(child))]

    return {
        function.__name__: function
        for function in (*exact.operations, sp.Piecewise, ExprCondPair, *family(Activation)[1:])
    }


def integer(digits: str) -> int:
    if len(digits) > DIGITS:
        raise Refused("a number is too long")
    return int(digits, 16)


def text(characters: str) -> str:
    if not isinstance(characters, str) or len(characters) > 20 * DIGITS:
        raise Refused("no text, or one that is too long")
    return characters


def identifier(name: str) -> str:
    if not text(name).isidentifier() or iskeyword(name):
        raise Refused("no name")
    return name


def array(decoder: Decoder, shape: list, numbers: list) -> np.ndarray:
    if len(numbers) > PARTS:
        raise Refused("an array is too long")
    return np.array([float.fromhex(number) for number in numbers]).reshape([int(n) for n in shape])


READERS = {
    "None": lambda decoder: None,
    "...": lambda decoder: ...,
    "text": lambda decoder, data: text(data),
    "bool": lambda decoder, data: data is True,
    "int": lambda decoder, data: integer(data),
    "float": lambda decoder, data: float.fromhex(data),
    "array": array,
    "list": lambda decoder, parts: [decoder.value(part) for part in parts],
    "tuple": lambda decoder, parts: tuple(decoder.value(part) for part in parts),
    "dict": lambda decoder, parts: {decoder.value(key): decoder.value(part) for key, part in parts},
    "formula": Decoder.formula_or_foreign,
    "model": lambda decoder, *parts: Model(*map(decoder.value, parts)),
    "function": Decoder.function,
    "foreign": lambda decoder, name: foreign(name),
}
