import { defineOp, type Op } from "../ir/op.ts";
import { type Shape, sameShape, shapeError, showType, sizeOf } from "../ir/type.ts";

/** The same elements in row-major order under another shape; one size may be -1 and is inferred. */
export const reshape: Op<1, { shape: Shape }> = defineOp({
  name: "reshape",
  about: "the same elements under another shape",
  precision: "any",
  arity: 1,
  attrs: { shape: [] as Shape },
  type: ([x], { shape }) => {
    const known = shape.reduce((n, d) => (d === -1 ? n : n * d), 1);
    const full = shape.map((d) => (d === -1 ? sizeOf(x.shape) / known : d));
    if (sizeOf(full) !== sizeOf(x.shape) || !full.every(Number.isInteger)) {
      shapeError(
        "reshape",
        `${sizeOf(full)} elements for [${shape}]`,
        showType(x),
        "keep the size",
      );
    }
    return { shape: full, dtype: x.dtype };
  },
  reference: ([x], _, out) => ({ ...x, shape: out.shape }),
  vjp: (ct, [x]) => [reshape(ct, { shape: x.shape })],
  lower: (emit, [x], _, out) => emit("Reshape", [x, emit.ints(out.shape)]),
  simplify: ([x], _, out) => {
    if (sameShape(x.shape, out.shape)) return x;
    // Two in a row are one.
    return x.record === (reshape.record as unknown)
      ? reshape(x.inputs[0]!, { shape: out.shape })
      : undefined;
  },
  cases: [
    { shapes: [[2, 6]], attrs: { shape: [3, -1] } },
    { shapes: [[4]], attrs: { shape: [2, 1, 2] } },
  ],
});
