// A drawing of a few colours, kept as the number of a colour for each cell of a grid, so that no edge is ever blurred.

export const FINE = 4; // cells of the grid along one pixel of the model's picture

export class Drawing {
  /**
   * @param canvas where it is shown and drawn upon by finger, pen or mouse.
   * @param colours [[r, g, b], ...].
   * @param side of the model's picture, in pixels.
   * @param changed called while (false) and after (true) a stroke.
   */
  constructor(canvas, colours, side, changed) {
    Object.assign(this, { canvas, colours, side, changed });
    this.brush = 0;
    this.thick = 8;
    this.grid = FINE * side;
    this.cells = new Uint8Array(this.grid * this.grid);
    this.before = [];
    canvas.width = canvas.height = this.grid;
    this.context = canvas.getContext("2d");
    canvas.addEventListener("pointerdown", (event) => this.begin(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (event) => this.end(event));
    this.show();
  }

  /** Fill all with one colour. */
  clear(colour) {
    this.remember();
    this.cells.fill(colour);
    this.show();
    this.changed(true);
  }

  /** Take a picture over, each pixel as the nearest of the colours. */
  take(picture) {
    this.remember();
    const { width, height, data } = picture;
    for (let y = 0, cell = 0; y < this.grid; y++)
      for (let x = 0; x < this.grid; x++) {
        const from = 3 * (Math.floor((y * height) / this.grid) * width + Math.floor((x * width) / this.grid));
        this.cells[cell++] = this.nearest(data[from], data[from + 1], data[from + 2]);
      }
    this.show();
    this.changed(true);
  }

  undo() {
    const cells = this.before.pop();
    if (!cells) return;
    this.cells = cells;
    this.show();
    this.changed(true);
  }

  /** The model's picture: each pixel has the colour that most of its cells have; thin lines win over what they cross. */
  picture() {
    const { side, grid, colours } = this, data = new Uint8Array(3 * side * side);
    for (let y = 0, to = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        const votes = new Array(colours.length).fill(0);
        for (let i = 0; i < FINE * FINE; i++)
          votes[this.cells[(FINE * y + Math.floor(i / FINE)) * grid + FINE * x + (i % FINE)]] += 1;
        if (this.thin !== undefined) votes[this.thin] *= 2;
        const colour = colours[votes.indexOf(Math.max(...votes))];
        for (let c = 0; c < 3; c++) data[to++] = colour[c];
      }
    return { width: side, height: side, channels: 3, data };
  }

  begin(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.pen = event.pointerId;
    this.remember();
    this.at = this.place(event);
    this.line(this.at, this.at);
  }

  move(event) {
    if (this.pen !== event.pointerId) return;
    for (const step of event.getCoalescedEvents?.() ?? [event]) {
      const next = this.place(step);
      this.line(this.at, next);
      this.at = next;
    }
  }

  end(event) {
    if (this.pen !== event.pointerId) return;
    this.pen = undefined;
    this.changed(true);
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * this.grid, ((event.clientY - box.top) / box.height) * this.grid];
  }

  /** Round dabs from one place to another. */
  line([fromX, fromY], [toX, toY]) {
    const radius = this.thick / 2, steps = Math.max(1, Math.ceil(Math.hypot(toX - fromX, toY - fromY)));
    for (let step = 0; step <= steps; step++) {
      const x = fromX + ((toX - fromX) * step) / steps, y = fromY + ((toY - fromY) * step) / steps;
      for (let row = Math.max(0, Math.floor(y - radius)); row <= Math.min(this.grid - 1, y + radius); row++)
        for (let column = Math.max(0, Math.floor(x - radius)); column <= Math.min(this.grid - 1, x + radius); column++)
          if (Math.hypot(column + 0.5 - x, row + 0.5 - y) <= radius) this.cells[row * this.grid + column] = this.brush;
    }
    this.show();
    this.changed(false);
  }

  remember() {
    this.before.push(this.cells.slice());
    if (this.before.length > 30) this.before.shift();
  }

  nearest(r, g, b) {
    const far = this.colours.map((colour) => (colour[0] - r) ** 2 + (colour[1] - g) ** 2 + (colour[2] - b) ** 2);
    return far.indexOf(Math.min(...far));
  }

  show() {
    const pixels = new ImageData(this.grid, this.grid);
    const inks = new Uint32Array(this.colours.map(([r, g, b]) => (255 << 24) | (b << 16) | (g << 8) | r));
    const words = new Uint32Array(pixels.data.buffer);
    for (let cell = 0; cell < words.length; cell++) words[cell] = inks[this.cells[cell]];
    this.context.putImageData(pixels, 0, 0);
  }
}
