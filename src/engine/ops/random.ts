import type { Operand } from "../ir/op.ts";
import { defineOp, type Op } from "../ir/op.ts";
import type { Tensor } from "../ir/tensor.ts";
import { f32, type Shape, shapeError, showType, sizeOf } from "../ir/type.ts";
import { build } from "../reference/ndarray.ts";
import { keysOf, numbers, spread, wordAt } from "./_random-hash.ts";
import { lowerRandomUniform } from "./_random-lowering.ts";
import { mul } from "./arithmetic.ts";
import { cast, less } from "./compare.ts";
import { concat } from "./concat.ts";
import { cos, log, sin, sqrt } from "./exponential.ts";
import { reshape } from "./reshape.ts";
import { sliceAxis } from "./slice.ts";

/** What to draw. Draws of one key are independent if their streams differ. */
export interface Draw {
  shape: Shape;
  /** A whole number from 0. */
  stream: number;
}

/**
 * Uniform numbers in (0, 1), odd multiples of 2⁻²⁴, from a hash of (key, stream, position): the same
 * bits on every provider. The key is an i32 scalar that the host changes at each step.
 */
export const randomUniform: Op<1, Draw> = defineOp({
  name: "randomUniform",
  about: "uniform numbers in (0, 1) keyed by an i32 scalar",
  arity: 1,
  attrs: { shape: [], stream: 0 } as Draw,
  type: ([key], { shape, stream }) => {
    if (key.dtype !== "i32" || key.shape.length > 0) {
      shapeError("key", "i32[]", showType(key), "feed one whole number a step");
    }
    if (!Number.isInteger(stream) || stream < 0) {
      shapeError("stream", "a stream that is a whole number", `${stream}`, "number the draws");
    }
    return f32(shape);
  },
  reference: ([key], { stream }, out) => {
    const { start, odd } = keysOf(numbers, key.data[0]! >>> 0, stream);
    const position = (i: number) => (start + Math.imul(i, spread)) >>> 0;
    return build(out.shape, (_, i) => ((wordAt(numbers, position(i), odd) >>> 9) + 0.5) * 2 ** -23);
  },
  vjp: () => [null],
  lower: (emit, [key], draw) => lowerRandomUniform(emit, key, draw),
  cases: [[2, 3], [], [4099], [3, 5, 7000]].map((shape, stream) => ({
    shapes: [[]],
    dtypes: ["i32"],
    attrs: { shape, stream },
    range: [-(2 ** 31), 2 ** 31],
    rtol: 1e-12, // bit-equal
  })),
});

/**
 * Standard normal numbers, |value| < 5.8: Box and Muller 1958, both numbers of each pair. Sine and
 * cosine by angle doubling in plain arithmetic were no faster (34 against 36 ms a million, noise).
 */
export function randomNormal(key: Tensor, { shape, stream }: Draw): Tensor {
  const size = sizeOf(shape);
  const half = Math.ceil(size / 2);
  const u = randomUniform(key, { shape: [2, half], stream });
  const row = (start: number) => sliceAxis(u, { axis: 0, start, end: start + 1 });
  const radius = sqrt(mul(log(row(0)), -2));
  const angle = mul(row(1), 2 * Math.PI);
  const pairs = concat([mul(radius, cos(angle)), mul(radius, sin(angle))]);
  const flat = reshape(pairs, { shape: [2 * half] });
  return reshape(sliceAxis(flat, { axis: 0, start: 0, end: size }), { shape });
}

/** 1 with probability p, else 0; p is a number, or a tensor that broadcasts to the shape. → f32 */
export function bernoulli(key: Tensor, { p, ...draw }: Draw & { p: Operand }): Tensor {
  return cast(less(randomUniform(key, draw), p), { to: "f32" });
}
