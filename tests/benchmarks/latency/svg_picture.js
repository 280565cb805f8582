// Two panels in SVG, each one curve; the mark is a square whose fill tells the position.
const SIZE = [700, 330];
const PANELS = [
  { left: 50, width: 280, low: -1, high: 4, scale: (value) => value },
  { left: 400, width: 280, low: -3, high: 1, scale: Math.log10 },
];
const TOP = 30, HEIGHT = 260;

function path(panel, values) {
  const across = panel.width / (values.length - 1), down = HEIGHT / (panel.high - panel.low);
  return values
    .map((value, index) => {
      const x = panel.left + index * across, y = TOP + (panel.high - panel.scale(value)) * down;
      return `${index ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join("");
}

function render({ model, el }) {
  const frames = PANELS.map(
    ({ left, width }) => `<rect x="${left}" y="${TOP}" width="${width}" height="${HEIGHT}" fill="none" stroke="#888"/>`
  );
  const curves = PANELS.map(() => '<path fill="none" stroke="#0072B2" stroke-width="2"/>');
  el.innerHTML = `<svg class="svg-picture" width="${SIZE[0]}" height="${SIZE[1]}" role="img" aria-label="fit and loss">
    ${frames.join("")}${curves.join("")}<rect class="mark" width="20" height="20"/></svg>`;
  const mark = el.querySelector(".mark"), lines = el.querySelectorAll("path");
  const draw = (run, position) => {
    const shade = 8 + 4 * position;
    lines.forEach((line, index) => line.setAttribute("d", path(PANELS[index], run[index])));
    mark.setAttribute("fill", `rgb(${shade}, ${shade}, ${shade})`);
  };
  const all = () => draw(model.get("runs")[model.get("position")], model.get("position"));
  const one = () => draw(model.get("shown").run, model.get("shown").position);
  const now = model.get("runs").length ? all : one;
  model.on("change:position change:shown", now);
  now();
}

export default { render };
