"""The questions of problem set 3."""

import sympy as sp

from ...language import say
from ...models.model import Model
from ...training.loop import train
from ...training.update_rules import GradientDescent
from ..passes import check_backward, check_forward
from ..simple import check_choice, check_number
from ..symbols import check_gradient
from ..updates import check_update
from .kinds import TRAINED, of_output

CURVES = {
    "A": "A gathers speed, and at step 25 it swings up again, as something heavy does.",
    "B": "B begins with long steps, which get shorter and shorter.",
    "C": "C begins as the slope says, and never hurries or tires.",
}


def carried(model, of, wrt, answer):
    """The companion of `of` in forward mode: how fast it changes, from how fast `wrt` does."""
    slope, companion = sp.symbols(f"{wrt}_slope {of}_slope")
    lines = {of: model.equations[of], companion: model.local(of, wrt) * slope}
    return check_forward(Model(lines, [], [wrt, slope]), companion, answer)


def half(model, start, data, symbols, scale, answer):
    """Where the trained model's sum is 0, back in the unit of the data. scale: (middle, one unit)."""
    ends = train(model, start, data, GradientDescent(1.0), max_steps=5000).parameters[-1]
    (z, x), (middle, unit) = symbols, scale
    known = dict(zip(model.parameters, ends, strict=True))
    (root,) = sp.solve(model.equations[z].subs(known), x)
    place = middle + unit * float(root)
    slips = {
        float(root): "this is x. Which temperature belongs to it?",
        middle: say("there x is 0. Where is {z} 0?", z=z),
        middle - unit * float(root): say(
            "a sign got lost: put your x into the equation of {z}. Is it 0?", z=z
        ),
        middle + float(root): say("x counts in units of {unit} degrees.", unit=unit),
        (place - 32) / 1.8: "this is in °C. The question asks for °F.",
    }
    return check_number(answer, place, slips=slips, digits=3, nearly=TRAINED)


def letter(losses, name, answer):
    """Which letter a rule's curve has: they are named by their loss after ten steps, the lowest first."""
    order = sorted(losses, key=lambda rule: losses[rule][10])
    return check_choice(answer, CURVES, "ABC"[order.index(name)])


QUESTIONS = {
    "set 3.1": of_output,
    "set 3.2": check_gradient,
    "set 3.3": carried,
    "set 3.4": check_gradient,
    "set 3.5": check_backward,
    "set 3.6": half,
    "set 3.7": check_update,
    "set 3.8": check_update,
    "set 3.9": letter,
}
