"""Gradient descent, derived: the library that the lessons import."""

from .checks import check_choice, check_derivative, check_gradient, check_number
from .compiled import Compiled
from .functions import Activation, relu, sigmoid, step, tanh
from .model import Model
from .notation import load_ipython_extension
from .training import History, train
from .update_rules import GradientDescent

__all__ = [
    "Activation",
    "Compiled",
    "GradientDescent",
    "History",
    "Model",
    "check_choice",
    "check_derivative",
    "check_gradient",
    "check_number",
    "load_ipython_extension",
    "relu",
    "sigmoid",
    "step",
    "tanh",
    "train",
]
