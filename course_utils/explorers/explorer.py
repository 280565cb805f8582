"""What every explorer has: controls, a screen, and a way from one to the other."""

from collections.abc import Callable, Sequence

import ipywidgets as widgets

from ..pictures import LivePicture
from .screen import Screen

WIDE = {"width": "min(100%, 640px)"}


class Explorer(widgets.VBox):
    """Controls above a picture and a sentence.

    controls: widgets with a value.
    show: called with their values at every move; returns the sentence, and leaves the picture
        as it should be.
    Where no kernel runs, the picture at the start stands in, with its words.
    """

    def __init__(self, controls: Sequence[widgets.Widget], picture: LivePicture, show: Callable[..., str]):
        self.controls, self.picture, self._show = tuple(controls), picture, show
        self.screen = Screen()
        self._waiting = False
        for control in self.controls:
            control.observe(self._move, names="value")
        super().__init__([*row(*self.controls), self.screen])
        self.add_class("explorer")
        self._move()

    def _move(self, change=None) -> None:
        if not self._waiting:
            words = self._show(*(control.value for control in self.controls))
            self.screen.show(self.picture.frame(), words)

    def put(self, *values) -> None:
        """Give each control its value, and show the outcome once."""
        self._waiting = True
        for control, value in zip(self.controls, values, strict=True):
            control.value = value
        self._waiting = False
        self._move()

    def _repr_mimebundle_(self, **kwargs):
        still, metadata = self.picture._repr_mimebundle_()
        return super()._repr_mimebundle_(**kwargs) | still, metadata


def row(*controls: widgets.Widget) -> list[widgets.Widget]:
    """Controls side by side, or one below the other where the window is narrow."""
    return [widgets.HBox(controls, layout={"flex_flow": "row wrap", "grid_gap": "4px 16px"})]


def slider(label: str, options: Sequence, start: int | None = None) -> widgets.SelectionSlider:
    """A slider over the options, whose value is the index; it starts in the middle unless told."""
    return widgets.SelectionSlider(
        description=label,
        options=[(str(option), index) for index, option in enumerate(options)],
        value=len(options) // 2 if start is None else start,
        layout=WIDE,
        style={"description_width": "initial"},
    )


def number(label: str, value: float, bounds: tuple[float, float], step: float = 0.25):
    """A box for a number; what is typed outside the bounds becomes the nearest bound."""
    return widgets.BoundedFloatText(
        description=label,
        value=value,
        min=bounds[0],
        max=bounds[1],
        step=step,
        layout={"width": "160px"},
        style={"description_width": "initial"},
    )
