"""Formulas from formulas, by SymPy alone.

functions      activations that know their own derivative: a new activation goes here
chain_rule     local derivatives, paths, gradients, the backward pass
matrix_rules   the same between matrices
names          what may be a name
given          what may be an expression: text is none
shapes         which matrices fit
order          the order in which people write sums and products
symbol_latex   and how they write symbols
"""

from .chain_rule import backward, expand, gradient, local, paths
from .functions import Activation, relu, sigmoid, step, tanh
from .matrix_rules import log_sum_exp, ones, reshaped

__all__ = [
    "Activation",
    "backward",
    "expand",
    "gradient",
    "local",
    "log_sum_exp",
    "ones",
    "paths",
    "relu",
    "reshaped",
    "sigmoid",
    "step",
    "tanh",
]
