const colours = ["#3b82f6", "#e0782f", "#4aa564", "#a05fd0"];
/** Points of a line: more would not be seen. */
const most = 500;

/** Readings of a training as lines over its steps. Keeps one in so many where there are many. */
export class Chart {
  constructor(canvas, legend) {
    this.canvas = canvas;
    this.legend = legend;
    this.clear();
  }

  clear() {
    this.lines = new Map();
    this.every = 1;
    this.draw();
  }

  /** @param rows readings by tick; those called `….loss` are shown */
  add(rows) {
    for (const { step, values } of rows) {
      if (step % this.every !== 0) continue;
      for (const [name, value] of Object.entries(values)) {
        if (!name.endsWith(".loss")) continue;
        if (!this.lines.has(name)) this.lines.set(name, []);
        this.lines.get(name).push({ step, value });
      }
    }
    while ([...this.lines.values()].some((line) => line.length > most)) {
      this.every *= 2;
      for (const [name, line] of this.lines) {
        this.lines.set(
          name,
          line.filter(({ step }) => step % this.every === 0),
        );
      }
    }
    this.draw();
  }

  draw() {
    const { width, height } = this.canvas;
    const pen = this.canvas.getContext("2d");
    pen.clearRect(0, 0, width, height);
    const all = [...this.lines.values()].flat();
    if (all.length === 0) {
      this.legend.textContent = "The losses are shown here.";
      return;
    }
    const values = all.map(({ value }) => value).sort((a, b) => a - b);
    const [low, high] = [0.01, 0.99].map((q) => values[Math.round(q * (values.length - 1))]);
    const margin = 0.1 * (high - low || 1);
    const last = Math.max(...all.map(({ step }) => step));
    const place = ({ step, value }) => [
      (step / last) * width,
      height - ((value - low + margin) / (high - low + 2 * margin)) * height,
    ];
    pen.lineWidth = 3;
    this.legend.replaceChildren();
    [...this.lines].forEach(([name, line], i) => {
      pen.strokeStyle = colours[i % colours.length];
      pen.beginPath();
      for (const point of line) pen.lineTo(...place(point));
      pen.stroke();
      const key = document.createElement("span");
      key.textContent = `● ${name} ${line.at(-1).value.toFixed(3)}  `;
      key.style.color = colours[i % colours.length];
      this.legend.append(key);
    });
  }
}
