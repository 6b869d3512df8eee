import type { Field } from "../data/source.ts";

/** Whether items can be drawn as pictures: grey, colour, or colour with opacity. */
export const isPicture = ({ shape }: Pick<Field, "shape">): boolean =>
  shape.length === 3 && [1, 3, 4].includes(shape[0]!);

/** Pixels 0 … 255 of images as networks see them, [count, channels, height, width] like `items`. */
export function pixelsOf(items: Float32Array, { dtype, scale, offset }: Field): Uint8Array {
  // Fields that are not stored as pixels are trained on [−1, 1].
  const [by, from] = dtype === "u8" ? [scale, offset] : [2 / 255, -1];
  const pixels = Uint8ClampedArray.from(items, (v) => Math.round((v - from) / by));
  return new Uint8Array(pixels.buffer);
}
