"""Reading a learner's answer: an expression that can be checked in bounded time, or a sentence."""

from collections.abc import Iterable, Mapping, Sized
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Real

import numpy as np
import sympy as sp

from ..derivation.functions import Activation
from ..derivation.given import some
from ..derivation.names import LONGEST
from ..language import later, refusal, say, say_count
from .parts import KNOWN, NUMBERS
from .values import LARGEST
from .verdict import Verdict, wrong

PARTS = 10_000  # the longest answer that is checked
DEPTH = 150  # and the deepest
COMPUTED = 1000  # the largest number that a function or a power is tried with
NESTED = 10  # functions in one another, in a question: SymPy needs minutes for the derivative of twenty

SIMPLE: dict = {bool | np.bool_: bool, str: str.__str__, complex: complex}
TOO_LONG = later("{name} has a number in it that is too long to check.")
TOO_DEEP = later("{name} is too deep to check. Leave the computed symbols in it, as the chain rule does.")
TOO_LARGE = later("{name} is too long to check. Leave the computed symbols in it, as the chain rule does.")
UNANSWERED = Verdict(
    False,
    "no answer yet. Put yours in place of the three dots, and run the cell again.",
    slips=("unanswered",),
)


class Unreadable(Exception):
    """What cannot be checked, with the verdict that says why."""

    def __init__(self, verdict: Verdict | str):
        self.verdict = wrong(verdict) if isinstance(verdict, str) else verdict


def read(answer, symbols: Iterable[sp.Symbol], name: str = "") -> sp.Expr:
    """The answer as an expression in symbols of these names, whatever their assumptions.

    Strings are not read, and nothing is evaluated. Raises Unreadable.
    """
    name = name or say("the answer")
    if answer is ...:
        raise Unreadable(UNANSWERED)
    if isinstance(answer, str):
        raise Unreadable(say("leave out the quotation marks, so that the answer is a SymPy expression."))
    answer = as_expression(answer, name)
    if strangers := check_parts(answer, name) - {symbol.name for symbol in symbols}:
        raise Unreadable(say("this question has no {names}.", names=some(sorted(strangers))))
    return answer


def asked(expression, name: str) -> sp.Expr:
    """An expression that a question is about. Raises ValueError for anything else, text too."""
    try:
        expression = as_expression(expression, name)
        check_parts(expression, name)
    except Unreadable as unreadable:
        raise ValueError(unreadable.verdict.message) from None
    if any(map(is_unfinished, sp.preorder_traversal(expression))):
        raise refusal("{name} has an operation of numbers in it that was not computed", name=name)
    if nesting(expression) > NESTED:
        raise refusal(
            "{name} has more than {most} functions in one another: give what is inside a name",
            name=name,
            most=NESTED,
        )
    return expression


def is_unfinished(part: sp.Basic) -> bool:
    """Whether it is an operation of numbers that SymPy would compute, and trips over where nobody did."""
    if not part.args or not all(a.is_Number or a.is_NumberSymbol for a in part.args):
        return False
    large = any(a.is_Number and abs(a) > COMPUTED for a in part.args)  # it might fill the memory
    return (large and not (part.is_Add or part.is_Mul)) or part.func(*part.args) != part


def nesting(expression: sp.Expr) -> int:
    """How many functions stand in one another."""
    most, waiting = 0, [(expression, 0)]
    while waiting:
        part, outside = waiting.pop()
        depth = outside + isinstance(part, sp.Function)
        most = max(most, depth)
        waiting += ((argument, depth) for argument in part.args)
    return most


def as_expression(thing, name: str) -> sp.Expr:
    """A number as SymPy's, an expression as it is. Raises Unreadable for anything else."""
    thing = single(thing)
    if is_number(thing):
        return as_number(thing, name)
    if isinstance(thing, sp.Xor):
        raise Unreadable(say("a power is written with two stars, such as x**2, and not with ^."))
    if not isinstance(thing, sp.Expr) or isinstance(thing, sp.MatrixExpr | sp.MatrixBase):
        raise Unreadable(
            say("{name} should be a SymPy expression, not {thing}.", name=name, thing=brief(thing))
        )
    return thing


def is_number(thing) -> bool:
    """Whether it is a real number of Python's, NumPy's or of another kind, and no formula."""
    no_number = bool | np.bool_ | np.timedelta64 | sp.Basic
    return isinstance(thing, Real | Decimal) and not isinstance(thing, no_number)


def entries_of(thing) -> np.ndarray:
    """What NumPy reads in an array, a table, a tensor, a list or a number. What is masked is nan."""
    return np.asarray(thing.filled(np.nan) if isinstance(thing, np.ma.MaskedArray) else thing)


def are_numbers(entries: np.ndarray) -> bool:
    """Whether all entries of an array are real numbers."""
    if entries.dtype.kind == "O":
        return all(isinstance(entry, Real | Decimal) for entry in entries.flat)
    return entries.dtype.kind in "biuf"


def single(thing):
    """What an array without dimensions holds, whoever made it; anything else as it is."""
    if is_number(thing) or isinstance(thing, sp.Basic | str | bytes):
        return thing
    try:
        entries = entries_of(thing)
        return thing if entries.ndim or entries.dtype.kind in "mM" else entries.item()
    except (Exception, SystemExit):  # an object of any kind decides by itself how it becomes an array
        return thing


def as_number(number: Real | Decimal, name: str) -> sp.Number:
    """Exact for whole numbers, fractions and decimals. What it says of itself to SymPy is not asked for."""
    try:
        if isinstance(number, Integral):
            return sp.Integer(int(number))
        if isinstance(number, Decimal) and abs(number.adjusted()) > LARGEST:
            raise Unreadable(say(TOO_LONG, name=name))
        if isinstance(number, Fraction | Decimal) and number == number:
            return sp.Rational(*number.as_integer_ratio())
        return sp.Float(float(number))
    except (Unreadable, MemoryError):
        raise
    except Exception:  # a number of a kind of its own may do anything
        raise Unreadable(say("{name} should be a number that SymPy knows.", name=name)) from None


def kind(thing) -> str:
    """What sort of thing was given: the name of its class, cut to 60 letters."""
    return f"{type(thing).__name__:.60}"


def brief(thing) -> str:
    """What something looks like, in at most 60 characters. Where that may take for ever, its kind.

    Of what came out of a sandbox, which knows fewer kinds, the same is said.
    """
    thing = single(thing)
    if thing is None:
        return "None"
    try:
        for kinds, simple in SIMPLE.items():
            if isinstance(thing, kinds):
                return f"{simple(thing)!r:.60}"
        if is_number(thing):
            return f"{int(thing) if isinstance(thing, Integral) else float(thing)!r:.60}"
        if isinstance(thing, Mapping):
            return say("a dictionary")
        if not isinstance(thing, type) and (isinstance(thing, Sized) or not isinstance(thing, sp.Basic)):
            entries = len(thing) if isinstance(thing, list | tuple) else len(entries_of(thing))
            return say_count("a list of {count} entry", "a list of {count} entries", entries)
    except (Exception, SystemExit):  # it has no length, or decides by itself what it is
        pass
    is_function = callable(thing) and not isinstance(thing, sp.Basic)
    return say("a function") if is_function else say("an object of type {kind}", kind=kind(thing))


def check_parts(answer: sp.Expr, name: str) -> set[str]:
    """The names in an expression. Raises Unreadable if it is too long, too deep or of unknown parts."""
    names, waiting, parts = set(), [(answer, 1)], 0
    while waiting:
        part, depth = waiting.pop()
        parts += 1
        if parts > PARTS or depth > DEPTH:
            raise Unreadable(say(TOO_DEEP if depth > DEPTH else TOO_LARGE, name=name))
        if type(part) in (sp.Symbol, sp.Dummy) and type(part.name) is str:
            names.add(part.name)
            if len(part.name) > LONGEST:
                raise Unreadable(
                    say(
                        "a name in {name} is too long: look at {names}...", name=name, names=some([part.name])
                    )
                )
        elif type(part) in NUMBERS:
            check_number_part(part, name)
        elif not (type(part) in KNOWN or issubclass(type(part), Activation)):
            raise Unreadable(
                say("{kind} cannot be checked here: write {name} without it.", kind=kind(part), name=name)
            )
        waiting += ((argument, depth + 1) for argument in part.args)
    return names


def check_number_part(number: sp.Number, name: str) -> None:
    """Raise Unreadable, naming the answer, for a number that is not finite or has too many digits."""
    if not number.is_finite:
        raise Unreadable(say("{name} should be finite, not {number}.", name=name, number=number))
    _, _, exponent, bits = number._mpf_ if number.is_Float else (0, 0, 0, 0)
    if abs(exponent + bits) > LARGEST or bits > LARGEST:
        raise Unreadable(say(TOO_LONG, name=name))
    if number.is_Rational and max(int(number.p).bit_length(), int(number.q).bit_length()) > LARGEST:
        raise Unreadable(say(TOO_LONG, name=name))
