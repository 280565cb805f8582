"""What a problem set gives a notebook, and whether its names still stand for that."""

import builtins
import pickle
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import mpmath
import numpy as np
from sympy.core.parameters import global_parameters

from ..models import MatrixModel, Model


class Skeleton:
    """Names that a set's own cells bound, among all `names` of a notebook.

    whole: whether all of those cells ran, as they are in the set.
    """

    def __init__(self, names: dict):
        self.names, self.whole = names, True
        self.given: dict[str, tuple] = {}
        self.settings = settings()

    @contextmanager
    def watched(self, role: str) -> Iterator[None]:
        """Remember what a cell binds that runs meanwhile, if the set gave it: see Worker.run."""
        before = dict(self.names)
        yield
        if role:
            self.whole &= role == "given"
            bound = {n: v for n, v in self.names.items() if v is not before.get(n) and not n.startswith("_")}
            self.given |= {name: mark(value) for name, value in bound.items()}
            self.settings = settings()

    def as_given(self) -> bool:
        """Whether each name still stands for what the set gave it, and Python computes as it did."""
        return (
            self.whole
            and self.settings == settings()
            and all(name in self.names and mark(self.names[name]) == m for name, m in self.given.items())
        )


def settings() -> tuple:
    """What a cell may set for all that is computed after it, and Python's own functions."""
    own = {name: id(value) for name, value in vars(builtins).items() if name != "_"}
    computing = np.geterr(), mpmath.mp.prec, global_parameters.evaluate, sys.getrecursionlimit()
    return own, computing, tuple(warnings.filters)


def mark(value) -> tuple:
    """What tells a value from others, and from itself once it was changed in place.

    Two marks of one value may differ. Then a check runs once more than it has to.
    """
    if isinstance(value, np.ndarray | list | dict):
        return id(value), contents(value)
    if isinstance(value, Model | MatrixModel):
        return id(value), *((id(symbol), id(equation)) for symbol, equation in value.equations.items())
    return (id(value),)


def contents(value) -> bytes | None:
    """What is in an array, a list or a dict; None if Python cannot write it down."""
    try:
        return pickle.dumps(value)
    except Exception:  # an object decides by itself what it becomes
        return None
