import { constant, constantValue } from "../ir/leaves.ts";
import { defineOp, type Op, type OpCase, type PerInput } from "../ir/op.ts";
import type { Tensor } from "../ir/tensor.ts";
import {
  broadcastShapes,
  type DType,
  isFloat,
  sameShape,
  shapeError,
  showType,
  type Type,
} from "../ir/type.ts";
import { mapElements, zipElements } from "../reference/ndarray.ts";
import { unbroadcast } from "./broadcast.ts";
import { expand } from "./expand.ts";

/** No attributes. */
export type None = Record<never, never>;

interface Unary {
  readonly name: string;
  readonly about: string;
  readonly precision?: "any";
  /** Float64 value. */
  readonly f: (x: number) => number;
  /** Derivative at x, where y = f(x), in traced operators; the cotangent multiplies it. */
  readonly vjp: (ct: Tensor, x: Tensor, y: Tensor) => Tensor | null;
  readonly lower: Parameters<typeof defineOp<1, None>>[0]["lower"];
  readonly simplify?: (x: Tensor) => Tensor | undefined;
  readonly cases: readonly OpCase<None>[];
}

/** f32[…] → f32[…], or f16 both, element by element. */
export function defineUnary(spec: Unary): Op<1, None> {
  return defineOp<1, None>({
    name: spec.name,
    about: spec.about,
    arity: 1,
    attrs: {},
    ...(spec.precision && { precision: spec.precision }),
    type: ([x]) => requireFloat(x),
    reference: ([x]) => mapElements(x, spec.f),
    vjp: (ct, [x], y) => [spec.vjp(ct, x, y)],
    lower: spec.lower,
    ...(spec.simplify && { simplify: ([x]: PerInput<1, Tensor>) => spec.simplify!(x) }),
    cases: spec.cases,
  });
}

interface Binary {
  readonly name: string;
  readonly about: string;
  readonly precision?: "any";
  readonly onnx: string;
  readonly f: (a: number, b: number) => number;
  /** Cotangents before they are summed back over broadcast axes. */
  readonly vjp: (ct: Tensor, a: Tensor, b: Tensor, out: Tensor) => readonly [Tensor, Tensor];
  readonly commutative?: boolean;
  readonly simplify?: (a: Tensor, b: Tensor, out: Type) => Tensor | undefined;
  readonly cases: readonly OpCase<None>[];
}

/** Two broadcast operands of one numeric dtype → their common shape. */
export function defineBinary(spec: Binary): Op<2, None> {
  const op = defineOp<2, None>({
    name: spec.name,
    about: spec.about,
    arity: 2,
    attrs: {},
    commutative: spec.commutative ?? false,
    ...(spec.precision && { precision: spec.precision }),
    type: ([a, b]) => broadcastTypes(a, b, ["f32", "f16", "i32"]),
    reference: ([a, b], _, out) => zipElements(a, b, out.shape, spec.f),
    vjp: (ct, [a, b], out) => {
      const [da, db] = spec.vjp(ct, a, b, out);
      return [unbroadcast(da, a.shape), unbroadcast(db, b.shape)];
    },
    lower: (emit, [a, b]) => emit(spec.onnx, [a, b]),
    simplify: ([a, b], _, out) => spec.simplify?.(a, b, out) ?? withoutExpand(a, b, out),
    cases: spec.cases,
  });

  /** Operands broadcast by themselves: an `expand` that changes nothing of the result is skipped. */
  function withoutExpand(a: Tensor, b: Tensor, out: Type): Tensor | undefined {
    const [smallA, smallB] = [unexpanded(a), unexpanded(b)];
    if (smallA && sameShape(broadcastShapes(smallA.shape, b.shape), out.shape))
      return op(smallA, b);
    if (smallB && sameShape(broadcastShapes(a.shape, smallB.shape), out.shape))
      return op(a, smallB);
    return undefined;
  }
  return op;
}

/** What `t` repeats: the input of an expand, or the one number of a constant. */
function unexpanded(t: Tensor): Tensor | undefined {
  if (t.record === (expand.record as unknown)) return t.inputs[0];
  const first = t.shape.length > 0 ? constantValue(t)?.data[0] : undefined;
  return first !== undefined && isConstant(t, first) ? constant(first, [], t.dtype) : undefined;
}

export function requireFloat(x: Type): Type {
  return isFloat(x) ? x : shapeError("operand", "f32", showType(x), "cast it to f32 first");
}

/** Two floats of one dtype. */
export function requireFloats(a: Type, b: Type): void {
  if (requireFloat(a).dtype === requireFloat(b).dtype) return;
  shapeError("operands", "one dtype", `${showType(a)} and ${showType(b)}`, "cast one of them");
}

/** The broadcast type of two operands of one dtype out of `allowed`. */
export function broadcastTypes(a: Type, b: Type, allowed: readonly DType[]): Type {
  if (a.dtype !== b.dtype || !allowed.includes(a.dtype)) {
    shapeError(
      "operands",
      `two operands of one type, ${allowed.join(" or ")}`,
      `${showType(a)} and ${showType(b)}`,
      "cast one of them",
    );
  }
  return { shape: broadcastShapes(a.shape, b.shape), dtype: a.dtype };
}

/** Whether every element of `t` is the literal `value`. */
export function isConstant(t: Tensor, value: number): boolean {
  const data = constantValue(t)?.data;
  return data?.every((v) => v === value) ?? false;
}
