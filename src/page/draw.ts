import type { Field } from "../data/source.ts";
import { isPicture, pixelsOf } from "../train/pixels.ts";

/** Draws one image, one canvas pixel a pixel; the page scales it. */
export function drawImage(canvas: HTMLCanvasElement, item: Float32Array, field: Field): void {
  const [channels = 1, height = 1, width = 1] = field.shape;
  const pixels = pixelsOf(item, field);
  const plane = width * height;
  const image = new ImageData(width, height);
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = pixels[(channels < 3 ? 0 : c) * plane + i]!;
    image.data[4 * i + 3] = channels === 4 ? pixels[3 * plane + i]! : 255;
  }
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")!.putImageData(image, 0, 0);
}

/** Items in the data's own units. */
const rawOf = (items: Float32Array, { scale, offset }: Field): Float32Array =>
  items.map((v) => (v - offset) / scale);

/** A cloud of points by their first two numbers, in the text's colour; the last one stands out. */
export function drawCloud(canvas: HTMLCanvasElement, items: Float32Array, field: Field): void {
  const size = field.shape.reduce((n, d) => n * d, 1);
  const raw = rawOf(items, field);
  const count = raw.length / size;
  const x = Array.from({ length: count }, (_, i) => raw[i * size]!);
  // Single numbers are spread over the height by their order.
  const y = Array.from({ length: count }, (_, i) => (size > 1 ? raw[i * size + 1]! : i / count));
  const side = 512;
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext("2d")!;
  const colours = getComputedStyle(canvas);
  const place = (values: number[]) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const span = high > low ? high - low : 1;
    return values.map((v) => 24 + ((v - low) / span) * (side - 48));
  };
  const [across, up] = [place(x), place(y)];
  context.fillStyle = colours.color;
  context.globalAlpha = 0.55;
  across.forEach((left, i) => {
    const last = i === count - 1;
    if (last) {
      context.globalAlpha = 1;
      context.fillStyle = colours.accentColor;
    }
    context.beginPath();
    context.arc(left, side - up[i]!, last ? 9 : 2.5, 0, 2 * Math.PI);
    context.fill();
  });
}

/** What a screen reader is told of an item, and what is read of a point. */
export function describe(item: Float32Array, field: Field): string {
  if (isPicture(field)) return `image of ${field.shape[2]} by ${field.shape[1]} pixels`;
  return [...rawOf(item, field)].map((v) => v.toPrecision(4)).join(", ");
}
