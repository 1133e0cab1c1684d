// Pictures as plain arrays: {width, height, channels, data}, 8 bits, row by row from the top.

import { Friendly } from "./dom.js";

const MOST_PIXELS = 50e6;
const CANVAS_PIXELS = 16e6; // what every phone's browser can hold in one canvas

/** Decode a file into an upright RGB picture, transparent parts on white. */
export async function read(blob) {
  if (!blob.size) throw new Friendly("This file is empty: choose another picture.");
  let bitmap;
  try {
    bitmap = await createImageBitmap(blob, { colorSpaceConversion: "none" });
  } catch {
    throw new Friendly("This file is not a picture that the browser can read: save it as JPEG or PNG.");
  }
  const pixels = bitmap.width * bitmap.height;
  if (pixels > MOST_PIXELS) {
    bitmap.close();
    throw new Friendly(`This picture has ${Math.round(pixels / 1e6)} million pixels; choose one with at most 50.`);
  }
  const scale = Math.min(1, Math.sqrt(CANVAS_PIXELS / pixels));
  const width = Math.max(1, Math.round(bitmap.width * scale)), height = Math.max(1, Math.round(bitmap.height * scale));
  const canvas = blank(width, height), context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return fromPixels(context.getImageData(0, 0, width, height));
}

/** RGB picture of a canvas's ImageData. */
export function fromPixels({ width, height, data }) {
  const rgb = new Uint8Array(3 * width * height);
  for (let from = 0, to = 0; from < data.length; from += 4) {
    rgb[to++] = data[from];
    rgb[to++] = data[from + 1];
    rgb[to++] = data[from + 2];
  }
  return { width, height, channels: 3, data: rgb };
}

export function blank(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

/** Draw a grey or RGB picture into a canvas (a new one unless given), which takes the picture's size. */
export function toCanvas({ width, height, channels, data }, canvas = blank(width, height)) {
  canvas.width = width;
  canvas.height = height;
  const pixels = new ImageData(width, height);
  for (let from = 0, to = 0; from < data.length; from += channels, to += 4) {
    for (let c = 0; c < 3; c++) pixels.data[to + c] = data[from + (channels === 3 ? c : 0)];
    pixels.data[to + 3] = 255;
  }
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  return canvas;
}

/** Luma of an RGB picture. */
export function grey({ width, height, data }) {
  const luma = new Uint8Array(width * height);
  for (let i = 0; i < luma.length; i++)
    luma[i] = (19595 * data[3 * i] + 38470 * data[3 * i + 1] + 7471 * data[3 * i + 2] + 0x8000) >> 16;
  return { width, height, channels: 1, data: luma };
}

/** A part of a picture, given in whole pixels. */
export function crop(picture, left, top, width, height) {
  const { channels } = picture, data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * picture.width + left) * channels;
    data.set(picture.data.subarray(from, from + width * channels), y * width * channels);
  }
  return { width, height, channels, data };
}

/** Crop a picture around its centre to the shape's aspect and resize it: what ganapps.edge.fit_picture does. */
export function fit(picture, [height, width, channels]) {
  const plain = channels === 1 ? grey(picture) : picture;
  const wide = plain.width / plain.height >= width / height;
  const across = wide ? (width / height) * plain.height : plain.width;
  const down = wide ? plain.height : (plain.width * height) / width;
  const left = (plain.width - across) / 2, top = (plain.height - down) / 2;
  return resize(plain, width, height, [left, top, left + across, top + down]);
}

/** Resize (bicubic, antialiased) the box [left, top, right, bottom] of a picture: what Pillow's resize does. */
export function resize(picture, width, height, [left, top, right, bottom] = [0, 0, picture.width, picture.height]) {
  const columns = taps(picture.width, left, right, width), rows = taps(picture.height, top, bottom, height);
  const lowFirst = width > picture.width && height < picture.height;
  return lowFirst ? across(down(picture, rows), columns) : down(across(picture, columns), rows);
}

/** Each row resampled. */
function across({ width, height, channels, data }, columns) {
  const made = new Uint8ClampedArray(columns.length * height * channels);
  for (let y = 0, to = 0; y < height; y++)
    for (const { start, weights } of columns)
      for (let c = 0; c < channels; c++) {
        let sum = 0, from = (y * width + start) * channels + c;
        for (const weight of weights) { sum += weight * data[from]; from += channels; }
        made[to++] = sum;
      }
  return { width: columns.length, height, channels, data: new Uint8Array(made.buffer) };
}

/** Each column resampled. */
function down({ width, channels, data }, rows) {
  const line = width * channels, made = new Uint8ClampedArray(rows.length * line);
  rows.forEach(({ start, weights }, y) => {
    for (let x = 0; x < line; x++) {
      let sum = 0, from = start * line + x;
      for (const weight of weights) { sum += weight * data[from]; from += line; }
      made[y * line + x] = sum;
    }
  });
  return { width, height: rows.length, channels, data: new Uint8Array(made.buffer) };
}

/** For each place along a line of `size` pixels: where its neighbours begin and how much each counts. */
function taps(from, begin, end, size) {
  const step = (end - begin) / size, wide = Math.max(1, step);
  return Array.from({ length: size }, (_, place) => {
    const centre = begin + (place + 0.5) * step;
    const start = Math.max(0, Math.trunc(centre - 2 * wide + 0.5));
    const stop = Math.min(from, Math.trunc(centre + 2 * wide + 0.5));
    const weights = Float64Array.from({ length: stop - start }, (_, i) => cubic((start + i - centre + 0.5) / wide));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return { start, weights: weights.map((weight) => weight / total) };
  });
}

function cubic(x) {
  const a = Math.abs(x);
  if (a >= 2) return 0;
  return a < 1 ? (1.5 * a - 2.5) * a * a + 1 : ((-0.5 * a + 2.5) * a - 4) * a + 2;
}

/** Hand a canvas to the user as a PNG: the phone's share sheet where there is one and it is asked for, else a download. */
export async function give(canvas, name, { share = false } = {}) {
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  if (!blob) throw new Friendly("The picture is too large for this browser to save: enlarge a smaller part.");
  if (share) {
    const file = new File([blob], name, { type: "image/png" });
    await navigator.share({ files: [file] }).catch((error) => {
      if (error.name !== "AbortError") throw new Friendly("Sharing did not work here: save the picture instead.");
    });
    return;
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Whether the browser can hand files to other apps. */
export function canShare() {
  return Boolean(navigator.canShare?.({ files: [new File([""], "a.png", { type: "image/png" })] }));
}
