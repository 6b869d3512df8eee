import { defineOp, type Op } from "../ir/op.ts";
import type { Tensor } from "../ir/tensor.ts";
import { normaliseAxes, type Shape, shapeError, showType } from "../ir/type.ts";
import { at, build } from "../reference/ndarray.ts";
import { reshape } from "./reshape.ts";
import { sliceAxis } from "./slice.ts";
import { unsqueeze } from "./view.ts";

const axisOf = (axis: number, rank: number): number => normaliseAxes([axis], rank)[0]!;

/** Where each input begins on the axis, and where the last one ends. */
function offsets(shapes: readonly Shape[], axis: number): number[] {
  let end = 0;
  return [0, ...shapes.map((s) => (end += s[axis]!))];
}

/** Inputs of one dtype one after the other along an axis; their other sizes are equal. */
export const concat: Op<"many", { axis: number }> = defineOp<"many", { axis: number }>({
  name: "concat",
  about: "inputs one after the other along an axis",
  precision: "any",
  arity: "many",
  attrs: { axis: 0 },
  type: (inputs, { axis }) => {
    const first = inputs[0] ?? shapeError("concat", "an input", "none", "give at least one");
    const along = axisOf(axis, first.shape.length);
    const fits = (t: { shape: Shape; dtype: string }) =>
      t.dtype === first.dtype &&
      t.shape.length === first.shape.length &&
      t.shape.every((d, i) => i === along || d === first.shape[i]);
    if (!inputs.every(fits)) {
      const wanted = `one dtype and equal sizes except on axis ${along}`;
      shapeError("concat", wanted, inputs.map(showType).join(" and "), "make the inputs fit");
    }
    const size = inputs.reduce((n, t) => n + t.shape[along]!, 0);
    return { shape: first.shape.map((d, i) => (i === along ? size : d)), dtype: first.dtype };
  },
  reference: (inputs, { axis }, out) => {
    const along = axisOf(axis, out.shape.length);
    const ends = offsets(
      inputs.map((t) => t.shape),
      along,
    );
    return build(
      out.shape,
      (i) => {
        const k = ends.findLastIndex((e) => e <= i[along]!);
        return at(inputs[k]!, i.with(along, i[along]! - ends[k]!));
      },
      out.dtype,
    );
  },
  vjp: (ct, inputs, _, { axis }) => {
    const along = axisOf(axis, ct.shape.length);
    const ends = offsets(
      inputs.map((t) => t.shape),
      along,
    );
    return inputs.map((_, k) => sliceAxis(ct, { axis, start: ends[k]!, end: ends[k + 1]! }));
  },
  lower: (emit, inputs, { axis }, out) =>
    emit("Concat", inputs, { axis: axisOf(axis, out.shape.length) }),
  simplify: (inputs) => (inputs.length === 1 ? inputs[0] : undefined),
  cases: [
    {
      shapes: [
        [2, 3],
        [2, 1],
      ],
      attrs: { axis: 1 },
    },
    {
      shapes: [
        [1, 2],
        [2, 2],
        [3, 2],
      ],
    },
    { shapes: [[2, 2]], attrs: { axis: -1 } },
    { shapes: [[2], [1]], dtypes: ["i32", "i32"] },
  ],
});

/** Tensors of one type along a new axis. */
export function stack(inputs: readonly Tensor[], { axis = 0 }: { axis?: number } = {}): Tensor {
  return concat(
    inputs.map((x) => unsqueeze(x, { axes: [axis] })),
    { axis },
  );
}

/** The slices of x along an axis, without that axis: the inverse of `stack`. */
export function unstack(x: Tensor, { axis = 0 }: { axis?: number } = {}): Tensor[] {
  const along = axisOf(axis, x.shape.length);
  const shape = x.shape.toSpliced(along, 1);
  return Array.from({ length: x.shape[along]! }, (_, start) =>
    reshape(sliceAxis(x, { axis: along, start, end: start + 1 }), { shape }),
  );
}
