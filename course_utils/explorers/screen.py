"""Where an explorer shows its picture and its words.

ipywidgets' own Image has no alt text and no clicks, and its HTML replaces the element that a screen
reader listens to. So this is a small widget of our own: an image, and below it a line that stays.
Where the controls have few settings, the browser keeps a page for each of them and turns the pages
itself: a way to the kernel and back is too long for a drag (docs/decisions/explorer_latency.md).
"""

from collections.abc import Sequence
from pathlib import Path

import anywidget
import ipywidgets as widgets
import traitlets

from ..language import say
from ..pictures.picture import DRAWING


class Screen(anywidget.AnyWidget):
    """A picture with its words as alt text, and the same words below it, announced when they change.

    count: of the pages; page_0, page_1, ...: each is (words, png), or empty while it is not drawn.
    controls: sliders and menus; the pages are in the order of itertools.product over their options.
    clicked: where the picture was clicked last, as fractions of its width and height, from the top left;
        only where it is clickable.
    seen: whether any page shows it, as far as is known.
    said: what else the browser says, in the reader's language.
    words, png: of the page that is shown.
    """

    _esm, _css = (Path(__file__).with_name(f"screen.{kind}") for kind in ("js", "css"))
    count = traitlets.Int().tag(sync=True)
    controls = traitlets.List().tag(sync=True, **widgets.widget_serialization)
    clickable = traitlets.Bool(False).tag(sync=True)
    clicked = traitlets.Tuple(traitlets.Float(), traitlets.Float(), default_value=(0.0, 0.0)).tag(sync=True)
    seen = traitlets.Bool(True).tag(sync=True)
    said = traitlets.Dict().tag(sync=True)
    words, png = traitlets.Unicode(), traitlets.Bytes()  # for this side alone

    def __init__(self, controls: Sequence[widgets.Widget] = (), count: int = 1):
        self.add_traits(**{f"page_{place}": traitlets.Tuple().tag(sync=True) for place in range(count)})
        said = {
            "play": say("play or pause"),
            "stop": say("stop, and go to the start"),
            "still": say("This one moves in JupyterLab only: each setting is drawn when you choose it."),
        }
        super().__init__(controls=list(controls), count=count, said=said)
        self.add_class("explorer-screen")

    def set_state(self, sync_data: dict) -> None:
        """What the browser says, between two pages: while it is taken in, no other change is sent."""
        with DRAWING:
            super().set_state(sync_data)

    def page(self, place: int) -> tuple:
        """(words, png), or () where it is not drawn."""
        return getattr(self, f"page_{place}")

    def put(self, place: int, page: tuple[str, bytes] | tuple[()]) -> None:
        """Give the browser this page."""
        setattr(self, f"page_{place}", page)

    def clear(self) -> None:
        """Forget all pages: they show what is no longer so."""
        for place in range(self.count):
            self.put(place, ())

    def turn(self, place: int) -> None:
        """Say which page is shown; the browser turns to it by itself."""
        self.words, self.png = self.page(place)
