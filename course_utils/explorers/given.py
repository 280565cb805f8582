"""What somebody gives an explorer: taken for what it is, or refused by name before anything is computed."""

from collections.abc import Callable, Mapping
from functools import wraps
from inspect import signature

import numpy as np

from ..compiled.settings import number
from ..derivation.given import brief, listed
from ..language import later, refusal
from ..pictures.given import array
from .task import Fit, Task


def instance(kind: type) -> Callable:
    """A check for an object of this kind."""

    def check(value, name: str) -> None:
        if not isinstance(value, kind):
            raise refusal(
                "{name} should be a {kind}, not {value}", name=name, kind=kind.__name__, value=brief(value)
            )

    return check


def by_label(kind: type) -> Callable:
    """A check for objects of this kind by what they are called."""

    def check(value, name: str) -> None:
        named = isinstance(value, Mapping) and all(isinstance(label, str) for label in value)
        if not (named and value and all(isinstance(one, kind) for one in value.values())):
            raise refusal(
                "{name} should be a mapping from texts, one or more, not {value}",
                name=name,
                value=brief(value),
            )

    return check


def two_ranges(value, name: str) -> None:
    """Raise ValueError for anything but two pairs; loss_grid looks at their numbers."""
    if len(pairs := listed(value, name, later("two ranges"))) != 2 or any(
        len(listed(p, name)) != 2 for p in pairs
    ):
        raise refusal(
            "{name} should be two pairs (lowest, highest), not {value}", name=name, value=brief(value)
        )


def two(value, name: str) -> None:
    """Raise ValueError for anything but a list of two."""
    if len(listed(value, name, later("two"))) != 2:
        raise refusal("{name} should be two, not {value}", name=name, value=brief(value))


def ends(value, name: str) -> None:
    """Raise ValueError for anything but two finite numbers."""
    if len(numbers := array(value, name)) != 2 or not np.isfinite(numbers).all():
        raise refusal("{name} should be two finite numbers, not {value}", name=name, value=brief(value))


CHECKS: dict[str, Callable] = {
    "task": instance(Task),
    "tasks": by_label(Task),
    "fit": instance(Fit),
    "rules": by_label(object),
    "ranges": two_ranges,
    "learning_rates": array,
    "betas": array,
    "scores": array,
    "ends": ends,
    "neuron": two,
    "level": number,
    "limit": number,
}


def checked(explorer: Callable) -> Callable:
    """The explorer, for arguments that are what their names say; one that is left out may stay so.

    Raises ValueError, by its name, for another.
    """
    asked = signature(explorer)

    @wraps(explorer)
    def made(*args, **kwargs):
        for name, value in asked.bind(*args, **kwargs).arguments.items():
            if name in CHECKS and not (value is None and asked.parameters[name].default is None):
                CHECKS[name](value, name)
        return explorer(*args, **kwargs)

    return made
