"""A submission's own activation, as data: its derivative is a formula, its values are asked for.

The class that it wrote stays in the sandbox. The one that is made here in its stead knows the derivative as a
formula of INPUT and OUTPUT, the value as a formula of INPUT where there is one, and its NumPy form as a
function that is called there, with numbers.
"""

import builtins
from collections.abc import Callable

import numpy as np
import sympy as sp

from ..checks.calls import as_numbers
from ..checks.parts import BY_NAME
from ..checks.values import formula
from ..compiled.lines import CodePrinter
from ..derivation.functions import Activation
from .formulas import INPUT, OUTPUT, FormulaReader, FormulaWriter, Refused, identifier, whole

MOST = 20  # of one message
TAKEN = {*BY_NAME, *dir(np), *dir(builtins), *(name.removeprefix("_print_") for name in dir(CodePrinter))}


class Defined:
    """An activation by its formulas: `derivative` of INPUT and OUTPUT, and `value` of INPUT, or None."""

    derivative, value = sp.S.Zero, None
    args: tuple  # of the Activation that it is mixed with

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """Its derivative, from the formula that came with it."""
        return self.derivative.xreplace({INPUT: self.args[0], OUTPUT: self})

    def _eval_rewrite_as_exp(self, z, **kwargs):
        return self.value and self.value.xreplace({INPUT: z})


def written(activation: type[Activation], writer: FormulaWriter, register: Callable | None) -> list:
    """[name, derivative, value or None, number of the NumPy form]. Raises Refused if it lacks one."""
    name, output = activation.__name__, activation(INPUT)
    if register is None or len(writer.own) > MOST:
        raise Refused("no activation of one's own may pass here, or there are too many")
    try:
        derivative = output.diff(INPUT).xreplace({output: OUTPUT})
        number = register(activation.numpy)
    except (AttributeError, TypeError, ValueError) as error:
        raise Refused(f"the activation {name:.60} cannot be used: {error!s:.200}") from None
    value = formula(activation, INPUT)  # type: ignore[arg-type]  # a class can be hashed
    return [name, writer.formula(derivative), None if value is None else writer.formula(value), number]


def read(definitions: list, formulas: FormulaReader, call: Callable | None) -> None:
    """Let `formulas` know the activations that are defined here. Raises Refused."""
    if call is None or not 0 < len(definitions) <= MOST:
        raise Refused("no activation of one's own may pass here, or there are too many")
    names = set(TAKEN)
    for name, _, _, number in definitions:
        name = identifier(name)
        while name in names:
            name += "_"
        names.add(name)
        formulas.own.append(
            type(name, (Defined, Activation), {"numpy": staticmethod(values_of(name, number, call))})
        )
    for activation, (_, derivative, value, _) in zip(formulas.own, definitions, strict=True):
        activation.derivative = formulas.number(derivative, "a slope")
        activation.value = None if value is None else formulas.number(value, "a value")


def values_of(name: str, number: int, call: Callable) -> Callable:
    """The NumPy form: it raises ValueError whatever goes wrong on the other side."""
    number = whole(number)

    def numpy(z):
        try:
            return as_numbers(call(number, (z,), {}), np.shape(z), f"a value of {name}")
        except Exception as error:
            raise ValueError(f"{name} fails with {type(error).__name__}: {error!s:.200}") from None

    return numpy
