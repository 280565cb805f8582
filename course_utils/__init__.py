"""Gradient descent, derived: the library that the lessons import.

Data flows down this list, and each package may use those above it, no other:

derivation   formulas from formulas, by SymPy
compiled     NumPy source from formulas
models       what a learner writes down
training     update rules, and the loops that use them
pictures     LaTeX, plots, graphs, words
explorers    sliders, and what moves under them
checks       from an answer to a verdict (uses the first four)
grading      submissions in, scores out (uses checks, pictures, and the first four)
"""

import gc

from threadpoolctl import threadpool_limits

from .checks import (
    Verdict,
    check,
    check_backward,
    check_choice,
    check_derivative,
    check_forward,
    check_gradient,
    check_local,
    check_number,
    check_training,
    check_update,
    hint,
    hints,
    progress,
    solution,
    unreadable,
    verdict,
)
from .compiled import Compiled
from .derivation import Activation, relu, sigmoid, step, tanh
from .files import data_file
from .models import MatrixModel, Model
from .training import Adam, GradientDescent, History, Momentum, RMSprop, train

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
    "data_file",
    "hint",
    "load_ipython_extension",
    "progress",
    "relu",
    "sigmoid",
    "solution",
    "step",
    "tanh",
    "train",
]


def load_ipython_extension(ipython) -> None:
    """`%load_ext course_utils` shows formulas, verdicts and what errors mean, and knows `hint`."""
    from . import pictures  # matplotlib, which not everybody needs

    pictures.load_ipython_extension(ipython)
    ipython.events.register("pre_run_cell", pictures.cover)
    verdict.load_ipython_extension(ipython)
    unreadable.load_ipython_extension(ipython)
    hints.load_ipython_extension(ipython)
    threadpool_limits(1, user_api="blas")  # matrices as small as the lessons': threads only wait
    if not gc.get_freeze_count():
        gc.freeze()  # what is imported stays: looking through all of it for garbage stops a slider for 0.1 s
