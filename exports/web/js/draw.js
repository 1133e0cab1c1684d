// Draw: a few colours on a square, and what the model makes of them, live.

import { Drawing, FINE } from "./drawing.js";
import { chooser, guarded, h, newest, samples } from "./dom.js";
import { nothing, Panel } from "./panel.js";
import { canShare, crop, fit, give, read, toCanvas } from "./pictures.js";

const THICK = { fine: 1.25, medium: 4, broad: 12 }; // in the model's pixels of 64

export function drawTab(bundles, entries) {
  if (!bundles.length)
    return nothing("turns drawings into pictures", "ganapps fit pix2pix --data earth:a=mask,b=satellite --preset small");
  const panel = new Panel(bundles, begin);
  const place = h("div", { class: "pair" }), starts = h("div", { class: "tools" });
  let drawing, made;

  /** A new drawing for the chosen bundle. */
  function begin() {
    const { brushes, card, starts: kind } = panel.bundle;
    const side = card.inputs.image.shape[0];
    const canvas = h("canvas", { class: "drawing", "aria-label": "drawing" });
    made = h("canvas", { class: "made", "aria-label": "result", width: side, height: side });
    drawing = new Drawing(canvas, brushes.map((brush) => brush.colour), side, guarded(render));
    drawing.thin = brushes.findIndex((brush) => brush.thin);
    const tools = h("div", { class: "tools" });
    place.replaceChildren(canvas, tools, h("div", { class: "seen" }, made, panel.status));
    drawing.cells.fill(brushes.findIndex((brush) => brush.paper));
    drawing.show();
    const inks = brushes.map((brush, number) => h("button", { class: "ink", "aria-pressed": false, onclick: () => choose(number) },
      h("i", { style: `background: rgb(${brush.colour})` }), brush.name));
    const dots = Object.keys(THICK).map((name) => h("button", { class: `dot ${name}`, "aria-label": `${name} brush`,
      "aria-pressed": false, onclick: () => thick(name) }, h("i")));
    function choose(number) {
      drawing.brush = number;
      inks.forEach((ink, i) => ink.setAttribute("aria-pressed", i === number));
      thick(brushes[number].thin ? "fine" : "medium");
    }
    function thick(name) {
      drawing.thick = (THICK[name] * FINE * side) / 64;
      dots.forEach((dot) => dot.setAttribute("aria-pressed", dot.classList.contains(name)));
    }
    tools.replaceChildren(h("div", { class: "inks" }, ...inks), h("div", { class: "row tight" }, ...dots,
      h("span", { class: "gap" }), h("button", { onclick: () => drawing.undo() }, "Undo"),
      h("button", { onclick: () => drawing.clear(brushes.findIndex((brush) => brush.paper)) }, "Clear")));
    choose(brushes.findIndex((brush) => brush.first));
    starts.replaceChildren(h("p", { class: "small" }, "Start from one of these, from a photo of a drawing, or from nothing"),
      samples(entries[kind] ?? [], use),
      h("div", { class: "row" }, h("button", { class: "main", onclick: guarded(() => give(made, "drawn.png")) }, "Save"),
        canShare() && h("button", { onclick: guarded(() => give(made, "drawn.png", { share: true })) }, "Share"),
        chooser("Open a drawing", use, { quiet: true })));
    if (entries[kind]?.length) guarded(async () => use(await (await fetch(entries[kind][0].file)).blob()))();
  }

  async function use(file) {
    const picture = await read(file), side = Math.min(picture.width, picture.height);
    const small = side <= drawing.grid; // then every pixel keeps its colour; else each cell gets the mean of many
    const left = Math.floor((picture.width - side) / 2), top = Math.floor((picture.height - side) / 2);
    drawing.take(small ? crop(picture, left, top, side, side) : fit(picture, [drawing.grid, drawing.grid, 3]));
  }

  /** Run the model on the drawing as it is; while it runs, remember that there is something newer. */
  const render = newest(async () => {
    const shown = drawing, target = made, model = await panel.model();
    const { data, ms } = await model.run({ image: shown.picture().data });
    const [height, width, channels] = model.card.output.shape;
    toCanvas({ width, height, channels, data }, target);
    panel.told(ms, model);
    await new Promise(requestAnimationFrame);
  });

  begin();
  return h("div", {}, panel.choice, place, starts);
}
