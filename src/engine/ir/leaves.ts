import { GanymedeError } from "../../core/errors.ts";
import { type NdArray, zeros } from "../reference/ndarray.ts";
import type { AnyRecord, OpRecord } from "./op.ts";
import { node, type Tensor } from "./tensor.ts";
import { type DType, type Shape, shapeError, sizeOf, type Type } from "./type.ts";

/** Traces a leaf. Not by `defineOp`, whose operators make leaves of numbers: the two files would need each other. */
const leaf = <A extends object>(record: OpRecord<0, A>, attrs: A): Tensor =>
  node(
    record as unknown as AnyRecord,
    [],
    attrs as Record<string, unknown>,
    record.type([], attrs),
  );

const leafGradient = { none: "a leaf has no inputs" };

/** A named value fed at each run: parameter, state, batch, noise or scalar. */
const inputRecord: OpRecord<0, { name: string; of: Type }> = {
  name: "input",
  about: "a named value fed at each run",
  arity: 0,
  attrs: { name: "", of: { shape: [] as Shape, dtype: "f32" as DType } },
  type: (_, { of }) => of,
  reference: (_, { name }) => {
    throw new GanymedeError("NOT_FED", {
      where: `input ${name}`,
      expected: "a value",
      got: "none",
      fix: "feed every input of the program",
    });
  },
  vjp: leafGradient,
  lower: (_, __, { name }) => name,
  cases: [],
};

export const input = (name: string, shape: Shape, dtype: DType = "f32"): Tensor =>
  leaf(inputRecord, { name, of: { shape, dtype } });

/** Literal values; f32 ones are rounded to float32 only when they reach ONNX. */
const constantRecord: OpRecord<0, { value: NdArray }> = {
  name: "constant",
  about: "literal values",
  arity: 0,
  attrs: { value: zeros([]) },
  type: (_, { value }) => ({ shape: value.shape, dtype: value.dtype }),
  reference: (_, { value }) => value,
  vjp: leafGradient,
  lower: (emit, _, { value }) => emit.constant(value),
  cases: [],
};

/** A constant of `shape` from one number (repeated) or row-major values. */
export function constant(
  value: number | ArrayLike<number>,
  shape: Shape = typeof value === "number" ? [] : [value.length],
  dtype: DType = "f32",
): Tensor {
  const size = sizeOf(shape);
  if (typeof value !== "number" && value.length !== size) {
    shapeError(
      "constant",
      `${size} values for [${shape.join(",")}]`,
      `${value.length} values`,
      "make the values fit the shape",
    );
  }
  const data =
    typeof value === "number" ? new Float64Array(size).fill(value) : Float64Array.from(value);
  return leaf(constantRecord, { value: { shape, dtype, data } });
}

/** The values of a constant node, or undefined for any other. */
export const constantValue = (t: Tensor): NdArray | undefined =>
  t.record === (constantRecord as unknown) ? (t.attrs.value as NdArray) : undefined;

/** The name of an input node, or undefined for any other. */
export const inputName = (t: Tensor): string | undefined =>
  t.record === (inputRecord as unknown) ? (t.attrs.name as string) : undefined;
