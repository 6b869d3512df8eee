import { defineOp, type Op } from "../ir/op.ts";
import { requireFloat } from "./_elementwise.ts";
import { mapLanes, positiveAxis } from "./_lanes.ts";

export interface Cumulation {
  axis: number;
  /** From the far end. */
  reverse: boolean;
  /** Without the element itself, so that the first sum is 0. */
  exclusive: boolean;
}

/** Running sums along an axis. */
export const cumsum: Op<1, Cumulation> = defineOp({
  name: "cumsum",
  about: "running sums along an axis",
  arity: 1,
  attrs: { axis: -1, reverse: false, exclusive: false } as Cumulation,
  type: ([x], { axis }) => {
    positiveAxis(axis, x.shape.length);
    return requireFloat(x);
  },
  reference: ([x], { axis, reverse, exclusive }) =>
    mapLanes(x, axis, x.shape.at(axis)!, (lane) =>
      lane.map((_, i) => {
        const part = reverse ? lane.slice(i + +exclusive) : lane.slice(0, i + +!exclusive);
        return part.reduce((a, b) => a + b, 0);
      }),
    ),
  // Linear: the transposed matrix of ones is the same sum from the other end.
  vjp: (ct, _x, _y, attrs) => [cumsum(ct, { ...attrs, reverse: !attrs.reverse })],
  lower: (emit, [x], { axis, reverse, exclusive }) =>
    emit("CumSum", [x, emit.scalar(axis, "i32")], { reverse: +reverse, exclusive: +exclusive }),
  cases: [
    { shapes: [[2, 5]] },
    { shapes: [[4, 3]], attrs: { axis: 0, reverse: true } },
    { shapes: [[2, 3, 2]], attrs: { axis: 1, exclusive: true } },
    { shapes: [[5]], attrs: { reverse: true, exclusive: true } },
  ],
});
