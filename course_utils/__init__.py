"""Gradient descent, derived: the library that the lessons import."""

from .checks import Verdict, check_choice, check_derivative, check_gradient, check_local, check_number
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
    "check_choice",
    "check_derivative",
    "check_gradient",
    "check_local",
    "check_number",
    "load_ipython_extension",
    "relu",
    "sigmoid",
    "step",
    "tanh",
    "train",
]
