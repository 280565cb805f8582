"""One weight in many places: what each use of it adds to its gradient."""

from collections.abc import Mapping, Sequence

import numpy as np
import sympy as sp

from ..compiled.inputs import in_order
from ..compiled.scalars import Compiled
from ..derivation.given import brief
from ..language import refusal
from .model import Model, check_model


def untie(model: Model, weight: sp.Symbol) -> Model:
    """The model with a weight of its own in each equation that uses `weight`.

    The new weights come last among the parameters, in the order of the equations: for w in h1 and h2,
    w_h1 and w_h2. Raises ValueError if `weight` is no parameter of the model.
    """
    check_model(model)
    if not isinstance(weight, sp.Symbol) or weight not in model.parameters:
        raise refusal("{weight} is no parameter of this model", weight=brief(weight))
    own = {
        symbol: sp.Symbol(f"{weight}_{symbol}")
        for symbol, expression in model.equations.items()
        if weight in expression.free_symbols
    }
    equations = {
        symbol: expression.xreplace({weight: own.get(symbol, weight)})
        for symbol, expression in model.equations.items()
    }
    others = [parameter for parameter in model.parameters if parameter != weight]
    return Model(equations, [*others, *own.values()], model.data)


def gradient_by_time_step(
    model: Model, weight: sp.Symbol, parameters: Mapping | Sequence, data: Mapping | Sequence
) -> np.ndarray:
    """What each use of a shared weight adds to its gradient: their sum is the gradient.

    parameters: a number for each, or arrays of one shape (runs, ...); data: as for `Compiled`.
    Returns shape (uses, runs, ...), in the order of the equations: the first time step first.
    """
    untied = untie(model, weight)
    values = dict(zip(model.parameters, in_order(parameters, model.parameters, "parameters"), strict=True))
    own = untied.parameters[len(model.parameters) - 1 :]
    compiled = Compiled(untied.equations, untied.parameters, untied.data, wrt=own)
    places = [values.get(p, values[weight]) for p in untied.parameters]
    _, gradients = compiled(places, compiled.check_data(data))
    return np.array(gradients)
