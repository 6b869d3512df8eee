import { stopGradient } from "../autodiff/stop-gradient.ts";
import { defineOp, type Op } from "../ir/op.ts";
import type { Tensor } from "../ir/tensor.ts";
import { normaliseAxes, sizeOf } from "../ir/type.ts";
import { broadcastOffset, build, mapElements, zeros } from "../reference/ndarray.ts";
import { requireFloat } from "./_elementwise.ts";
import { add, div, mul, sub } from "./arithmetic.ts";
import { exp, log, sqrt, square } from "./exponential.ts";
import { step } from "./piecewise.ts";
import { reshape } from "./reshape.ts";
import { keptShape, type Reduction, reducedShape, sum } from "./sum.ts";

/** Largest or smallest element over axes. Ties share the gradient equally. */
const defineExtremum = (name: string, about: string, onnx: string, sense: 1 | -1) => {
  const op: Op<1, Reduction> = defineOp({
    name,
    about,
    arity: 1,
    attrs: { axes: undefined, keep: false } as Reduction,
    type: ([x], attrs) => ({ ...requireFloat(x), shape: reducedShape(x.shape, attrs) }),
    reference: ([x], attrs, out) => {
      const kept = keptShape(x.shape, attrs);
      const best = mapElements(zeros(kept), () => -sense * Infinity);
      const offset = broadcastOffset(kept, x.shape);
      build(x.shape, (i, flat) => {
        const at = offset(i);
        best.data[at] = sense * Math.max(sense * best.data[at]!, sense * x.data[flat]!);
        return 0;
      });
      return { ...best, shape: out.shape };
    },
    vjp: (ct, [x], y, attrs) => [share(ct, x, y, attrs, sense)],
    lower: (emit, [x], { axes, keep }, out) => {
      const gone = normaliseAxes(axes, out.inputs[0]!.shape.length);
      return emit(onnx, [x, emit.ints(gone)], { keepdims: keep ? 1 : 0 });
    },
    simplify: ([x], _, out) =>
      sizeOf(x.shape) === sizeOf(out.shape) ? reshape(x, { shape: out.shape }) : undefined,
    cases: [
      { shapes: [[2, 3, 4]], attrs: { axes: [1] } },
      { shapes: [[2, 3, 4]], attrs: { axes: [0, -1], keep: true } },
      { shapes: [[3, 2]] },
    ],
  });
  return op;
};

/** No element passes the extremum y, so those at distance 0 from it are the ones that reach it. */
function share(ct: Tensor, x: Tensor, y: Tensor, { axes }: Reduction, sense: 1 | -1): Tensor {
  const shape = keptShape(x.shape, { axes, keep: true });
  const kept = reshape(y, { shape });
  const reached = step(sense === 1 ? sub(x, kept) : sub(kept, x), { atZero: 1 });
  const count = sum(reached, { axes, keep: true });
  return mul(reached, div(reshape(ct, { shape }), count));
}

/** The largest element over axes. Ties share the gradient equally. */
export const max: Op<1, Reduction> = defineExtremum("max", "largest over axes", "ReduceMax", 1);

/** The smallest element over axes. Ties share the gradient equally. */
export const min: Op<1, Reduction> = defineExtremum("min", "smallest over axes", "ReduceMin", -1);

/** The arithmetic mean over axes. */
export function mean(x: Tensor, attrs: Partial<Reduction> = {}): Tensor {
  const total = sum(x, attrs);
  return mul(total, sizeOf(total.shape) / sizeOf(x.shape));
}

/** Mean squared distance from the mean (divided by n, not n − 1). */
export const variance = (x: Tensor, attrs: Partial<Reduction> = {}): Tensor =>
  mean(square(sub(x, mean(x, { ...attrs, keep: true }))), attrs);

/** ln Σ eˣ over axes, finite for every finite x. */
export function logSumExp(x: Tensor, attrs: Partial<Reduction> = {}): Tensor {
  const top = stopGradient(max(x, { ...attrs, keep: true }));
  const rest = log(sum(exp(sub(x, top)), attrs));
  return add(rest, reshape(top, { shape: rest.shape }));
}

export interface NormOptions extends Partial<Reduction> {
  /** Added under the root, so that the gradient of a zero vector is 0; with 0 it is NaN. */
  eps?: number;
}

/** √(Σ x² + eps) over axes: the Euclidean length, 1e-6 for a zero vector by default. */
export const norm = (x: Tensor, { eps = 1e-12, ...attrs }: NormOptions = {}): Tensor =>
  sqrt(add(sum(square(x), attrs), eps));
