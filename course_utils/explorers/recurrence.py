"""An explorer of recurrent weights: what becomes of a gradient on its way back in time."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np
import sympy as sp

from ..language import refusal, say
from ..models.model import Model
from ..models.shared import gradient_by_time_step
from ..pictures.curves import MemoryPicture
from ..pictures.words import memory_result
from .controls import slider
from .explorer import Explorer
from .given import checked
from .task import varied


@checked
def recurrence_explorer(
    models: Mapping[str, Callable[[int], Model]],
    data: Callable[[int], Mapping | Sequence],
    parameters: Mapping[sp.Symbol, float | Sequence[float]],
    by: sp.Symbol,
    time_steps: Sequence[int],
    shown: tuple[int | None, int | None] = (None, None),
) -> Explorer:
    """How much each time step adds to a gradient, as a multiple of the newest, for each recurrent weight.

    models: by name, each made from its number of time steps; one curve each. data: likewise.
    parameters: a number for each, but for one weight a sequence of them: these are on the slider.
    by: the parameter whose gradient is taken apart, used once in each time step.
    shown: the indices of value and time steps to begin with; the middle ones unless told.
    There is room for the powers of the weight, from 1e-18 to 1e12.
    Raises ValueError where the newest step adds nothing, or no number, naming the model and the value: at
    once for the time steps to begin with, for others when they are to be shown.
    """
    weight = varied(parameters)
    values = np.asarray(parameters[weight], float)
    with np.errstate(over="ignore"):
        powers = np.abs(np.append(values, 1)) ** (max(time_steps) - 1)
    picture = MemoryPicture(list(models), (np.nanmin(powers), np.nanmax(powers)), max(time_steps), by)

    @cache  # a model of many steps takes long to derive: each when it is asked for
    def parts(name, steps):
        return parts_of_gradient(models[name](steps), name, weight, by, parameters, data(steps))

    def show(value_index, steps_index):
        steps = time_steps[steps_index]
        of_run = {name: parts(name, steps)[:, value_index] for name in models}
        words = say(
            "Recurrent weight {weight:g}, {steps} time steps. {told}",
            **{"weight": values[value_index], "steps": steps, "told": memory_result(of_run)},
        )
        picture.put(words, of_run)
        return words

    weights = slider(say("recurrent weight"), [f"{value:g}" for value in values], shown[0])
    return Explorer([weights, slider(say("time steps"), time_steps, shown[1])], picture, show)


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
        raise refusal(
            "{name}: with {weight} = {value:g} the newest step adds 0, or no number",
            name=name,
            weight=weight,
            value=values[bad][0],
        )
    return parts
