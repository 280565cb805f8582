"""A mistake that a training loop takes over from the learner's own gradients, and that is not its own."""

from collections.abc import Callable

import numpy as np

from ..language import known, say
from ..models.model import Model
from .answers import Unreadable
from .budget import TooSlow, patience
from .calls import FEW_SECONDS, call, outside
from .descents import Descent, Run, run_agrees
from .passes import check_backward, gradients_of
from .reruns import Arguments
from .verdict import Verdict

FIRST = 0.5  # credit at most: one thing is wrong, though not in the loop


def carried(model: Model, function: Callable, usual: Arguments, answer: Run) -> Verdict | None:
    """The verdict on a loop that returns just what a right one makes of gradients that are wrong, or None.

    answer: what it returned with these arguments. The gradients are those of a function that it uses.
    """
    for name, helper in outside(function).items():
        if callable(helper) and follows(model, helper, usual, answer):
            verdict = check_backward(model, helper)
            if not verdict.correct:
                text = say(
                    "look first at `{name}`, which gives the gradients: {message}",
                    name=name,
                    message=known(verdict.message),
                )
                return Verdict(False, text, min(FIRST, verdict.score), verdict.slips)
    return None


def follows(model: Model, gradients: Callable, usual: Arguments, answer: Run) -> bool:
    """Whether an answer is a right loop's, but for the gradients, which this function gives."""
    descent, names = Descent(model, usual), [p.name for p in model.parameters]
    data = {s.name: numbers for s, numbers in zip(model.data, usual.data, strict=True)}

    def step(at: np.ndarray, _) -> np.ndarray:
        given = data | dict(zip(names, map(float, at), strict=True))
        return at - usual.learning_rate * gradients_of(call(gradients, given), model.parameters, names)

    try:
        with patience(FEW_SECONDS), np.errstate(all="ignore"):
            trail, losses = descent.run(step, usual.steps)
    except (Unreadable, TooSlow):
        return False
    return run_agrees(answer, (trail[-1], losses))
