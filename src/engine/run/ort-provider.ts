import type { InferenceSession, Tensor } from "onnxruntime-common";
import { GanymedeError } from "../../core/errors.ts";
import type { DType, Shape } from "../ir/type.ts";
import type { Target } from "../onnx/emit.ts";
import { deviceLost } from "./device-lost.ts";
import type { Feeds, Provider, Session, SessionRequest, TypedArray, Value } from "./provider.ts";

/** As much of ONNX Runtime's interface as a provider needs: that of Node and of browsers. */
export interface Runtime {
  readonly env: { readonly versions: { readonly [build: string]: string | undefined } };
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (type: never, data: never, dims: readonly number[]) => Tensor;
}

export interface OrtProviderParts {
  readonly id: string;
  /** Named in errors. */
  readonly packageName: string;
  readonly runtime: Runtime;
  readonly target: Target;
  readonly loops: boolean;
  readonly options: InferenceSession.SessionOptions;
  /** Set where results can stay on a device: how a tensor there is read back. */
  readonly device?: { read(tensor: Tensor): Promise<TypedArray>; close?(): Promise<void> };
}

const toOrt = {
  f32: "float32",
  f16: "float16",
  i32: "int32",
  bool: "bool",
  u8: "uint8",
} as const satisfies Record<DType, string>;
const fromOrt = Object.fromEntries(
  Object.entries(toOrt).map(([dtype, native]) => [native, dtype as DType]),
);

/** Values keep their runtime tensor, so that an output can be fed as it came. */
interface OrtValue extends Value {
  readonly native: Tensor;
}

/** A provider on any build of ONNX Runtime. */
export function ortProvider(parts: OrtProviderParts): Provider {
  const { id, packageName, target, loops, runtime } = parts;
  const { versions } = runtime.env;
  return {
    id,
    // "onnxruntime-node" is the build "node".
    runtime: `${packageName} ${versions[packageName.split("-").at(-1)!] ?? versions.common}`,
    target,
    loops,
    create: (model, request = {}) => createSession(parts, model, request),
    value: (dtype: DType, shape: Shape, data: TypedArray) =>
      wrap(new runtime.Tensor(toOrt[dtype] as never, data as never, [...shape]), parts),
    close: async () => parts.device?.close?.(),
  };
}

const wrap = (native: Tensor, parts: OrtProviderParts): OrtValue => ({
  native,
  dtype: fromOrt[native.type]!,
  shape: native.dims as Shape,
  data: async () =>
    parts.device && native.location !== "cpu"
      ? await onDevice(parts, () => parts.device!.read(native))
      : elementsOf(native),
  dispose: () => native.dispose(),
});

/** Hosts that have a Float16Array get one from the runtime. */
function elementsOf({ type, data }: Tensor): TypedArray {
  const array = data as TypedArray;
  if (type !== "float16") return array;
  return new Uint16Array(array.buffer, array.byteOffset, array.length);
}

/** On the CPU a call fails for what the graph is; on a device, more often for what became of it. */
async function onDevice<T>({ id, target }: OrtProviderParts, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (target.provider !== "webgpu") throw cause;
    throw deviceLost(id, cause);
  }
}

async function createSession(
  parts: OrtProviderParts,
  model: Uint8Array,
  { resident = [] }: SessionRequest,
): Promise<Session> {
  const stay = parts.device && resident.length > 0;
  const session = await compile(parts, model, {
    ...parts.options,
    ...(stay && {
      preferredOutputLocation: Object.fromEntries(resident.map((name) => [name, "gpu-buffer"])),
    }),
  });
  return {
    async run(feeds: Feeds) {
      const natives = Object.entries(feeds).map(([k, v]) => [k, (v as OrtValue).native]);
      const results = await onDevice(parts, () => session.run(Object.fromEntries(natives)));
      return Object.fromEntries(Object.entries(results).map(([k, t]) => [k, wrap(t, parts)]));
    },
    dispose: () => session.release(),
  };
}

async function compile(
  { runtime, packageName }: OrtProviderParts,
  model: Uint8Array,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  try {
    return await runtime.InferenceSession.create(model, options);
  } catch (cause) {
    throw new GanymedeError(
      "SESSION",
      {
        where: packageName,
        expected: "a graph that it can compile",
        got: cause instanceof Error ? cause.message : String(cause),
        fix: "report this with the system and options you used",
      },
      { cause },
    );
  }
}
