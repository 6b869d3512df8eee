import { defineOp, type Op } from "../ir/op.ts";
import { i32, shapeError, showType } from "../ir/type.ts";
import { elemType } from "../onnx/proto.ts";
import { requireFloat } from "./_elementwise.ts";
import { mapLanes, withSize } from "./_lanes.ts";
import { firstPositions, positionOf } from "./_order-lowering.ts";
import { type Reduction, reducedShape } from "./sum.ts";

export interface Along {
  axis: number;
  keep: boolean;
}

const oneAxis = ({ axis, keep }: Along): Reduction => ({ axes: [axis], keep });

/** Positions of an axis in the order of their values, equal ones by position. */
const ranked = (lane: readonly number[], sense: 1 | -1): number[] =>
  lane.map((_, i) => i).sort((i, j) => sense * (lane[j]! - lane[i]!) || i - j);

const defineArg = (name: string, about: string, onnx: string, sense: 1 | -1): Op<1, Along> =>
  defineOp({
    name,
    about,
    arity: 1,
    attrs: { axis: -1, keep: false } as Along,
    type: ([x], attrs) => i32(reducedShape(requireFloat(x).shape, oneAxis(attrs))),
    reference: ([x], { axis }, out) => ({
      ...mapLanes(x, axis, 1, (lane) => ranked(lane, sense).slice(0, 1), "i32"),
      shape: out.shape,
    }),
    vjp: { none: "a position does not move with small changes; use max, or softmax weights" },
    lower: (emit, [x], { axis, keep }, out) => {
      if (emit.target.provider === "webgpu") {
        const extreme = sense > 0 ? "ReduceMax" : "ReduceMin";
        return positionOf(emit, x, out.inputs[0]!.shape, { extreme, axis, keep });
      }
      const position = emit(onnx, [x], { axis, keepdims: keep ? 1 : 0 });
      return emit("Cast", [position], { to: elemType.i32 });
    },
    cases: [
      { shapes: [[3, 5]] },
      { shapes: [[4, 3]], attrs: { axis: 0, keep: true } },
      { shapes: [[2, 3, 4]], attrs: { axis: 1 } },
    ],
  });

/** Where the largest element of an axis is, the first of equals. → i32 */
export const argMax: Op<1, Along> = defineArg("argMax", "position of the largest", "ArgMax", 1);

/** Where the smallest element of an axis is, the first of equals. → i32 */
export const argMin: Op<1, Along> = defineArg("argMin", "position of the smallest", "ArgMin", -1);

export interface TopK {
  k: number;
  axis: number;
  largest: boolean;
}

/** Positions of the k largest (or smallest) elements of an axis, best first. → i32, k along the axis */
export const topKIndices: Op<1, TopK> = defineOp({
  name: "topKIndices",
  about: "positions of the k largest",
  arity: 1,
  attrs: { k: 1, axis: -1, largest: true } as TopK,
  type: ([x], { k, axis }) => {
    const size = requireFloat(x).shape.at(axis) ?? 0;
    if (k < 1 || k > size) shapeError("k", `1 to ${size}`, `${k} for ${showType(x)}`, "lower k");
    return i32(withSize(x.shape, axis, k));
  },
  reference: ([x], { k, axis, largest }) =>
    mapLanes(x, axis, k, (lane) => ranked(lane, largest ? 1 : -1).slice(0, k), "i32"),
  vjp: { none: "a position does not move with small changes; gather the values at it" },
  lower: (emit, [x], { k, axis, largest }, out) => {
    if (emit.target.provider === "webgpu") {
      return firstPositions(emit, x, out.inputs[0]!.shape, { k, axis, largest });
    }
    const attrs = { axis, largest: largest ? 1 : 0, sorted: 1 };
    const [, positions] = emit.many("TopK", [x, emit.ints([k])], attrs, 2);
    return emit("Cast", [positions!], { to: elemType.i32 });
  },
  cases: [
    { shapes: [[3, 5]], attrs: { k: 2 } },
    { shapes: [[4, 3]], attrs: { k: 3, axis: 0, largest: false } },
  ],
});
