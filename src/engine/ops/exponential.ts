import { constant } from "../ir/leaves.ts";
import { defineOp, type Op, type OpCase } from "../ir/op.ts";
import type { Tensor } from "../ir/tensor.ts";
import { mapElements } from "../reference/ndarray.ts";
import { defineUnary, type None, requireFloat } from "./_elementwise.ts";
import { emitSine } from "./_sine-lowering.ts";
import { add, div, mul, neg, sub } from "./arithmetic.ts";
import { expand } from "./expand.ts";

const anywhere = [{ shapes: [[2, 3]] }];
const positive = [{ shapes: [[2, 3]], range: [0.3, 2] as const }];

/** eˣ. */
export const exp: Op<1, None> = defineUnary({
  name: "exp",
  about: "eˣ",
  f: Math.exp,
  vjp: (ct, _x, y) => mul(ct, y),
  lower: (emit, [x]) => emit("Exp", [x]),
  cases: anywhere,
});

/** ln x, for x > 0. */
export const log: Op<1, None> = defineUnary({
  name: "log",
  about: "ln x, for x > 0",
  f: Math.log,
  vjp: (ct, x) => div(ct, x),
  lower: (emit, [x]) => emit("Log", [x]),
  cases: positive,
});

/** √x, for x ≥ 0. The derivative at 0 is infinite: add a small number first where 0 can occur. */
export const sqrt: Op<1, None> = defineUnary({
  name: "sqrt",
  about: "√x, for x ≥ 0",
  f: Math.sqrt,
  // 1/(2√x)
  vjp: (ct, _x, y) => div(mul(ct, 0.5), y),
  lower: (emit, [x]) => emit("Sqrt", [x]),
  cases: positive,
});

/** x². */
export const square = (x: Tensor): Tensor => mul(x, x);

/** 1/x. */
export const reciprocal = (x: Tensor): Tensor => div(1, x);

/** 1/√x, for x > 0. */
export const rsqrt = (x: Tensor): Tensor => div(1, sqrt(x));

/** The hyperbolic tangent, from −1 to 1. */
export const tanh: Op<1, None> = defineUnary({
  name: "tanh",
  about: "hyperbolic tangent",
  precision: "any",
  f: Math.tanh,
  // 1 − y²
  vjp: (ct, _x, y) => mul(ct, sub(1, mul(y, y))),
  lower: (emit, [x]) => emit("Tanh", [x]),
  cases: anywhere,
});

/** 1/(1 + e⁻ˣ), from 0 to 1. */
export const sigmoid: Op<1, None> = defineUnary({
  name: "sigmoid",
  about: "1/(1 + e⁻ˣ)",
  precision: "any",
  f: (x) => 1 / (1 + Math.exp(-x)),
  // y(1 − y)
  vjp: (ct, _x, y) => mul(ct, mul(y, sub(1, y))),
  lower: (emit, [x]) => emit("Sigmoid", [x]),
  cases: [{ shapes: [[2, 3]] }, { shapes: [[8]], range: [-90, 90] }],
});

/**
 * ln(1 + eˣ), finite for every x. A record because the derivative is one sigmoid, where that of the
 * formula would be eleven nodes. Lowered by parts: ONNX's Softplus runs on one thread (13 to 20 ms a
 * million elements, this form 2 to 8).
 */
export const softplus: Op<1, None> = defineUnary({
  name: "softplus",
  about: "ln(1 + eˣ), finite for every x",
  f: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  vjp: (ct, x) => mul(ct, sigmoid(x)),
  lower: (emit, [x]) => {
    const small = emit("Exp", [emit("Neg", [emit("Abs", [x])])]);
    return emit("Add", [emit("Relu", [x]), emit("Log", [emit("Add", [small, emit.scalar(1)])])]);
  },
  cases: [{ shapes: [[2, 3]] }, { shapes: [[8]], range: [-90, 90] }],
});

/** ln sigmoid(x), finite for every x. */
export const logSigmoid = (x: Tensor): Tensor => neg(softplus(neg(x)));

/** 2/√π ∫₀ˣ e^(−t²) dt. */
export const erf: Op<1, None> = defineUnary({
  name: "erf",
  about: "the error function",
  f: erfOf,
  // 2/√π e^(−x²)
  vjp: (ct, x) => mul(ct, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI))),
  lower: (emit, [x]) => emit("Erf", [x]),
  cases: [{ shapes: [[2, 3]] }, { shapes: [[8]], range: [-7, 7] }],
});

/** 2/√π e^(−x²) Σₙ 2ⁿ x²ⁿ⁺¹/(2n+1)!!: all terms have one sign, so nothing cancels. */
function erfOf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let total = x;
  for (let n = 1, term = x; n < 150; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

/** x times the share of a standard normal below x: the exact form, not the tanh approximation. */
export const gelu = (x: Tensor): Tensor => mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1));

/** x · sigmoid(x), also called swish. */
export const silu = (x: Tensor): Tensor => mul(x, sigmoid(x));

const angles: readonly OpCase<None>[] = [
  { shapes: [[2, 3]], range: [-7, 7] },
  { shapes: [[40]], range: [-700, 700], rtol: 2e-5 },
];

/** sin x. */
export const sin: Op<1, None> = defineUnary({
  name: "sin",
  about: "sin x",
  f: Math.sin,
  vjp: (ct, x) => mul(ct, cos(x)),
  lower: (emit, [x], _, { dtype }) =>
    emit.target.provider === "webgpu" ? emitSine(emit, x, "sin", dtype) : emit("Sin", [x]),
  cases: angles,
});

/** cos x. */
export const cos: Op<1, None> = defineUnary({
  name: "cos",
  about: "cos x",
  f: Math.cos,
  vjp: (ct, x) => neg(mul(ct, sin(x))),
  lower: (emit, [x], _, { dtype }) =>
    emit.target.provider === "webgpu" ? emitSine(emit, x, "cos", dtype) : emit("Cos", [x]),
  cases: angles,
});

/**
 * x to a literal power. Negative x only with integer exponents. Multiples of ½ up to 4½ become
 * products, roots and quotients: the Pow kernel takes 8 to 16 ms a million elements for 1.5.
 */
export const pow: Op<1, { exponent: number }> = defineOp({
  name: "pow",
  about: "x to a literal power",
  arity: 1,
  attrs: { exponent: 1 },
  type: ([x]) => requireFloat(x),
  reference: ([x], { exponent }) => mapElements(x, (v) => v ** exponent),
  vjp: (ct, [x], _, { exponent: e }) => [
    e === 0 ? null : mul(ct, mul(pow(x, { exponent: e - 1 }), e)),
  ],
  lower: (emit, [x], { exponent }) => emit("Pow", [x, emit.scalar(exponent)]),
  simplify: ([x], { exponent }) => cheapPower(x, exponent),
  cases: [-1.5, -1, -0.5, 0, 0.5, 0.7, 1, 1.5, 2, 2.5, 3, 4, 6].map((exponent) => ({
    shapes: [[2, 3]],
    attrs: { exponent },
    range: Number.isInteger(exponent) && exponent >= 0 ? [-2, 2] : [0.3, 2],
  })),
});

function cheapPower(x: Tensor, exponent: number): Tensor | undefined {
  if (exponent === 0) return expand(constant(1, [], x.dtype), { shape: x.shape });
  const size = Math.abs(exponent);
  if (size >= 5 || !Number.isInteger(2 * size)) return undefined;
  const factors = Array.from({ length: Math.floor(size) }, () => x);
  if (!Number.isInteger(size)) factors.push(sqrt(x));
  const product = factors.reduce((a, b) => mul(a, b));
  return exponent < 0 ? reciprocal(product) : product;
}

/** aᵇ for a > 0, broadcast, as e^(b ln a), both exponent and base being differentiable. */
export const power = (a: Tensor, b: Tensor): Tensor => exp(mul(b, log(a)));
