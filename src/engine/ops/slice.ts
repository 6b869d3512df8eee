import { defineOp, type Op } from "../ir/op.ts";
import type { Tensor } from "../ir/tensor.ts";
import {
  type DType,
  isFloat,
  normaliseAxes,
  type Shape,
  sameShape,
  shapeError,
  showType,
} from "../ir/type.ts";
import type { Emit } from "../onnx/emit.ts";
import { at, build } from "../reference/ndarray.ts";
import { concat } from "./concat.ts";
import { pad } from "./pad.ts";
import { reshape } from "./reshape.ts";

/** One entry an axis. Negative positions count from the end; an end beyond the size is the size. */
export interface Range {
  starts: Shape;
  ends: Shape;
  /** At least 1; 1 when absent. */
  steps?: Shape | undefined;
}

/** Starts, steps and sizes of what a range takes out of a shape. */
function taken(shape: Shape, { starts, ends, steps }: Range) {
  const rank = shape.length;
  const step = steps ?? shape.map(() => 1);
  if ([starts, ends, step].some((v) => v.length !== rank) || step.some((s) => s < 1)) {
    const wanted = `starts, ends and steps ≥ 1 for ${rank} axes`;
    shapeError("slice", wanted, `[${starts}], [${ends}], [${step}]`, "give one entry an axis");
  }
  const position = (v: number, axis: number) => {
    const d = shape[axis]!;
    return Math.min(Math.max(v < 0 ? v + d : v, 0), d);
  };
  const first = starts.map(position);
  const sizes = ends.map((e, i) => Math.ceil((position(e, i) - first[i]!) / step[i]!));
  if (sizes.some((s) => s < 1)) {
    shapeError("slice", "at least one element an axis", `[${sizes}]`, "check starts and ends");
  }
  return { first, step, sizes };
}

/** WebGPU slices floats only. */
const lacksSlice = (emit: Emit, dtype: DType): boolean =>
  emit.target.provider === "webgpu" && !isFloat({ dtype });

/** The elements at these positions of these axes, one axis after the other. */
const gathered = (emit: Emit, x: string, picks: readonly [number, readonly number[]][]): string =>
  picks.reduce((from, [axis, rows]) => {
    const data = Float64Array.from(rows);
    const index = emit.constant({ shape: [rows.length], dtype: "i32", data });
    return emit("Gather", [from, index], { axis });
  }, x);

/** x[starts : ends : steps], axis by axis. */
export const slice: Op<1, Range> = defineOp({
  name: "slice",
  about: "x[starts : ends : steps]",
  precision: "any",
  arity: 1,
  attrs: { starts: [], ends: [] } as Range,
  type: ([x], range) => ({ shape: taken(x.shape, range).sizes, dtype: x.dtype }),
  reference: ([x], range, out) => {
    const { first, step } = taken(x.shape, range);
    const from = (i: Shape) => i.map((v, axis) => first[axis]! + v * step[axis]!);
    return build(out.shape, (i) => at(x, from(i)), x.dtype);
  },
  vjp: (ct, [x], _, range) => [unslice(ct, x.shape, range)],
  lower: (emit, [x], range, out) => {
    const { shape } = out.inputs[0]!;
    const { first, step, sizes } = taken(shape, range);
    const axes = [...shape.keys()].filter((a) => sizes[a] !== shape[a]);
    if (lacksSlice(emit, out.dtype)) {
      const rows = (a: number) =>
        Array.from({ length: sizes[a]! }, (_, i) => first[a]! + i * step[a]!);
      return gathered(
        emit,
        x,
        axes.map((a) => [a, rows(a)]),
      );
    }
    const ends = axes.map((a) => first[a]! + (sizes[a]! - 1) * step[a]! + 1);
    const pick = (v: Shape) => emit.ints(axes.map((a) => v[a]!));
    return emit("Slice", [x, pick(first), emit.ints(ends), emit.ints(axes), pick(step)]);
  },
  simplify: ([x], range, out) => {
    if (sameShape(x.shape, out.shape)) return x;
    if (x.record !== (slice.record as unknown)) return undefined;
    // A slice of a slice is one.
    const [origin] = x.inputs as [Tensor];
    const outer = taken(origin.shape, x.attrs as unknown as Range);
    const inner = taken(x.shape, range);
    const starts = inner.first.map((s, i) => outer.first[i]! + s * outer.step[i]!);
    const steps = inner.step.map((s, i) => s * outer.step[i]!);
    const ends = starts.map((s, i) => s + (inner.sizes[i]! - 1) * steps[i]! + 1);
    return slice(origin, { starts, ends, steps });
  },
  cases: [
    { shapes: [[3, 5]], attrs: { starts: [0, 1], ends: [2, 4] } },
    { shapes: [[6, 3]], attrs: { starts: [-5, 0], ends: [-1, 99] } },
    { shapes: [[7, 2, 6]], attrs: { starts: [1, 0, 0], ends: [7, 2, 6], steps: [3, 1, 2] } },
    { shapes: [[4]], dtypes: ["i32"], attrs: { starts: [1], ends: [3] } },
  ],
});

/** The adjoint of a slice: zeros between (for steps > 1) and around what it took. */
function unslice(ct: Tensor, shape: Shape, range: Range): Tensor {
  const { first, step, sizes } = taken(shape, range);
  const spread = step.some((s) => s > 1) ? insertZeros(ct, step) : ct;
  const after = shape.map((d, i) => d - first[i]! - spread.shape[i]!);
  return sameShape(sizes, shape) ? ct : pad(spread, { before: first, after });
}

/** steps[i] − 1 zeros between neighbours on each axis. */
function insertZeros(x: Tensor, steps: Shape): Tensor {
  const cells = reshape(x, { shape: x.shape.flatMap((d) => [d, 1]) });
  const after = steps.flatMap((s) => [0, s - 1]);
  const padded = pad(cells, { before: after.map(() => 0), after });
  const shape = x.shape.map((d, i) => d * steps[i]!);
  const ends = x.shape.map((d, i) => (d - 1) * steps[i]! + 1);
  return slice(reshape(padded, { shape }), { starts: shape.map(() => 0), ends });
}

/** Reverses the order on the given axes; all when absent. */
export const flip: Op<1, { axes?: Shape | undefined }> = defineOp({
  name: "flip",
  about: "the reverse order on axes",
  precision: "any",
  arity: 1,
  attrs: {} as { axes?: Shape | undefined },
  type: ([x], { axes }) => {
    normaliseAxes(axes, x.shape.length);
    return { shape: x.shape, dtype: x.dtype };
  },
  reference: ([x], { axes }) => {
    const back = normaliseAxes(axes, x.shape.length);
    const from = (i: Shape) => i.map((v, a) => (back.includes(a) ? x.shape[a]! - 1 - v : v));
    return build(x.shape, (i) => at(x, from(i)), x.dtype);
  },
  vjp: (ct, _, __, { axes }) => [flip(ct, { axes })],
  lower: (emit, [x], { axes }, out) => {
    const back = normaliseAxes(axes, out.shape.length);
    if (lacksSlice(emit, out.dtype)) {
      const rows = (a: number) =>
        Array.from({ length: out.shape[a]! }, (_, i) => out.shape[a]! - 1 - i);
      return gathered(
        emit,
        x,
        back.map((a) => [a, rows(a)]),
      );
    }
    const all = (value: number) => emit.ints(back.map(() => value));
    // An end below −size means "through the first element".
    const ends = emit.ints(back.map((a) => -out.shape[a]! - 1));
    return emit("Slice", [x, all(-1), ends, emit.ints(back), all(-1)]);
  },
  simplify: ([x], { axes }) => {
    const back = normaliseAxes(axes, x.shape.length);
    if (back.every((a) => x.shape[a] === 1)) return x;
    const twice = x.record === (flip.record as unknown);
    const other = twice && normaliseAxes(x.attrs.axes as Shape | undefined, x.shape.length);
    return other && sameShape(back, other) ? x.inputs[0] : undefined;
  },
  cases: [
    { shapes: [[2, 3, 4]], attrs: { axes: [-1] } },
    { shapes: [[2, 3]] },
    { shapes: [[3, 2]], dtypes: ["i32"], attrs: { axes: [0] } },
  ],
});

/** x[…, start : end : step, …] on one axis. */
export function sliceAxis(
  x: Tensor,
  { axis, start, end, step = 1 }: { axis: number; start: number; end: number; step?: number },
): Tensor {
  const [along] = normaliseAxes([axis], x.shape.length);
  const only = (value: number, rest: (d: number) => number) =>
    x.shape.map((d, i) => (i === along ? value : rest(d)));
  return slice(x, {
    starts: only(start, () => 0),
    ends: only(end, (d) => d),
    steps: only(step, () => 1),
  });
}

/**
 * Consecutive pieces of x along an axis: `sizes` lists their sizes, or says how many equal pieces.
 * Throws `SHAPE` when the pieces do not add up to the axis.
 */
export function split(
  x: Tensor,
  { axis, sizes }: { axis: number; sizes: number | readonly number[] },
): Tensor[] {
  const along = normaliseAxes([axis], x.shape.length)[0]!;
  const size = x.shape[along]!;
  const list = typeof sizes === "number" ? new Array<number>(sizes).fill(size / sizes) : sizes;
  if (
    !list.every((s) => s > 0 && Number.isInteger(s)) ||
    list.reduce((a, b) => a + b, 0) !== size
  ) {
    shapeError(
      "split",
      `sizes that add up to ${size}`,
      `${sizes} of ${showType(x)}`,
      "fit the sizes",
    );
  }
  let start = 0;
  return list.map((s) => {
    const piece = sliceAxis(x, { axis: along, start, end: start + s });
    start += s;
    return piece;
  });
}

/** Moves elements `shift` places to higher indices on an axis; those pushed out come in again below. */
export function roll(x: Tensor, { axis, shift }: { axis: number; shift: number }): Tensor {
  const along = normaliseAxes([axis], x.shape.length)[0]!;
  const size = x.shape[along]!;
  const places = ((shift % size) + size) % size;
  if (places === 0) return x;
  const tail = sliceAxis(x, { axis: along, start: size - places, end: size });
  const head = sliceAxis(x, { axis: along, start: 0, end: size - places });
  return concat([tail, head], { axis: along });
}
