"""What every explorer has: controls, a screen, and a way from one to the other."""

import asyncio
from collections.abc import Callable, Sequence
from itertools import product
from math import dist, prod
from time import monotonic
from weakref import WeakSet

import ipywidgets as widgets

from ..pictures.picture import DRAWING, LivePicture
from .controls import row
from .screen import Screen

MOST_PAGES = 100  # up to 3 MB in the browser
PAUSE = 0.02  # seconds before the next page, at least, for whatever else the kernel has to do
living: WeakSet = WeakSet()


class Explorer(widgets.VBox):
    """Controls above a picture and a sentence.

    controls: widgets with a value. above: others, such as buttons that move a control.
    show: called with their values at every move; returns the sentence, and leaves the picture
        as it should be.
    ahead: False where what is shown depends on what was shown before, so that each move is drawn when made.
    Where sliders and menus have few settings, the browser keeps a page for each, and turns to it alone. The
    first page is drawn at once, each other one when it is asked for, or when the kernel has nothing else to
    do, as long as it is in sight. A number that is typed, or a click, makes all of them anew.
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
        self.screen = Screen(self._turning, len(self._settings)) if self._settings else Screen()
        self._waiting = self._drawing = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._drawn_for: list | None = None
        for control in self.controls:
            control.observe(self._move, names="value")
        self.screen.observe(lambda change: self._go_on(), names="seen")
        typed = [control for control in self.controls if control not in self._turning]
        super().__init__([*row(*above), *row(*self._turning), *row(*typed), self.screen])
        self.add_class("explorer")
        self._move()
        living.add(self)

    def _values(self) -> list:
        return [control.value for control in self.controls]

    def _pose(self, values: list) -> str:
        """Have the picture show these values of the controls; return the words."""
        self._posed = values
        return self._show(*values)

    def _at(self) -> int:
        """The page of the setting as it is now."""
        return self._settings.index(tuple(c.value for c in self._turning)) if self._settings else 0

    def _move(self, change=None) -> None:
        if self._waiting:
            return
        with DRAWING:
            self._turn_to(self._values(), self._at())
        self._go_on()

    def _turn_to(self, values: list, at: int) -> None:
        words = self._pose(values)
        others = [value for c, value in zip(self.controls, values, strict=True) if c not in self._turning]
        with self.screen.hold_sync():  # one message: the new page, and that the others are out of date
            if others != self._drawn_for or not self._settings:
                self.screen.clear()
                self._drawn_for = others
            if not self.screen.page(at):
                self.screen.put(at, (words, self.picture.frame()))
        self.screen.turn(at)

    def _draw(self, place: int) -> None:
        """The page of one setting of the sliders and menus, all else as it is."""
        setting = dict(zip(self._turning, self._settings[place], strict=True))
        with DRAWING:
            words = self._pose([setting.get(control, control.value) for control in self.controls])
            self.screen.put(place, (words, self.picture.frame()))

    def _missing(self) -> list[int]:
        return [place for place in range(len(self._settings)) if not self.screen.page(place)]

    def _go_on(self, pause: float = PAUSE) -> None:
        """Have the missing pages drawn one by one, between what else the kernel does."""
        self._loop = self._loop or running_loop()  # of the cells: a thread that only listens may end
        if (
            not self._loop
            or self._loop.is_closed()
            or self._drawing
            or not self.screen.seen
            or not self._missing()
        ):
            return
        self._drawing = True
        self._loop.call_soon_threadsafe(self._loop.call_later, max(pause, PAUSE), self._draw_next)

    def _draw_next(self) -> None:
        """The missing page that is nearest to the one in sight: it will be asked for first."""
        self._drawing = False
        if self.screen.seen and (missing := self._missing()):
            counts = [len(control.options) for control in self._turning]
            here = steps_of(self._at(), counts)
            begin = monotonic()
            self._draw(min(missing, key=lambda place: dist(steps_of(place, counts), here)))
            self._go_on(pause=2 * (monotonic() - begin))  # a third of the time is ours

    def finish(self) -> None:
        """Draw what is missing at once, and send all: for a page that is saved."""
        for place in self._missing():
            self._draw(place)
        self.screen.send_state()

    def put(self, *values) -> None:
        """Give each control its value, and show the outcome once."""
        with DRAWING:
            self._waiting = True
            for control, value in zip(self.controls, values, strict=True):
                control.value = value
            self._waiting = False
            self._move()

    def _repr_mimebundle_(self, **kwargs):
        with DRAWING:
            if self._posed != self._values():  # another page was drawn since
                self._pose(self._values())
            still, metadata = self.picture.bundle(self.screen.png)
        return super()._repr_mimebundle_(**kwargs) | still, metadata


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The loop of the kernel, which draws what nobody has asked for yet; None where no kernel runs."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def finish() -> None:
    """Draw all pages of all explorers now, as `Explorer.finish` does for one."""
    for explorer in living:
        explorer.finish()


def steps_of(place: int, counts: Sequence[int]) -> list[int]:
    """Where each control stands on this page; the last one counts fastest."""
    steps = []
    for count in reversed(counts):
        place, step = divmod(place, count)
        steps.append(step)
    return steps[::-1]


def all_settings(controls: Sequence[widgets.Widget]) -> list[tuple]:
    """Every combination of the controls' options; none where there are too many to draw each beforehand."""
    options = [control.options for control in controls]
    if not options or prod(map(len, options)) > MOST_PAGES:
        return []
    return list(product(*([one[1] if isinstance(one, tuple) else one for one in each] for each in options)))
