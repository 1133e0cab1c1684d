// The page's side of the worker: opens the file of a bundle that suits, and runs it.

import { Friendly } from "./dom.js";

const SENTENCES = {
  missing: "The model could not be fetched: go online and try again.",
  damaged: "The model's file is damaged: reload the page to fetch it again.",
};
let worker, last = 0;
const waiting = new Map();

function asked(ask, given, tell = () => {}) {
  if (!worker) {
    worker = new Worker("js/worker.js");
    worker.onmessage = ({ data: { id, progress, answer, failure } }) => {
      const call = waiting.get(id);
      if (progress !== undefined) return call.tell(progress);
      waiting.delete(id);
      return failure === undefined ? call.done(answer) : call.fail(new Error(failure));
    };
    worker.onerror = () => waiting.forEach((call) => call.fail(new Error("the worker stopped")));
  }
  return new Promise((done, fail) => {
    waiting.set(++last, { done, fail, tell });
    worker.postMessage({ id: last, ask, ...given });
  });
}

/** What the user chose: a precision, and "auto", "wasm", "webgpu" or "onnx". */
export const settings = {
  precision: localStorage.getItem("precision") ?? "float16",
  runtime: localStorage.getItem("runtime") ?? "auto",
  set(name, value) {
    this[name] = value;
    localStorage.setItem(name, value);
  },
};

/** [name, record] of the bundle's file for these settings: of the wanted precision, or the nearest that there is. */
export function fileOf(bundle, { precision, runtime } = settings) {
  const files = Object.entries(bundle.card.files);
  const of = (wanted) => files.find(([, file]) =>
    file.runtime === (runtime === "onnx" ? "onnx" : "litert") && file.precision === wanted);
  return of(precision) ?? of("float32") ?? files.find(([, file]) => file.runtime === "litert");
}

export function address(bundle, [name, file]) {
  return new URL(`${bundle.folder}${name}?v=${file.sha256.slice(0, 12)}`, document.baseURI).href;
}

/** Pairs [file, runtime] in the order to try; what "auto" once found to be the quickest for a file is not measured again. */
function attempts(bundle) {
  const chosen = fileOf(bundle), onnx = fileOf(bundle, { precision: "float32", runtime: "onnx" });
  const last = onnx[1].runtime === "onnx" ? [[onnx, "onnx"]] : [];
  if (chosen[1].runtime === "onnx") return last;
  const best = settings.runtime === "auto" ? localStorage.getItem(`best ${chosen[1].sha256}`) ?? "auto" : settings.runtime;
  return [[chosen, best], ...(best === "wasm" ? [] : [[chosen, "wasm"]]), ...last];
}

/** A loaded file of a bundle. */
export class Model {
  /** Load the file that the settings ask for; what LiteRT.js cannot load goes to onnxruntime-web as .onnx. */
  static async open(bundle, tell) {
    let problem;
    for (const [file, runtime] of attempts(bundle)) {
      try {
        return await Model.load(bundle, file, runtime, tell);
      } catch (error) {
        if (SENTENCES[error.message]) throw new Friendly(SENTENCES[error.message]);
        console.warn(`${file[0]} does not load (${runtime}):`, error.message);
        problem = error;
      }
    }
    throw new Friendly("This browser cannot run the model: update it, or use Chrome or Safari.", { cause: problem });
  }

  static async load(bundle, [name, file], runtime, tell) {
    const { card } = bundle;
    const plain = { signature: card.signature, inputs: card.inputs, output: card.output };
    const url = address(bundle, [name, file]);
    const loaded = await asked("open", { url, file, card: plain, runtime }, tell);
    if (runtime === "auto") localStorage.setItem(`best ${file.sha256}`, loaded.runtime);
    return new Model(card, name, loaded);
  }

  constructor(card, name, { model, by, fetchMs, loadMs }) {
    Object.assign(this, { card, name, number: model, by, fetchMs, loadMs });
  }

  /** Run on arrays by input name: {data, ms}. What the last run was given and gave stays in `window.ganapps`, for tests. */
  async run(given) {
    const inputs = structuredClone(given); // the user may change them meanwhile
    const result = await asked("run", { model: this.number, inputs });
    window.ganapps = { inputs, ...result, by: this.by, name: this.name, fetchMs: this.fetchMs, loadMs: this.loadMs };
    return result;
  }

  close() {
    asked("close", { model: this.number });
  }
}

/** The models in use, one a tab: opened when first needed, anew when the bundle or the settings change. */
export class Slot {
  constructor(tell) {
    this.tell = tell;
  }

  async model(bundle) {
    const key = `${bundle.folder} ${settings.precision} ${settings.runtime}`;
    if (key !== this.key) {
      this.key = key;
      const before = this.opening;
      this.opening = Model.open(bundle, this.tell);
      this.opening.catch(() => { this.key = undefined; });
      before?.then((model) => model.close(), () => {});
    }
    return this.opening;
  }
}
