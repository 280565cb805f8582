"""Explorers: a slider, a picture, and what it shows in words. Wiring only.

What they show is computed beforehand by functions of the other modules, so a move only looks it up.
"""

from collections.abc import Callable, Mapping, Sequence
from html import escape

import ipywidgets as widgets
import matplotlib as mpl
import numpy as np
import sympy as sp

from .compiled import in_order
from .figures import RunPicture
from .model import Model
from .notation import latex
from .pictures import SERIES, STYLE, LivePicture
from .recurrence import fate, gradient_by_time_step
from .stability import regime, settled, sweep
from .training import train
from .update_rules import UpdateRule


class Explorer(widgets.VBox):
    """A slider over `options` above a picture and a sentence.

    show: called with the option's index at every move; returns the sentence, and leaves the
        picture as it should be.
    Where no kernel runs, the picture at the start stands in, with its words.
    """

    def __init__(self, label: str, options: Sequence, picture: LivePicture, show: Callable, start: int):
        self.picture, self._show = picture, show
        self.slider = widgets.SelectionSlider(
            description=label,
            options=[(str(option), index) for index, option in enumerate(options)],
            value=start,
            layout={"width": "min(100%, 640px)"},
            style={"description_width": "initial"},
        )
        self.image = widgets.Image(format="png", layout={"max_width": "100%", "align_self": "flex-start"})
        self.words = widgets.HTML()
        self.slider.observe(self._move, names="value")
        super().__init__([self.slider, self.image, self.words])
        self._move()

    def _move(self, change=None) -> None:
        sentence = self._show(self.slider.value)
        self.image.value = self.picture.frame()
        self.words.value = f'<p role="status">{escape(sentence)}</p>'

    def _repr_mimebundle_(self, **kwargs):
        still, metadata = self.picture._repr_mimebundle_()
        return super()._repr_mimebundle_(**kwargs) | still, metadata


def learning_rate_explorer(
    model: Model,
    start: Mapping | Sequence,
    data: Mapping | Sequence,
    fit: tuple[sp.Symbol, sp.Symbol, sp.Symbol],
    learning_rates: Sequence[float],
    steps: int,
    labels: tuple[str, str],
    ranges: tuple[tuple[float, float], tuple[float, float]] | None = None,
    limit: float | None = None,
    shown: int | None = None,
) -> Explorer:
    """One run for each learning rate: its loss, its fit, and for two parameters its path.

    fit: the data symbols of the input and the target, and the symbol of the prediction.
    labels: of the input and the target, with units.
    ranges: of a model's two parameters, to draw its loss surface; None for no surface.
    limit: the largest stable learning rate, to compare each one with.
    shown: the index of the learning rate to begin with; the middle one unless told.
    Raises ValueError for bad start, data or learning rates, naming the culprit.
    """
    runs = sweep(model, start, data, learning_rates, steps)
    given = dict(zip(model.data, in_order(data, model.data, "data"), strict=True))
    source, target, prediction = fit
    if others := [str(s) for s in model.data if s not in (source, target) and np.ndim(given[s])]:
        raise ValueError(f"the fit is drawn over {source} alone, but {', '.join(others)} varies as well")
    measured = np.asarray(given[source], float), np.asarray(given[target], float)
    grid = np.linspace(measured[0].min(), measured[0].max(), 100)
    with np.errstate(all="ignore"):  # runs that left the numbers
        fits = model.evaluate(
            prediction,
            {
                **given,
                source: grid,
                **{p: runs.parameters[-1, i][:, np.newaxis] for i, p in enumerate(model.parameters)},
            },
        )
    reachable = max(np.nanmin(runs.loss), 1e-12)
    surface = ranges and named_surface(model, data, ranges)
    picture = RunPicture(steps, reachable, ceiling(runs.loss[0]), (measured, grid, labels), surface)

    def show(index):
        rate, loss, path = runs.learning_rates[index], runs.loss[:, index], runs.parameters[:, :, index]
        words = f"Learning rate {rate:.3g}: {in_words(path, loss, reachable)}"
        if limit:
            words += f" The limit 2/λmax is {limit:.3g}; this is {rate / limit:.2f} times it."
        picture.show(words, loss, path, fits[index])
        return words

    options = [f"{rate:.3g}" for rate in runs.learning_rates]
    return Explorer("learning rate", options, picture, show, len(options) // 2 if shown is None else shown)


def rule_explorer(
    model: Model,
    start: Mapping | Sequence,
    data: Mapping | Sequence,
    rules: Mapping[str, UpdateRule],
    steps: int,
    ranges: tuple[tuple[float, float], tuple[float, float]],
    label: str,
) -> Explorer:
    """One run of a model of two parameters for each update rule: its loss, and its path on the surface.

    rules: what to call each setting of the control, and its rule. label: of the control.
    ranges: of the two parameters. Raises ValueError for bad start or data, naming the culprit.
    """
    compiled = model.compile()
    histories = [train(compiled, start, data, rule, steps) for rule in rules.values()]
    lowest = max(min(history.loss.min() for history in histories), 1e-12)
    highest = ceiling(histories[0].loss[0])
    picture = RunPicture(steps, lowest, highest, surface=named_surface(model, data, ranges))
    options = list(rules)

    def show(index):
        path, loss = histories[index].parameters, histories[index].loss
        words = f"{label} {options[index]}: {arrival(loss)}"
        picture.show(words, loss, path)
        return words

    return Explorer(label, options, picture, show, 0)


def in_words(path: np.ndarray, loss: np.ndarray, reachable: float) -> str:
    """A run's regime, and where its loss went."""
    end = f"{loss[-1]:.3g}" if np.isfinite(loss[-1]) else "beyond the largest number"
    return (
        f"{regime(path, loss, reachable)}. "
        f"After {len(loss) - 1} steps the loss went from {loss[0]:.3g} to {end}."
    )


def arrival(loss: np.ndarray) -> str:
    """When a run came down to a thousandth of its first loss for good, and where it ended."""
    step = settled(loss, loss[0] / 1000)
    came = f"settled below a thousandth of its first loss at step {step}" if step else "not settled"
    end = f"{loss[-1]:.2g}" if np.isfinite(loss[-1]) else "beyond the largest number"
    return f"{came}. After {len(loss) - 1} steps the loss is {end}; its highest was {np.max(loss):.2g}."


def ceiling(first_loss) -> float:
    """Where to cut a picture of losses: the power of ten at least ten times the first one."""
    return 10.0 ** np.ceil(np.log10(10 * max(np.max(first_loss), 1e-9)))


def named_surface(model: Model, data, ranges):
    """(axis_1, axis_2, loss, names) of a model of two parameters, for a RunPicture."""
    return *loss_grid(model, data, *ranges), [f"${latex(parameter)}$" for parameter in model.parameters]


def loss_grid(model: Model, data, range_1, range_2, size: int = 80):
    """(axis_1, axis_2, loss) of a model of two parameters; loss has shape (size, size)."""
    axis_1, axis_2 = (np.linspace(*bounds, size) for bounds in (range_1, range_2))
    loss, _ = model.compile()(np.meshgrid(axis_1, axis_2), data)
    return axis_1, axis_2, loss


def recurrence_explorer(
    models: Mapping[str, Model],
    weight: sp.Symbol,
    by: sp.Symbol,
    parameters: Mapping,
    data: Mapping | Sequence,
    values: Sequence[float],
    shown: int | None = None,
) -> Explorer:
    """How much each time step adds to a gradient, as a multiple of the newest, for each recurrent weight.

    models: recurrent models by name, one curve each. weight: the parameter that the control sets to
    one of `values`. by: the parameter whose gradient is taken apart, used once in each time step.
    parameters: a number for each, `weight` left out. data: as for `Compiled`.
    shown: the index of the value to begin with; the middle one unless told.
    Raises ValueError where the newest step adds nothing, or no number, naming the model and the value.
    """
    settings = {**parameters, weight: np.asarray(values, float)}
    parts = {}
    for name, model in models.items():
        with np.errstate(all="ignore"):
            added = gradient_by_time_step(model, by, settings, data)
            parts[name] = np.abs(added / added[-1])
        if bad := [value for value, column in zip(values, parts[name].T, strict=True) if nan_in(column)]:
            raise ValueError(f"{name}: with {weight} = {bad[0]:g} the newest step adds 0, or no number")
    picture, curves = recurrence_picture(parts, by)

    def show(index):
        words = f"Recurrent weight {values[index]:g}."
        for name, curve in curves.items():
            part = parts[name][:, index]
            curve.set_ydata(part[::-1])
            words += (
                f" {name.capitalize()}: {fate(part)}, the steps count {np.min(part):.3g}"
                f" to {np.max(part):.3g} times as much as the newest."
            )
        picture.alt = words
        return words

    options = [f"{value:g}" for value in values]
    start = len(options) // 2 if shown is None else shown
    return Explorer("recurrent weight", options, picture, show, start)


def nan_in(parts: np.ndarray) -> bool:
    return bool(np.any(~np.isfinite(parts)))


def recurrence_picture(parts: Mapping[str, np.ndarray], by: sp.Symbol):
    """(picture, curves by name) for parts of shape (steps, runs): room for all, from 1e-12 to 1e12."""
    everything = np.concatenate([part.ravel() for part in parts.values()])
    low, high = np.clip([everything.min() / 3, everything.max() * 3], 1e-12, 1e12)
    with mpl.rc_context(STYLE):
        picture = LivePicture("", width=6.4, height=3.8)
        axes = picture.add_subplot(xlabel="time steps back from the newest", yscale="log", ylim=(low, high))
    axes.set_ylabel(f"part of the gradient of ${latex(by)}$,\ntimes the newest (log scale)")
    curves = {}
    for (name, part), (color, style, marker) in zip(parts.items(), SERIES, strict=False):
        width = 2 * (len(parts) - len(curves))  # so that a later curve does not hide an earlier one
        (curves[name],) = axes.plot(
            np.ones(len(part)), color=color, linestyle=style, marker=marker, label=name
        )
        curves[name].set(linewidth=width, markersize=width + 3)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.legend(frameon=False, loc="lower left")
    picture.moving = list(curves.values())
    return picture, curves
