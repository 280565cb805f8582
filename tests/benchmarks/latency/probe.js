// Installed in the page: when did the slider move, and when was its picture on screen?
//
// A move is timed by the event that caused it, as the browser received it (event.timeStamp).
// A picture is timed by the animation frame after the first one that finds its mark: by then it was painted.
({ selector, width, height }) => {
  const handle = document.querySelector(".jp-OutputArea .noUi-handle");
  const pixels = new OffscreenCanvas(2, 1).getContext("2d", { willReadFrequently: true });
  const seen = new WeakSet();
  let record, input = 0, last = null, shown = null, waiting = null;

  const slider = () => Math.round(Number(handle.getAttribute("aria-valuenow")));
  const reset = () => { record = { moves: [], pictures: [], samples: 0, blanks: 0 }; };
  const position = (shade) => Math.round((shade - 8) / 4);

  function fromPixels(element) {
    const across = element.naturalWidth ?? element.width, down = element.naturalHeight ?? element.height;
    pixels.clearRect(0, 0, 2, 1);
    for (const square of [0, 1]) {
      const x = across * (square + 0.5) * width / 2, y = down * height / 2;
      pixels.drawImage(element, Math.floor(x), Math.floor(y), 1, 1, square, 0, 1, 1);
    }
    const [red, green, blue, alpha, grey] = pixels.getImageData(0, 0, 2, 1).data;
    return alpha === 255 && red + green + blue === 0 ? position(grey) : null;
  }

  function fromFill(element) {
    const found = /rgb\((\d+)/.exec(element.getAttribute("fill") || element.style.fill);
    return found ? position(Number(found[1])) : null;
  }

  // What an element shows: a position, or null for nothing. A browser keeps an image on screen
  // until the next one for the same element has been loaded.
  function read(element) {
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) return null;
    if (element instanceof SVGElement) return fromFill(element);
    if (element.complete === false) return seen.has(element) ? shown : null;
    if (element.naturalWidth === 0) return null; // a broken image
    const found = fromPixels(element);
    if (found !== null) seen.add(element);
    return found;
  }

  function sample() {
    const now = performance.now();
    if (waiting !== null) record.pictures.push([now, waiting]);
    waiting = null;
    const readings = [...document.querySelectorAll(selector)].map(read).filter((found) => found !== null);
    const found = readings.at(-1) ?? null;
    record.samples += 1;
    if (found === null) record.blanks += 1;
    else if (found !== shown) waiting = found;
    shown = found ?? shown;
    requestAnimationFrame(sample);
  }

  for (const kind of ["keydown", "mousedown", "mousemove"]) {
    window.addEventListener(kind, (event) => { input = event.timeStamp; }, true);
  }
  new MutationObserver(() => {
    if (slider() === last) return;
    last = slider();
    record.moves.push([input, last]);
  }).observe(handle, { attributes: true, attributeFilter: ["aria-valuenow"] });
  last = slider();
  reset();
  requestAnimationFrame(sample);
  window.probe = {
    reset,
    settled: () => waiting === null && shown === slider(),
    take: () => ({ ...record, slider: slider(), shown }),
  };
}
