"""Where an explorer shows its picture and its words.

ipywidgets' own Image has no alt text and no clicks, and its HTML replaces the element that a screen
reader listens to. So this is a small widget of our own: an image, and below it a line that stays.
"""

import anywidget
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

function render({ model, el }) {
  const image = document.createElement("img");
  const words = document.createElement("p");
  words.setAttribute("role", "status"); // stays in the page, so that a change of its text is announced
  el.append(image, words);

  function draw() {
    const shown = image.src;
    image.src = URL.createObjectURL(new Blob([model.get("png")], { type: "image/png" }));
    URL.revokeObjectURL(shown);
  }
  function tell() {
    words.textContent = model.get("words");
    image.alt = model.get("words");
    nameControls(el.closest(".explorer"));
  }
  model.on("change:png", draw);
  model.on("change:words", tell);
  draw();
  tell();
  requestAnimationFrame(tell); // once the controls are in the page too

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

    png: the picture's bytes. words: a sentence or two.
    clicked: where the picture was clicked last, as fractions of its width and height, from the top left;
        only where it is clickable.
    """

    _esm, _css = RENDER, STYLE
    png = traitlets.Bytes().tag(sync=True)
    words = traitlets.Unicode().tag(sync=True)
    clickable = traitlets.Bool(False).tag(sync=True)
    clicked = traitlets.Tuple(traitlets.Float(), traitlets.Float(), default_value=(0.0, 0.0)).tag(sync=True)

    def __init__(self, **traits):
        super().__init__(**traits)
        self.add_class("explorer-screen")

    def show(self, png: bytes, words: str) -> None:
        """Both at once, in one message to the browser."""
        with self.hold_sync():
            self.png, self.words = png, words
