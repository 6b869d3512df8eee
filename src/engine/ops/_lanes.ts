import { normaliseAxes, type Shape, sizeOf } from "../ir/type.ts";
import { type NdArray, zeros } from "../reference/ndarray.ts";

/** `axis` of a tensor of `rank`, counted from the front. */
export const positiveAxis = (axis: number, rank: number): number => normaliseAxes([axis], rank)[0]!;

/** `shape` with `size` along `axis`. */
export const withSize = (shape: Shape, axis: number, size: number): Shape =>
  shape.with(positiveAxis(axis, shape.length), size);

/** Replaces each one-dimensional slice along `axis` by `f` of it, which may change its length. */
export function mapLanes(
  x: NdArray,
  axis: number,
  length: number,
  f: (lane: readonly number[]) => readonly number[],
  dtype = x.dtype,
): NdArray {
  const a = positiveAxis(axis, x.shape.length);
  const before = x.shape[a]!;
  const inner = sizeOf(x.shape.slice(a + 1));
  const out = zeros(withSize(x.shape, a, length), dtype);
  for (let outer = 0; outer < x.data.length / (before * inner); outer++) {
    for (let i = 0; i < inner; i++) {
      const at = (p: number) => (outer * before + p) * inner + i;
      const lane = f(Array.from({ length: before }, (_, p) => x.data[at(p)]!));
      lane.forEach((v, p) => {
        out.data[(outer * length + p) * inner + i] = v;
      });
    }
  }
  return out;
}
