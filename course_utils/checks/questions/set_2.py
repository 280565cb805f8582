"""The questions of problem set 2."""

import numpy as np

from ...language import say
from ...training.loop import train
from ...training.sweep import sweep
from ...training.update_rules import GradientDescent
from ..loops import check_training
from ..passes import check_backward
from ..simple import check_number
from ..symbols import check_gradient
from ..updates import check_update
from .kinds import TRAINED, among


def after_step(model, parameter, at, sample, rate, answer):
    """Where one step of gradient descent takes a parameter; all parameters move at once."""
    place = model.parameters.index(parameter)

    def arrived(start):
        return train(model, start, sample, GradientDescent(rate), max_steps=1).parameters[-1]

    before, moved = at[parameter], dict(zip(model.parameters, arrived(at), strict=True))
    mixed = arrived({**moved, parameter: before})[place]
    end = moved[parameter]
    slips = {
        2 * before - end: "this step goes uphill: subtract.",
        mixed: "another parameter has moved already here: take all slopes first, then move.",
        end - before: say("this is how far {parameter} moves. Where does it arrive?", parameter=parameter),
        (end - before) / -rate: say(
            "this is the slope of {parameter}. Where does the step take {parameter}?", parameter=parameter
        ),
        before + (end - before) / rate: "the learning rate is missing.",
        before + (end - before) / 2: "the step is half as long as it should be: is a factor 2 lost?",
        before + 2 * (end - before): "the step is twice as long as it should be: is a factor 2 too many?",
        before: say("this is where {parameter} starts. Where does the step take it?", parameter=parameter),
        np.exp(end): say(
            "this is an exponential of {parameter}. What is {parameter} itself?", parameter=parameter
        ),
    }
    return check_number(answer, end, slips=slips, digits=4)


def training(model, start, data, learning_rate, steps, answer):
    """Check a training loop: see check_training."""
    return check_training(model, answer, start, data, learning_rate, steps)


def prediction(model, symbol, start, data, at, answer):
    """What the model, trained with learning rate 0.5 for 500 steps, predicts; data count in hundreds."""
    ends = train(model, start, data, GradientDescent(0.5), max_steps=500).parameters[-1]
    trained = dict(zip(model.parameters, ends, strict=True))
    (top, other), (given,) = ends, at.values()
    speed = 100 * model.evaluate(symbol, {**trained, **at})
    slips = {
        speed / 100: "this is in hundreds of counts. Undo the scaling.",
        100 * top: "this is the top speed. How fast is it at this concentration?",
        100 * top * given / (other + given): say(
            "{parameter} itself stands here in place of its exponential.", parameter=model.parameters[1]
        ),
        100
        * model.evaluate(
            symbol, {**start, **at}
        ): "this is the untrained model: use the parameters at the end.",
    }
    return check_number(answer, speed, slips=slips, digits=3, nearly=TRAINED)


def first_rate(model, start, data, rates, regime, answer):
    """The smallest of the rates that oscillates. regime(path, losses, best loss) names what a run does."""
    runs = sweep(model, start, data, rates, steps=200)
    best = np.nanmin(runs.loss)
    words = [regime(runs.parameters[:, :, i], runs.loss[:, i], best) for i in range(len(rates))]
    slips = {
        rate: say(
            "with this rate the run is called {word}. Read the words under the picture.", word=say(word)
        )
        for rate, word in zip(rates, words, strict=True)
    }
    last = len(words) - 1 - words[::-1].index("oscillating")
    slips[rates[last]] = "this rate oscillates, but a smaller one does too."
    return among(answer, rates, rates[words.index("oscillating")], slips)


def half_life(rule, answer):
    """After how many steps without a gradient a parameter is for the first time below half."""
    values, steps = [1.0], 0
    while values[0] >= 0.5:
        values, _ = rule.step(values, [0.0], rule.start(values))
        steps += 1
    share = 1 - rule.step([1.0], [0.0], rule.start([1.0]))[0][0]
    slips = {
        steps - 1: "after so many steps it is still a little more than half.",
        0.5 / share: "each step takes a share of what is left, and that gets less.",
        np.log(0.5) / np.log(1 - share): "only whole steps are made: after which one is it below half?",
        1 - share: "this is what a step leaves. How many steps leave less than half?",
    }
    return check_number(answer, steps, slips=slips)


QUESTIONS = {
    "set 2.1": check_gradient,
    "set 2.2": after_step,
    "set 2.3": check_backward,
    "set 2.4": training,
    "set 2.5": prediction,
    "set 2.6": first_rate,
    "set 2.7": check_gradient,
    "set 2.8": check_update,
    "set 2.9": half_life,
}
