// One pair of pictures in the browser: a cross, the pair for its time, the question, the feedback. See display.py.
const CROSS = 500;  // milliseconds that a cross stands between the places before a pair appears

export default function ({ data, parentElement, setTriggerValue }) {
  const one = (name) => parentElement.querySelector(name), all = (name) => [...parentElement.querySelectorAll(name)];
  const pair = one(".pair"), ask = one(".ask"), go = one(".go"), chooses = all(".choose"), figures = all("figure");
  const state = (parentElement.ganapps ??= { step: null });
  const step = data.trial + (data.real ? " told" : "");
  const show = (element, on) => element.classList.toggle("on", on);
  pair.style.setProperty("--shape", data.shape);
  pair.classList.toggle("sharp", data.sharp);

  const begin = async () => {
    state.at = "loading";
    show(go, false);
    ask.textContent = "";
    const pictures = all("img");
    data.pictures.forEach((source, side) => { pictures[side].src = source; });
    await Promise.all([...pictures.map((picture) => picture.decode().catch(() => {})),
      new Promise((done) => { show(one(".cross"), true); setTimeout(done, CROSS); })]);
    if (state.step !== step) return;
    requestAnimationFrame((first) => {
      show(one(".cross"), false);
      show(pair, true);
      Object.assign(state, { at: "shown", first, shown: null });
      if (data.seconds === null) return question();
      const wait = (now) => {  // half a frame early is nearer than half a frame late
        if (state.step !== step) return;
        state.frame = state.last ? now - state.last : 16;
        state.last = now;
        if (now - first < 1000 * data.seconds - Math.min(state.frame, 17) / 2) return requestAnimationFrame(wait);
        show(pair, false);
        state.shown = now - first;
        question();
      };
      requestAnimationFrame(wait);
    });
  };
  const question = () => {
    state.at = "asked";
    ask.textContent = "Which one " + (data.seconds === null ? "is" : "was") + " real?";
    chooses.forEach((button) => show(button, true));
  };
  const answer = (left) => {
    if (state.at !== "asked") return;
    state.at = "answered";
    chooses.forEach((button) => show(button, false));
    ask.textContent = "";
    if (!data.practice) show(pair, false);
    const took = performance.now() - state.first;
    setTriggerValue("said", { trial: data.trial, left, shown: state.shown, took });
  };
  const tell = () => {
    state.at = "told";
    show(pair, true);
    show(go, true);
    go.textContent = data.next;
    ask.textContent = (data.right ? "Right! " : "Not this time. ") + data.remark;
    figures.forEach((figure, side) => {
      const real = (side === 0) === (data.real === "left");
      figure.className = real ? "real" : "fake";
      figure.lastElementChild.textContent = real ? "real" : "fake";
    });
    all("img").forEach((picture, side) => { picture.src = data.pictures[side]; });
  };
  go.onclick = () => {
    if (state.at === "told") {
      state.at = "answered";
      setTriggerValue("said", { trial: data.trial, next: true });
    } else if (state.at === "ready") begin();
  };
  chooses.forEach((button, side) => { button.onclick = () => answer(side === 0); });
  const keys = (event) => {
    if (event.repeat || event.altKey || event.ctrlKey || event.metaKey) return;
    const field = event.composedPath()[0].closest?.("input, textarea, select, a, button");
    if (field && !parentElement.contains(field)) return;  // of the page around
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") answer(event.key === "ArrowLeft");
    else if ((event.key === " " || event.key === "Enter") && go.matches(".on")) go.click();
    else return;
    event.preventDefault();
  };
  state.listen?.abort();
  state.listen = new AbortController();
  document.addEventListener("keydown", keys, { signal: state.listen.signal });

  if (state.step !== step) {  // a rerun of the page with the same pair must not start it again
    state.step = step;
    state.last = null;
    figures.forEach((figure) => { figure.className = ""; figure.lastElementChild.textContent = ""; });
    if (data.real) tell();
    else {
      show(pair, false);
      chooses.forEach((button) => show(button, false));
      if (data.ready) { state.at = "ready"; show(go, true); go.textContent = data.ready; ask.textContent = data.hint; }
      else begin();
    }
  }
  return () => state.listen.abort();
}
