import { defineOp, type Op } from "../ir/op.ts";
import { broadcastShapes, type Shape, sameShape, shapeError, showType } from "../ir/type.ts";
import { broadcastOffset, build } from "../reference/ndarray.ts";
import { unbroadcast } from "./broadcast.ts";

/** Repeats axes of size 1 (and missing leading ones) to reach `shape`. */
export const expand: Op<1, { shape: Shape }> = defineOp({
  name: "expand",
  about: "repeats axes of size 1",
  precision: "any",
  arity: 1,
  attrs: { shape: [] as Shape },
  type: ([x], { shape }) => {
    if (!sameShape(broadcastShapes(x.shape, shape), shape)) {
      shapeError("expand", `a shape that reaches [${shape}]`, showType(x), "only size 1 can grow");
    }
    return { shape, dtype: x.dtype };
  },
  reference: ([x], { shape }) => {
    const offset = broadcastOffset(x.shape, shape);
    return build(shape, (i) => x.data[offset(i)]!, x.dtype);
  },
  vjp: (ct, [x]) => [unbroadcast(ct, x.shape)],
  lower: (emit, [x], { shape }) => emit("Expand", [x, emit.ints(shape)]),
  simplify: ([x], { shape }) => (sameShape(x.shape, shape) ? x : undefined),
  cases: [
    { shapes: [[2, 1, 3]], attrs: { shape: [2, 4, 3] } },
    { shapes: [[3]], attrs: { shape: [2, 3] } },
    { shapes: [[]], attrs: { shape: [2, 2] } },
  ],
});
