"""Explorers of gradient descent: how fast, and from where."""

from collections.abc import Sequence

import numpy as np

from ..language import enumerated, say, sentences
from ..pictures.panels import SEEN, RunPicture
from ..pictures.words import in_words
from ..training.sweep import sweep
from .controls import number, slider
from .explorer import Explorer
from .given import checked
from .surface import Ranges, ceiling, named_surface
from .task import Fit, Task


@checked
def learning_rate_explorer(
    task: Task,
    learning_rates: Sequence[float],
    fit: Fit,
    ranges: Ranges | None = None,
    limit: float | None = None,
    shown: int | None = None,
) -> Explorer:
    """One run for each learning rate: its loss, its fit, and for two parameters its path.

    ranges: of a model's two parameters, to draw its loss surface; None for no surface.
    limit: the largest stable learning rate, to compare each one with.
    shown: the index of the learning rate to begin with; the middle one unless told.
    Raises ValueError for bad start, data or learning rates, naming the culprit.
    """
    model, start, data, steps = task
    runs = sweep(model, start, data, learning_rates, steps)
    fits = fit.curves(model, data, runs.parameters[-1])
    reachable = max(np.nanmin(runs.loss), 1e-12)
    surface = ranges and named_surface(model, data, ranges)
    picture = RunPicture(steps, reachable, ceiling(runs.loss[0]), fit.panel(model, data), surface)

    def show(index):
        rate, loss, path = runs.learning_rates[index], runs.loss[:, index], runs.parameters[:, :, index]
        words = say("Learning rate {rate:.3g}: {told}", rate=rate, told=in_words(path, loss, reachable))
        if limit:
            share = say(
                "The limit 2/λmax is {limit:.3g}; this is {share:.2g} times it.",
                limit=limit,
                share=rate / limit,
            )
            words = sentences(words, share)
        picture.put(words, loss, path, fits[index])
        return words

    options = [f"{rate:.3g}" for rate in runs.learning_rates]
    return Explorer([slider(say("learning rate"), options, shown)], picture, show)


@checked
def surface_explorer(
    task: Task,
    learning_rates: Sequence[float],
    ranges: Ranges,
    shown: int | None = None,
) -> Explorer:
    """Runs of a model of two parameters from wherever the learner clicks or types, on its loss surface.

    task: its start is a sequence of two numbers. ranges: of the two parameters.
    shown: as for `learning_rate_explorer`.
    A new start trains once for each learning rate, all together.
    Raises ValueError for bad start, data or learning rates, naming the culprit.
    """
    model, start, data, steps = task
    runs = sweep(model, start, data, learning_rates, steps)
    surface = named_surface(model, data, ranges)
    lowest = max(min(surface[2].min(), np.nanmin(runs.loss)), 1e-12)
    picture = RunPicture(steps, lowest, ceiling(surface[2]), surface=surface)
    names, begun = list(map(str, model.parameters)), tuple(start)

    def show(index, *chosen):
        nonlocal runs, begun
        if chosen != begun:
            runs, begun = sweep(model, chosen, data, learning_rates, steps), chosen
        loss, path = runs.loss[:, index], runs.parameters[:, :, index]
        place = enumerated(f"{name} = {value:g}" for name, value in zip(names, chosen, strict=True))
        words = say(
            "Start at {place}. Learning rate {rate:.3g}: {told}",
            **{"place": place, "rate": runs.learning_rates[index], "told": in_words(path, loss, lowest)},
        )
        if np.all(np.abs(path[-1]) < SEEN):
            end = enumerated(f"{name} = {value:.3g}" for name, value in zip(names, path[-1], strict=True))
            words = sentences(words, say("It is now at {place}.", place=end))
        picture.put(words, loss, path)
        return words

    rates = slider(say("learning rate"), [f"{rate:.3g}" for rate in runs.learning_rates], shown)
    boxes = [
        number(say("start {name}", name=name), *pair)
        for name, *pair in zip(names, start, ranges, strict=True)
    ]
    explorer = Explorer([rates, *boxes], picture, show)
    explorer.screen.clickable = True

    def clicked(change):
        if place := picture.place(*change.new):
            explorer.put(rates.value, *(round(value, 2) for value in place))

    explorer.screen.observe(clicked, names="clicked")
    return explorer
