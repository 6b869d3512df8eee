import { GanymedeError } from "../../core/errors.ts";
import { constant } from "../../engine/ir/leaves.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { concat, gather, neg, reshape, slice } from "../../engine/ops/index.ts";

/** A change of items [n,…] that keeps their shape and tells something of them when it is recognised. */
export type View = (items: Tensor) => Tensor;

/** Square images [n,c,s,s] turned by 0, 90, 180 and 270 degrees. Gidaris et al. 2018, arXiv:1803.07728. */
export const quarterTurns: readonly View[] = [0, 1, 2, 3].map((turns) => (x) => {
  const [n = 0, c = 0, side = 0, width = 0] = x.shape;
  if (x.shape.length !== 4 || side !== width) throw notSquare(x);
  if (turns === 0) return x;
  const from = Int32Array.from({ length: side * side }, (_, at) => {
    let [y, across] = [Math.floor(at / side), at % side];
    for (let k = 0; k < turns; k++) [y, across] = [across, side - 1 - y];
    return y * side + across;
  });
  const flat = reshape(x, { shape: [n, c, side * side] });
  return reshape(gather(flat, constant(from, [side * side], "i32"), { axis: 2 }), {
    shape: x.shape,
  });
});

/** Points as they are and mirrored at 0. */
export const mirrored: readonly View[] = [(x) => x, neg];

/**
 * Each view of an equal part of the batch: item i is shown by view ⌊i·K/n⌋. Throws `GAME` for a batch
 * that does not divide.
 */
export function inParts(items: Tensor, views: readonly View[]): Tensor {
  const n = items.shape[0]!;
  const each = n / views.length;
  if (!Number.isInteger(each)) {
    throw new GanymedeError("GAME", {
      where: "views",
      expected: `a batch of a multiple of ${views.length} items`,
      got: String(n),
      fix: "change `batch`",
    });
  }
  const rest = items.shape.slice(1);
  const part = (k: number) =>
    slice(items, {
      starts: [k * each, ...rest.map(() => 0)],
      ends: [(k + 1) * each, ...rest],
    });
  return concat(
    views.map((view, k) => view(part(k))),
    { axis: 0 },
  );
}

/** By which view each of `n` items is shown, i32[n]. */
export const viewOf = (n: number, views: readonly View[]): Tensor =>
  constant(
    Int32Array.from({ length: n }, (_, i) => Math.floor((i * views.length) / n)),
    [n],
    "i32",
  );

const notSquare = (x: Tensor) =>
  new GanymedeError("SHAPE", {
    where: "quarter turns",
    expected: "square images [n,c,s,s]",
    got: `[${x.shape}]`,
    fix: "crop or resize the data",
  });
