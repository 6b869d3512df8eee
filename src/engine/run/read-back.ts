import type { InferenceSession, Tensor } from "onnxruntime-common";
import { encodeModel } from "../onnx/proto.ts";
import type { Runtime } from "./ort-provider.ts";
import type { TypedArray } from "./provider.ts";

const types = { float32: "f32", float16: "f16", int32: "i32", bool: "bool", uint8: "u8" } as const;

/**
 * Reads tensors of a device by passing them through a graph that does nothing: the runtime's own
 * `getData` ends the process in Node. One small graph for each element type and number of axes.
 */
export function readBackWith(
  runtime: Runtime,
  options: InferenceSession.SessionOptions,
): { read(tensor: Tensor): Promise<TypedArray>; close(): Promise<void> } {
  const sessions = new Map<string, Promise<InferenceSession>>();
  const read = async (tensor: Tensor) => {
    const type = types[tensor.type as keyof typeof types];
    const key = `${type} ${tensor.dims.length}`;
    const session =
      sessions.get(key) ?? runtime.InferenceSession.create(identity(type, tensor), options);
    sessions.set(key, session);
    const { y } = await (await session).run({ x: tensor });
    return y!.data as TypedArray;
  };
  const close = async () => {
    for (const session of sessions.values()) await (await session).release();
    sessions.clear();
  };
  return { read, close };
}

function identity(type: (typeof types)[keyof typeof types], { dims }: Tensor): Uint8Array {
  const free = dims.map((_, i) => `d${i}`);
  const node = { opType: "Identity", domain: "", inputs: ["x"], outputs: ["y"], attributes: {} };
  const value = (name: string) => ({ name, type, dims: free });
  return encodeModel({
    graph: {
      name: "read",
      nodes: [node],
      initializers: [],
      inputs: [value("x")],
      outputs: [value("y")],
    },
    opsets: { "": 21 },
  });
}
