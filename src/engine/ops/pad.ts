import { defineOp, type Op } from "../ir/op.ts";
import type { Tensor } from "../ir/tensor.ts";
import { type Shape, shapeError } from "../ir/type.ts";
import { at, build } from "../reference/ndarray.ts";
import { concat } from "./concat.ts";
import { expand } from "./expand.ts";
import { flip, slice, sliceAxis } from "./slice.ts";

/** How many elements to add on each axis; entries are not negative. */
export interface Border {
  before: Shape;
  after: Shape;
}

/** A border of a constant, finite `value`. */
export const pad: Op<1, Border & { value: number }> = defineOp({
  name: "pad",
  about: "a border of a constant value",
  precision: "any",
  arity: 1,
  attrs: { before: [], after: [], value: 0 } as Border & { value: number },
  type: ([x], { before, after, value }) => {
    checkBorder("pad", x.shape, { before, after });
    // Infinities have no JSON form: attributes that differ would look the same.
    if (!Number.isFinite(value)) {
      shapeError("pad", "a finite value", `${value}`, "use a large finite number");
    }
    return { shape: x.shape.map((d, i) => before[i]! + d + after[i]!), dtype: x.dtype };
  },
  reference: ([x], { before, value }, out) => {
    const from = (i: Shape) => i.map((v, axis) => v - before[axis]!);
    const inside = (i: Shape) => i.every((v, axis) => v >= 0 && v < x.shape[axis]!);
    return build(out.shape, (i) => (inside(from(i)) ? at(x, from(i)) : value), x.dtype);
  },
  vjp: (ct, [x], _, { before }) => [
    slice(ct, { starts: before, ends: before.map((b, i) => b + x.shape[i]!) }),
  ],
  lower: (emit, [x], { before, after, value }, out) =>
    emit("Pad", [x, emit.ints([...before, ...after]), emit.scalar(value, out.dtype)]),
  simplify: ([x], { before, after, value }) => {
    if ([...before, ...after].every((p) => p === 0)) return x;
    if (x.record !== (pad.record as unknown) || x.attrs.value !== value) return undefined;
    const inner = x.attrs as unknown as Border;
    const plus = (a: Shape, b: Shape) => a.map((v, i) => v + b[i]!);
    const both = { before: plus(before, inner.before), after: plus(after, inner.after) };
    return pad(x.inputs[0]!, { ...both, value });
  },
  cases: [
    { shapes: [[2, 3]], attrs: { before: [1, 0], after: [0, 2] } },
    { shapes: [[2, 1, 2]], attrs: { before: [0, 1, 1], after: [0, 1, 0], value: -1.5 } },
    { shapes: [[2, 2]], attrs: { before: [0, 0], after: [0, 0] } },
    { shapes: [[3]], dtypes: ["i32"], attrs: { before: [1], after: [1], value: 7 } },
  ],
});

function checkBorder(where: string, shape: Shape, { before, after }: Border, limit = Infinity) {
  const fits = (p: number, size: number) => Number.isInteger(p) && p >= 0 && p <= size + limit;
  const good = [before, after].every(
    (side) => side.length === shape.length && side.every((p, i) => fits(p, shape[i]!)),
  );
  if (good) return;
  const most = limit === 0 ? " up to its size" : limit < 0 ? " below its size" : "";
  const wanted = `an integer ≥ 0${most} for each of ${shape.length} axes`;
  shapeError(where, wanted, `[${before}] and [${after}]`, "check the border");
}

/** Adds pieces of x before and after it, axis by axis. */
function extend(
  x: Tensor,
  { before, after }: Border,
  piece: (x: Tensor, axis: number, side: "before" | "after", count: number) => Tensor,
): Tensor {
  return x.shape.reduce((y, _, axis) => {
    const low = before[axis]! > 0 ? [piece(y, axis, "before", before[axis]!)] : [];
    const high = after[axis]! > 0 ? [piece(y, axis, "after", after[axis]!)] : [];
    return concat([...low, y, ...high], { axis });
  }, x);
}

/** A border that mirrors x without repeating its edge (PyTorch `reflect`): smaller than x. */
export function reflectPad(x: Tensor, border: Border): Tensor {
  checkBorder("reflectPad", x.shape, border, -1);
  return extend(x, border, (y, axis, side, count) => {
    const end = side === "before" ? count + 1 : y.shape[axis]! - 1;
    return flip(sliceAxis(y, { axis, start: end - count, end }), { axes: [axis] });
  });
}

/** A border that repeats the edge of x (PyTorch `replicate`). */
export function replicatePad(x: Tensor, border: Border): Tensor {
  checkBorder("replicatePad", x.shape, border);
  return extend(x, border, (y, axis, side, count) => {
    const start = side === "before" ? 0 : y.shape[axis]! - 1;
    const shape = y.shape.map((d, i) => (i === axis ? count : d));
    return expand(sliceAxis(y, { axis, start, end: start + 1 }), { shape });
  });
}

/** A border from the opposite side of x, as on a torus (PyTorch `circular`): at most its size. */
export function circularPad(x: Tensor, border: Border): Tensor {
  checkBorder("circularPad", x.shape, border, 0);
  return extend(x, border, (y, axis, side, count) => {
    const start = side === "before" ? y.shape[axis]! - count : 0;
    return sliceAxis(y, { axis, start, end: start + count });
  });
}
