"""A formula as nested lists, and back: built from a closed table, part by part, and nothing evaluated.

A part is [name, arguments...]. An activation of the submission's own has a number in place of a name.
"""

from collections.abc import Callable
from keyword import iskeyword
from unicodedata import normalize

import sympy as sp
from sympy.functions.elementary.piecewise import ExprCondPair

from ..checks.answers import asked
from ..checks.parts import BY_NAME, CONSTANT_NAMES, CONSTANTS, OPERATIONS, RATIONALS, Operation, kind_of
from ..derivation.functions import Activation

PARTS = 30_000  # of one message
DEPTH = 160  # of one formula
BITS = 14_000  # of one whole number
LARGEST_EXPONENT = 100_000  # of a float, to the base 2
LETTERS = 100  # of one name
CONDITIONS = 50  # joined by one And or Or

INPUT, OUTPUT = sp.Dummy("input"), sp.Dummy("output")  # of an activation, where it is defined
PLACES = {"(input)": INPUT, "(output)": OUTPUT}


class Refused(ValueError):
    """A message that no honest partner sends, or one that is too long."""


class Unknown(Exception):
    """A formula has a part that no check knows, such as a Derivative or an f(x). It says the part's name."""


class FormulaWriter:
    """Writes formulas. own: the submission's activations that occurred, in the order of their numbers."""

    def __init__(self):
        self.own, self.left = [], PARTS

    def formula(self, part: sp.Basic, depth: int = DEPTH) -> list:
        """Raises Refused for what is too long or too deep."""
        self.left -= 1
        if not self.left or not depth:
            raise Refused(f"a formula is too {'deep' if self.left else 'long'}")
        if type(part) in (sp.Symbol, sp.Dummy):
            return [f"({part.name})"] if part in (INPUT, OUTPUT) else ["Symbol", part.name]
        kind = type(part)
        if kind in RATIONALS:
            return ["Rational", whole(int(part.p)), whole(int(part.q))]
        if kind is sp.Float:
            return ["Float", *map(int, part._mpf_[:3]), part._prec]
        name = CONSTANT_NAMES.get(kind) or (kind.__name__ if kind in OPERATIONS else self.other(kind))
        return [name, *(self.formula(argument, depth - 1) for argument in part.args)]

    def other(self, kind: type) -> int | str:
        """What stands for a class outside the table: an activation's number, or a name in brackets."""
        if not issubclass(kind, Activation):
            return f"({kind.__name__})"  # not what the table has of this name
        if kind not in self.own:
            self.own.append(kind)
        return self.own.index(kind)


class FormulaReader:
    """Reads formulas. own: the activations of the message, by number."""

    def __init__(self):
        self.own, self.left = [], PARTS

    def count(self) -> None:
        """Take one more part into account. Raises Refused when there are too many."""
        self.left -= 1
        if self.left < 0:
            raise Refused("a value has too many parts")

    def formula(self, data: list, depth: int = DEPTH) -> sp.Basic:
        """Raises Unknown, or Refused."""
        self.count()
        if not depth:
            raise Refused("a formula is too deep")
        if type(data) is not list or not data:
            raise Refused("no formula")
        name, *arguments = data
        if type(name) is str and name in LEAVES:
            return only_formula(LEAVES[name](*arguments))
        function, operation = self.operation(name)
        parts = [self.formula(argument, depth - 1) for argument in arguments]
        if not operation.accepts([kind_of(part) for part in parts]):
            raise Refused(f"{name} cannot be of these arguments")
        return BUILT.get(function, function)(*parts, evaluate=False)

    def operation(self, name) -> tuple[type, Operation]:
        """What a name or a number stands for, and what arguments it takes. Raises Unknown, or Refused."""
        if type(name) is int and 0 <= name < len(self.own):
            return self.own[name], Operation()
        if type(name) is not str:
            raise Refused("no formula")
        if name not in BY_NAME:
            raise Unknown(name.strip("()"))
        return BY_NAME[name], OPERATIONS[BY_NAME[name]]

    def number(self, data: list, name: str) -> sp.Expr:
        """A formula to go on computing with: a number, all of whose parts are known. Raises ValueError."""
        try:
            formula = self.formula(data)
        except Unknown as unknown:
            raise Refused(f"{unknown!s:.60} cannot be checked here") from None
        return asked(formula, name)


def only_formula(part) -> sp.Basic:
    """The part, if SymPy has nothing to read in it: it would take a text for code. Raises Refused."""
    if not isinstance(part, sp.Basic):
        raise Refused("no formula")
    return part


def whole(number) -> int:
    """The number, if it is an int not too long. Raises Refused for anything else."""
    if type(number) is not int or number.bit_length() > BITS:
        raise Refused("no whole number, or one that is too long")
    return number


def identifier(name) -> str:
    """A name, written as Python reads it. Raises Refused for anything else."""
    if type(name) is not str or len(name) > LETTERS:
        raise Refused("no name, or one that is too long")
    name = normalize("NFKC", name)
    if not name.isidentifier() or iskeyword(name):
        raise Refused(f"{name!r} cannot be a name")
    return name


def symbol(name) -> sp.Symbol:
    """A symbol of this name. Raises Refused for what cannot be a name."""
    return sp.Symbol(identifier(name))


def rational(numerator, denominator) -> sp.Rational:
    """A fraction of two whole numbers. Raises Refused for a denominator below 1."""
    if whole(denominator) < 1:
        raise Refused("no fraction")
    return sp.Rational(whole(numerator), denominator)


def floating(sign, mantissa, exponent, precision) -> sp.Float:
    """A float from the parts that mpmath makes of one. Raises Refused for what is none."""
    numbers = [whole(number) for number in (sign, mantissa, exponent, precision)]
    if sign not in (0, 1) or mantissa < 0 or abs(exponent) > LARGEST_EXPONENT or not 0 < precision <= BITS:
        raise Refused("no float")
    if not mantissa:
        return sp.Float(0.0, precision=precision)  # from parts it would be the Integer 0
    return sp.Float(tuple(numbers[:3]), precision=precision)


def case(number: sp.Expr, condition: sp.Basic, evaluate: bool) -> ExprCondPair:
    """A branch of a Piecewise with its condition. Raises Refused for a condition that has cases itself."""
    if condition.has(sp.Piecewise):
        raise Refused("a condition has cases")  # SymPy writes none, and would rewrite them
    return ExprCondPair(number, condition)


def cases(*pairs: ExprCondPair, evaluate: bool) -> sp.Basic:
    """A Piecewise of such branches. Raises Refused if none can ever hold."""
    if all(pair.cond == sp.false for pair in pairs):
        raise Refused("no case holds")
    return sp.Piecewise(*pairs, evaluate=False)


def conditions(function: type) -> Callable:
    """And or Or, which SymPy compares with one another, even here."""

    def built(*parts: sp.Basic, evaluate: bool) -> sp.Basic:
        if len(parts) > CONDITIONS:
            raise Refused("too many conditions in one")
        return function(*parts, evaluate=False)

    return built


def alone(constant: sp.Basic) -> Callable:
    """A constant's reader, which takes no arguments: whatever stood behind its name would get through."""

    def leaf() -> sp.Basic:
        return constant

    return leaf


# Everything else builds itself
BUILT: dict[type, Callable] = {ExprCondPair: case, sp.Piecewise: cases}
BUILT |= {joint: conditions(joint) for joint in (sp.And, sp.Or)}

LEAVES: dict[str, Callable] = {"Symbol": symbol, "Rational": rational, "Float": floating}
LEAVES |= {name: alone(constant) for name, constant in (CONSTANTS | PLACES).items()}
