"""Calling a function that a learner wrote, whatever it does."""

import inspect
import io
import warnings
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from copy import deepcopy

import numpy as np

from .reading import UNANSWERED, Unreadable
from .verdict import Verdict

NOTHING = Verdict(False, "it returns nothing yet: end it with `return`.", slips=("unanswered",))


def call(function: Callable, given: Mapping):
    """What a function returns for those of the given values that it has arguments for, by name.

    It gets copies, so that it may change them. What it prints is dropped.
    Raises Unreadable if it is no function, asks for something else, fails or returns nothing.
    """
    if function is ...:
        raise Unreadable(UNANSWERED)
    if not callable(function):
        raise Unreadable(f"this should be a function, not {type(function).__name__}: leave out its brackets.")
    arguments = {name: deepcopy(given[name]) for name in wanted(function, given)}
    try:
        with redirect_stdout(io.StringIO()), warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            result = function(**arguments)
    except (Exception, SystemExit) as error:
        raise Unreadable(f"it fails with {type(error).__name__}: {error!s:.200}") from None
    if result is None or result is ...:
        raise Unreadable(NOTHING)
    return result


def wanted(function: Callable, given: Mapping) -> list[str]:
    """The names of the function's arguments. Raises Unreadable for one that is not given."""
    try:
        arguments = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        raise Unreadable("this should be a function that is written in Python.") from None
    names = []
    for argument in arguments:
        if argument.name in given and argument.kind is not argument.POSITIONAL_ONLY:
            names.append(argument.name)
        elif argument.default is argument.empty and argument.kind not in (
            argument.VAR_POSITIONAL,
            argument.VAR_KEYWORD,
        ):
            known = ", ".join(given)
            raise Unreadable(f"its argument {argument.name} is unknown here: it may ask for {known}.")
    return names


def as_numbers(result, shape: tuple, what: str) -> np.ndarray:
    """A result as an array of this shape. Raises Unreadable for anything else."""
    try:
        numbers = np.asarray(result, float)
    except Exception:  # SymPy's functions of arrays fail in many ways
        raise Unreadable(f"{what} should be numbers, not {result!r:.60}.") from None
    if numbers.shape != shape:
        raise Unreadable(f"{what} should have shape {shape}, not {numbers.shape}.")
    return numbers
