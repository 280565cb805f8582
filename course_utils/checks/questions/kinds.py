"""The kinds of questions that a lesson asks."""

from functools import partial

from ..simple import check_choice, check_number
from ..symbols import check_derivative, check_gradient


def number(expected, slips: dict[float, str], tolerance: float = 1e-6):
    return partial(check_number, expected=expected, slips=slips, tolerance=tolerance)


def derivative(expression, wrt):
    return partial(check_derivative, expression, wrt)


def gradient(model, parameter):
    return partial(check_gradient, model, parameter)


def choice(correct: str, **hints: str):
    return partial(check_choice, choices=hints, correct=correct)
