"""An explorer of a round of training: forward, backward, update, one symbol at a time."""

from collections.abc import Mapping

import ipywidgets as widgets
import sympy as sp

from ..derivation.chain_rule import Equations
from ..language import say, say_in
from ..models.model import Model
from ..pictures.graph import GraphPicture
from ..training.trace import moments
from .controls import slider
from .explorer import Explorer
from .given import checked


@checked
def round_explorer(
    equations: Equations,
    start: Mapping[sp.Symbol, float],
    sample: Mapping[sp.Symbol, float],
    learning_rate: float | None = None,
    rounds: int = 1,
) -> Explorer:
    """Play, pause, or step through training on one sample, on the computation graph.

    equations: as for `Model`. start: a number for each parameter. sample: a number for each data symbol.
    learning_rate: without one there is no update: each round ends with the gradients.
    Raises ValueError for bad equations, start, sample or learning rate, naming the culprit.
    """
    model = Model(equations, start, sample)
    course = moments(model, start, sample, learning_rate, rounds)
    picture = GraphPicture(model.equations, model.parameters)

    def show(index):
        picture.put(course[index])
        return course[index].words

    last = len(course) - 1
    position = slider(
        say("moment"), [say("{index} of {last}", index=index, last=last) for index in range(last + 1)], 0
    )
    return Explorer([position], picture, show, above=player(position, last))


def player(position: widgets.SelectionSlider, last: int) -> list[widgets.Widget]:
    """Play and pause, one step back, one step on: controls that move `position` from 0 to `last`."""
    play = widgets.Play(max=last, interval=1500, show_repeat=False)
    widgets.jslink((play, "value"), (position, "index"))

    def button(label, icon, move):
        made = widgets.Button(description=label, icon=icon, layout={"width": "100px"})
        made.on_click(lambda _: setattr(position, "index", min(max(position.index + move, 0), last)))
        return made

    return [
        play,
        button(say("back"), "step-backward", -1),
        button(say_in("button", "step"), "step-forward", 1),
    ]
