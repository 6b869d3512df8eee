import { defineOp, type Op } from "../ir/op.ts";
import { requireFloat } from "./_elementwise.ts";
import { mapLanes, positiveAxis } from "./_lanes.ts";
import { mul, sub } from "./arithmetic.ts";
import { exp } from "./exponential.ts";
import { sum } from "./sum.ts";

export interface Axis {
  axis: number;
}

const cases = [
  { shapes: [[3, 4]] },
  { shapes: [[2, 3, 2]], attrs: { axis: 1 } },
  { shapes: [[4]], range: [-90, 90] as const },
];

/** ln of the softmax weights of one lane. */
function logWeights(lane: readonly number[]): number[] {
  const top = Math.max(...lane);
  const total = lane.reduce((s, v) => s + Math.exp(v - top), 0);
  return lane.map((v) => v - top - Math.log(total));
}

/** eˣ/Σeˣ along an axis: positive, of sum 1, finite for every finite x. */
export const softmax: Op<1, Axis> = defineOp({
  name: "softmax",
  about: "eˣ/Σeˣ along an axis",
  arity: 1,
  attrs: { axis: -1 },
  type: ([x], { axis }) => {
    positiveAxis(axis, x.shape.length);
    return requireFloat(x);
  },
  reference: ([x], { axis }) =>
    mapLanes(x, axis, x.shape.at(axis)!, (lane) => logWeights(lane).map(Math.exp)),
  // y(ct − Σ ct·y)
  vjp: (ct, _x, y, { axis }) => [mul(y, sub(ct, sum(mul(ct, y), { axes: [axis], keep: true })))],
  lower: (emit, [x], { axis }) => emit("Softmax", [x], { axis }),
  cases,
});

/** x − ln Σeˣ along an axis. WebGPU has no LogSoftmax. */
export const logSoftmax: Op<1, Axis> = defineOp({
  name: "logSoftmax",
  about: "x − ln Σeˣ along an axis",
  arity: 1,
  attrs: { axis: -1 },
  type: ([x], { axis }) => {
    positiveAxis(axis, x.shape.length);
    return requireFloat(x);
  },
  reference: ([x], { axis }) => mapLanes(x, axis, x.shape.at(axis)!, logWeights),
  // ct − softmax(x) Σ ct
  vjp: (ct, _x, y, { axis }) => [sub(ct, mul(exp(y), sum(ct, { axes: [axis], keep: true })))],
  lower: (emit, [x], { axis }) => {
    if (emit.target.provider !== "webgpu") return emit("LogSoftmax", [x], { axis });
    const axes = emit.ints([axis]);
    const down = emit("Sub", [x, emit("ReduceMax", [x, axes])]);
    return emit("Sub", [down, emit("Log", [emit("ReduceSum", [emit("Exp", [down]), axes])])]);
  },
  cases,
});
