"""The chain rule for equations between matrices: one equation a layer, whatever its width.

The adjoint of a matrix E holds the derivative of the loss with respect to each entry of E.
Pair the two, s = trace(adjoint.T * E): nudge a symbol in E, and the loss changes by as much as s.
That gives each kind of expression one rule for handing its adjoint on to its parts
(Giles, Collected matrix derivative results for forward and reverse mode algorithmic differentiation, 2008).

The loss is a matrix of shape (1, 1). Sums are products with `ones`: ones(1, n)*A adds the rows of A.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import singledispatch

import sympy as sp
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.hadamard import hadamard_power

from ..language import refusal
from .chain_rule import derivative, downstream, loss_of

MatrixEquations = dict[sp.MatrixSymbol, sp.MatrixExpr]
Parts = Iterator[tuple[sp.MatrixSymbol, sp.MatrixExpr]]

ones = sp.OneMatrix


class log_sum_exp(sp.MatrixExpr):
    """log(exp(z1) + ... + exp(zk)) of each row: shape (rows, k) becomes (rows, 1).

    Its derivative is the softmax, exp(z - s) where s is the function's own value.
    """

    shape = property(lambda self: (self.args[0].rows, sp.S.One))


class reshaped(sp.MatrixExpr):
    """reshaped(A, rows, cols): the entries of A, read row by row, in another shape."""

    shape = property(lambda self: self.args[1:])


def hadamard(*matrices: sp.MatrixExpr) -> sp.MatrixExpr:
    """The product entry by entry, numbers in front. SymPy leaves ones out."""
    scales, factors = zip(*(matrix.as_coeff_mmul() for matrix in matrices), strict=True)
    return sp.Mul(*scales) * sp.HadamardProduct(*(factor.doit() for factor in factors)).doit()


def as_product(power: sp.MatPow) -> sp.MatMul:
    """A*A for A**2. Raises ValueError for an exponent that is no positive whole number."""
    if not (power.exp.is_Integer and power.exp > 0):
        raise refusal("no rule for {power}: its exponent is no positive whole number", power=power)
    return sp.MatMul(*[power.base] * int(power.exp), evaluate=False)


def refuse_matrices_in(number: sp.Basic, expression: sp.MatrixExpr) -> None:
    """Raise ValueError where a number is made of a matrix, such as A[0, 0] or its trace."""
    if number.has(sp.MatrixSymbol):
        raise refusal(
            "no rule for {expression}: {number} is made of a matrix", expression=expression, number=number
        )


@singledispatch
def hand_on(expression: sp.MatrixExpr, adjoint: sp.MatrixExpr, value: sp.MatrixExpr) -> Parts:
    """Yield (symbol, contribution to its adjoint) for each occurrence of a symbol in the expression.

    value: what the expression's own value is called.
    Raises ValueError for a kind of expression that has no rule.
    """
    raise refusal(
        "no rule for {name}, in {expression}", name=type(expression).__name__, expression=expression
    )


@hand_on.register
def _(symbol: sp.MatrixSymbol, adjoint, value):
    yield symbol, adjoint


@hand_on.register(sp.OneMatrix)
@hand_on.register(sp.Identity)
@hand_on.register(sp.ZeroMatrix)
def _(constant, adjoint, value):
    yield from ()


@hand_on.register
def _(total: sp.MatAdd, adjoint, value):
    for term in total.args:
        yield from hand_on(term, adjoint, term)


@hand_on.register
def _(product: sp.MatMul, adjoint, value):
    scale, factors = product.as_coeff_matrices()
    refuse_matrices_in(scale, product)
    for place, factor in enumerate(factors):
        before, after = sp.MatMul(*factors[:place]), sp.MatMul(*factors[place + 1 :])
        yield from hand_on(factor, (scale * before.T * adjoint * after.T).doit(), factor)


@hand_on.register
def _(power: sp.MatPow, adjoint, value):
    yield from hand_on(as_product(power), adjoint, value)


hand_on.register(sp.Inverse, hand_on.dispatch(object))  # a MatPow to SymPy, but no product


@hand_on.register
def _(transposed: sp.Transpose, adjoint, value):
    yield from hand_on(transposed.arg, adjoint.T, transposed.arg)


@hand_on.register
def _(product: sp.HadamardProduct, adjoint, value):
    for place, factor in enumerate(product.args):
        others = product.args[:place] + product.args[place + 1 :]
        yield from hand_on(factor, hadamard(adjoint, *others), factor)


@hand_on.register
def _(power: sp.HadamardPower, adjoint, value):
    base, exponent = power.args
    refuse_matrices_in(exponent, power)
    slope = exponent * hadamard_power(base, exponent - 1)
    yield from hand_on(base, hadamard(slope, adjoint), base)


@hand_on.register
def _(applied: ElementwiseApplyFunction, adjoint, value):
    entry, output = sp.Dummy("z"), sp.Dummy("h")
    refuse_matrices_in(applied.function(entry), applied)
    slope = derivative(applied.function(entry), entry)
    by_output = slope.xreplace({applied.function(entry): output})  # as in chain_rule.local
    if by_output.has(entry):
        slopes = applied.expr.applyfunc(sp.Lambda(entry, slope))
    else:
        slopes = value.applyfunc(sp.Lambda(output, by_output))
    yield from hand_on(applied.expr, hadamard(slopes, adjoint), applied.expr)


@hand_on.register
def _(total: log_sum_exp, adjoint, value):
    row = ones(1, total.args[0].cols)
    softmax = (total.args[0] - value * row).applyfunc(sp.exp)
    yield from hand_on(total.args[0], hadamard((adjoint * row).doit(), softmax), total.args[0])


@hand_on.register
def _(same: reshaped, adjoint, value):
    matrix = same.args[0]
    yield from hand_on(matrix, reshaped(adjoint, *matrix.shape), matrix)


def backward(
    equations: MatrixEquations, parameters: Iterable[sp.MatrixSymbol]
) -> dict[sp.MatrixSymbol, tuple[sp.MatrixSymbol, sp.MatrixExpr]]:
    """The backward pass: {symbol: (dL_dsymbol, expression)} in the order of computation.

    As chain_rule.backward: one sweep from the loss to the parameters, every adjoint used by those after it.
    """
    parameters = list(parameters)
    loss, on_the_way = loss_of(equations), downstream(equations, parameters)
    arriving, passes = defaultdict(list, {loss: [ones(1, 1)]}), {}

    def receive(symbol):
        total = sp.MatAdd(*arriving[symbol]).doit()
        if symbol not in parameters and isinstance(total.as_coeff_mmul()[1].doit(), ones | sp.Identity):
            return total  # a number, the same for all entries, needs no name
        adjoint = sp.MatrixSymbol(f"d{loss}_d{symbol}", *symbol.shape)
        passes[symbol] = adjoint, total
        return adjoint

    for of, expression in reversed(equations.items()):
        if of in arriving:
            adjoint = ones(1, 1) if of == loss else receive(of)
            for symbol, part in hand_on(expression, adjoint, of):
                if symbol in on_the_way:
                    arriving[symbol].append(part)
    for parameter in parameters:
        receive(parameter)
    return passes
