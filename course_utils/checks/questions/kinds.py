"""The kinds of questions that a lesson asks."""

from functools import partial

from ..simple import check_choice, check_number
from ..symbols import check_derivative, check_gradient


def number(expected, slips: dict[float, str], tolerance: float = 1e-6):
    """The check of a number, as a function of the answer. slips: {a wrong number: its hint}."""
    return partial(check_number, expected=expected, slips=slips, tolerance=tolerance)


def derivative(expression, wrt):
    """The check of an expression's derivative, as a function of the answer."""
    return partial(check_derivative, expression, wrt)


def gradient(model, parameter):
    """The check of ∂loss/∂parameter of a model, as a function of the answer."""
    return partial(check_gradient, model, parameter)


def choice(correct: str, **hints: str):
    """The check of one word among the names in hints, which hold what to say to each."""
    return partial(check_choice, choices=hints, correct=correct)
