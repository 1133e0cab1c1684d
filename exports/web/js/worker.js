// Runs the models away from the page's own thread. A classic worker, because LiteRT.js loads its parts by importScripts.
//
// It is asked {id, ask, ...} and answers {id, answer}, {id, failure} or, while a file comes in, {id, progress: 0..1}.
"use strict";

const VENDOR = new URL("../vendor/", self.location.href).href;
const ARRAYS = { uint8: Uint8Array, int32: Int32Array, float32: Float32Array };
const GREY_LEVELS = 2; // how far a picture made by the GPU may be from the CPU's
const models = new Map();
let litert, onnx, last = 0;

/** LiteRT.js, loaded once. */
async function litertModule() {
  litert ??= (async () => {
    const folder = VENDOR + "litert/";
    self.Module = { locateFile: (file) => folder + file };
    const module = await import(folder + "index.js");
    await module.loadLiteRt(folder);
    return module;
  })();
  litert.catch(() => { litert = undefined; }); // so that it is tried again, when the network is back
  return litert;
}

/** onnxruntime-web, loaded once. */
async function onnxModule() {
  onnx ??= import(VENDOR + "onnx/ort.wasm.min.mjs").then((module) => {
    module.env.wasm.wasmPaths = VENDOR + "onnx/";
    module.env.wasm.numThreads = 1;
    return module;
  });
  return onnx;
}

/** A .tflite file as {by, runtime, run(inputs), close()}; `accelerator` is "wasm" (the CPU) or "webgpu". */
async function litertModel(bytes, card, accelerator) {
  const { loadAndCompile, Tensor } = await litertModule();
  const model = await loadAndCompile(bytes, { accelerator, gpuOptions: { precision: "fp32" } });
  return {
    by: accelerator === "webgpu" ? "LiteRT, GPU" : "LiteRT, CPU",
    runtime: accelerator,
    whole: model.isFullyAccelerated,
    async run(inputs) {
      const tensors = {};
      for (const [name, spec] of Object.entries(card.inputs))
        tensors[name] = new Tensor(ARRAYS[spec.dtype].from(inputs[name]), [1, ...spec.shape]);
      const results = await model.run(card.signature, tensors);
      const data = (await results[card.output.name].data()).slice();
      for (const tensor of [...Object.values(tensors), ...Object.values(results)]) if (!tensor.deleted) tensor.delete();
      return data;
    },
    close: () => model.delete(),
  };
}

/** An .onnx file, as litertModel. */
async function onnxModel(bytes, card) {
  const { InferenceSession, Tensor } = await onnxModule();
  const session = await InferenceSession.create(bytes, { executionProviders: ["wasm"] });
  return {
    by: "ONNX Runtime, CPU",
    runtime: "onnx",
    async run(inputs) {
      const tensors = {};
      for (const [name, spec] of Object.entries(card.inputs))
        tensors[name] = new Tensor(spec.dtype, ARRAYS[spec.dtype].from(inputs[name]), [1, ...spec.shape]);
      const results = await session.run(tensors);
      return results[card.output.name].data.slice();
    },
    close: () => session.release(),
  };
}

/** The GPU's model where there is a GPU that makes the same picture in less time, else the CPU's. */
async function quickest(bytes, card) {
  const cpu = await litertModel(bytes.slice(), card, "wasm");
  const adapter = await self.navigator.gpu?.requestAdapter().catch(() => null);
  if (!adapter) return cpu;
  let gpu;
  try {
    gpu = await litertModel(bytes.slice(), card, "webgpu");
    if (!gpu.whole) throw new Error("not all of the model runs on the GPU");
    const [slow, fast] = [await tried(cpu, card), await tried(gpu, card)];
    if (fast.ms >= slow.ms || apart(slow.data, fast.data) > GREY_LEVELS) throw new Error("the CPU serves better");
    cpu.close();
    return gpu;
  } catch {
    gpu?.close();
    return cpu;
  }
}

/** What a model makes of a fixed input, and how long it takes when warm. */
async function tried(model, card) {
  const inputs = {};
  for (const [name, spec] of Object.entries(card.inputs)) {
    const length = spec.shape.reduce((product, side) => product * side, 1);
    inputs[name] = Array.from({ length }, (_, i) => (spec.dtype === "uint8" ? (i * i * 7 + i * 13) % 256 : i % 2));
  }
  await model.run(inputs);
  const begin = performance.now();
  const data = await model.run(inputs);
  return { data, ms: performance.now() - begin };
}

function apart(one, other) {
  return one.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i])), 0);
}

/** Fetch a file, telling how much has come. Fails when it is not the one that the card describes. */
async function fetched(url, bytes, sha256, tell) {
  const answer = await fetch(url).catch(() => null);
  if (!answer?.ok) throw new Error("missing");
  const content = new Uint8Array(bytes), reader = answer.body.getReader();
  let at = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (at + part.value.length > bytes) throw new Error("damaged");
    content.set(part.value, at);
    at += part.value.length;
    tell(at / bytes);
  }
  const hash = self.crypto.subtle && new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  const hex = hash && Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (at < bytes || (hex && hex !== sha256)) throw new Error("damaged");
  return content;
}

const ANSWERS = {
  /** Load a file; "auto" also tries the GPU. */
  async open({ url, file, card, runtime }, tell) {
    const begin = performance.now();
    const bytes = await fetched(url, file.bytes, file.sha256, tell);
    const here = performance.now();
    const model = await (runtime === "onnx" ? onnxModel(bytes, card)
      : runtime === "auto" ? quickest(bytes, card) : litertModel(bytes, card, runtime));
    models.set(++last, model);
    return { model: last, by: model.by, runtime: model.runtime, fetchMs: here - begin, loadMs: performance.now() - here };
  },

  async run({ model, inputs }) {
    const begin = performance.now();
    const data = await models.get(model).run(inputs);
    return { data, ms: performance.now() - begin };
  },

  close({ model }) {
    models.get(model)?.close();
    models.delete(model);
  },
};

let turn = Promise.resolve(); // one thing at a time: the runtimes are not made for more
self.onmessage = ({ data: { id, ask, ...given } }) => {
  turn = turn.then(() => ANSWERS[ask](given, (progress) => self.postMessage({ id, progress }))).then(
    (answer) => self.postMessage({ id, answer }),
    (error) => self.postMessage({ id, failure: String(error?.message ?? error) }),
  );
};
