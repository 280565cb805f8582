"""What several test files share: the network of the lessons, its data, and independent ways to compute."""

import re
from functools import reduce
from operator import matmul, mul
from pathlib import Path

import numpy as np
import sympy as sp
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from course_utils import Activation, relu, sigmoid, step
from course_utils.derivation.functions import NUMPY_LACKS
from course_utils.derivation.matrix_rules import log_sum_exp, ones, reshaped

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


def sunflower_data():
    """Days, standardised, and mean heights in metres: two arrays of shape (12,)."""
    days, heights_cm = np.loadtxt(NOTEBOOKS / "data" / "sunflowers.csv", delimiter=",", unpack=True)
    return (days - days.mean()) / days.std(), heights_cm / 100


class stretch(Activation):
    """asinh(z), as a learner would define it. Its derivative is 1/cosh(h)."""

    @staticmethod
    def slope(output):
        return 1 / sp.cosh(output)

    @staticmethod
    def numpy(z):
        return np.arcsinh(z)


WRITTEN_OUT = {
    sigmoid: lambda z: 1 / (1 + sp.exp(-z)),
    relu: lambda z: sp.Max(z, 0),
    step: lambda z: sp.Piecewise((1, z > 0), (0, True)),
    stretch: sp.asinh,
}


# What lambdify has to be told.
NUMPY_FORMS = {one.__name__: one.numpy for one in (sigmoid, relu, step, stretch)} | NUMPY_LACKS


def plain(expression):
    """The expression without the library's functions, so that no derivative of the library's own is in it."""
    for function, formula in WRITTEN_OUT.items():
        expression = sp.sympify(expression).replace(function, formula)
    return expression


def central_differences(function, arrays, nudge=1e-5):
    """The gradients of a function of arrays (or numbers), by nudging each entry of each both ways."""
    arrays, gradients = [np.array(array, float) for array in arrays], []
    for array in arrays:
        gradient = np.empty(array.shape)
        for index in np.ndindex(array.shape):
            middle, ends = array[index], []
            for array[index] in (middle + nudge, middle - nudge):
                ends.append(function([each.copy() for each in arrays]))
            array[index] = middle
            gradient[index] = (ends[0] - ends[1]) / (2 * nudge)
        gradients.append(gradient)
    return gradients


def total(matrix):
    """The sum of all entries, of shape (1, 1)."""
    return ones(1, matrix.rows) * matrix * ones(matrix.cols, 1)


def in_numpy(function, array):
    """A function of one number, such as sp.Lambda(t, t/n) without unknowns, of each entry of an array."""
    entry = sp.Symbol("entry")
    return np.broadcast_to(sp.lambdify(entry, plain(function(entry)), "numpy")(array), array.shape)


def value_of(matrix, values, sizes=None, library=np, entrywise=in_numpy):
    """A matrix expression's value, part by part and each in full, in NumPy or PyTorch.

    values: {symbol: array}; sizes: {symbol in a shape: number}.
    """
    if isinstance(matrix, sp.MatrixSymbol):
        return values[matrix]
    number = {} if sizes is None else sizes
    shape = [int(sp.sympify(size).subs(number)) for size in matrix.shape]
    parts = [
        value_of(p, values, sizes, library, entrywise) for p in matrix.args if isinstance(p, sp.MatrixExpr)
    ]
    match matrix:
        case sp.OneMatrix():
            return library.ones(shape, dtype=library.float64)
        case sp.ZeroMatrix():
            return library.zeros(shape, dtype=library.float64)
        case sp.Identity():
            return library.eye(shape[0], dtype=library.float64)
        case sp.MatAdd():
            return sum(parts[1:], parts[0])
        case sp.MatMul():
            return float(matrix.as_coeff_matrices()[0].subs(number)) * reduce(matmul, parts)
        case sp.MatPow():
            return reduce(matmul, parts * int(matrix.exp))
        case sp.Transpose():
            return parts[0].T
        case sp.HadamardProduct():
            return reduce(mul, parts)
        case sp.HadamardPower():
            return parts[0] ** float(sp.sympify(matrix.exp).subs(number))
        case ElementwiseApplyFunction():
            return entrywise(lambda entry: matrix.function(entry).subs(number), parts[0])
        case log_sum_exp():
            return library.log(library.exp(parts[0]).sum(1)).reshape(shape)
        case reshaped():
            return parts[0].reshape(shape)
    raise TypeError(type(matrix))


FORMULA = re.compile(r"`([^`]+)`|= ([^=,;:·→]+)")
NUMBER = re.compile(r"(?<![\w.*])\d+(?:\.\d+)?(?:/\d+)?(?![\w*])")


def gives_away(note, answer, is_right):
    """Whether a hint holds the answer: as a word, as a number, or as an equal expression."""
    if isinstance(answer, str):
        return re.search(rf"(?i)(?<!\w){re.escape(answer)}(?!\w)", note.plain)
    for text in [*filter(None, sum(FORMULA.findall(note.plain), ())), *NUMBER.findall(note.plain)]:
        try:
            said = sp.sympify(text.strip(" ."), {"y_hat": sp.Symbol("y_hat"), "S": sp.Symbol("S")})
            if is_right(said) or (said.is_number and is_right(-said)):
                return text
        except (sp.SympifyError, AttributeError, SyntaxError, TypeError, ValueError):
            continue  # words, or the name of a function
    return False
