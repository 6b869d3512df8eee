import { constant } from "../ir/leaves.ts";
import { defineOp, type Op } from "../ir/op.ts";
import type { Tensor } from "../ir/tensor.ts";
import { f32, normaliseAxes, shapeError, showType, sizeOf, type Type } from "../ir/type.ts";
import { at, build, zeros } from "../reference/ndarray.ts";
import { requireFloat } from "./_elementwise.ts";
import { emitOneHot, lowerScatterAdd, scatterOf } from "./_scatter-lowering.ts";
import { topKIndices } from "./order.ts";

/*
 * Reading and adding at positions given by an i32 tensor. Negative positions count from the end of
 * the axis; positions outside it are an error of the runtime.
 */

const axisOf = (axis: number, rank: number): number => normaliseAxes([axis], rank)[0]!;

const wrap = (index: number, size: number): number => (index < 0 ? index + size : index);

function requireIndices(t: Type): Type {
  return t.dtype === "i32" ? t : shapeError("indices", "i32", showType(t), "cast them to i32");
}

/** Slices of x at positions along an axis: x [a…, s, b…], indices i32[i…] → [a…, i…, b…]. */
export const gather: Op<2, { axis: number }> = defineOp({
  name: "gather",
  about: "slices at given positions of an axis",
  precision: "any",
  arity: 2,
  attrs: { axis: 0 },
  type: ([x, indices], { axis }) => {
    const shape = x.shape.toSpliced(
      axisOf(axis, x.shape.length),
      1,
      ...requireIndices(indices).shape,
    );
    return { shape, dtype: x.dtype };
  },
  reference: ([x, indices], attrs, out) => {
    const axis = axisOf(attrs.axis, x.shape.length);
    const rank = indices.shape.length;
    return build(
      out.shape,
      (i) => {
        const position = wrap(at(indices, i.slice(axis, axis + rank)), x.shape[axis]!);
        return at(x, i.toSpliced(axis, rank, position));
      },
      x.dtype,
    );
  },
  vjp: (ct, [x, indices], _, attrs) => {
    const axis = axisOf(attrs.axis, x.shape.length);
    return [scatterAdd(ct, indices, { axis, size: x.shape[axis]! }), null];
  },
  lower: (emit, inputs, { axis }) => emit("Gather", inputs, { axis }),
  cases: [
    { shapes: [[3, 2], [4]], dtypes: ["f32", "i32"], range: [-3, 3] },
    {
      shapes: [
        [2, 3, 2],
        [2, 2],
      ],
      dtypes: ["f32", "i32"],
      attrs: { axis: -2 },
      range: [-3, 3],
    },
    { shapes: [[2, 3], []], dtypes: ["f32", "i32"], attrs: { axis: 1 }, range: [0, 3] },
    { shapes: [[4], [5]], dtypes: ["i32", "i32"], range: [0, 4] },
  ],
});

/** Adjoint of `gather`: y [a…, i…, b…] is added into zeros [a…, size, b…] at `indices` i32[i…]. */
export const scatterAdd: Op<2, { axis: number; size: number }> = defineOp({
  name: "scatterAdd",
  about: "sums slices into given positions of an axis, the adjoint of gather",
  arity: 2,
  attrs: { axis: 0, size: 1 },
  type: ([y, indices], { axis, size }) => {
    const rank = requireIndices(indices).shape.length;
    const fits = indices.shape.every((d, i) => y.shape[axis + i] === d);
    if (!fits || axis < 0 || axis + rank > y.shape.length) {
      const wanted = `the sizes [${indices.shape}] from axis ${axis} on`;
      shapeError("scatterAdd", wanted, showType(y), "give one slice an index");
    }
    return { ...y, shape: requireFloat(y).shape.toSpliced(axis, rank, size) };
  },
  reference: ([y, indices], { axis }, out) => {
    const total = zeros(out.shape);
    const { lead, count, trail, size } = scatterOf(y.shape, indices.shape, axis, out.shape[axis]!);
    build([lead, count, trail], ([a, i, b], flat) => {
      const position = wrap(indices.data[i!]!, size);
      total.data[(a! * size + position) * trail + b!]! += y.data[flat]!;
      return 0;
    });
    return total;
  },
  vjp: (ct, [, indices], _, { axis }) => [gather(ct, indices, { axis }), null],
  lower: (emit, [y, indices], { axis, size }, { inputs }) =>
    lowerScatterAdd(emit, y, indices, scatterOf(inputs[0]!.shape, inputs[1]!.shape, axis, size)),
  cases: [
    { shapes: [[4, 2], [4]], dtypes: ["f32", "i32"], attrs: { size: 3 }, range: [-3, 3] },
    {
      shapes: [
        [2, 2, 3, 2],
        [2, 3],
      ],
      dtypes: ["f32", "i32"],
      attrs: { axis: 1, size: 4 },
      range: [-4, 4],
    },
    { shapes: [[6], [6]], dtypes: ["f32", "i32"], attrs: { size: 4 }, range: [0, 4] },
    { shapes: [[2], []], dtypes: ["f32", "i32"], attrs: { axis: 1, size: 2 }, range: [0, 2] },
  ],
});

/** Both shapes, equal except for the size on the axis. */
function requireAlong(where: string, x: Type, indices: Type, axis: number): void {
  const same = requireIndices(indices).shape.every((d, i) => i === axis || d === x.shape[i]);
  if (same && indices.shape.length === x.shape.length) return;
  const wanted = `indices shaped like the values except on axis ${axis}`;
  shapeError(where, wanted, `[${indices.shape}] for [${x.shape}]`, "expand the indices");
}

/** Elements of x at positions along an axis, a position each: y[…, i, …] = x[…, indices[…, i, …], …]. */
export const takeAlong: Op<2, { axis: number }> = defineOp({
  name: "takeAlong",
  about: "elements at given positions of an axis",
  arity: 2,
  attrs: { axis: -1 },
  type: ([x, indices], { axis }) => {
    requireAlong("takeAlong", x, indices, axisOf(axis, x.shape.length));
    return { shape: indices.shape, dtype: x.dtype };
  },
  reference: ([x, indices], attrs, out) => {
    const axis = axisOf(attrs.axis, x.shape.length);
    const position = (flat: number) => wrap(indices.data[flat]!, x.shape[axis]!);
    return build(out.shape, (i, flat) => at(x, i.with(axis, position(flat))), x.dtype);
  },
  vjp: (ct, [x, indices], _, { axis }) => [
    putAlong(ct, indices, { axis, size: x.shape[axisOf(axis, x.shape.length)]! }),
    null,
  ],
  lower: (emit, inputs, { axis }) => emit("GatherElements", inputs, { axis }),
  cases: [
    {
      shapes: [
        [2, 3],
        [2, 4],
      ],
      dtypes: ["f32", "i32"],
      range: [-3, 3],
    },
    {
      shapes: [
        [3, 2, 2],
        [2, 2, 2],
      ],
      dtypes: ["f32", "i32"],
      attrs: { axis: 0 },
      range: [0, 3],
    },
  ],
});

/** Adjoint of `takeAlong`: y is added into zeros, at positions along an axis that gets `size`. */
export const putAlong: Op<2, { axis: number; size: number }> = defineOp({
  name: "putAlong",
  about: "sums elements into given positions of an axis, the adjoint of takeAlong",
  arity: 2,
  attrs: { axis: -1, size: 1 },
  type: ([y, indices], { axis, size }) => {
    requireAlong("putAlong", y, indices, y.shape.length); // no axis may differ
    return { ...y, shape: requireFloat(y).shape.with(axisOf(axis, y.shape.length), size) };
  },
  reference: ([y, indices], attrs, out) => {
    const axis = axisOf(attrs.axis, out.shape.length);
    const total = zeros(out.shape);
    const trail = sizeOf(out.shape.slice(axis + 1));
    const size = out.shape[axis]!;
    build([sizeOf(out.shape.slice(0, axis)), y.shape[axis]!, trail], ([a, , b], flat) => {
      const position = wrap(indices.data[flat]!, size);
      total.data[(a! * size + position) * trail + b!]! += y.data[flat]!;
      return 0;
    });
    return total;
  },
  vjp: (ct, [, indices], _, { axis }) => [takeAlong(ct, indices, { axis }), null],
  lower: (emit, [y, indices], { axis }, out) => {
    const nothing = emit("Expand", [emit.scalar(0), emit.ints(out.shape)]);
    return emit("ScatterElements", [nothing, indices, y], { axis, reduction: "add" });
  },
  cases: [
    {
      shapes: [
        [2, 4],
        [2, 4],
      ],
      dtypes: ["f32", "i32"],
      attrs: { size: 3 },
      range: [-3, 3],
    },
    {
      shapes: [
        [2, 2],
        [2, 2],
      ],
      dtypes: ["f32", "i32"],
      attrs: { axis: 0, size: 3 },
      range: [0, 3],
    },
  ],
});

/** i32[…] → f32[…, depth]: 1 at each index, 0 elsewhere; a row of zeros for an index outside. */
export const oneHot: Op<1, { depth: number }> = defineOp({
  name: "oneHot",
  about: "1 at each index, 0 elsewhere",
  arity: 1,
  attrs: { depth: 1 },
  type: ([indices], { depth }) => f32([...requireIndices(indices).shape, depth]),
  reference: ([indices], _, out) => build(out.shape, (i) => +(at(indices, i) === i.at(-1))),
  vjp: { none: "an index does not move with small changes" },
  lower: (emit, [indices], { depth }, out) =>
    emitOneHot(emit, indices, out.shape.slice(0, -1), depth),
  cases: [
    { shapes: [[5]], dtypes: ["i32"], attrs: { depth: 4 }, range: [-1, 5] },
    { shapes: [[2, 3]], dtypes: ["i32"], attrs: { depth: 3 }, range: [0, 3] },
  ],
});

/** The constant 0, 1, …, n − 1. */
export const iota = (n: number): Tensor =>
  constant(
    Array.from({ length: n }, (_, i) => i),
    [n],
    "i32",
  );

/** The k largest (or smallest) elements of an axis, best first, and where they are. */
export function topK(
  x: Tensor,
  { k, axis = -1, largest = true }: { k: number; axis?: number; largest?: boolean },
): { values: Tensor; indices: Tensor } {
  const indices = topKIndices(x, { k, axis, largest });
  return { values: takeAlong(x, indices, { axis }), indices };
}
