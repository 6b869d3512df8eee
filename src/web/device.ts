import { GanymedeError } from "../core/errors.ts";
import type { Field } from "../data/source.ts";
import { sizeOf } from "../engine/ir/type.ts";
import { requireRight } from "../engine/run/canary.ts";
import type { Provider } from "../engine/run/provider.ts";
import { wasmThreads, webWasm } from "../engine/run/web-wasm.ts";
import { gpuAdapter, webWebgpu } from "../engine/run/web-webgpu.ts";
import type { DeviceId, WebRequest } from "./request.ts";

export interface Device {
  readonly id: DeviceId;
  readonly provider: Provider;
  /** Threads of WebAssembly, or the browser's name for the GPU. */
  readonly on: string;
  /** Why it is not a better one. */
  readonly note?: string;
  /** Rejects with `DEVICE_LOST` when it goes away. */
  readonly lost?: Promise<never>;
}

/** Smaller items make nets whose operators take less time than a GPU needs to be told of them. */
const worthGpu = 256;

type Asked = Pick<WebRequest, "device" | "threads" | "runtime">;

/**
 * Starts what training is to run on.
 *
 * @throws GanymedeError NO_WEBGPU where that was asked for and the page has none, SESSION where the
 *   runtime's files cannot be had
 */
export async function openDevice(asked: Asked, made: Field): Promise<Device> {
  const { device = "auto" } = asked;
  if (device === "wasm") return openWasm(asked);
  if (device === "webgpu") return openWebgpu(asked);
  if (sizeOf(made.shape) < worthGpu) return openWasm(asked);
  try {
    const { isSoftware } = await gpuAdapter();
    if (!isSoftware) return await openWebgpu(asked);
    return await openWasm(asked, "its WebGPU is a program, and slower");
  } catch (error) {
    if (!(error instanceof GanymedeError) || !avoidable.includes(error.code)) throw error;
    return openWasm(asked, `its WebGPU cannot be used (${error.fault.got})`);
  }
}

/** Faults of WebGPU that WebAssembly has not. */
const avoidable = ["NO_WEBGPU", "PROVIDER_WRONG", "SESSION"];

/** The provider, if it computes right. Throws `PROVIDER_WRONG`. */
const checked = <P extends Provider>(provider: P, instead: DeviceId): Promise<P> =>
  requireRight(provider, `update the browser and the graphics driver, or train on ${instead}`);

async function openWasm({ threads: asked, runtime }: Asked, without?: string): Promise<Device> {
  const { threads, why } = wasmThreads(asked);
  const opened = await webWasm({ threads, ...(runtime && { files: runtime }) });
  const provider = await checked(opened, "webgpu");
  const browser = without && `this browser trains on WebAssembly: ${without}`;
  const note = [browser, why].filter((text) => text !== undefined).join("; ");
  const on = `${threads} ${threads === 1 ? "thread" : "threads"}`;
  return { id: "wasm", provider, on, ...(note !== "" && { note }) };
}

async function openWebgpu({ runtime }: Asked): Promise<Device> {
  const { name, isSoftware } = await gpuAdapter();
  const provider = await checked(await webWebgpu(runtime ? { files: runtime } : {}), "wasm");
  const note = `WebGPU is a program here (${name}): WebAssembly is faster`;
  const { lost } = provider;
  return { id: "webgpu", provider, on: name, lost, ...(isSoftware && { note }) };
}
