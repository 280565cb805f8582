"""An explorer of activations: what a neuron makes of its start."""

from collections.abc import Mapping, Sequence

import ipywidgets as widgets
import numpy as np
import sympy as sp

from ..models.model import Model
from ..pictures.curves import NeuronPicture
from ..pictures.words import neuron_state
from .explorer import Explorer, slider
from .neuron import train_neuron
from .views import measured_fit

MEANING = {
    "blocked": "blocked: its slope is 0 on every day, so it cannot learn",
    "saturated": "saturated: its slope is nearly 0 on every day",
    "straight": "straight: its slope is the same on every day, so it draws a line",
    "bent": "bent: its slope differs from day to day",
}


def activation_explorer(
    models: Mapping[str, Model],
    start: Mapping[sp.Symbol, float],
    data: Mapping | Sequence,
    fit: tuple[sp.Symbol, sp.Symbol, sp.Symbol],
    neuron: tuple[sp.Symbol, sp.Symbol],
    weight: sp.Symbol,
    values: Sequence[float],
    learning_rate: float,
    steps: int,
    labels: tuple[str, str],
    shown: tuple[str, int],
) -> Explorer:
    """A neuron with one of several activations, trained from one of several start weights.

    models: by the activation's name; they differ in it alone. fit, labels: as for `learning_rate_explorer`.
    neuron: the symbols (z, h) of the neuron's equation.
    start: a number for each parameter, `weight` left out. values: the starts of `weight`.
    shown: the activation, and the index of the start weight, to begin with.
    Raises ValueError for bad start or data, naming the culprit.
    """
    begun, inputs = np.asarray(values, float), np.linspace(-4, 4, 161)
    trained = {
        name: train_neuron(
            model, {**start, weight: begun}, data, fit, neuron, weight, inputs, learning_rate, steps
        )
        for name, model in models.items()
    }
    some = next(iter(models.values()))
    measured, grid, _ = measured_fit(some, data, fit, np.zeros((len(some.parameters), 1)))
    picture = NeuronPicture(inputs, (measured, grid, labels))

    def show(name, index):
        run = trained[name]
        moved = f"in {steps} steps {weight} goes from {begun[index]:g} to {run.weight[index]:.3g}"
        ends = MEANING[neuron_state(run.slopes[index])]
        words = f"{name.capitalize()}: {moved}. The neuron ends {ends}. R² = {run.r_squared[index]:.3f}."
        picture.put(words, run.activation, run.slope, (run.z[index], run.h[index]), run.fit[index])
        return words

    names = widgets.Dropdown(
        description="activation",
        options=list(models),
        value=shown[0],
        layout={"width": "200px"},
        style={"description_width": "initial"},
    )
    weights = slider(f"start {weight}", [f"{value:g}" for value in begun], shown[1])
    return Explorer([names, weights], picture, show)
