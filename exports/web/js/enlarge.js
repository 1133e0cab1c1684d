// Enlarge a photo: choose it, choose the part, compare with ordinary enlarging, save.

import { compare } from "./compare.js";
import { chooser, guarded, h, samples } from "./dom.js";
import { nothing, Panel } from "./panel.js";
import { blank, canShare, crop, give, grey, read, resize, toCanvas } from "./pictures.js";
import { count, enlarge } from "./tiles.js";

const MOST_OUT = 16e6; // pixels of the result: what every phone's browser can hold in one canvas
const SIDES = { Small: 1, Medium: 2, Large: 4 }; // of the part, in tiles

export function enlargeTab(bundles, entries) {
  if (!bundles.length) return nothing("enlarges pictures", "ganapps fit srresnet --data photographs --preset small");
  let picture, name, part, stopper, choice;
  const panel = new Panel(bundles, () => picture && frame());
  const shown = h("canvas", { class: "photo" }), box = h("div", { class: "frame" });
  const stage = h("div", { class: "stage", hidden: true }, shown, box);
  const result = h("div"), actions = h("div", { class: "row" });
  const parts = h("div", { class: "segments", role: "group", "aria-label": "part of the photo" });
  const bar = h("progress", { max: 1, value: 0, hidden: true });
  const go = h("button", { class: "main", onclick: guarded(work) });
  const stop = h("button", { hidden: true, onclick: () => stopper.abort() }, "Stop");
  const back = h("button", { onclick: frame }, "Another part");
  const again = h("div", { class: "row", hidden: true }, back, chooser("Another photo", use, { quiet: true }));
  const hint = h("p", { class: "small" }, "Drag the frame to the part that is to be larger.");
  const start = h("div", { class: "start" }, h("h2", {}, "Make a photo larger"),
    h("p", {}, "Choose a photo, then the part of it that is to be larger. Nothing leaves this phone."),
    h("div", { class: "row" }, chooser("Choose a photo", use), chooser("Camera", use, { camera: true, quiet: true })),
    h("p", { class: "small" }, "or try one of these"), samples(entries, use));
  const tools = h("div", { class: "tools", hidden: true }, hint, parts, h("div", { class: "row" }, go, stop), bar);

  const tile = () => panel.bundle.card.inputs.image.shape[0];
  const scale = () => panel.bundle.card.output.shape[0] / tile();

  async function use(file) {
    picture = await read(file);
    name = (file.name ?? "photo").replace(/\.[^.]*$/, "");
    toCanvas(picture, shown);
    stage.style.setProperty("--aspect", picture.width / picture.height);
    choice = undefined;
    frame();
    panel.model().then(() => panel.tell(""), () => {}); // while the user looks for the part
  }

  /** Show the photo with the choice of its part. */
  function frame() {
    const whole = picture.width * picture.height * scale() ** 2 <= MOST_OUT;
    const sides = Object.entries(SIDES).map(([label, tiles]) => [label, tiles * tile()])
      .filter(([, side]) => side < Math.max(picture.width, picture.height));
    const options = [...sides.map(([label, side]) => [label, Math.min(side, picture.width), Math.min(side, picture.height)]),
      ...(whole ? [["Whole", picture.width, picture.height]] : [])];
    choice = options.find(([label]) => label === choice)?.[0] ?? (whole && count(picture.width, picture.height, tile()) <= 9
      ? "Whole" : options[Math.min(1, options.length - 1)][0]);
    parts.replaceChildren(...options.map(([label, width, height]) => h("button", { class: label === choice ? "on" : "",
      "aria-pressed": label === choice, onclick: () => { choice = label; frame(); } }, label,
      h("small", {}, `${width} × ${height}`))));
    parts.hidden = options.length < 2;
    const [, width, height] = options.find(([label]) => label === choice);
    part = { width, height, left: Math.round((picture.width - width) / 2), top: Math.round((picture.height - height) / 2) };
    go.textContent = `Enlarge ${scale()}×`;
    show(true);
    place();
  }

  function show(choosing) {
    start.hidden = true;
    stage.hidden = tools.hidden = !choosing;
    again.hidden = false;
    back.hidden = choosing;
    hint.hidden = box.hidden = part.width === picture.width && part.height === picture.height;
    if (choosing) { result.replaceChildren(); actions.replaceChildren(); panel.tell(""); }
  }

  function place() {
    box.style.left = `${(100 * part.left) / picture.width}%`;
    box.style.top = `${(100 * part.top) / picture.height}%`;
    box.style.width = `${(100 * part.width) / picture.width}%`;
    box.style.height = `${(100 * part.height) / picture.height}%`;
  }

  function drag(event) {
    if (event.type === "pointerdown") stage.setPointerCapture(event.pointerId);
    if (!stage.hasPointerCapture(event.pointerId)) return;
    const area = shown.getBoundingClientRect();
    const middle = (at, length, side, whole) =>
      Math.round(Math.min(whole - side, Math.max(0, (at / length) * whole - side / 2)));
    part.left = middle(event.clientX - area.left, area.width, part.width, picture.width);
    part.top = middle(event.clientY - area.top, area.height, part.height, picture.height);
    place();
  }
  for (const kind of ["pointerdown", "pointermove"]) stage.addEventListener(kind, drag);

  async function work() {
    stopper = new AbortController();
    go.disabled = again.hidden = true;
    try {
      const model = await panel.model();
      const piece = crop(picture, part.left, part.top, part.width, part.height);
      const { card } = model, channels = card.inputs.image.shape[2];
      const tiles = count(piece.width, piece.height, tile()), canvas = blank(1, 1);
      const run = async (square) => {
        const { data } = await model.run({ image: channels === 1 ? grey(square).data : square.data });
        return channels === 1 ? Uint8Array.from({ length: 3 * data.length }, (_, i) => data[Math.floor(i / 3)]) : data;
      };
      let ready = 0;
      const begin = performance.now();
      stop.hidden = bar.hidden = false;
      await enlarge(piece, { run, tile: tile(), scale: scale() }, canvas, () => {
        bar.value = ++ready / tiles;
        const left = ((performance.now() - begin) / ready) * (tiles - ready);
        panel.tell(`${ready} of ${tiles} tiles${left > 3000 ? `, about ${Math.round(left / 1000)} s left` : ""}`);
      }, stopper.signal);
      finish(piece, canvas, performance.now() - begin, model, tiles);
    } catch (error) {
      panel.tell("");
      throw error;
    } finally {
      go.disabled = again.hidden = false;
      stop.hidden = bar.hidden = true;
      bar.value = 0;
    }
  }

  function finish(piece, canvas, ms, model, tiles) {
    const plain = toCanvas(resize(piece, canvas.width, canvas.height));
    const file = `${name}-${scale()}x.png`;
    show(false);
    result.replaceChildren(compare(plain, canvas, ["ordinary", "enlarged"]));
    actions.replaceChildren(h("button", { class: "main", onclick: guarded(() => give(canvas, file)) }, "Save"),
      ...(canShare() ? [h("button", { onclick: guarded(() => give(canvas, file, { share: true })) }, "Share")] : []));
    panel.told(ms, model, `, ${tiles === 1 ? "1 tile" : `${tiles} tiles`} · ${piece.width} × ${piece.height} → ${canvas.width} × ${canvas.height}`);
  }

  return h("div", {}, panel.choice, start, stage, tools, result, panel.status, actions, again);
}
