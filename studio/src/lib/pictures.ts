import { ask } from "./api.ts";

/** Items of one shape: pixels 0 … 255 of pictures, else values in the data's own units. */
export interface Items {
  readonly count: number;
  /** Of an item: [channels, height, width] of a picture. */
  readonly shape: readonly number[];
  readonly data: Uint8Array | Float32Array;
}

/** Items, and what the server says of them. */
export interface Answered<About> extends Items {
  readonly about: About;
}

/** Whether items can be drawn as pictures: grey, colour, either with opacity. */
export const isPicture = ({ shape, data }: Items): boolean =>
  data instanceof Uint8Array && shape.length === 3 && shape[0]! >= 1 && shape[0]! <= 4;

export const sizeOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

/** Item `index` of items. */
export const itemAt = ({ shape, data }: Items, index: number): Uint8Array | Float32Array =>
  data.subarray(index * sizeOf(shape), (index + 1) * sizeOf(shape));

/** Reads an answer of `sendItems`: raw bytes, with the shape in the header `x-shape`. */
export async function itemsFrom<About>(response: Response): Promise<Answered<About>> {
  const [count = 0, ...shape] = response.headers.get("x-shape")!.split(",").map(Number);
  const bytes = await response.arrayBuffer();
  const isBytes = response.headers.get("x-type") !== "f32";
  const data = isBytes ? new Uint8Array(bytes) : new Float32Array(bytes);
  const about = JSON.parse(decodeURIComponent(response.headers.get("x-about") ?? "{}")) as About;
  return { count, shape, data, about };
}

/** Items of `/api/<path>`; what is asked goes as JSON where there is something. */
export async function getItems<About>(
  path: string,
  { body, signal }: { readonly body?: unknown; readonly signal?: AbortSignal } = {},
): Promise<Answered<About>> {
  const headers = { "content-type": "application/json" };
  const sent = body === undefined ? {} : { method: "POST", headers, body: JSON.stringify(body) };
  return itemsFrom<About>(await ask(path, signal ? { ...sent, signal } : sent));
}

/** A picture as the canvas takes it. One channel is grey, two grey and opacity. */
export function imageOf(items: Items, index: number): ImageData {
  const [channels = 1, height = 1, width = 1] = items.shape;
  const pixels = itemAt(items, index);
  const plane = height * width;
  const image = new ImageData(width, height);
  const coloured = channels > 2;
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = pixels[(coloured ? c : 0) * plane + i]!;
    image.data[4 * i + 3] = channels % 2 === 0 ? pixels[(channels - 1) * plane + i]! : 255;
  }
  return image;
}

/** A square window around points. */
export interface Window {
  readonly x: readonly [low: number, high: number];
  readonly y: readonly [low: number, high: number];
}

/** The window that all 2-D items fit into, with a margin. */
export function windowAround({ data }: Pick<Items, "data">): Window {
  const spans = [0, 1].map((axis) => {
    let [low, high] = [Infinity, -Infinity];
    for (let i = axis; i < data.length; i += 2) {
      low = Math.min(low, data[i]!);
      high = Math.max(high, data[i]!);
    }
    return { middle: (low + high) / 2, half: (high - low) / 2 };
  });
  const half = 1.1 * Math.max(...spans.map((s) => s.half), 1e-6);
  const [x, y] = spans.map(({ middle }) => [middle - half, middle + half] as const);
  return { x: x!, y: y! };
}
