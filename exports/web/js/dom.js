// Small helpers for the page's own elements.

/** An error whose message is a sentence for the user. */
export class Friendly extends Error {}

/** An element: h("button", {class: "main", onclick: go}, "Go"). Children are nodes or text; null and false are left out. */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "class") node.className = value;
    else if (key in node) node[key] = value;
    else node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== null && child !== false));
  return node;
}

/** Show a sentence at the foot of the page for a while. */
export function say(sentence) {
  const place = document.getElementById("toast");
  place.textContent = sentence;
  place.classList.add("shown");
  clearTimeout(say.timer);
  say.timer = setTimeout(() => place.classList.remove("shown"), 6000);
}

/** A function that does the work, and once more at its end when it was called meanwhile: the newest state is shown last. */
export function newest(work) {
  let busy = false, again = false;
  return async () => {
    if (busy) { again = true; return; }
    busy = true;
    try {
      do { again = false; await work(); } while (again);
    } finally {
      busy = false;
    }
  };
}

/** Run a function of an event and tell the user in a sentence when it fails. */
export function guarded(action) {
  return async (...given) => {
    try {
      return await action(...given);
    } catch (error) {
      if (!(error instanceof Friendly)) console.error(error);
      say(error instanceof Friendly ? error.message : "Something went wrong. Reload the page and try again.");
    }
  };
}

/** "12 ms", "3.4 s". */
export function duration(ms) {
  return ms < 1000 ? `${Math.max(1, Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** "850 kB", "7.4 MB". */
export function size(bytes) {
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A button that opens the gallery, or the camera; gives the chosen file to `use`. */
export function chooser(label, use, { camera = false, quiet = false } = {}) {
  const input = h("input", { type: "file", accept: "image/*", hidden: true });
  if (camera) input.setAttribute("capture", "environment");
  input.addEventListener("change", guarded(async () => {
    const [file] = input.files;
    input.value = "";
    if (file) await use(file);
  }));
  return h("label", { class: quiet ? "button quiet" : "button", tabIndex: 0, role: "button",
    onkeydown: (event) => ["Enter", " "].includes(event.key) && input.click() }, input, label);
}

/** A row of small pictures to start from; `use` gets the picture's file. */
export function samples(entries, use) {
  return h("div", { class: "samples" }, ...entries.map((entry) =>
    h("button", { class: "sample", title: entry.title, onclick: guarded(async () => use(await fetched(entry.file), entry)) },
      h("img", { src: entry.file, alt: entry.title, loading: "lazy", draggable: false }))));
}

async function fetched(url) {
  const answer = await fetch(url).catch(() => null);
  if (!answer?.ok) throw new Friendly("This sample is not stored on the phone yet: go online once and try again.");
  return answer.blob();
}
