// Edit a face: controls made from the attributes on the bundle's card; the face before and after.

import { compare } from "./compare.js";
import { chooser, guarded, h, newest, samples } from "./dom.js";
import { Slot } from "./engine.js";
import { nothing, Panel } from "./panel.js";
import { canShare, fit, give, read, resize, toCanvas } from "./pictures.js";

const HAIR = { black: "#2c1b18", brown: "#724133", red: "#c93305", blond: "#d6b370", grey: "#b9b9c0", gray: "#b9b9c0",
  white: "#eeeeee", pink: "#f59797" };
const SHOWN = 512; // side of the pictures on the page and of the saved one

/** "Black_Hair" -> "black hair". */
const plain = (name) => name.toLowerCase().replaceAll("_", " ");
const hairOf = (name) => HAIR[plain(name).match(/^(\w+) hair$/)?.[1]];

export function editTab(bundles, entries) {
  if (!bundles.length) return nothing("edits pictures by attributes", "ganapps fit stargan --data faces --preset small");
  const panel = new Panel(bundles, begin), reader = new Slot(() => {});
  const view = h("div", { class: "result" }), controls = h("div", { class: "tools" });
  let face, own, wanted, buttons, made;

  const names = () => panel.bundle.card.inputs.attributes.classes;

  /** Controls for the chosen bundle: one swatch a hair colour, of which one holds; one switch for each other attribute. */
  function begin() {
    own = names().map(() => 0);
    wanted = [...own];
    buttons = names().map((name, number) => h("button", { class: hairOf(name) ? "swatch" : "switch", title: plain(name),
      "aria-label": plain(name), "aria-pressed": false, onclick: guarded(() => press(number)) },
      hairOf(name) ? h("i", { style: `background: ${hairOf(name)}` }) : plain(name)));
    const hair = buttons.filter((button) => button.className === "swatch");
    controls.replaceChildren(hair.length ? h("div", { class: "swatches" }, h("span", {}, "Hair"), ...hair) : "",
      h("div", { class: "switches" }, ...buttons.filter((button) => button.className === "switch")));
    return guarded(async () => use(await (await fetch(entries[0].file)).blob(), entries[0]))();
  }

  /** Take a face: its attributes are known of a sample, read from the picture where there is a model for that, or none. */
  async function use(file, entry) {
    const { shape } = panel.bundle.card.inputs.image;
    face = fit(await read(file), shape);
    own = entry?.attributes ? names().map((name) => Number(entry.attributes.includes(name))) : await readOff();
    wanted = [...own];
    show();
    await render();
  }

  async function readOff() {
    if (!panel.bundle.reader) return names().map(() => 0);
    panel.tell("Reading the face…");
    const { data } = await (await reader.model(panel.bundle.reader)).run({ image: face.data });
    return Array.from(data, (likely) => Number(likely > 0.5));
  }

  async function press(number) {
    const value = 1 - wanted[number];
    if (hairOf(names()[number])) names().forEach((name, i) => { if (hairOf(name)) wanted[i] = 0; });
    wanted[number] = value;
    show();
    await render();
  }

  function show() {
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", wanted[i] === 1));
  }

  /** Run the model; where nothing is to change the face itself is shown, for no model gives it back exactly. */
  const render = newest(async () => {
    const before = face, same = own.every((on, i) => on === wanted[i]), model = await panel.model();
    const { data, ms } = await model.run({ image: before.data, attributes: wanted });
    const [height, width, channels] = model.card.output.shape;
    made = large(same ? before : { width, height, channels, data });
    const at = view.querySelector(".handle")?.getAttribute("aria-valuenow");
    view.replaceChildren(compare(large(before), made, ["before", "after"], at));
    panel.told(ms, model);
  });

  function large(picture) {
    const scale = Math.max(1, Math.ceil(SHOWN / picture.width));
    return toCanvas(resize(picture, scale * picture.width, scale * picture.height));
  }

  begin();
  return h("div", {}, panel.choice, view, panel.status, controls,
    h("p", { class: "small" }, "Another face"), samples(entries, use),
    h("div", { class: "row" }, h("button", { class: "main", onclick: guarded(() => give(made, "edited.png")) }, "Save"),
      canShare() && h("button", { onclick: guarded(() => give(made, "edited.png", { share: true })) }, "Share"),
      chooser("Own picture", use, { quiet: true })));
}
