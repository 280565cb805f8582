"""What every explorer has: controls, a screen, and a way from one to the other."""

from collections.abc import Callable, Sequence
from itertools import product
from math import prod
from typing import Any

import ipywidgets as widgets

from ..pictures.picture import LivePicture
from .screen import Screen

WIDE = {"width": "min(100%, 640px)"}
MOST_PAGES = 100  # up to 3 MB in the browser; half a second to draw, graphs two


class Explorer(widgets.VBox):
    """Controls above a picture and a sentence.

    controls: widgets with a value. above: others, such as buttons that move a control.
    show: called with their values at every move; returns the sentence, and leaves the picture
        as it should be.
    ahead: False where what is shown depends on what was shown before, so that each move is drawn when made.
    Where sliders and menus have few settings, each one is drawn beforehand, and the browser turns to it
    alone. A number that is typed, or a click, draws all of them anew.
    Where no kernel runs, the picture at the start stands in, with its words.
    """

    def __init__(
        self,
        controls: Sequence[widgets.Widget],
        picture: LivePicture,
        show: Callable[..., str],
        above: Sequence[widgets.Widget] = (),
        ahead: bool = True,
    ):
        self.controls, self.picture, self._show = tuple(controls), picture, show
        self._turning = [control for control in controls if hasattr(control, "options")]
        self._settings = all_settings(self._turning) if ahead else []
        self.screen = Screen(self._turning if self._settings else ())
        self._waiting = False
        self._drawn_for: list | None = None
        for control in self.controls:
            control.observe(self._move, names="value")
        super().__init__([*row(*above), *row(*self.controls), self.screen])
        self.add_class("explorer")
        self._move()

    def _page(self, *values) -> tuple[bytes, str]:
        words = self._show(*values)
        return self.picture.frame(), words

    def _draw_beforehand(self, values: dict[widgets.Widget, Any]) -> None:
        """A page for each setting of the sliders and menus, all else as it is."""
        pages = []
        for setting in self._settings:
            drawn = values | dict(zip(self._turning, setting, strict=True))
            pages.append(self._page(*(drawn[control] for control in self.controls)))
        self.screen.load(pages)

    def _move(self, change=None) -> None:
        if self._waiting:
            return
        values = {control: control.value for control in self.controls}
        if not self._settings:
            self.screen.show(*self._page(*values.values()))
            return
        others = [value for control, value in values.items() if control not in self._turning]
        if others != self._drawn_for:
            self._draw_beforehand(values)
            self._drawn_for = others
        self._show(*values.values())
        self.screen.turn(self._settings.index(tuple(values[control] for control in self._turning)))

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


def all_settings(controls: Sequence[widgets.Widget]) -> list[tuple]:
    """Every combination of the controls' options; none where there are too many to draw each beforehand."""
    options = [control.options for control in controls]
    if not options or prod(map(len, options)) > MOST_PAGES:
        return []
    return list(product(*([one[1] if isinstance(one, tuple) else one for one in each] for each in options)))


def row(*controls: widgets.Widget) -> list[widgets.Widget]:
    """Controls side by side, or one below the other where the window is narrow."""
    return (
        []
        if not controls
        else [widgets.HBox(controls, layout={"flex_flow": "row wrap", "grid_gap": "4px 16px"})]
    )


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
