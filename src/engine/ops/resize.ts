import { type Filter, resampleMatrix } from "../../core/resample.ts";
import { constant } from "../ir/leaves.ts";
import { defineOp, type Op } from "../ir/op.ts";
import type { Tensor } from "../ir/tensor.ts";
import { type Shape, shapeError, showType, sizeOf } from "../ir/type.ts";
import { at, build } from "../reference/ndarray.ts";
import { requireFloat } from "./_elementwise.ts";
import { emitUpsample } from "./_upsample.ts";
import { mul } from "./arithmetic.ts";
import { matmul } from "./matmul.ts";
import { avgPool } from "./pool.ts";
import { reshape } from "./reshape.ts";
import { transpose } from "./transpose.ts";

export { type Filter, filters } from "../../core/resample.ts";

/** Repeats each element of [n,c,…s] an integer number of times on each spatial axis. */
export const upsampleNearest: Op<1, { scale: Shape }> = defineOp({
  name: "upsampleNearest",
  about: "repeats elements on spatial axes",
  precision: "any",
  arity: 1,
  attrs: { scale: [] as Shape },
  type: ([x], { scale }) => {
    const rank = requireFloat(x).shape.length - 2;
    if (scale.length !== rank || !scale.every((s) => s >= 1 && Number.isInteger(s))) {
      const wanted = `a whole factor for each of ${rank} spatial axes`;
      shapeError("upsampleNearest", wanted, `[${scale}]`, "use resample for other sizes");
    }
    return { shape: x.shape.map((d, i) => d * (scale[i - 2] ?? 1)), dtype: x.dtype };
  },
  reference: ([x], { scale }, out) =>
    build(out.shape, (i) =>
      at(
        x,
        i.map((v, axis) => Math.floor(v / (scale[axis - 2] ?? 1))),
      ),
    ),
  // The sum over each block of copies.
  vjp: (ct, _, __, { scale }) => [mul(avgPool(ct, { kernel: scale }), sizeOf(scale))],
  lower: (emit, [x], { scale }) => emitUpsample(emit, x, scale),
  simplify: ([x], { scale }) => (scale.every((s) => s === 1) ? x : undefined),
  cases: [
    { shapes: [[2, 3, 4]], attrs: { scale: [3] } },
    { shapes: [[2, 2, 3, 2]], attrs: { scale: [2, 2] } },
    { shapes: [[1, 2, 2, 3]], attrs: { scale: [1, 4] } },
    { shapes: [[1, 2, 2, 1, 2]], attrs: { scale: [2, 3, 2] } },
  ],
});

/**
 * [n,c,…s] at another spatial size: one constant matrix an axis, so it is linear and differentiates
 * to any order. Axes that shrink most go first. Pixel centres are at half-integers.
 */
export function resample(x: Tensor, { size, filter }: { size: Shape; filter: Filter }): Tensor {
  if (size.length !== x.shape.length - 2 || !size.every((s) => s >= 1 && Number.isInteger(s))) {
    const wanted = `a size for each of ${x.shape.length - 2} spatial axes`;
    shapeError("resample", wanted, `[${size}] for ${showType(x)}`, "give one size an axis");
  }
  return size
    .map((to, i) => ({ axis: i + 2, to, ratio: to / x.shape[i + 2]! }))
    .sort((a, b) => a.ratio - b.ratio)
    .reduce((y, { axis, to }) => resampleAxis(y, axis, to, filter), x);
}

function resampleAxis(x: Tensor, axis: number, to: number, filter: Filter): Tensor {
  const from = x.shape[axis]!;
  if (from === to) return x;
  const rows = constant(resampleMatrix(from, to, filter), [to, from]);
  const lead = sizeOf(x.shape.slice(0, axis));
  const trail = sizeOf(x.shape.slice(axis + 1));
  const product =
    trail === 1
      ? matmul(reshape(x, { shape: [lead, from] }), rows, { transposeB: true })
      : matmul(rows, reshape(x, { shape: [lead, from, trail] }));
  return reshape(product, { shape: x.shape.with(axis, to) });
}

/** Channels to space, as PyTorch's PixelShuffle: [n, c·f², h, w] → [n, c, h·f, w·f]. */
export function pixelShuffle(x: Tensor, { factor }: { factor: number }): Tensor {
  const [n, deep, h, w] = image("pixelShuffle", x);
  const c = deep / factor ** 2;
  if (!Number.isInteger(c)) {
    shapeError(
      "pixelShuffle",
      `channels in multiples of ${factor ** 2}`,
      showType(x),
      "add channels",
    );
  }
  // Two swaps of neighbouring axes: 1.3 times as fast as one transposition of six, 1.8 times below.
  const columns = reshape(x, { shape: [n * c * factor, factor, h * w] });
  const wide = reshape(transpose(columns, { perm: [0, 2, 1] }), {
    shape: [n * c, factor, h, w * factor],
  });
  const moved = transpose(wide, { perm: [0, 2, 1, 3] });
  return reshape(moved, { shape: [n, c, h * factor, w * factor] });
}

/** Space to channels, the inverse of `pixelShuffle`: [n, c, h·f, w·f] → [n, c·f², h, w]. */
export function pixelUnshuffle(x: Tensor, { factor }: { factor: number }): Tensor {
  const [n, c, tall, wide] = image("pixelUnshuffle", x);
  const [h, w] = [tall / factor, wide / factor];
  if (!Number.isInteger(h) || !Number.isInteger(w)) {
    shapeError("pixelUnshuffle", `sizes in multiples of ${factor}`, showType(x), "pad the image");
  }
  const rows = transpose(reshape(x, { shape: [n * c, h, factor, wide] }), { perm: [0, 2, 1, 3] });
  const columns = reshape(rows, { shape: [n * c * factor, h * w, factor] });
  const moved = transpose(columns, { perm: [0, 2, 1] });
  return reshape(moved, { shape: [n, c * factor ** 2, h, w] });
}

function image(where: string, x: Tensor): [number, number, number, number] {
  if (x.shape.length !== 4) shapeError(where, "[n,c,h,w]", showType(x), "reshape it to an image");
  return [...x.shape] as [number, number, number, number];
}
