"""From gradients to a trained model.

update_rules   how a parameter moves, as equations: a new rule goes here
loop           train, and train_in_batches
sweep          many runs at once, and the loss over a grid
whole_runs     the same runs in machine code, by numba
curvature      the Hessian, and the largest stable learning rate
trace          one round, symbol by symbol
sentences      an equation in names and in numbers
"""

from .curvature import curvature, hessian, largest_stable_learning_rate
from .loop import History, train, train_in_batches
from .sweep import loss_grid, sweep
from .trace import moments
from .update_rules import (
    Adam,
    GradientDescent,
    Momentum,
    RMSprop,
    UpdateRule,
    beta1,
    beta2,
    decay,
    epsilon,
    gradient,
    learning_rate,
    mean,
    momentum,
    parameter,
    square,
    velocity,
)

__all__ = [
    "Adam",
    "GradientDescent",
    "History",
    "Momentum",
    "RMSprop",
    "UpdateRule",
    "beta1",
    "beta2",
    "curvature",
    "decay",
    "epsilon",
    "gradient",
    "hessian",
    "largest_stable_learning_rate",
    "learning_rate",
    "loss_grid",
    "mean",
    "moments",
    "momentum",
    "parameter",
    "square",
    "sweep",
    "train",
    "train_in_batches",
    "velocity",
]
