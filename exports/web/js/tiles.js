// Pictures of any size through a network that takes squares of one size: overlapping tiles. The same as ganapps/tiles.py.

import { Friendly } from "./dom.js";

/** How many tiles a picture takes. */
export function count(width, height, tile) {
  return starts(width, tile).length * starts(height, tile).length;
}

/**
 * Enlarge an RGB picture into a canvas.
 *
 * `run` takes a square {width, height, channels, data} and promises the larger square's data. Tiles share a quarter of
 * their side and are faded into one another. `done` is called after each tile; `stop` is an AbortSignal.
 */
export async function enlarge(picture, { run, tile, scale }, canvas, done, stop) {
  const { width, height } = picture;
  const padded = pad(picture, Math.max(width, tile), Math.max(height, tile));
  const rows = starts(padded.height, tile), columns = starts(padded.width, tile);
  const side = scale * tile, line = scale * padded.width * 3;
  const fadeDown = weights(rows, tile, scale), fadeAcross = weights(columns, tile, scale);
  canvas.width = scale * width;
  canvas.height = scale * height;
  const context = canvas.getContext("2d");
  const sums = new Float32Array(side * line); // the tiles so far, from the first row that is not drawn yet
  for (let row = 0; row < rows.length; row++) {
    for (let column = 0; column < columns.length; column++) {
      if (stop?.aborted) throw new Friendly("Stopped.");
      add(sums, line, await run(square(padded, columns[column], rows[row], tile)), side,
        3 * scale * columns[column], fadeDown[row], fadeAcross[column]);
      done();
    }
    const top = scale * rows[row], low = row + 1 < rows.length ? scale * rows[row + 1] : scale * height;
    draw(context, sums, line, scale * width, top, low - top);
    sums.copyWithin(0, (low - top) * line);
    sums.fill(0, Math.max(0, sums.length - (low - top) * line));
  }
}

/** Where tiles begin along a line of `size` pixels. */
export function starts(size, tile) {
  const last = Math.max(0, size - tile), step = tile - Math.floor(tile / 4), found = [];
  for (let start = 0; start < last; start += step) found.push(start);
  return [...found, last];
}

/** For each tile, how much each of its enlarged pixels counts; at every place the tiles' weights sum to 1. */
export function weights(begins, tile, scale) {
  const side = scale * tile, overlap = scale * Math.floor(tile / 4);
  const ramp = (place) => Math.min(1, Math.max(0, (place - overlap / 4) / (overlap / 2)));
  const found = begins.map((_, number) => Float64Array.from({ length: side }, (_, i) =>
    (number ? ramp(i + 0.5) : 1) * (number < begins.length - 1 ? ramp(side - i - 0.5) : 1)));
  const total = new Float64Array(scale * begins.at(-1) + side);
  found.forEach((weight, n) => weight.forEach((value, i) => { total[scale * begins[n] + i] += value; }));
  return found.map((weight, n) => Float32Array.from(weight, (value, i) => value / total[scale * begins[n] + i]));
}

function add(sums, line, made, side, left, down, across) {
  for (let y = 0, from = 0; y < side; y++)
    for (let x = 0, to = y * line + left; x < side; x++) {
      const weight = Math.fround(down[y] * across[x]);
      sums[to++] += made[from++] * weight;
      sums[to++] += made[from++] * weight;
      sums[to++] += made[from++] * weight;
    }
}

function draw(context, sums, line, width, top, height) {
  const pixels = new ImageData(width, height);
  for (let y = 0, to = 0; y < height; y++)
    for (let x = 0, from = y * line; x < width; x++) {
      pixels.data[to++] = sums[from++];
      pixels.data[to++] = sums[from++];
      pixels.data[to++] = sums[from++];
      pixels.data[to++] = 255;
    }
  context.putImageData(pixels, 0, top);
}

function square(picture, left, top, tile) {
  const data = new Uint8Array(tile * tile * 3);
  for (let y = 0; y < tile; y++) {
    const from = ((top + y) * picture.width + left) * 3;
    data.set(picture.data.subarray(from, from + 3 * tile), 3 * tile * y);
  }
  return { width: tile, height: tile, channels: 3, data };
}

/** Repeat the right and lower edges until the picture has this size. */
function pad(picture, width, height) {
  if (width === picture.width && height === picture.height) return picture;
  const data = new Uint8Array(3 * width * height);
  for (let y = 0, to = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = 3 * (Math.min(y, picture.height - 1) * picture.width + Math.min(x, picture.width - 1));
      for (let c = 0; c < 3; c++) data[to++] = picture.data[from + c];
    }
  return { width, height, channels: 3, data };
}
