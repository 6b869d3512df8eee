import { defineOp, type Op } from "../ir/op.ts";
import {
  bool,
  broadcastShapes,
  type DType,
  isFloat,
  shapeError,
  showType,
  type Type,
} from "../ir/type.ts";
import { elemType } from "../onnx/proto.ts";
import { broadcastOffset, build, mapElements, zipElements } from "../reference/ndarray.ts";
import { broadcastTypes, type None } from "./_elementwise.ts";
import { unbroadcast } from "./broadcast.ts";

interface Comparison {
  readonly name: string;
  readonly about: string;
  readonly onnx: string;
  readonly f: (a: number, b: number) => boolean;
  /** Whether the operator's answer is turned round. */
  readonly not?: boolean;
}

/** Two broadcast f32 or i32 operands → bool. */
const defineComparison = ({ name, about, onnx, f, not }: Comparison): Op<2, None> =>
  defineOp<2, None>({
    name,
    about,
    arity: 2,
    attrs: {},
    type: ([a, b]) => bool(broadcastTypes(a, b, ["f32", "f16", "i32"]).shape),
    reference: ([a, b], _, out) => zipElements(a, b, out.shape, (x, y) => +f(x, y), "bool"),
    vjp: { none: "its result is true or false; use step for a 0/1 number with derivative 0" },
    lower: (emit, inputs) => {
      const answer = emit(onnx, inputs);
      return not ? emit("Not", [answer]) : answer;
    },
    cases: [
      { shapes: [[2, 3], [3]] },
      { shapes: [[5, 4], [4]], dtypes: ["i32", "i32"] }, // small integers: ties occur
    ],
  });

/** a > b, broadcast, f32 or i32 → bool. */
export const greater: Op<2, None> = defineComparison({
  name: "greater",
  about: "a > b",
  onnx: "Greater",
  f: (a, b) => a > b,
});

/** a ≥ b, broadcast, f32 or i32 → bool. */
export const greaterEqual: Op<2, None> = defineComparison({
  name: "greaterEqual",
  about: "a ≥ b",
  onnx: "GreaterOrEqual",
  f: (a, b) => a >= b,
});

/** a < b, broadcast, f32 or i32 → bool. */
export const less: Op<2, None> = defineComparison({
  name: "less",
  about: "a < b",
  onnx: "Less",
  f: (a, b) => a < b,
});

/** a ≤ b, broadcast, f32 or i32 → bool. */
export const lessEqual: Op<2, None> = defineComparison({
  name: "lessEqual",
  about: "a ≤ b",
  onnx: "LessOrEqual",
  f: (a, b) => a <= b,
});

/** a = b, broadcast, f32 or i32 → bool. */
export const equal: Op<2, None> = defineComparison({
  name: "equal",
  about: "a = b",
  onnx: "Equal",
  f: (a, b) => a === b,
});

/** a ≠ b, broadcast, f32 or i32 → bool. */
export const notEqual: Op<2, None> = defineComparison({
  name: "notEqual",
  about: "a ≠ b",
  onnx: "Equal",
  not: true,
  f: (a, b) => a !== b,
});

interface Connective {
  readonly name: string;
  readonly about: string;
  readonly lower: Op<2, None>["record"]["lower"];
  readonly f: (a: number, b: number) => number;
}

const defineConnective = ({ name, about, lower, f }: Connective): Op<2, None> =>
  defineOp<2, None>({
    name,
    about,
    arity: 2,
    attrs: {},
    commutative: true,
    type: ([a, b]) => broadcastTypes(a, b, ["bool"]),
    reference: ([a, b], _, out) => zipElements(a, b, out.shape, f),
    vjp: { none: "truth values carry no gradient" },
    lower,
    simplify: ([a, b]) => (a === b ? a : undefined),
    cases: [{ shapes: [[4, 3], [3]], dtypes: ["bool", "bool"] }],
  });

/** a and b, broadcast, of bool. */
export const logicalAnd: Op<2, None> = defineConnective({
  name: "logicalAnd",
  about: "a and b",
  lower: (emit, inputs) => emit("And", inputs),
  f: Math.min,
});

/** a or b, broadcast, of bool. */
export const logicalOr: Op<2, None> = defineConnective({
  name: "logicalOr",
  about: "a or b",
  // WebGPU has no Or: not (not a and not b).
  lower: (emit, [a, b]) =>
    emit.target.provider === "webgpu"
      ? emit("Not", [emit("And", [emit("Not", [a]), emit("Not", [b])])])
      : emit("Or", [a, b]),
  f: Math.max,
});

/** Not x, of bool. */
export const logicalNot: Op<1, None> = defineOp<1, None>({
  name: "logicalNot",
  about: "not x",
  arity: 1,
  attrs: {},
  type: ([x]) => requireBool(x),
  reference: ([x]) => mapElements(x, (v) => 1 - v),
  vjp: { none: "truth values carry no gradient" },
  lower: (emit, [x]) => emit("Not", [x]),
  simplify: ([x]) => (x.record === (logicalNot.record as unknown) ? x.inputs[0] : undefined),
  cases: [{ shapes: [[6]], dtypes: ["bool"] }],
});

function requireBool(x: Type): Type {
  return x.dtype === "bool" ? x : shapeError("operand", "bool", showType(x), "compare it first");
}

/** a where `condition`, else b; all three broadcast. a and b are f32 or i32. */
export const select: Op<3, None> = defineOp<3, None>({
  name: "select",
  about: "a where the condition holds, else b",
  precision: "any",
  arity: 3,
  attrs: {},
  type: ([condition, a, b]) => {
    const { shape, dtype } = broadcastTypes(a, b, ["f32", "f16", "i32"]);
    return { shape: broadcastShapes(requireBool(condition).shape, shape), dtype };
  },
  reference: ([c, a, b], _, { shape, dtype }) => {
    const [atC, atA, atB] = [c, a, b].map((t) => broadcastOffset(t.shape, shape));
    return build(shape, (i) => (c.data[atC!(i)] ? a.data[atA!(i)]! : b.data[atB!(i)]!), dtype);
  },
  vjp: (ct, [condition, a, b]) => [
    null,
    unbroadcast(select(condition, ct, 0), a.shape),
    unbroadcast(select(condition, 0, ct), b.shape),
  ],
  lower: (emit, inputs) => emit("Where", inputs),
  cases: [
    {
      shapes: [
        [2, 3],
        [2, 3],
        [2, 3],
      ],
      dtypes: ["bool", "f32", "f32"],
    },
    { shapes: [[4, 1], [3], []], dtypes: ["bool", "f32", "f32"] },
    { shapes: [[6], [6], [6]], dtypes: ["bool", "i32", "i32"] },
  ],
});

/**
 * x in another dtype: to i32 and u8 by truncation, to bool by x ≠ 0, to f16 by rounding, ties to even.
 * Gradients pass between floats, each in its own side's dtype.
 */
export const cast: Op<1, { to: DType }> = defineOp({
  name: "cast",
  about: "x in another dtype",
  precision: "any",
  arity: 1,
  attrs: { to: "f32" as DType },
  type: ([x], { to }) => ({ shape: x.shape, dtype: to }),
  reference: ([x], { to }) => {
    const same = (v: number) => v;
    const convert = { f32: same, f16: same, i32: Math.trunc, u8: Math.trunc, bool: truth };
    return mapElements(x, (v) => convert[to](v), to);
  },
  vjp: (ct, [x]) => [isFloat(x) ? cast(ct, { to: x.dtype }) : null],
  lower: (emit, [x], { to }, out) =>
    out.inputs[0]!.dtype === to ? x : emit("Cast", [x], { to: elemType[to] }),
  simplify: ([x], { to }) => {
    if (x.dtype === to) return x;
    // Every f16 is an f32: there and back changes nothing. The other way round it is a rounding.
    const [origin] = x.record === (cast.record as unknown) ? x.inputs : [];
    return to === "f16" && x.dtype === "f32" && origin?.dtype === "f16" ? origin : undefined;
  },
  cases: [
    { shapes: [[6]] },
    { shapes: [[6]], dtypes: ["i32"] },
    { shapes: [[6]], dtypes: ["bool"] },
    { shapes: [[6]], dtypes: ["u8"], range: [0, 255] },
    { shapes: [[6]], attrs: { to: "i32" }, range: [-9, 9] },
    { shapes: [[6]], dtypes: ["i32"], attrs: { to: "f16" }, range: [-99, 99] },
    { shapes: [[6]], attrs: { to: "u8" }, range: [0, 255] },
    { shapes: [[6]], dtypes: ["i32"], attrs: { to: "bool" } },
  ],
});

const truth = (v: number): number => +(v !== 0);
