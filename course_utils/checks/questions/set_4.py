"""The questions of problem set 4."""

import numpy as np
import sympy as sp

from ...models.shared import gradient_by_time_step
from ..passes import check_backward, check_forward
from ..simple import check_number
from ..symbols import check_gradient, check_local
from .kinds import choice

SHAPES = sp.symbols("neurons inputs samples", integer=True, positive=True)
W, A = sp.MatrixSymbol("W", *SHAPES[:2]), sp.MatrixSymbol("A", *SHAPES[1:])
Z_BAR = sp.MatrixSymbol("Z_bar", SHAPES[0], SHAPES[2])


def paths(blocks, count, weight, answer):
    """How many paths lead to a weight of the first of so many blocks."""
    slips = {
        len(
            blocks(count + 1).paths(weight)
        ): f"the way does not split in the first block: {weight} is inside it.",
        count: "each block after the first doubles the number of paths.",
        2 * count: "each block after the first doubles the number of paths: it is a power.",
        2 * (count - 1): "each block after the first doubles the number of paths: it is a power.",
        count - 1: "so many blocks split the way, and each doubles the number of paths.",
        len(blocks(count - 1).paths(weight)): "one block more: in how many does the way split?",
        (count - 1) ** 2: "each block after the first doubles: that is 2 to a power, not a square.",
    }
    return check_number(answer, len(blocks(count).paths(weight)), slips=slips)


def smallest_share(model, by, parameters, data, answer):
    """The smallest share with which every step counts at least a tenth of the newest."""
    (shares,) = (values for values in parameters.values() if np.ndim(values))
    added = gradient_by_time_step(model, by, parameters, data)
    least = [float(np.min(column / column[-1])) for column in added.T]
    enough = next(i for i, part in enumerate(least) if part >= 0.1)
    slips = {
        share: "with this share the oldest step counts less than a tenth of the newest."
        if i < enough
        else "that is enough, but a smaller share is too."
        for i, share in enumerate(shares)
        if i != enough
    }
    exact = 0.1 ** (1 / (len(added) - 1))
    slips[exact] = "that is the share by which it would be exactly a tenth. Which of the nine comes next?"
    return check_number(answer, shares[enough], slips=slips)


QUESTIONS = {
    "set 4.1": check_gradient,
    "set 4.2": paths,
    "set 4.3": choice(
        str(sp.diff(sp.trace(Z_BAR.T * (W * A)), W)),
        **{
            "A.T*Z_bar": "A.T has shape (samples, inputs), and Z_bar (neurons, samples).",
            "Z_bar*A.T": "Z_bar has shape (neurons, samples), and A.T (samples, inputs).",
            "Z_bar.T*A": "Z_bar.T has shape (samples, neurons), and A (inputs, samples).",
            "A*Z_bar.T": "A has shape (inputs, samples), and Z_bar.T (samples, neurons).",
        },
    ),
    "set 4.4": check_gradient,
    "set 4.5": check_forward,
    "set 4.6": check_local,
    "set 4.7": check_gradient,
    "set 4.8": check_backward,
    "set 4.9": smallest_share,
}
