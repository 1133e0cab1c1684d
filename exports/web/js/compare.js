// Two pictures one over the other with a line between them that can be moved; pinch or + to look closer, drag to move.

import { h } from "./dom.js";

const STEP = 4, GRIP = 28, CLOSEST = 8;

/** An element that compares two canvases of the same aspect; `at` is where the line begins, in percent. */
export function compare(before, after, labels = ["before", "after"], at = 50) {
  const handle = h("div", { class: "handle", tabIndex: 0, role: "slider", "aria-label": "before and after",
    "aria-valuemin": 0, "aria-valuemax": 100 }, h("span", {}, "‹ ›"));
  const pictures = h("div", { class: "pictures" }, after, before);
  const closer = h("button", { class: "closer", "aria-label": "look closer" }, "+");
  const root = h("div", { class: "compare" }, pictures, handle,
    h("span", { class: "tag left" }, labels[0]), h("span", { class: "tag right" }, labels[1]), closer);
  root.style.aspectRatio = `${after.width} / ${after.height}`;
  const view = { at: Number(at ?? 50), zoom: 1, x: 0, y: 0 };

  function show() {
    const { width, height } = root.getBoundingClientRect();
    view.x = Math.min(0, Math.max(width * (1 - view.zoom), view.x));
    view.y = Math.min(0, Math.max(height * (1 - view.zoom), view.y));
    pictures.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.zoom})`;
    const cut = width ? ((view.at / 100) * width - view.x) / view.zoom / width : view.at / 100;
    before.style.clipPath = `inset(0 ${100 - 100 * Math.min(1, Math.max(0, cut))}% 0 0)`;
    handle.style.left = `${view.at}%`;
    handle.setAttribute("aria-valuenow", Math.round(view.at));
    closer.textContent = view.zoom > 1 ? "−" : "+";
  }

  function zoomTo(zoom, x, y) {
    const next = Math.min(CLOSEST, Math.max(1, zoom));
    view.x = x - ((x - view.x) / view.zoom) * next;
    view.y = y - ((y - view.y) / view.zoom) * next;
    view.zoom = next;
    show();
  }

  const fingers = new Map();
  let moving, spread;
  const place = (event) => {
    const box = root.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top, width: box.width };
  };
  const apart = () => {
    const [one, two] = [...fingers.values()];
    return { far: Math.hypot(one.x - two.x, one.y - two.y), x: (one.x + two.x) / 2, y: (one.y + two.y) / 2 };
  };
  root.addEventListener("pointerdown", (event) => {
    if (event.target === closer) return;
    const at = place(event);
    root.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, at);
    moving = view.zoom === 1 || Math.abs(at.x - (view.at / 100) * at.width) < GRIP ? "line" : "picture";
    if (fingers.size === 2) { moving = "both"; spread = apart(); }
    if (moving === "line") { view.at = (100 * at.x) / at.width; show(); }
  });
  root.addEventListener("pointermove", (event) => {
    const from = fingers.get(event.pointerId);
    if (!from) return;
    const at = place(event);
    fingers.set(event.pointerId, at);
    if (moving === "both" && fingers.size === 2) {
      const now = apart();
      zoomTo((view.zoom * now.far) / spread.far, now.x, now.y);
      spread = now;
    } else if (moving === "line") {
      view.at = Math.min(100, Math.max(0, (100 * at.x) / at.width));
      show();
    } else if (moving === "picture") {
      view.x += at.x - from.x;
      view.y += at.y - from.y;
      show();
    }
  });
  for (const end of ["pointerup", "pointercancel"])
    root.addEventListener(end, (event) => { fingers.delete(event.pointerId); });
  root.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const at = place(event);
    zoomTo(view.zoom * Math.exp(-event.deltaY / 200), at.x, at.y);
  }, { passive: false });
  closer.addEventListener("click", () => {
    const { width, height } = root.getBoundingClientRect();
    zoomTo(view.zoom > 1 ? 1 : STEP, width / 2, height / 2);
  });
  handle.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -5, ArrowRight: 5, Home: -100, End: 100 }[event.key];
    if (!step) return;
    event.preventDefault();
    view.at = Math.min(100, Math.max(0, view.at + step));
    show();
  });
  show();
  return root;
}
