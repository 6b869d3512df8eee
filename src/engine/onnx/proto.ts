/**
 * The part of ONNX's protobuf schema that we write, as functions from plain values to wire bytes.
 * Field numbers: onnx.proto3 of ONNX 1.16 (IR version 10).
 */

import {
  bytes,
  each,
  float,
  int,
  join,
  type Message,
  sub,
  text,
  toBytes,
} from "../../core/protobuf.ts";

/** TensorProto.DataType. */
export const elemType = { f32: 1, u8: 2, i32: 6, i64: 7, bool: 9, f16: 10, u32: 12 } as const;
export type ElemType = keyof typeof elemType;

export interface TensorProto {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: ElemType;
  /** Little-endian. */
  readonly data: Uint8Array;
}

/** FLOAT, FLOATS, INT, STRING, INTS, or a sub-graph. Floats are wrapped, since 1 could be either. */
export type AttributeValue =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly graph: GraphProto };

export interface NodeProto {
  /** For people and profiles; nothing refers to it. */
  readonly name?: string;
  readonly opType: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** A string dimension is symbolic. */
export interface ValueInfo {
  readonly name: string;
  readonly type: ElemType;
  readonly dims: readonly (number | string)[];
}

export interface GraphProto {
  readonly name: string;
  readonly nodes: readonly NodeProto[];
  readonly initializers: readonly TensorProto[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

export interface ModelProto {
  readonly graph: GraphProto;
  /** Domain → version; "" is the standard set. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly metadata?: Readonly<Record<string, string>>;
}

const tensorProto = (t: TensorProto): Message =>
  join([
    each(t.dims, (d) => int(1, d)),
    int(2, elemType[t.type]),
    text(8, t.name),
    bytes(9, t.data),
  ]);

function attributeProto(name: string, value: AttributeValue): Message {
  const typed = (type: number, ...fields: Message[]) =>
    join([text(1, name), ...fields, int(20, type)]);
  if (typeof value === "number") return typed(2, int(3, value));
  if (typeof value === "string") return typed(3, text(4, value));
  if ("float" in value) return typed(1, float(2, value.float));
  if ("floats" in value)
    return typed(
      6,
      each(value.floats, (v) => float(7, v)),
    );
  if ("graph" in value) return typed(5, sub(6, graphProto(value.graph)));
  return typed(
    7,
    each(value, (v) => int(8, v)),
  );
}

const nodeProto = (n: NodeProto): Message =>
  join([
    each(n.inputs, (i) => text(1, i)),
    each(n.outputs, (o) => text(2, o)),
    text(3, n.name ?? ""),
    text(4, n.opType),
    each(Object.entries(n.attributes), ([k, v]) => sub(5, attributeProto(k, v))),
    text(7, n.domain),
  ]);

function valueInfo({ name, type, dims }: ValueInfo): Message {
  const dim = (d: number | string) => (typeof d === "number" ? int(1, d) : text(2, d));
  const shape = each(dims, (d) => sub(1, dim(d)));
  const tensorType = join([int(1, elemType[type]), sub(2, shape)]);
  return join([text(1, name), sub(2, sub(1, tensorType))]);
}

const graphProto = (g: GraphProto): Message =>
  join([
    each(g.nodes, (n) => sub(1, nodeProto(n))),
    text(2, g.name),
    each(g.initializers, (t) => sub(5, tensorProto(t))),
    each(g.inputs, (v) => sub(11, valueInfo(v))),
    each(g.outputs, (v) => sub(12, valueInfo(v))),
  ]);

/** The bytes of a model file. Cost: one copy of the weights. */
export function encodeModel(model: ModelProto): Uint8Array {
  return toBytes(
    join([
      int(1, 10),
      text(2, "ganymede"),
      sub(7, graphProto(model.graph)),
      each(Object.entries(model.opsets), ([domain, version]) =>
        sub(8, join([text(1, domain), int(2, version)])),
      ),
      each(Object.entries(model.metadata ?? {}), ([k, v]) =>
        sub(14, join([text(1, k), text(2, v)])),
      ),
    ]),
  );
}
