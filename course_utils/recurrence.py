"""One weight in many places: what each use of it adds to its gradient."""

from collections.abc import Mapping, Sequence

import numpy as np
import sympy as sp

from .compiled import in_order
from .model import Model


def untie(model: Model, weight: sp.Symbol) -> Model:
    """The model with a weight of its own in each equation that uses `weight`.

    The new weights come last among the parameters, in the order of the equations: for w in h1 and h2,
    w_h1 and w_h2. Raises ValueError if `weight` is no parameter of the model.
    """
    if weight not in model.parameters:
        raise ValueError(f"{weight} is no parameter of this model")
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
    values = dict(zip(model.parameters, in_order(parameters, model.parameters, "parameters"), strict=True))
    untied = untie(model, weight)
    _, gradients = untied.compile()([values.get(p, values[weight]) for p in untied.parameters], data)
    return np.array(gradients[len(model.parameters) - 1 :])


def fate(parts: np.ndarray) -> str:
    """What becomes of a gradient on its way back in time: "vanishing", "exploding" or "steady".

    parts: what each time step adds, as a multiple of what the newest adds.
    It explodes if one is above 10, vanishes if one is below 1/10, and is steady otherwise.
    """
    sizes = np.abs(parts)
    return "exploding" if np.max(sizes) > 10 else "vanishing" if np.min(sizes) < 0.1 else "steady"


def parts_of_gradient(
    model: Model,
    name: str,
    weight: sp.Symbol,
    by: sp.Symbol,
    parameters: Mapping,
    data: Mapping | Sequence,
) -> np.ndarray:
    """The size of what each time step adds to the gradient of `by`, as a multiple of the newest one's.

    parameters: a number for each, and for `weight` an array of shape (runs,). Returns shape (uses, runs).
    Raises ValueError where the newest step adds nothing, or no number, naming the model and the weight.
    """
    values = np.asarray(parameters[weight], float)
    with np.errstate(all="ignore"):
        added = gradient_by_time_step(model, by, {**parameters, weight: values}, data)
        parts = np.abs(added / added[-1])
    bad = ~np.all(np.isfinite(parts), axis=0)
    if bad.any():
        raise ValueError(f"{name}: with {weight} = {values[bad][0]:g} the newest step adds 0, or no number")
    return parts
