import type { DType, Shape } from "../ir/type.ts";
import type { Target } from "../onnx/emit.ts";

/** Elements as the host holds them; f16 as bits, see `halfBits`. */
export type TypedArray = Float32Array | Int32Array | Uint16Array | Uint8Array;

/** A tensor in a provider's memory. Feeding it back costs no copy of ours. */
export interface Value {
  readonly dtype: DType;
  readonly shape: Shape;
  /** The elements, row-major. On a device provider this reads them back. */
  data(): Promise<TypedArray>;
  dispose(): void;
}

export type Feeds = Readonly<Record<string, Value>>;

/** A compiled graph. Few and long-lived: creating one takes 50 ms to 1 s. */
export interface Session {
  /**
   * Blocks the calling thread on native providers: train in a worker. Throws `DEVICE_LOST` where a
   * device did not finish the call: it may have gone, with all that was in its memory.
   */
  run(feeds: Feeds): Promise<Record<string, Value>>;
  dispose(): Promise<void>;
}

export interface SessionRequest {
  /**
   * Outputs that are fed again, or read later: a device keeps them in its memory until they are
   * disposed of. Others come back to the host with every call, which then waits for the device.
   */
  readonly resident?: readonly string[];
}

/** A place to run graphs. The files that implement this are the only ones to import onnxruntime. */
export interface Provider {
  readonly id: string;
  /** The package that runs the graphs, and its version. */
  readonly runtime: string;
  readonly target: Target;
  /** Whether a loop inside a graph runs where the graph does; else steps are calls of their own. */
  readonly loops: boolean;
  /** Compiles the bytes of an ONNX model; throws `SESSION` with the runtime's reason. */
  create(model: Uint8Array, request?: SessionRequest): Promise<Session>;
  /** Wraps host memory without copying it. */
  value(dtype: DType, shape: Shape, data: TypedArray): Value;
  /** Gives up what it holds beside sessions and values, so that a lost device can be opened anew. */
  close?(): Promise<void>;
}
