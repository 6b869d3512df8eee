import { defineOp, type Op } from "../ir/op.ts";
import type { Tensor } from "../ir/tensor.ts";
import type { Emit } from "../onnx/emit.ts";
import { elemType } from "../onnx/proto.ts";
import { mapElements } from "../reference/ndarray.ts";
import { pairs } from "./_cases.ts";
import { defineBinary, defineUnary, type None, requireFloat } from "./_elementwise.ts";
import { add, mul, sub } from "./arithmetic.ts";
import { exp } from "./exponential.ts";

const kinked = [{ shapes: [[3, 4]], kinks: [0] }];

/**
 * 1 where x > 0, 0 where x < 0, `atZero` where x = 0; derivative 0. The building block of all
 * gradients here: a steep HardSigmoid is one pass where Greater and Where are two. Exact for
 * |x| ≥ 1e-30.
 */
export const step: Op<1, { atZero: number }> = defineOp({
  name: "step",
  about: "1 where x > 0, else 0",
  precision: "any",
  arity: 1,
  attrs: { atZero: 0 },
  type: ([x]) => requireFloat(x),
  reference: ([x], { atZero }) => mapElements(x, (v) => (v > 0 ? 1 : v < 0 ? 0 : atZero)),
  vjp: () => [null],
  lower: (emit, [x], { atZero }, { dtype }) =>
    dtype === "f16" ? compared(emit, x, atZero) : steep(emit, x, atZero),
  cases: [0, 0.5, 1].map((atZero) => ({ shapes: [[3, 4]], attrs: { atZero }, kinks: [0] })),
});

/** In f16 there is no number large enough to be steep by: comparisons, and their mean where it is ½. */
function compared(emit: Emit, x: string, atZero: number): string {
  const is = (comparison: string) =>
    emit("Cast", [emit(comparison, [x, emit.scalar(0, "f16")])], { to: elemType.f16 });
  if (atZero === 0) return is("Greater");
  if (atZero === 1) return is("GreaterOrEqual");
  const part = emit("Mul", [is("GreaterOrEqual"), emit.scalar(atZero, "f16")]);
  return emit("Add", [part, emit("Mul", [is("Greater"), emit.scalar(1 - atZero, "f16")])]);
}

/** min(1, max(0, 1e30 x + atZero)). */
const steep = (emit: Emit, x: string, atZero: number): string =>
  emit("HardSigmoid", [x], { alpha: { float: 1e30 }, beta: { float: atZero } });

/** −1, 0 or 1; derivative 0. WebGPU has no Sign. */
export const sign: Op<1, None> = defineUnary({
  name: "sign",
  about: "−1, 0 or 1",
  precision: "any",
  f: Math.sign,
  vjp: () => null,
  lower: (emit, [x], _, { dtype }) => {
    if (emit.target.provider !== "webgpu") return emit("Sign", [x]);
    const half = dtype === "f16" ? compared(emit, x, 0.5) : steep(emit, x, 0.5);
    const twice = emit("Mul", [half, emit.scalar(2, dtype)]);
    return emit("Sub", [twice, emit.scalar(1, dtype)]);
  },
  cases: kinked,
});

/** |x|; derivative 0 at 0. */
export const abs: Op<1, None> = defineUnary({
  name: "abs",
  about: "|x|",
  precision: "any",
  f: Math.abs,
  vjp: (ct, x) => mul(ct, sign(x)),
  lower: (emit, [x]) => emit("Abs", [x]),
  cases: kinked,
});

/** The largest integer not above x; derivative 0. */
export const floor: Op<1, None> = defineUnary({
  name: "floor",
  about: "the largest integer not above x",
  f: Math.floor,
  vjp: () => null,
  lower: (emit, [x]) => emit("Floor", [x]),
  cases: [{ shapes: [[3, 4]], kinks: [-2, -1, 0, 1, 2] }],
});

/** max(x, 0); derivative 0 at 0. */
export const relu: Op<1, None> = defineUnary({
  name: "relu",
  about: "max(x, 0)",
  precision: "any",
  f: (x) => Math.max(x, 0),
  // From y, whose sign is that of the slope: x need not outlive the forward pass.
  vjp: (ct, _x, y) => mul(ct, step(y)),
  lower: (emit, [x]) => emit("Relu", [x]),
  cases: kinked,
});

/** x where x > 0, else αx; derivative α at 0. */
export const leakyRelu: Op<1, { alpha: number }> = defineOp({
  name: "leakyRelu",
  about: "x where x > 0, else αx",
  precision: "any",
  arity: 1,
  attrs: { alpha: 0.2 },
  type: ([x]) => requireFloat(x),
  reference: ([x], { alpha }) => mapElements(x, (v) => (v > 0 ? v : alpha * v)),
  vjp: (ct, [x], y, { alpha }) => [mul(ct, leakySlope(alpha > 0 ? y : x, alpha))],
  lower: (emit, [x], { alpha }) => emit("LeakyRelu", [x], { alpha: { float: alpha } }),
  cases: [0.2, 0, 1.5, -0.5].map((alpha) => ({ shapes: [[3, 4]], attrs: { alpha }, kinks: [0] })),
});

/** 1 where x > 0, else α; one operator shorter for the usual α. */
const leakySlope = (x: Tensor, alpha: number): Tensor =>
  alpha >= 0 && alpha <= 1 ? maximum(step(x), alpha) : add(mul(step(x), 1 - alpha), alpha);

/** The larger of a and b, broadcast. A tie shares the gradient by halves, as in PyTorch. */
export const maximum: Op<2, None> = defineBinary({
  name: "maximum",
  about: "the larger of a and b",
  precision: "any",
  onnx: "Max",
  commutative: true,
  f: Math.max,
  vjp: (ct, a, b) => shared(ct, mul(ct, step(sub(a, b), { atZero: 0.5 }))),
  simplify: (a, b) => (a === b ? a : undefined),
  cases: pairs,
});

/** The smaller of a and b, broadcast. A tie shares the gradient by halves, as in PyTorch. */
export const minimum: Op<2, None> = defineBinary({
  name: "minimum",
  about: "the smaller of a and b",
  precision: "any",
  onnx: "Min",
  commutative: true,
  f: Math.min,
  vjp: (ct, a, b) => shared(ct, mul(ct, step(sub(b, a), { atZero: 0.5 }))),
  simplify: (a, b) => (a === b ? a : undefined),
  cases: pairs,
});

const shared = (ct: Tensor, first: Tensor): readonly [Tensor, Tensor] => [first, sub(ct, first)];

/** Bounds; a side without one is open. */
export interface Bounds {
  min?: number | undefined;
  max?: number | undefined;
}

/** x held between `min` and `max`. The gradient passes inside and on both bounds, as in PyTorch. */
export const clip: Op<1, Bounds> = defineOp({
  name: "clip",
  about: "x held between two literal bounds",
  precision: "any",
  arity: 1,
  attrs: { min: undefined, max: undefined } as Bounds,
  type: ([x]) => requireFloat(x),
  reference: ([x], { min = -Infinity, max = Infinity }) =>
    mapElements(x, (v) => Math.min(max, Math.max(min, v))),
  vjp: (ct, [x], _, { min, max }) => {
    const above = min === undefined ? ct : mul(ct, step(sub(x, min), { atZero: 1 }));
    return [max === undefined ? above : mul(above, step(sub(max, x), { atZero: 1 }))];
  },
  lower: (emit, [x], { min, max }, { dtype }) => {
    const bound = (v: number | undefined) => (v === undefined ? "" : emit.scalar(v, dtype));
    return emit("Clip", [x, bound(min), bound(max)]);
  },
  simplify: ([x], { min, max }) => (min === undefined && max === undefined ? x : undefined),
  cases: [{ min: -1, max: 0.5 }, { min: 0.1 }, { max: 0.1 }, {}].map((attrs) => ({
    shapes: [[3, 4]],
    attrs,
    kinks: Object.values(attrs),
  })),
});

/** x held in [−1, 1]. */
export const hardtanh = (x: Tensor): Tensor => clip(x, { min: -1, max: 1 });

/** x where x > 0, else α(eˣ − 1); the derivative at 0 is α. */
export const elu = (x: Tensor, { alpha = 1 }: { alpha?: number } = {}): Tensor =>
  add(relu(x), mul(sub(exp(clip(x, { max: 0 })), 1), alpha));

/** The self-normalising elu. Klambauer et al. 2017, arXiv:1706.02515. */
export const selu = (x: Tensor): Tensor =>
  mul(elu(x, { alpha: 1.6732632423543772 }), 1.0507009873554805);
