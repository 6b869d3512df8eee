import { constant, constantValue } from "../ir/leaves.ts";
import type { Op } from "../ir/op.ts";
import type { Tensor } from "../ir/tensor.ts";
import { isFloat, sameShape, sizeOf, type Type } from "../ir/type.ts";
import { pairs } from "./_cases.ts";
import { defineBinary, defineUnary, isConstant, type None } from "./_elementwise.ts";
import { expand } from "./expand.ts";

const positivePairs = pairs.map((c) => ({ ...c, range: [0.5, 2] as const }));

/** `t` in the shape of the result that it replaces. */
const shapedLike = (t: Tensor, out: Type): Tensor =>
  sameShape(t.shape, out.shape) ? t : expand(t, { shape: out.shape });

/** a + b, broadcast. */
export const add: Op<2, None> = defineBinary({
  name: "add",
  about: "a + b",
  precision: "any",
  onnx: "Add",
  commutative: true,
  f: (a, b) => a + b,
  vjp: (ct) => [ct, ct],
  simplify: (a, b, out) => {
    if (isConstant(a, 0)) return shapedLike(b, out);
    if (isConstant(b, 0)) return shapedLike(a, out);
    // The derivative of x·x: as a product with a literal it merges with other factors.
    return a === b && isFloat(a) ? mul(a, 2) : undefined;
  },
  cases: pairs,
});

/** a − b, broadcast. */
export const sub: Op<2, None> = defineBinary({
  name: "sub",
  about: "a − b",
  precision: "any",
  onnx: "Sub",
  f: (a, b) => a - b,
  vjp: (ct) => [ct, neg(ct)],
  simplify: (a, b, out) => {
    if (isConstant(b, 0)) return shapedLike(a, out);
    if (isConstant(a, 0)) return shapedLike(neg(b), out);
    return a === b ? shapedLike(constant(0, [], a.dtype), out) : undefined;
  },
  cases: pairs,
});

/** a·b, broadcast. */
export const mul: Op<2, None> = defineBinary({
  name: "mul",
  about: "a·b",
  precision: "any",
  onnx: "Mul",
  commutative: true,
  f: (a, b) => a * b,
  vjp: (ct, a, b) => [mul(ct, b), mul(ct, a)],
  simplify: (a, b, out) => simplifyProduct(a, b, out) ?? simplifyProduct(b, a, out),
  cases: pairs,
});

/** 1·b = b, −1·b = −b, 0·b = 0, and a literal goes to the smallest factor of a product. */
function simplifyProduct(a: Tensor, b: Tensor, out: Type): Tensor | undefined {
  if (isConstant(a, 1)) return shapedLike(b, out);
  if (isConstant(a, 0)) return shapedLike(a, out);
  if (isConstant(a, -1)) return shapedLike(neg(b), out);
  const literal = constantValue(a) && a.shape.length === 0;
  if (!literal || b.record !== (mul.record as unknown)) return undefined;
  const [small, large] = [...b.inputs].sort((x, y) => sizeOf(x.shape) - sizeOf(y.shape));
  // c·(d·x) = (c·d)·x, and c·(row·map) = (c·row)·map saves a pass over the map.
  const cheaper = constantValue(small!) ?? sizeOf(small!.shape) < sizeOf(large!.shape);
  return cheaper ? mul(mul(a, small!), large!) : undefined;
}

/** a/b, broadcast. */
export const div: Op<2, None> = defineBinary({
  name: "div",
  about: "a/b",
  onnx: "Div",
  f: (a, b) => a / b,
  // ∂(a/b)/∂b = −a/b²
  vjp: (ct, _a, b, out) => [div(ct, b), neg(mul(ct, div(out, b)))],
  simplify: (a, b, out) => (isConstant(b, 1) ? shapedLike(a, out) : undefined),
  cases: positivePairs,
});

/** −x. */
export const neg: Op<1, None> = defineUnary({
  name: "neg",
  about: "−x",
  precision: "any",
  f: (x) => -x,
  vjp: (ct) => neg(ct),
  lower: (emit, [x]) => emit("Neg", [x]),
  simplify: (x) => (x.record === (neg.record as unknown) ? x.inputs[0] : undefined),
  cases: [{ shapes: [[2, 3]] }],
});
