// Keeps the page for use without a network. Its own files come from the network where there is one; runtimes and models,
// whose addresses name their versions, come from the store.
"use strict";

const STORE = "ganapps";
const PAGE = [
  "./", "index.html", "style.css", "manifest.webmanifest", "bundles.json",
  "icons/icon.svg", "icons/icon-192.png", "icons/icon-512.png",
  ...["app", "compare", "dom", "draw", "drawing", "edit", "engine", "enlarge", "panel", "pictures", "tiles", "worker"]
    .map((name) => `js/${name}.js`),
];
const RUNTIME = [
  "vendor/versions.json",
  ...["index.js", "wasm-utils.js", "litert_wasm_internal.js", "litert_wasm_internal.wasm"].map((name) => `vendor/litert/${name}`),
];
const FIXED = /\/vendor\/.*\.(js|mjs|wasm)$|\.(tflite|onnx)$/;

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(STORE).then((store) => store.addAll(PAGE.map((url) => new Request(url, { cache: "no-cache" })))));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  event.respondWith(FIXED.test(url.pathname) ? stored(request) : fresh(request));
});

/** From the store, else from the network and into the store. */
async function stored(request) {
  const store = await caches.open(STORE);
  const found = await store.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) {
    await store.delete(request, { ignoreSearch: true }); // an older version of the same file
    await store.put(request, answer.clone());
  }
  return answer;
}

/** From the network and into the store, else from the store. */
async function fresh(request) {
  const store = await caches.open(STORE);
  try {
    const answer = await fetch(request);
    if (answer.ok) await store.put(request, answer.clone());
    return answer;
  } catch (error) {
    const found = await store.match(request, { ignoreSearch: true });
    if (found) return found;
    throw error;
  }
}

/** Store the runtime, the samples and these files, telling the page how far it is. */
self.addEventListener("message", (event) => {
  if (event.data.keep) event.waitUntil(keep(event.data.keep, event.source));
});

async function keep(models, page) {
  const samples = await fresh(new Request("samples/samples.json")).then((answer) => answer.json()).catch(() => ({}));
  const small = Object.values(samples).flat().map((entry) => entry.file);
  const all = [...small, ...RUNTIME, ...models];
  let ready = 0, failed = 0;
  for (const url of all) {
    const request = new Request(new URL(url, self.location.href).href);
    await stored(request).then(() => { ready += 1; }, () => { failed += 1; });
    page.postMessage({ stored: ready, of: all.length, failed });
  }
}
