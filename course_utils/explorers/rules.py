"""Explorers of update rules: what a rule's knob does, and which rule arrives first."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ..pictures.curves import RacePicture
from ..pictures.panels import RunPicture
from ..pictures.words import arrival, race_result
from ..training.loop import train
from ..training.sweep import sweep
from ..training.update_rules import UpdateRule
from .explorer import Explorer, slider
from .surface import Ranges, ceiling, named_surface
from .task import Task


def rule_explorer(
    task: Task,
    rules: Mapping[str, UpdateRule],
    ranges: Ranges,
    label: str,
) -> Explorer:
    """One run of a model of two parameters for each update rule: its loss, and its path on the surface.

    rules: what to call each setting of the control, and its rule. label: of the control.
    ranges: of the two parameters. Raises ValueError for bad start or data, naming the culprit.
    """
    model, start, data, steps = task
    compiled = model.compile()
    histories = [train(compiled, start, data, rule, steps) for rule in rules.values()]
    lowest = max(min(history.loss.min() for history in histories), 1e-12)
    highest = ceiling(histories[0].loss[0])
    picture = RunPicture(steps, lowest, highest, surface=named_surface(model, data, ranges))
    options = list(rules)

    def show(index):
        path, loss = histories[index].parameters, histories[index].loss
        words = f"{label} {options[index]}: {arrival(loss)}"
        picture.put(words, loss, path)
        return words

    return Explorer([slider(label, options, 0)], picture, show)


def race_explorer(
    task: Task,
    rules: Mapping[str, Callable[[np.ndarray], UpdateRule]],
    learning_rates: Sequence[float],
    level: float,
    ranges: Ranges | None = None,
    shown: int | None = None,
) -> Explorer:
    """Several update rules from one start, at one learning rate for all: who comes below the level first?

    rules: by name, each made from the learning rates. level: the loss to reach and stay below.
    ranges: of a model's two parameters, to draw the paths on its surface; None for no surface.
    shown: the index of the learning rate to begin with; the middle one unless told.
    Raises ValueError for bad start, data or learning rates, naming the culprit.
    """
    model, start, data, steps = task
    runs = {name: sweep(model, start, data, learning_rates, steps, rule) for name, rule in rules.items()}
    rates = next(iter(runs.values())).learning_rates
    highest = ceiling(next(iter(runs.values())).loss[0])
    surface = ranges and named_surface(model, data, ranges)
    picture = RacePicture(list(rules), steps, level, highest, surface)

    def show(index):
        losses = {name: run.loss[:, index] for name, run in runs.items()}
        paths = {name: run.parameters[:, :, index] for name, run in runs.items()}
        words = f"Learning rate {rates[index]:.3g}, {steps} steps: {race_result(losses, level)}"
        picture.put(words, losses, paths)
        return words

    return Explorer([slider("learning rate", [f"{rate:.3g}" for rate in rates], shown)], picture, show)
