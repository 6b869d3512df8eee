import type { Field } from "./source.ts";

/** What holds the values of a field. */
export const arrays = { u8: Uint8Array, f32: Float32Array, i32: Int32Array } as const;

/** Values of one item. */
export const itemSize = ({ shape }: Pick<Field, "shape">): number =>
  shape.reduce((product, n) => product * n, 1);
