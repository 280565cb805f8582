"""NumPy source from formulas, one line an equation.

inputs     values that somebody gives: ordered, as floats, finite
settings   single numbers that somebody gives
meanings   what the names in generated code mean
base       what training asks of a compiled model
lines      equations as the lines of a function
scalars    a model's loss and gradients, averaged over samples
loops      the same as a loop that numba compiles
arrays     an expression between matrices, as NumPy writes it
matrices   a matrix model's loss and gradients
"""

from .lines import evaluate, line_by_line
from .matrices import CompiledMatrices
from .scalars import Compiled

__all__ = ["Compiled", "CompiledMatrices", "evaluate", "line_by_line"]
