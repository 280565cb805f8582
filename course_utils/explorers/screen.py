"""Where an explorer shows its picture and its words.

ipywidgets' own Image has no alt text and no clicks, and its HTML replaces the element that a screen
reader listens to. So this is a small widget of our own: an image, and below it a line that stays.
Where the controls have few settings, the browser gets a page for each of them beforehand and turns
the pages itself: a way to the kernel and back is too long for a drag (docs/decisions/explorer_latency.md).
"""

from collections.abc import Sequence

import anywidget
import ipywidgets as widgets
import traitlets

RENDER = """
// What ipywidgets leaves without a name: the handles of its sliders, and the buttons of its player.
function nameControls(explorer) {
  for (const slider of explorer?.querySelectorAll(".widget-slider") ?? []) {
    const handle = slider.querySelector(".noUi-handle");
    handle?.setAttribute("aria-label", slider.querySelector("label").textContent);
    handle?.setAttribute("aria-valuetext", slider.querySelector(".widget-readout").textContent);
  }
  for (const player of explorer?.querySelectorAll(".widget-play") ?? []) {
    const names = ["play or pause", "stop, and go to the start"];
    [...player.querySelectorAll("button")].forEach((button, at) => {
      button.title = names[at];
      button.setAttribute("aria-label", names[at]);
    });
  }
}

// Which page the controls ask for: they count like the digits of a number, the last one fastest.
function pageOf(controls) {
  const count = (control) => control.get("_options_labels").length;
  return controls.reduce((page, control) => page * count(control) + control.get("index"), 0);
}

async function render({ model, el }) {
  const image = document.createElement("img");
  const words = document.createElement("p");
  words.setAttribute("role", "status"); // stays in the page, so that a change of its text is announced
  el.append(image, words);

  const names = model.get("controls").map((name) => name.replace("IPY_MODEL_", ""));
  const controls = await Promise.all(names.map((name) => model.widget_manager.get_model(name)));
  let pages = [];

  function turn() {
    const page = pageOf(controls);
    image.src = pages[page].src;
    image.alt = words.textContent = model.get("words_of_pages")[page];
    nameControls(el.closest(".explorer"));
  }
  function load() {
    const old = pages;
    pages = model.get("pngs").map((png) => {
      const loaded = new Image(); // kept, so that the browser need not load it again
      loaded.src = URL.createObjectURL(new Blob([png], { type: "image/png" }));
      return loaded;
    });
    turn();
    old.forEach((page) => URL.revokeObjectURL(page.src));
  }
  model.on("change:pngs", load);
  controls.forEach((control) => control.on("change:index", turn));
  load();
  requestAnimationFrame(turn); // once the controls are in the page too

  el.classList.toggle("clickable", model.get("clickable"));
  image.addEventListener("click", (event) => {
    if (!model.get("clickable")) return;
    const box = image.getBoundingClientRect();
    model.set("clicked", [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
    model.save_changes();
  });
}
export default { render };
"""

STYLE = """
.explorer-screen img { display: block; max-width: 100%; background: white; border-radius: 4px; }
.explorer-screen.clickable img { cursor: crosshair; }
.explorer-screen p {
  margin: 8px 0; max-width: 60em; line-height: 1.4;
  color: var(--jp-content-font-color1); font-size: var(--jp-content-font-size1);
}
"""


class Screen(anywidget.AnyWidget):
    """A picture with its words as alt text, and the same words below it, announced when they change.

    png, words: the picture's bytes and a sentence or two, as shown now.
    pngs, words_of_pages: the same for each setting of the controls, or of the only page.
    controls: sliders and menus; the pages are in the order of itertools.product over their options.
    clicked: where the picture was clicked last, as fractions of its width and height, from the top left;
        only where it is clickable.
    """

    _esm, _css = RENDER, STYLE
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
