"""Where an explorer shows its picture and its words.

ipywidgets' own Image has no alt text and no clicks, and its HTML replaces the element that a screen
reader listens to. So this is a small widget of our own: an image, and below it a line that stays.
Where the controls have few settings, the browser gets a page for each of them beforehand and turns
the pages itself: a way to the kernel and back is too long for a drag (docs/decisions/explorer_latency.md).
"""

from collections.abc import Sequence
from pathlib import Path

import anywidget
import ipywidgets as widgets
import traitlets


class Screen(anywidget.AnyWidget):
    """A picture with its words as alt text, and the same words below it, announced when they change.

    png, words: the picture's bytes and a sentence or two, as shown now.
    pngs, words_of_pages: the same for each setting of the controls, or of the only page.
    controls: sliders and menus; the pages are in the order of itertools.product over their options.
    clicked: where the picture was clicked last, as fractions of its width and height, from the top left;
        only where it is clickable.
    """

    _esm, _css = (Path(__file__).with_name(f"screen.{kind}") for kind in ("js", "css"))
    pngs = traitlets.List(traitlets.Bytes()).tag(sync=True)
    words_of_pages = traitlets.List(traitlets.Unicode()).tag(sync=True)
    controls = traitlets.List().tag(sync=True, **widgets.widget_serialization)
    clickable = traitlets.Bool(False).tag(sync=True)
    clicked = traitlets.Tuple(traitlets.Float(), traitlets.Float(), default_value=(0.0, 0.0)).tag(sync=True)
    png, words = traitlets.Bytes(), traitlets.Unicode()  # for this side alone

    def __init__(self, controls: Sequence[widgets.Widget] = ()):
        super().__init__(pngs=[b""], words_of_pages=[""], controls=list(controls))
        self.add_class("explorer-screen")

    def load(self, pages: Sequence[tuple[bytes, str]]) -> None:
        """Give the browser its pages, one for each setting of the controls, in one message."""
        pngs, words = zip(*pages, strict=True)
        with self.hold_sync():
            self.words_of_pages, self.pngs = list(words), list(pngs)

    def turn(self, page: int) -> None:
        """Say which page is shown; the browser has turned to it by itself."""
        self.png, self.words = self.pngs[page], self.words_of_pages[page]

    def show(self, png: bytes, words: str) -> None:
        """Put both on the only page."""
        self.load([(png, words)])
        self.turn(0)
