import type { Context } from "hono";
import type { OpenRun } from "../app/sample.ts";
import { isPicture, pixelsOf } from "../train/pixels.ts";

/** Items on their way to the page: pixels 0 … 255 of pictures, else values in the data's own units. */
export interface Items {
  /** [count, …item]; of pictures [count, channels, height, width]. */
  readonly shape: readonly number[];
  readonly data: Uint8Array | Float32Array;
}

/** Items as networks see them, as the page gets them. */
export function itemsOf({ field }: Pick<OpenRun, "field">, made: Float32Array): Items {
  const { shape, scale, offset } = field;
  const count = made.length / shape.reduce((n, d) => n * d, 1);
  const data = isPicture(field) ? pixelsOf(made, field) : made.map((v) => (v - offset) / scale);
  return { shape: [count, ...shape], data };
}

/**
 * Items as raw bytes, little-endian, with headers: `x-shape`, `x-type` (u8 or f32) and `x-about`, JSON
 * in percent encoding of what goes with them.
 */
export function sendItems(context: Context, { shape, data }: Items, about: unknown = {}): Response {
  context.header("content-type", "application/octet-stream");
  context.header("cache-control", "no-store");
  context.header("x-shape", shape.join());
  context.header("x-type", data instanceof Uint8Array ? "u8" : "f32");
  context.header("x-about", encodeURIComponent(JSON.stringify(about)));
  return context.body(new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength));
}
