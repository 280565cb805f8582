"""An explorer of activations: what a neuron makes of its start."""

from collections.abc import Mapping
from functools import cache

import ipywidgets as widgets
import numpy as np
import sympy as sp

from ..language import later, say
from ..pictures.curves import NeuronPicture
from ..pictures.words import neuron_state
from .controls import slider
from .explorer import Explorer
from .given import checked
from .neuron import train_neuron
from .task import Fit, Task, varied

MEANING = {
    "blocked": later("blocked: its slope is 0 on every day, so its own weight and bias cannot learn"),
    "saturated": later("saturated: its slope is nearly 0 on every day"),
    "straight": later("straight: its slope is the same on every day, so it draws a sloping line"),
    "bent": later("bent: its slope differs from day to day"),
}


@checked
def activation_explorer(
    tasks: Mapping[str, Task],
    fit: Fit,
    neuron: tuple[sp.Symbol, sp.Symbol],
    learning_rate: float,
    shown: tuple[str, int],
) -> Explorer:
    """A neuron with one of several activations, trained from one of several start weights.

    tasks: by the activation's name; they differ in it alone. Their start has a number for each parameter,
        but for one weight a sequence of them: these are on the slider.
    neuron: the symbols (z, h) of the neuron's equation.
    shown: the activation, and the index of the start weight, to begin with.
    Raises ValueError for bad start or data, naming the culprit.
    """
    some = next(iter(tasks.values()))
    inputs = np.sort([*np.linspace(-5, 5, 201), 1e-9])  # with a place just right of 0, for the jump

    @cache  # each when it is asked for: together they take seconds
    def trained(name):
        return train_neuron(tasks[name], fit, neuron, inputs, learning_rate)

    weight, steps = varied(some.start), some.steps
    begun = np.asarray(some.start[weight], float)
    picture = NeuronPicture(inputs, fit.panel(some.model, some.data))

    def show(name, index):
        run = trained(name)
        words = say(
            "With {name}: in {steps} steps {weight} goes from {first:g} to {last:.3g}. "
            "The neuron ends {end}. R² = {r_squared:.3f}.",
            **{"name": name, "steps": steps, "weight": weight, "first": begun[index]},
            **{"last": run.weight[index], "end": say(MEANING[neuron_state(run.slopes[index])])},
            r_squared=run.r_squared[index],
        )
        picture.put(words, run.activation, run.slope, (run.z[index], run.h[index]), run.fit[index])
        return words

    names = widgets.Dropdown(
        description=say("activation"),
        options=list(tasks),
        value=shown[0],
        layout={"width": "200px"},
        style={"description_width": "initial"},
    )
    weights = slider(say("start {name}", name=weight), [f"{value:g}" for value in begun], shown[1])
    return Explorer([names, weights], picture, show)
