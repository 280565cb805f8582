"""Explorers of knobs: all of a model turned by hand, or one of them moved by one step."""

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import sympy as sp

from ..compiled.inputs import in_order
from ..language import enumerated, refusal, say, sentences
from ..pictures.arithmetic import step_result
from ..pictures.knobs import KnobPicture, StepPicture
from ..pictures.latex import latex
from .controls import slider
from .explorer import Explorer
from .given import checked
from .surface import ceiling
from .task import Fit, Task


@checked
def knob_explorer(task: Task, fit: Fit, knobs: Mapping[sp.Symbol, Sequence[float]]) -> Explorer:
    """A slider for each parameter: the fit beside the data, the loss, and the best loss so far.

    task: its start is where the sliders begin, each at the nearest of its values; its steps are not used.
    knobs: for each parameter the values on its slider.
    There are too many settings to draw each beforehand: each move is drawn when it is made.
    Raises ValueError for bad start, data or knobs, naming the culprit.
    """
    model, compiled = task.model, task.model.compile()
    data, start = compiled.check_data(task.data), in_order(task.start, model.parameters, "start")
    values = [np.asarray(one, float) for one in in_order(knobs, model.parameters, "knobs")]

    def loss_at(setting):
        return float(compiled(setting, data)[0])

    worst = max(loss_at(corner) for corner in product(*((one[0], one[-1]) for one in values)))
    best, best_setting = np.inf, ()
    picture = KnobPicture(fit.panel(model, task.data), loss_at(start) / 1000, ceiling(worst) / 10)

    def told(setting):
        return enumerated(
            f"{name} = {value:g}" for name, value in zip(model.parameters, setting, strict=True)
        )

    def show(*indices):
        nonlocal best, best_setting
        setting = [of_knob[index] for of_knob, index in zip(values, indices, strict=True)]
        loss = loss_at(setting)
        if loss < best:
            best, best_setting = loss, setting
        held_against = say("No loss so far is lower.")
        if f"{loss:.3g}" != f"{best:.3g}":
            held_against = say(
                "The best so far is {best:.3g}, at {setting}.", best=best, setting=told(best_setting)
            )
        words = sentences(
            say("{setting}: the loss is {loss:.3g}.", setting=told(setting), loss=loss), held_against
        )
        curve = fit.curves(model, task.data, np.reshape(setting, (-1, 1)))[0]
        picture.put(words, curve, loss, best)
        return words

    sliders = [
        slider(str(name), [f"{value:g}" for value in of_knob], int(np.argmin(np.abs(of_knob - begun))))
        for name, of_knob, begun in zip(model.parameters, values, start, strict=True)
    ]
    return Explorer(sliders, picture, show, ahead=False)


@checked
def step_explorer(
    task: Task,
    knob: sp.Symbol,
    learning_rates: Sequence[float],
    ends: tuple[float, float],
    shown: int | None = None,
) -> Explorer:
    """The loss over one parameter, and one step of gradient descent: what its slope promises, where it lands.

    task: its start is where the step begins; the other parameters stay there. Its steps are not used.
    knob: the parameter. ends: the range of its values to draw.
    shown: the index of the learning rate to begin with; the middle one unless told.
    Raises ValueError for bad start, data or knob, naming the culprit.
    """
    model, compiled = task.model, task.model.compile()
    data, start = compiled.check_data(task.data), in_order(task.start, model.parameters, "start")
    if knob not in model.parameters:
        raise refusal("knob should be a parameter of the model, not {knob}", knob=knob)
    place = model.parameters.index(knob)

    def losses_at(values):
        return compiled([*start[:place], np.asarray(values, float), *start[place + 1 :]], data)[0]

    before, gradients = compiled([np.float64(value) for value in start], data)
    begun, slope = (float(start[place]), float(before)), float(gradients[place])
    values = np.linspace(*ends, 201)
    lowest = begun[1] - max(learning_rates) * slope**2
    picture = StepPicture(values, losses_at(values), f"${latex(knob)}$", begun, slope, lowest)
    landings = begun[0] - np.asarray(learning_rates, float) * slope
    losses = losses_at(landings)

    def show(index):
        rate, landing, loss = learning_rates[index], landings[index], losses[index]
        words = step_result(str(knob), rate, begun, slope, loss)
        if not ends[0] <= landing <= ends[1]:
            words = sentences(words, say("That is outside the picture."))
        picture.put(words, landing, begun[1] - rate * slope**2, loss)
        return words

    return Explorer(
        [slider(say("learning rate"), [f"{rate:.3g}" for rate in learning_rates], shown)], picture, show
    )
