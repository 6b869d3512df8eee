import { GanymedeError } from "../../core/errors.ts";

/**
 * f32 and f16 carry gradients; i32 indexes; bool masks; u8 is raw pixels and may only be cast. An
 * operator on f16 gives the float16 nearest to its result.
 */
export type DType = "f32" | "f16" | "i32" | "bool" | "u8";

/** Whether a dtype carries gradients. */
export const isFloat = ({ dtype }: { readonly dtype: DType }): boolean =>
  dtype === "f32" || dtype === "f16";

/** Static sizes, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/** What is known of a tensor while tracing. */
export interface Type {
  readonly shape: Shape;
  readonly dtype: DType;
}

export const f32 = (shape: Shape): Type => ({ shape, dtype: "f32" });
export const i32 = (shape: Shape): Type => ({ shape, dtype: "i32" });
export const bool = (shape: Shape): Type => ({ shape, dtype: "bool" });

export const sizeOf = (shape: Shape): number => shape.reduce((n, d) => n * d, 1);

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((d, i) => d === b[i]);

export const showType = (t: Type): string => `${t.dtype}[${t.shape.join(",")}]`;

/** Throws `SHAPE`; the tracer adds the operator and the user's source line. */
export function shapeError(where: string, expected: string, got: string, fix: string): never {
  throw new GanymedeError("SHAPE", { where, expected, got, fix });
}

/** NumPy's rule: align at the last axis; sizes are equal or one of them is 1. */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const da = a[i - rank + a.length] ?? 1;
    const db = b[i - rank + b.length] ?? 1;
    if (da !== db && da !== 1 && db !== 1) {
      shapeError(
        "broadcast",
        "sizes that are equal or 1 on each axis, aligned at the last",
        `[${a.join(",")}] and [${b.join(",")}]`,
        "reshape or expand one of the two",
      );
    }
    return da === 1 ? db : da;
  });
}

/** Turns axes such as -1 into sorted, unique, non-negative ones; `undefined` means all. */
export function normaliseAxes(axes: readonly number[] | undefined, rank: number): number[] {
  const all = axes ?? Array.from({ length: rank }, (_, i) => i);
  const positive = all.map((a) => {
    if (!Number.isInteger(a) || a < -rank || a >= rank) {
      shapeError(
        "axis",
        `an axis in [${-rank}, ${rank - 1}]`,
        String(a),
        "check the tensor's rank",
      );
    }
    return a < 0 ? a + rank : a;
  });
  return [...new Set(positive)].sort((a, b) => a - b);
}

/** Row-major strides in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1]! * shape[i + 1]!;
  return strides;
}
