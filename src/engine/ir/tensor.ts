import type { AnyRecord } from "./op.ts";
import { placeNow } from "./place.ts";
import type { DType, Shape, Type } from "./type.ts";

/**
 * An immutable node of the trace: the result of one operator. Ids grow as nodes are made, so sorting
 * by id is a topological order.
 */
export interface Tensor extends Type {
  readonly id: number;
  readonly record: AnyRecord;
  readonly inputs: readonly Tensor[];
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly shape: Shape;
  readonly dtype: DType;
  /** The part that traced it, for people: see `tracedAt`. */
  readonly place: string;
}

let nextId = 0;

/** Makes a node. Only `defineOp` and the leaves call it: everything else goes through operators. */
export function node(
  record: AnyRecord,
  inputs: readonly Tensor[],
  attrs: Readonly<Record<string, unknown>>,
  type: Type,
): Tensor {
  const { shape, dtype } = type;
  return { id: nextId++, record, inputs, attrs, shape, dtype, place: placeNow() };
}

export const isTensor = (x: unknown): x is Tensor =>
  typeof x === "object" && x !== null && "record" in x && "inputs" in x;

/**
 * All nodes that `roots` depend on, themselves included, inputs before users. The walk goes neither
 * to nor past a node that `stop` names.
 */
export function ancestors(
  roots: readonly Tensor[],
  stop: (t: Tensor) => boolean = () => false,
): Tensor[] {
  const seen = new Set<Tensor>(roots.filter((t) => !stop(t)));
  const stack = [...seen];
  for (let t = stack.pop(); t; t = stack.pop()) {
    for (const input of t.inputs) {
      if (!seen.has(input) && !stop(input)) {
        seen.add(input);
        stack.push(input);
      }
    }
  }
  return [...seen].sort((a, b) => a.id - b.id);
}
