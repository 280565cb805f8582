"""Whole training runs as one function that numba compiles (the extra `fast`). Imports numba."""

import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit
from numba.np.unsafe.ndarray import to_fixed_tuple

from ..compiled.loops import CompiledLoop, compiled_lines, whole_columns
from .update_rules import UpdateRule

CORES = min(os.cpu_count() or 1, 4)


def in_machine_code(
    compiled: CompiledLoop, rule: UpdateRule, parameters: list, data: list, steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """(parameters, loss) before the first step and after each, one run after the other.

    parameters: an array for each, of shape runs. The rule's settings are numbers, or such arrays.
    """
    runs, columns = parameters[0].shape, whole_columns(data)
    state = np.zeros((len(rule.inputs()), len(parameters), math.prod(runs)))
    state[0] = [value.ravel() for value in parameters]
    for place, setting in enumerate(rule.settings.values(), start=2 + len(rule.memory)):
        state[place] = np.broadcast_to(setting, runs).ravel()
    trail, losses = np.empty((steps + 1, *state[0].shape)), np.empty((steps + 1, math.prod(runs)))
    descend = descent(compiled, rule)

    def part(first, last):
        descend(state[..., first:last], columns, trail[..., first:last], losses[..., first:last])

    bounds = np.linspace(0, math.prod(runs), CORES + 1, dtype=int)
    with ThreadPoolExecutor(CORES) as pool:  # no run needs anything of another
        list(pool.map(part, bounds[:-1], bounds[1:]))
    return trail.reshape(steps + 1, len(parameters), *runs), losses.reshape(steps + 1, *runs)


def descent(compiled: CompiledLoop, rule: UpdateRule) -> Callable:
    """The function that makes such runs of this model by this kind of rule: compiled once, then kept."""
    kind = tuple(rule.lines().items()), tuple(rule.settings)
    if kind not in compiled.kept:
        update, _ = compiled_lines(rule.inputs(), rule.lines().items(), rule.outputs())
        sizes = len(rule.inputs()), len(compiled.parameters), len(rule.memory)
        compiled.kept[kind] = compiled_descent(compiled.mean, update, *sizes)
    return compiled.kept[kind]


def compiled_descent(mean: Callable, update: Callable, inputs: int, count: int, memory: int) -> Callable:
    """mean: the loss and gradients of parameters. update: a new parameter and its memory.

    inputs: of an update. count: of parameters. memory: numbers that are remembered of each parameter.
    """

    @njit(nogil=True)
    def descend(state, columns, trail, losses):
        for step in range(len(losses)):
            for run in range(losses.shape[1]):
                means = mean(*(to_fixed_tuple(state[0, :, run], count) + columns))
                losses[step, run] = means[0]
                for place in range(count):
                    trail[step, place, run], state[1, place, run] = state[0, place, run], means[1 + place]
            for place in range(count):
                for run in range(losses.shape[1]):
                    new = update(*to_fixed_tuple(state[:, place, run], inputs))
                    state[0, place, run] = new[0]
                    for each in range(memory):
                        state[2 + each, place, run] = new[1 + each]

    return descend
