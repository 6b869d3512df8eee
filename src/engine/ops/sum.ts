import { defineOp, type Op } from "../ir/op.ts";
import type { Tensor } from "../ir/tensor.ts";
import { normaliseAxes, type Shape, sameShape, sizeOf } from "../ir/type.ts";
import type { Emit } from "../onnx/emit.ts";
import { broadcastOffset, build, zeros } from "../reference/ndarray.ts";
import { requireFloat } from "./_elementwise.ts";
import { cast } from "./compare.ts";
import { expand } from "./expand.ts";
import { reshape } from "./reshape.ts";

/** Attributes of every reduction: all axes when absent; `keep` leaves size 1 where it reduced. */
export interface Reduction {
  axes?: readonly number[] | undefined;
  keep: boolean;
}

export const reducedShape = (shape: Shape, { axes, keep }: Reduction): Shape => {
  const gone = normaliseAxes(axes, shape.length);
  return shape.flatMap((d, i) => (gone.includes(i) ? (keep ? [1] : []) : [d]));
};

/** The result of a reduction, or its cotangent, with the reduced axes back as size 1. */
export const keptShape = (shape: Shape, { axes }: Reduction): Shape =>
  reducedShape(shape, { axes, keep: true });

/** Σx over axes. */
export const sum: Op<1, Reduction> = defineOp({
  name: "sum",
  about: "Σx over axes",
  arity: 1,
  attrs: { axes: undefined, keep: false } as Reduction,
  type: ([x], attrs) => ({ ...requireFloat(x), shape: reducedShape(x.shape, attrs) }),
  reference: ([x], attrs, out) => {
    const kept = keptShape(x.shape, attrs);
    const total = zeros(kept);
    const offset = broadcastOffset(kept, x.shape);
    build(x.shape, (i, flat) => {
      total.data[offset(i)]! += x.data[flat]!;
      return 0;
    });
    return { ...total, shape: out.shape };
  },
  vjp: (ct, [x], _, attrs) => [
    expand(reshape(ct, { shape: keptShape(x.shape, attrs) }), { shape: x.shape }),
  ],
  lower: (emit, [x], attrs, out) => lowerSum(emit, x, out, attrs),
  fromHalf: ([x], attrs) => sum(cast(stretches(x, attrs), { to: "f32" }), attrs),
  terms: ([x], { axes }) =>
    normaliseAxes(axes, x.shape.length).reduce((n, a) => n * x.shape[a]!, 1),
  simplify: ([x], { axes }, out) =>
    normaliseAxes(axes, x.shape.length).every((a) => x.shape[a] === 1)
      ? reshape(x, { shape: out.shape })
      : undefined,
  cases: [
    { shapes: [[2, 3, 4]], attrs: { axes: [1] } },
    { shapes: [[3, 4]], attrs: { axes: [0], keep: true } },
    { shapes: [[2, 3, 4]], attrs: { axes: [0, 1] } },
    { shapes: [[2, 3, 4]], attrs: { axes: [0, 2], keep: true } },
    { shapes: [[2, 3, 2, 2]], attrs: { axes: [0, 2, 3] } },
    { shapes: [[3, 2]] },
  ],
});

/** Halves that are added as halves: a sum of so few keeps what each of them is known to. */
const longestStretch = 64;

/** Sums over stretches of the last axis that is reduced, with as many axes as before. */
function stretches(x: Tensor, { axes }: Reduction): Tensor {
  const last = normaliseAxes(axes, x.shape.length).at(-1);
  if (last === undefined) return x;
  const size = x.shape[last]!;
  let length = Math.min(size, longestStretch);
  while (size % length !== 0) length--;
  const cells = x.shape.toSpliced(last, 1, size / length, length);
  return sum(reshape(x, { shape: cells }), { axes: [last + 1] });
}

/** Batch and trailing axes together are summed in two calls: the one-call kernel strides badly. */
function lowerSum(emit: Emit, x: string, out: Tensor, { axes, keep }: Reduction): string {
  const { shape } = out.inputs[0]!;
  const gone = normaliseAxes(axes, shape.length);
  const isLeading = gone.every((axis, i) => axis === i) && sizeOf(out.shape) > 1;
  if (isLeading && ["cpu", "wasm"].includes(emit.target.provider)) {
    return sumRows(emit, x, shape, out.shape);
  }
  const keepdims = keep ? 1 : 0;
  const split = gone[0] === 0 && gone.length > 1 && gone.length < shape.length;
  if (!split) return emit("ReduceSum", [x, emit.ints(gone)], { keepdims });
  const inner = emit("ReduceSum", [x, emit.ints(gone.slice(1))], { keepdims });
  return emit("ReduceSum", [inner, emit.ints([0])], { keepdims });
}

/**
 * A product with ones. The CPU kernels' reduction goes down one column after the other: it takes 4 times
 * as long for 128×128, 8 for 256×256, 35 for 100,000×16, in WebAssembly 1.2 to 5 times.
 */
function sumRows(emit: Emit, x: string, from: Shape, to: Shape): string {
  const columns = sizeOf(to);
  const rows = sizeOf(from) / columns;
  const ones = emit("Expand", [emit.scalar(1), emit.ints([1, rows])]);
  const matrix = reshaped(emit, x, from, [rows, columns]);
  return reshaped(emit, emit("Gemm", [ones, matrix]), [1, columns], to);
}

const reshaped = (emit: Emit, x: string, from: Shape, to: Shape): string =>
  sameShape(from, to) ? x : emit("Reshape", [x, emit.ints(to)]);
