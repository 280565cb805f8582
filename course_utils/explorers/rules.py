"""Explorers of update rules: what a rule's knob does, and which rule arrives first."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from ..language import refusal, say
from ..pictures.arithmetic import momentum_result
from ..pictures.curves import RacePicture
from ..pictures.momentum import MomentumPicture
from ..pictures.panels import RunPicture
from ..pictures.words import arrival, race_result, went
from ..training.curvature import curvature, hessian
from ..training.loop import train
from ..training.sweep import sweep
from ..training.update_rules import Momentum, UpdateRule
from .controls import slider
from .explorer import Explorer
from .given import checked, two
from .surface import Ranges, ceiling, named_surface
from .task import Task


@checked
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
        words = say(
            "With {label} {option}, {message}", label=label, option=options[index], message=arrival(loss)
        )
        picture.put(words, loss, path)
        return words

    return Explorer([slider(label, options, 0)], picture, show)


@checked
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
        words = say(
            "Learning rate {rate:.3g}, {steps} steps: {told}",
            **{"rate": rates[index], "steps": steps, "told": race_result(losses, level)},
        )
        picture.put(words, losses, paths)
        return words

    return Explorer([slider(say("learning rate"), [f"{rate:.3g}" for rate in rates], shown)], picture, show)


@checked
def momentum_explorer(
    task: Task,
    learning_rates: Sequence[float],
    betas: Sequence[float],
    ranges: Ranges,
    shown: tuple[int | None, int | None] = (None, None),
) -> Explorer:
    """Momentum on a quadratic loss of two parameters: rate and beta, beside the limit 2(1 + beta)/lambda.

    betas: the values of momentum, from 0 to below 1; a hundred settings at most turn at once.
    ranges: of the two parameters. shown: the indices of learning rate and beta to begin with.
    Raises ValueError for bad start, data, rates or betas, naming the culprit, and for a loss whose
    curvature is not the same everywhere, or not positive.
    """
    model, start, data, steps = task
    if hessian(model).free_symbols & set(model.parameters):
        raise refusal("the loss should be quadratic: its curvature changes with the parameters")
    curvatures = np.linalg.eigvalsh(curvature(model, start, data))
    if curvatures[0] <= 0:
        raise refusal(
            "the loss should curve upward in each direction, not by {curvature:.3g}", curvature=curvatures[0]
        )
    rules, compiled = [partial(Momentum, momentum=beta) for beta in betas], model.compile()
    runs = [sweep(compiled, start, data, learning_rates, steps, rule) for rule in rules]
    lowest = max(min(np.nanmin(run.loss) for run in runs), 1e-12)
    losses, surface = (lowest, ceiling(runs[0].loss[0])), named_surface(model, data, ranges)
    picture = MomentumPicture(steps, losses, surface, learning_rates, betas, curvatures[-1])

    def show(at_rate, at_beta):
        run, rate, beta = runs[at_beta], learning_rates[at_rate], betas[at_beta]
        loss, path = run.loss[:, at_rate], run.parameters[:, :, at_rate]
        words = say(
            "Learning rate {rate:.3g}, beta {beta:g}: {told} "
            "After {steps} steps the loss went from {first:.3g} to {last}.",
            **{"rate": rate, "beta": beta, "told": momentum_result(rate, beta, curvatures)},
            **went(loss),
        )
        picture.put(words, loss, path, rate, beta)
        return words

    two(shown, "shown")
    rates = slider(say("learning rate"), [f"{rate:.3g}" for rate in learning_rates], shown[0])
    return Explorer([rates, slider("beta", [f"{beta:g}" for beta in betas], shown[1])], picture, show)
