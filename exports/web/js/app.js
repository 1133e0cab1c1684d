// The page: three tabs, made when first opened; settings; what is kept for use without a network.

import { drawTab } from "./draw.js";
import { editTab } from "./edit.js";
import { address, fileOf, settings } from "./engine.js";
import { enlargeTab } from "./enlarge.js";
import { guarded, h, say, size } from "./dom.js";

const TABS = { enlarge: enlargeTab, draw: drawTab, edit: editTab };
const KIND = { enlarge: "photographs", draw: undefined, edit: "faces" };
const RUNTIMES = { auto: "The quickest there is", wasm: "LiteRT on the CPU", webgpu: "LiteRT on the GPU", onnx: "ONNX Runtime on the CPU" };
const PRECISIONS = { float32: "float32", float16: "float16, half the size", int8: "int8, a quarter of the size" };

const [{ bundles }, entries] = await Promise.all(["bundles.json", "samples/samples.json"].map(asked)).catch(() => {
  document.querySelector("main").replaceChildren(h("div", { class: "empty" }, h("h2", {}, "Nothing here yet"),
    h("p", {}, "The list of bundles is missing. Write it, then reload the page:"), h("pre", {}, "make web")));
  return [{ bundles: [] }, {}];
});

async function asked(file) {
  const answer = await fetch(file);
  if (!answer.ok) throw new Error(file);
  return answer.json();
}

/** Show the tab that the address names, the first by default. */
function route() {
  const name = location.hash.slice(1) in TABS ? location.hash.slice(1) : "enlarge";
  for (const link of document.querySelectorAll("nav a"))
    link.toggleAttribute("aria-current", link.hash === `#${name}`);
  for (const other of Object.keys(TABS)) {
    const section = document.getElementById(other);
    section.hidden = other !== name;
    if (other === name && !section.firstChild) fill(section, name);
  }
}

function fill(section, name) {
  const own = bundles.filter((bundle) => bundle.tab === name);
  section.replaceChildren(TABS[name](own, KIND[name] ? entries[KIND[name]] ?? [] : entries));
}

/** Settings, and the facts of every model on the page. */
function openSheet() {
  const sheet = document.getElementById("sheet");
  const chosen = (name, choices) => h("label", {}, h("span", {}, name === "precision" ? "Files" : "Runs by"),
    h("select", { onchange: (event) => settings.set(name, Object.keys(choices)[event.target.selectedIndex]) },
      ...Object.entries(choices).map(([value, label]) => h("option", { selected: settings[name] === value }, label))));
  sheet.replaceChildren(
    h("h2", { tabIndex: -1, autofocus: true }, "Settings"), chosen("precision", PRECISIONS), chosen("runtime", RUNTIMES),
    h("p", { class: "small" }, "They hold from the next picture on. Pictures never leave this device."),
    h("h2", {}, "Models"), ...bundles.map(facts),
    h("div", { class: "row" }, h("button", { class: "main", onclick: () => sheet.close() }, "Done")));
  sheet.showModal();
}

function facts({ title, card }) {
  const rows = Object.entries(card.files).map(([name, file]) => h("tr", {}, h("td", {}, name), h("td", {}, size(file.bytes)),
    h("td", {}, file.score === null || file.score === undefined ? "" : file.score.toPrecision(3))));
  return h("details", {}, h("summary", {}, title), h("p", {}, `${card.title}. ${card.description}`), h("table", {}, ...rows),
    card.metric?.name ? h("p", { class: "small" }, `Score: ${card.metric.name}; ${card.metric.better} is better.`) : null,
    h("p", { class: "small" }, `${card.limits} ${card.notice}`),
    h("p", { class: "small" }, ["Data:", card.data.name, card.data.licence, card.data.credit].filter(Boolean).join(" · ")));
}

/** Keep the page, the runtime and the chosen file of every bundle for use without a network. */
async function keep() {
  const mark = document.getElementById("offline");
  if (!navigator.serviceWorker) return;
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    if (data.stored === undefined) return;
    mark.textContent = data.failed ? "" : data.stored < data.of ? `Storing ${data.stored} of ${data.of}` : "Works offline";
    mark.dataset.done = data.stored === data.of && !data.failed;
  });
  await navigator.serviceWorker.register("sw.js");
  const { active } = await navigator.serviceWorker.ready;
  if (navigator.connection?.saveData) return; // then only what is used is kept
  const used = bundles.flatMap((bundle) => (bundle.reader ? [bundle, bundle.reader] : [bundle]));
  active.postMessage({ keep: used.map((bundle) => address(bundle, fileOf(bundle))) });
}

/** Wait, but not long, until the service worker sees what the page fetches: else the runtime would be fetched twice. */
async function watched() {
  if (!navigator.serviceWorker || navigator.serviceWorker.controller) return;
  await Promise.race([
    new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, { once: true })),
    new Promise((done) => setTimeout(done, 2000)),
  ]);
}

document.getElementById("about").addEventListener("click", openSheet);
window.addEventListener("hashchange", route);
const kept = guarded(keep)();
await watched();
if (bundles.length || entries.faces) route();
kept.catch(() => say("This browser stores nothing: the page will not work offline."));
