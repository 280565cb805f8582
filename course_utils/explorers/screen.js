// What ipywidgets leaves without a name: the handles of its sliders, and the buttons of its player.
function nameControls(explorer, said) {
  for (const slider of explorer?.querySelectorAll(".widget-slider") ?? []) {
    const handle = slider.querySelector(".noUi-handle");
    handle?.setAttribute("aria-label", slider.querySelector("label").textContent);
    handle?.setAttribute("aria-valuetext", slider.querySelector(".widget-readout").textContent);
  }
  for (const player of explorer?.querySelectorAll(".widget-play") ?? []) {
    const names = [said.play, said.stop];
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

const VIEW = "application/vnd.jupyter.widget-view+json";

// Without its kernel, JupyterLab shows the view of a widget as an error, whatever else is stored beside it.
// So its notebooks are saved without the views that have a picture to stand in for them.
function saveWithoutViews(notebook) {
  if (!notebook || notebook.savesWithoutViews) return;
  const whole = notebook.toJSON.bind(notebook);
  notebook.savesWithoutViews = true;
  notebook.toJSON = () => {
    const saved = whole();
    for (const output of saved.cells.flatMap((cell) => cell.outputs ?? [])) {
      if (!output.data?.[VIEW] || !output.data["text/html"]) continue;
      output.data = { ...output.data };
      delete output.data[VIEW];
    }
    return saved;
  };
}

// One screen. Its pages are decoded as they come, before anything shows it, and once for all that do:
// an image whose page is there has its size at once, and no frame is blank.
export default () => {
  const pages = []; // kept, so that the browser need not load them again
  const views = new Set(); // for each place that shows the screen, how it turns to the page as asked for

  async function load(model, place) {
    const [alt, png] = model.get(`page_${place}`);
    const old = pages[place];
    const page = png && new Image();
    if (page) Object.assign(page, { alt, src: URL.createObjectURL(new Blob([png], { type: "image/png" })) });
    pages[place] = page;
    await page?.decode().catch(() => {}); // an image that cannot be read is shown as such
    if (pages[place] === page) for (const turn of views) turn(place);
    if (old) URL.revokeObjectURL(old.src);
  }

  // Tell the kernel whether anybody sees this: pages that nobody sees need not be drawn.
  function tellSeen(model) {
    if (!("kernel" in model.widget_manager) || model.get("seen") === views.size > 0) return;
    model.set("seen", views.size > 0);
    model.save_changes();
  }

  function initialize({ model }) {
    for (let place = 0; place < model.get("count"); place++) {
      model.on(`change:page_${place}`, () => load(model, place));
      load(model, place);
    }
  }

  async function render({ model, el }) {
    saveWithoutViews(model.widget_manager.context?.model);
    const image = document.createElement("img");
    const words = document.createElement("p");
    words.setAttribute("role", "status"); // stays in the page, so that a change of its text is announced
    el.append(image, words);
    if (model.get("count") < 2 && !("kernel" in model.widget_manager)) {
      const note = document.createElement("p");
      note.className = "needs-kernel";
      note.textContent = model.get("said").still;
      el.append(note);
    }

    const names = model.get("controls").map((name) => name.replace("IPY_MODEL_", ""));
    const controls = await Promise.all(names.map((name) => model.widget_manager.get_model(name)));
    const nameThem = () => nameControls(el.closest(".explorer"), model.get("said"));

    function turn(changed = pageOf(controls)) {
      if (changed !== pageOf(controls)) return;
      const page = pages[changed];
      el.classList.toggle("waiting", !page);
      if (page) {
        image.src = page.src;
        image.alt = words.textContent = page.alt;
      }
      nameThem();
    }
    views.add(turn);
    tellSeen(model);
    turn();
    const asked = () => turn();
    for (const control of controls) control.on("change:index", asked);
    requestAnimationFrame(nameThem); // once the controls are in the page too

    el.classList.toggle("clickable", model.get("clickable"));
    image.addEventListener("click", (event) => {
      if (!model.get("clickable")) return;
      const box = image.getBoundingClientRect();
      model.set("clicked", [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
      model.save_changes();
    });
    return () => {
      for (const control of controls) control.off("change:index", asked);
      views.delete(turn);
      tellSeen(model);
    };
  }
  return { initialize, render };
};
