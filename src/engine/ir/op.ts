import { GanymedeError } from "../../core/errors.ts";
import type { Emit } from "../onnx/emit.ts";
import type { NdArray } from "../reference/ndarray.ts";
import { callerOutside } from "./caller.ts";
import { constant } from "./leaves.ts";
import { isTensor, node, type Tensor } from "./tensor.ts";
import { type DType, type Shape, showType, type Type } from "./type.ts";

export type Arity = 0 | 1 | 2 | 3 | "many";

/** A tuple with one element an input. */
export type PerInput<N extends Arity, T> = N extends 0
  ? readonly []
  : N extends 1
    ? readonly [T]
    : N extends 2
      ? readonly [T, T]
      : N extends 3
        ? readonly [T, T, T]
        : readonly T[];

/** Inputs and attributes on which the contract suite runs a record. */
export interface OpCase<A> {
  readonly shapes: readonly Shape[];
  /** Of each input; f32 when absent. */
  readonly dtypes?: readonly DType[];
  readonly attrs?: Partial<A>;
  /** Inputs are drawn uniformly from here; [-2, 2] when absent. Integers for i32. */
  readonly range?: readonly [number, number];
  /** Points where the derivative jumps: drawn values keep 0.05 away. */
  readonly kinks?: readonly number[];
  /** Relative tolerance of ONNX Runtime's float32 against the float64 reference; 1e-5 when absent. */
  readonly rtol?: number;
}

/** Why an operator has no derivative. The text is shown to whoever asks for one. */
export interface NotDifferentiable {
  readonly none: string;
}

export type Vjp<N extends Arity, A> = (
  ct: Tensor,
  inputs: PerInput<N, Tensor>,
  out: Tensor,
  attrs: A,
) => PerInput<N, Tensor | null>;

/**
 * Everything the compiler knows of one operator. No other file names an operator: the reverse pass,
 * the interpreter, the passes, the ONNX writer, the contract suite and the docs all walk records.
 */
export interface OpRecord<N extends Arity, A extends object> {
  readonly name: string;
  /** One line for the generated operator table. */
  readonly about: string;
  readonly arity: N;
  /** Default attributes; those given at the call are laid over them. Plain JSON. */
  readonly attrs: A;
  /** The result's type, or a `SHAPE` error. */
  type(inputs: PerInput<N, Type>, attrs: A): Type;
  /** Float64 semantics: obvious and slow. The oracle of every other form. */
  reference(inputs: PerInput<N, NdArray>, attrs: A, out: Type): NdArray;
  /** Cotangents of the inputs, in traced operators so that they differentiate again; null = none. */
  readonly vjp: Vjp<N, A> | NotDifferentiable;
  /** Writes ONNX nodes and returns the name of the result. */
  lower(emit: Emit, inputs: PerInput<N, string>, attrs: A, out: Tensor): string;
  /** A cheaper equal expression, if there is one for these inputs. */
  readonly simplify?: (inputs: PerInput<N, Tensor>, attrs: A, out: Type) => Tensor | undefined;
  readonly commutative?: boolean;
  /**
   * What mixed precision makes of it: `half` takes its operands as f16, `any` follows the largest of
   * them, and without one it stays in f32. Where it is set, `lower` is written for f16 too.
   */
  readonly precision?: "half" | "any";
  /** The same in f32 of large operands in f16, without a copy of them in f32. */
  fromHalf?(inputs: PerInput<N, Tensor>, attrs: A): Tensor;
  /** How many terms are summed for an element of the result. */
  terms?(inputs: PerInput<N, Type>, attrs: A): number;
  readonly cases: readonly OpCase<A>[];
}

/** A record seen by code that walks all of them. */
export type AnyRecord = OpRecord<Arity, object>;

/** Numbers become scalar constants of the tensor operands' type. */
export type Operand = Tensor | number;

export type Op<N extends Arity, A extends object> = ((
  ...args: N extends 0
    ? [attrs: Partial<A>]
    : N extends "many"
      ? [inputs: readonly Operand[], attrs?: Partial<A>]
      : [...inputs: PerInput<N, Operand>, attrs?: Partial<A>]
) => Tensor) & { readonly record: OpRecord<N, A> };

/** Turns a record into the function that traces it. */
export function defineOp<N extends Arity, A extends object>(record: OpRecord<N, A>): Op<N, A> {
  const trace = (...args: unknown[]): Tensor => {
    const count = record.arity === "many" ? 1 : (record.arity as number);
    const operands = (record.arity === "many" ? args[0] : args.slice(0, count)) as Operand[];
    return applyRecord(record as unknown as AnyRecord, lift(operands), args[count] as object);
  };
  return Object.assign(trace, { record }) as unknown as Op<N, A>;
}

/** Traces a record on tensors; passes use it to rebuild a node on new inputs. */
export function applyRecord(record: AnyRecord, inputs: readonly Tensor[], given?: object): Tensor {
  const attrs = given ? { ...record.attrs, ...given } : record.attrs;
  try {
    const type = record.type(inputs as never, attrs);
    return node(record, inputs, attrs as Record<string, unknown>, type);
  } catch (cause) {
    throw withPlace(cause, record.name, inputs);
  }
}

/** Adds the operator, all input types and the user's source line to a fault of a shape rule. */
function withPlace(cause: unknown, name: string, inputs: readonly Tensor[]): unknown {
  if (!(cause instanceof GanymedeError)) return cause;
  const place = callerOutside();
  const types = inputs.map(showType).join(" and ");
  return new GanymedeError(cause.code, {
    ...cause.fault,
    where: place ? `${name} at ${place}` : name,
    got: `${cause.fault.got} (${name} of ${types})`,
  });
}

function lift(operands: readonly Operand[]): Tensor[] {
  const tensors = operands.filter(isTensor);
  // A condition says nothing of the numbers beside it.
  const dtype = tensors.find((t) => t.dtype !== "bool")?.dtype ?? "f32";
  return operands.map((x) => (isTensor(x) ? x : constant(x, [], dtype)));
}
