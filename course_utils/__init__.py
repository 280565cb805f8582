"""Gradient descent, derived: the library that the lessons import."""

from .checks import (
    Verdict,
    check_backward,
    check_choice,
    check_derivative,
    check_forward,
    check_gradient,
    check_local,
    check_number,
    check_training,
    check_update,
)
from .checks.your_turn import check
from .compiled import Compiled
from .functions import Activation, relu, sigmoid, step, tanh
from .matrix_model import MatrixModel
from .model import Model
from .notation import load_ipython_extension
from .training import History, train
from .update_rules import Adam, GradientDescent, Momentum, RMSprop

__all__ = [
    "Activation",
    "Adam",
    "Compiled",
    "GradientDescent",
    "History",
    "MatrixModel",
    "Model",
    "Momentum",
    "RMSprop",
    "Verdict",
    "check",
    "check_backward",
    "check_choice",
    "check_derivative",
    "check_forward",
    "check_gradient",
    "check_local",
    "check_number",
    "check_training",
    "check_update",
    "load_ipython_extension",
    "relu",
    "sigmoid",
    "step",
    "tanh",
    "train",
]
