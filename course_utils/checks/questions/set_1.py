"""The questions of problem set 1."""

import numpy as np

from ...language import say
from ..passes import check_forward
from ..simple import check_choice, check_number
from ..symbols import check_derivative, check_gradient
from .kinds import of_output

SIGNS = {
    "negative": "a negative gradient says: the loss falls if the bump moves to the right.",
    "zero": "a gradient of zero says: a small move changes nothing, to the left or to the right.",
    "positive": "a positive gradient says: the loss falls if the bump moves to the left.",
}


def promise(model, parameter, nudge, at, sample, answer):
    """By how much the slope promises that the loss changes."""
    loss, slopes = model.compile()(at, sample)
    slope = slopes[model.parameters.index(parameter)]
    moved, _ = model.compile()({**at, parameter: at[parameter] + nudge}, sample)
    slips = {
        slope: say(
            "this is the slope: now {parameter} moves by {nudge} only.", parameter=parameter, nudge=nudge
        ),
        -slope: say(
            "this is the slope with its sign turned, and {parameter} moves by {nudge} only.",
            parameter=parameter,
            nudge=nudge,
        ),
        moved - loss: "this is how the loss really changes. The slope's promise is the straight line's: the"
        " slope times the nudge.",
        loss + nudge * slope: "this is the loss after the move. By how much does it change?",
        nudge: say("this is how far {parameter} moves. How far does the loss?", parameter=parameter),
        -nudge * slope: "the size is right. Does the loss grow or fall?",
    }
    return check_number(answer, nudge * slope, slips=slips, digits=3)


def direction(model, parameter, at, samples, answer, nudge=1e-4):
    """The sign of the mean gradient, by nudging both ways."""
    lower, upper = (
        model.compile()({**at, parameter: at[parameter] + side}, samples)[0] for side in (-nudge, nudge)
    )
    return check_choice(answer, SIGNS, ("negative", "zero", "positive")[int(np.sign(upper - lower)) + 1])


QUESTIONS = {
    "set 1.1": check_derivative,
    "set 1.2": of_output,
    "set 1.3": check_gradient,
    "set 1.4": check_gradient,
    "set 1.5": check_gradient,
    "set 1.6": promise,
    "set 1.7": direction,
    "set 1.8": check_forward,
    "set 1.9": check_gradient,
}
