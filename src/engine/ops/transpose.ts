import { defineOp, type Op } from "../ir/op.ts";
import { type Shape, sameShape, shapeError, stridesOf } from "../ir/type.ts";
import { build } from "../reference/ndarray.ts";
import { reshape } from "./reshape.ts";

/** Axis i of the result is axis perm[i] of x. */
export const transpose: Op<1, { perm: Shape }> = defineOp({
  name: "transpose",
  about: "axes in another order",
  precision: "any",
  arity: 1,
  attrs: { perm: [] as Shape },
  type: ([x], { perm }) => {
    if (!sameShape([...perm].sort(ascending), [...x.shape.keys()])) {
      shapeError("transpose", `each of ${x.shape.length} axes once`, `[${perm}]`, `fit the perm`);
    }
    return { shape: perm.map((a) => x.shape[a]!), dtype: x.dtype };
  },
  reference: ([x], { perm }, out) => {
    const strides = stridesOf(x.shape);
    const moved = perm.map((a) => strides[a]!);
    const flat = (i: Shape) => i.reduce((sum, index, axis) => sum + index * moved[axis]!, 0);
    return build(out.shape, (i) => x.data[flat(i)]!, x.dtype);
  },
  vjp: (ct, _, __, { perm }) => [transpose(ct, { perm: inverse(perm) })],
  lower: (emit, [x], { perm }) => emit("Transpose", [x], { perm }),
  simplify: ([x], { perm }, out) => {
    // Moving axes of size 1 moves no element.
    const wide = perm.filter((a) => x.shape[a] !== 1);
    if (sameShape(wide, [...wide].sort(ascending))) return reshape(x, { shape: out.shape });
    if (x.record !== (transpose.record as unknown)) return undefined;
    const first = x.attrs.perm as Shape;
    return transpose(x.inputs[0]!, { perm: perm.map((a) => first[a]!) });
  },
  cases: [
    { shapes: [[2, 3, 4]], attrs: { perm: [2, 0, 1] } },
    { shapes: [[2, 1, 3]], attrs: { perm: [0, 2, 1] } },
    { shapes: [[2, 3]], attrs: { perm: [0, 1] } },
    { shapes: [[2, 3, 2]], dtypes: ["i32"], attrs: { perm: [1, 0, 2] } },
  ],
});

const ascending = (a: number, b: number): number => a - b;

const inverse = (perm: Shape): number[] => perm.map((_, axis) => perm.indexOf(axis));
