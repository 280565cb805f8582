"""Activation functions that know their own derivative.

Each derivative is a formula of the function's *output*: the sigmoid's is h*(1 - h).
The backward pass already holds h, so it need not compute the function again,
and h*(1 - h) stays finite where the raw derivative overflows.
"""

import math
from collections.abc import Callable
from functools import cache

import numpy as np
import sympy as sp

from ..language import refusal, say
from .given import as_expression, brief

__all__ = ["Activation", "relu", "sigmoid", "step", "tanh"]


LARGEST_EXPONENT = np.array(700.0)  # exp(710) would overflow


class Activation(sp.Function):
    """A function of one argument, with its derivative and its NumPy form.

    A subclass defines two static methods:
    `slope(output)`, the derivative as an expression of the function's own value, and
    `numpy(z)`, the function of an array of any shape. Where that cannot take a single number,
    the numba engine needs a third: `scalar(z)`.
    """

    nargs = 1

    def __new__(cls, *arguments, **options):
        """Apply it to one expression or number. Raises ValueError for anything else, such as text."""
        name = say("the argument of {function}", function=cls.__name__)
        arguments = (z if isinstance(z, sp.Expr) else as_expression(z, name) for z in arguments)
        return super().__new__(cls, *arguments, **options)

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """Its derivative, for SymPy. Raises ValueError where the subclass defines no slope."""
        name = type(self).__name__
        if not hasattr(self, "slope"):
            raise refusal(
                "{name} has no slope: define slope(output), its derivative as an expression of its value",
                name=name,
            )
        try:
            slope = self.slope(self)
        except Exception as error:  # it is anybody's
            raise refusal(
                "the slope of {name} fails with {kind}: {error!s:.200}",
                name=name,
                kind=type(error).__name__,
                error=error,
            ) from error
        return as_expression(slope, say("the slope of {name}", name=name))

    def _eval_evalf(self, precision):
        z = self.args[0].evalf()
        return sp.Float(float(self.numpy(float(z)))) if z.is_Float else None


class sigmoid(Activation):
    """σ(z) = 1/(1 + exp(-z)), between 0 and 1. Its derivative is h*(1 - h) where h = σ(z)."""

    @staticmethod
    def slope(output):
        """h*(1 - h) of its own value h."""
        return output * (1 - output)

    @staticmethod
    def numpy(z):
        """Of arrays; large arguments are cut off, so that exp does not overflow."""
        return np.reciprocal(1 + np.exp(np.minimum(-z, LARGEST_EXPONENT)))  # exactly 1 where 1 - h is lost

    def _eval_rewrite_as_exp(self, z, **kwargs):
        return 1 / (1 + sp.exp(-z))

    def _eval_evalf(self, precision):
        return self.rewrite(sp.exp)._eval_evalf(precision)

    def _latex(self, printer, exp=None):
        power = f"^{{{exp}}}" if exp else ""
        return rf"\sigma{power}\left({printer.doprint(self.args[0])}\right)"


class step(Activation):
    """1 where z > 0, else 0. Flat on both sides of the jump, so its derivative is 0."""

    @staticmethod
    def slope(output):
        """0: it is flat on both sides of the jump."""
        return 0

    @staticmethod
    def numpy(z):
        """Of arrays, which need no comparison and no second array."""
        steps = np.ceil(z)  # nan stays nan
        return np.clip(steps, 0, 1, out=steps if isinstance(steps, np.ndarray) else None)  # in place: faster

    @staticmethod
    def scalar(z):
        """Of one number, in operations that numba compiles."""
        return np.sign(np.maximum(z, 0))

    def _eval_rewrite_as_Piecewise(self, z, **kwargs):
        return sp.Piecewise((1, z > 0), (0, True))

    def _eval_evalf(self, precision):
        return self.rewrite(sp.Piecewise)._eval_evalf(precision)


class relu(Activation):
    """max(0, z), the rectified linear unit. Its derivative is step(h): 1 where h > 0, else 0."""

    @staticmethod
    def slope(output):
        """step(h) of its own value h."""
        return step(output)

    @staticmethod
    def numpy(z):
        """Of arrays: the larger of each entry and 0."""
        return np.maximum(z, 0)

    def _eval_rewrite_as_Piecewise(self, z, **kwargs):
        return sp.Piecewise((z, z > 0), (0, True))

    def _eval_evalf(self, precision):
        return self.rewrite(sp.Piecewise)._eval_evalf(precision)


OWN = {sigmoid, step, relu}


@cache
def numpy_form(activation: type[Activation]) -> Callable:
    """Its values, at a copy of an array. Raises ValueError naming it if it gives anything else."""
    if activation in OWN:  # known, and as quick as can be
        return activation.numpy
    looked_at = False

    def called() -> str:
        return say("numpy of the activation {name}", name=activation.__name__)

    def at(z) -> np.ndarray:
        try:
            result = np.asarray(given := activation.numpy(np.array(z)))
        except Exception as error:
            raise refusal(
                "{name} fails with {error:.200}", name=called(), error=f"{type(error).__name__}: {error}"
            ) from error
        if result.dtype.kind not in "biufc" or result.shape != np.shape(z):
            wrong = say("shape {shape}", shape=result.shape) if result.dtype.kind in "biufc" else brief(given)
            raise refusal(
                "{name} should give numbers of its argument's shape {shape}, not {wrong}",
                name=called(),
                shape=np.shape(z),
                wrong=wrong,
            )
        return result + 0.0  # of truth values too

    def values(z) -> np.ndarray:
        nonlocal looked_at
        result = at(z)
        if not looked_at and result.size > 1:
            looked_at = bool(np.allclose(at(np.ravel(z)[:1]), result.ravel()[:1], rtol=1e-6, equal_nan=True))
            if not looked_at:
                raise refusal(
                    "{name} gives a number another value beside others: take each by itself", name=called()
                )
        return result

    return values


tanh = sp.tanh  # SymPy's own derivative is already 1 - tanh(z)**2, a formula of the output


NUMPY_LACKS = {  # SciPy has the first few, and faster
    "erf": np.vectorize(math.erf, otypes=[float]),
    "erfc": np.vectorize(math.erfc, otypes=[float]),
    "gamma": np.vectorize(math.gamma, otypes=[float]),
    "loggamma": np.vectorize(math.lgamma, otypes=[float]),
    "gammaln": np.vectorize(math.lgamma, otypes=[float]),
    "DiracDelta": lambda z, order=0: np.zeros_like(z, float),  # flat on both sides of a jump, as `step`
}
