"""Calling a function that a learner wrote, whatever it does."""

import dis
import inspect
import io
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from copy import deepcopy
from itertools import pairwise

import numpy as np
import sympy as sp

from ..derivation.functions import Activation
from ..derivation.given import some
from ..language import enumerated, known, say, sentences
from .answers import UNANSWERED, Unreadable, are_numbers, brief, entries_of, kind
from .budget import TooSlow, patience
from .unreadable import sentence
from .verdict import Verdict

SECONDS = 3.0  # for all calls of a function that one verdict needs
FEW_SECONDS = 1.0  # and for some more of one that was right so far
MOST = 10**6  # numbers that are taken
LOADED = "LOAD_GLOBAL", "LOAD_DEREF", "LOAD_NAME"  # what comes from outside of a function

NOTHING = Verdict(False, "it returns nothing yet: end it with `return`.", slips=("unanswered",))


def call(function: Callable, given: Mapping, handed: Callable[[Mapping], object] = dict):
    """What a function returns for those of the given values that it has arguments for, by name.

    It gets copies, so that it may change them, and so does `handed`. What it prints is dropped.
    Raises Unreadable if it is no function, asks for something else, fails or returns nothing.
    """
    if function is ...:
        raise Unreadable(UNANSWERED)
    if not callable(function) or isinstance(function, sp.Basic):
        raise Unreadable(
            say(
                "this should be a function, not {function}: write its name alone, without brackets.",
                function=brief(function),
            )
        )
    by_place, by_name = wanted(function, given)
    asked = {name: given[name] for name in (*by_place, *by_name)}
    copies = {name: v if isinstance(v, float) else deepcopy(v) for name, v in asked.items()}
    handed(copies)
    places, names = [copies[name] for name in by_place], {name: copies[name] for name in by_name}
    try:
        with silence():
            result = called_by(function, places, names)
    except (KeyboardInterrupt, TooSlow):
        raise
    except BaseException as error:
        zeros = enumerated(
            f"{name} = 0" for name, value in given.items() if np.ndim(value) == 0 and value == 0
        )
        why, (said, explained) = "", described(error)
        if zeros and isinstance(error, ZeroDivisionError):
            why = say("It was tried with {zeros}.", zeros=zeros)
        elif isinstance(error, AssertionError):
            why = say("An `assert` says what is always so, and here it was not: many numbers are tried.")
        elif not explained and kind(error) not in ("NameError", "IndexError"):
            why = formulas_in(function)
        raise Unreadable(sentences(say("it fails with {said}", said=said), why)) from None
    if result is None or result is ...:
        raise Unreadable(NOTHING)
    return result


def changed_by(function: Callable, given: Mapping) -> str:
    """The sentence about arguments that a function changes, though whoever calls it may need them again."""
    copies: dict = {}
    try:
        with patience(FEW_SECONDS):
            call(function, given, copies.update)
            changed = [name for name, copy in copies.items() if is_changed(copy, given[name])]
    except (Unreadable, TooSlow):
        return ""
    text = "It changes {names} itself: work on a copy, others may need it."
    return say(text, names=enumerated(f"`{name}`" for name in changed)) if changed else ""


def is_changed(copy, value) -> bool:
    """Whether a copy holds other numbers than before: an array's, or those in a mapping."""
    try:
        if isinstance(value, Mapping):
            return copy.keys() != value.keys() or any(is_changed(copy[name], value[name]) for name in value)
        return not np.array_equal(copy, value, equal_nan=True)
    except Exception:  # what a function puts into a mapping may be an object of any kind
        return True


def called_by(function: Callable, places: list, names: dict):
    """What it returns. One that takes any names may hand them on to another that takes only some of them."""
    while True:
        try:
            return function(*places, **names)
        except Exception as error:  # from the sandbox comes one that is only called so
            told = str(error) if kind(error) == "TypeError" else ""
            refused = re.search(r"got an unexpected keyword argument '(\w+)'", told)
            if not (refused and refused[1] in names and takes_any_name(function)):
                raise
            del names[refused[1]]


def takes_any_name(function: Callable) -> bool:
    """Whether it has an argument such as **values."""
    return any(each.kind is each.VAR_KEYWORD for each in inspect.signature(function).parameters.values())


def call_each(
    function: Callable, given: Iterable[Mapping], read: Callable, seconds: float | None = None
) -> list:
    """What is read from the results of a function, called with each of these: see `call`.

    Raises Unreadable if all together take too long, SECONDS of computing unless told.
    """
    try:
        with patience(seconds or SECONDS):
            return [read(call(function, values)) for values in given]
    except TooSlow:
        raise Unreadable(say("it takes too long. Does something in it never end?")) from None


@contextmanager
def silence() -> Iterator[None]:
    """Nothing is printed and nobody is warned."""
    heard = io.StringIO()
    with redirect_stdout(heard), redirect_stderr(heard), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with np.errstate(all="ignore"):
            yield


def described(error: BaseException) -> tuple[str, bool]:
    """An error's type, what it says if it says something, and what to write instead; is that known?"""
    said = sentence(error)
    try:
        text = f"{kind(error)}: {error!s:.200}".removesuffix(": ")
        end = "" if text.endswith((".", "!", "?")) else "."
        return sentences(text + end, say("In short: {said}", said=known(said)) if said else ""), bool(said)
    except Exception:
        return f"{kind(error)}.", False


def wanted(function: Callable, given: Mapping) -> tuple[list[str], list[str]]:
    """The names of the function's arguments, by place and by name. Raises Unreadable for one not given.

    A function that takes any names (**values) gets all.
    """
    try:
        written = as_written(function)
        arguments = [] if made_of_nothing(written) else inspect.signature(written).parameters.values()
    except Exception:  # an object of any kind may say that it can be called
        raise Unreadable(say("this should be a function that is written in Python.")) from None
    by_place, by_name = [], []
    for argument in arguments:
        if argument.kind is argument.VAR_KEYWORD:
            by_name = [name for name in given if name not in by_place]
        elif argument.kind is argument.VAR_POSITIONAL:
            continue
        elif argument.name in given:
            (by_place if argument.kind is argument.POSITIONAL_ONLY else by_name).append(argument.name)
        elif argument.default is argument.empty:
            known = some(given, most=30)
            raise Unreadable(
                say(
                    "its argument {name:.40} is unknown here: it may ask for {known}.",
                    name=argument.name,
                    known=known,
                )
            )
    return by_place, by_name


def needed(function: Callable) -> set[str]:
    """The names of the arguments without which it cannot be called, of a function that was called before."""
    arguments = inspect.signature(as_written(function)).parameters.values()
    various = inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD
    return {each.name for each in arguments if each.default is each.empty and each.kind not in various}


def as_written(function: Callable) -> Callable:
    """The function that a learner wrote inside of NumPy's vectorize, or inside of what says what it wraps."""
    return inspect.unwrap(function.pyfunc if isinstance(function, np.vectorize) else function)


def made_of_nothing(function: Callable) -> bool:
    """Whether it is a class that takes no arguments: inspect would compile what C says of that."""
    if not isinstance(function, type) or type(function) is not type:
        return False
    return not any(map(inspect.isfunction, (function.__init__, function.__new__)))  # type: ignore[misc]


def outside(function: Callable, but: str = "") -> dict[str, object]:
    """What a function uses of what was defined outside of it, by name.

    but: an attribute; what is used for it alone is left out.
    """
    try:
        written = as_written(function)
        found = inspect.getclosurevars(written)
        code = [*dis.get_instructions(written)]
    except Exception:  # as above
        return {}
    loaded = {  # and not the tanh of np.tanh, as `inspect` does
        one.argval
        for one, after in pairwise(code)
        if one.opname in LOADED and not (but and after.argval == but)
    }
    return {name: thing for name, thing in {**found.globals, **found.nonlocals}.items() if name in loaded}


def formulas_in(function: Callable) -> str:
    """The sentence about SymPy's things that a function works with, where it should have numbers."""
    for name, thing in outside(function, but="numpy").items():
        if isinstance(thing, sp.Symbol):
            return say("Here {name:.40} is a symbol: compute its number inside the function.", name=name)
        if isinstance(thing, type) and issubclass(thing, Activation):
            return say("With numbers write {name:.40}.numpy: {name:.40} itself is for formulas.", name=name)
        if isinstance(thing, type) and issubclass(thing, sp.Function):
            return say(
                "With numbers write np.{name:.40}: {name:.40} is SymPy's here, for formulas.", name=name
            )
        if thing is sp:
            return say("With numbers use NumPy: {name:.40} is SymPy, for formulas.", name=name)
    return ""


def as_numbers(result, shape: tuple, what: str, wanted: str = "") -> np.ndarray:
    """A result as an array of this shape. Raises Unreadable for another. wanted: the shape, in words."""
    numbers = as_array(result, what)
    if numbers.shape != shape:
        raise Unreadable(
            say(
                "{what} should be {wanted}, not {given}.",
                what=what,
                wanted=wanted or in_words(shape),
                given=in_words(numbers.shape),
            )
        )
    return numbers


def in_words(shape: tuple) -> str:
    """What an array of this shape is."""
    if not shape:
        return say("one number")
    if len(shape) == 1:
        return (
            say("a list with one number in it") if shape == (1,) else say("{count} numbers", count=shape[0])
        )
    return say("a table of {shape} numbers", shape=say(" by ").join(map(str, shape)))


def as_array(result, what: str) -> np.ndarray:
    """A result as an array of real numbers. Raises Unreadable if it is none, or far too large."""
    size = 0
    try:
        numbers = entries_of(None if isinstance(result, str | bytes) else result)
        size = numbers.size
        if size <= MOST and are_numbers(numbers):
            return numbers.astype(float)
        formulas = [part for part in numbers.flat[:MOST] if isinstance(part, sp.Basic)]
        left, formula = [symbol for part in formulas for symbol in part.free_symbols], bool(formulas)
    except Exception:  # an object of any kind decides by itself how it becomes an array
        left, formula = [], False
    if left:
        name = f"{min(left, key=str)!s:.40}"
        raise Unreadable(
            say(
                "the symbol {name} is still in {what}: compute its number inside the function.",
                name=name,
                what=what,
            )
        )
    if formula:
        raise Unreadable(
            say(
                "{what} should be numbers, and it is a formula: with numbers use NumPy, not SymPy.", what=what
            )
        )
    given = say("{size} of them", size=size) if size > MOST else brief(result)
    raise Unreadable(say("{what} should be numbers, not {given}.", what=what, given=given))
