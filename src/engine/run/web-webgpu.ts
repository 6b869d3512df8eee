import type { Env } from "onnxruntime-common";
import { GanymedeError } from "../../core/errors.ts";
import { ortProvider, type Runtime } from "./ort-provider.ts";
import type { Provider, TypedArray } from "./provider.ts";
import { type RuntimeFiles, useFiles } from "./web-files.ts";

export interface WebWebgpuOptions {
  /** Where the runtime's files are; beside the script when absent. */
  readonly files?: RuntimeFiles;
}

/** A GPU as a browser describes it. */
export interface GpuAdapter {
  /** The browser's words for it, which may be few. */
  readonly name: string;
  /** Whether it is no GPU but a program that does as if: a hundred times slower. */
  readonly isSoftware: boolean;
}

export interface WebgpuProvider extends Provider {
  /** Rejects with `DEVICE_LOST` when the GPU goes away, and never resolves. Calls may never return then. */
  readonly lost: Promise<never>;
}

/** As much of WebGPU as is asked here. */
interface Gpu {
  requestAdapter(options?: object): Promise<{
    readonly info: {
      readonly vendor: string;
      readonly architecture: string;
      readonly description: string;
      readonly isFallbackAdapter?: boolean;
    };
  } | null>;
}

interface Device {
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
}

/** The GPU that a page would train on. Throws `NO_WEBGPU`. */
export async function gpuAdapter(): Promise<GpuAdapter> {
  const { gpu } = navigator as { gpu?: Gpu };
  if (!gpu) {
    throw missing(globalThis.isSecureContext ? "none" : "a page that is not a secure context");
  }
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) throw missing("no GPU that it would use");
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  const name = description || [vendor, architecture].filter((word) => word !== "").join(" ");
  const isSoftware = isFallbackAdapter ?? /swiftshader|llvmpipe|basic render/i.test(name);
  return { name: name || "unnamed", isSoftware };
}

/**
 * The GPU of whoever looks at the page, by WebGPU. State stays on the device.
 *
 * @throws GanymedeError NO_WEBGPU where the browser has none or would use no GPU
 */
export async function webWebgpu({ files }: WebWebgpuOptions = {}): Promise<WebgpuProvider> {
  await gpuAdapter();
  const ort = await loadRuntime();
  useFiles(ort.env, files);
  // Operators that run on the host, for shapes and small integers, gain nothing from threads.
  ort.env.wasm.numThreads = 1;
  const provider = ortProvider({
    id: "web-webgpu",
    packageName: "onnxruntime-web",
    runtime: oneAtATime(ort as Runtime),
    target: { provider: "webgpu", nchwcBlock: 0 },
    loops: false,
    options: {
      executionProviders: ["webgpu"],
      graphOptimizationLevel: "basic",
      logSeverityLevel: 3,
      // A node that the device cannot take would otherwise run on the CPU, unnoticed, with two copies.
      extra: { session: { disable_cpu_ep_fallback: "1" } },
    },
    device: { read: async (tensor) => (await tensor.getData()) as TypedArray },
  });
  return { ...provider, ...watched(provider, ort.env) };
}

/**
 * Hears of the device's end. The runtime opens a device with a session, and destroys it itself when
 * the last session goes: the next one has another.
 */
function watched(provider: Provider, { webgpu }: Env): Pick<WebgpuProvider, "create" | "lost"> {
  let known: Device | undefined;
  let lose = (_: Error): void => {};
  const lost = new Promise<never>((_, reject) => {
    lose = reject;
  });
  lost.catch(() => {});
  return {
    lost,
    async create(model, request) {
      const session = await provider.create(model, request);
      const device = (await webgpu.device) as unknown as Device;
      if (device !== known) {
        known = device;
        void device.lost.then(({ reason, message }) => {
          if (reason !== "destroyed") lose(lostDevice(message));
        });
      }
      return session;
    },
  };
}

/** The runtime refuses to make a session while it makes another one. */
function oneAtATime({ InferenceSession, Tensor, env }: Runtime): Runtime {
  let last: Promise<unknown> = Promise.resolve();
  return {
    Tensor,
    env,
    InferenceSession: {
      create(model, options) {
        const next = last.then(() => InferenceSession.create(model, options));
        last = next.catch(() => {});
        return next;
      },
    },
  };
}

/** Where WebAssembly can wait for promises the runtime is 10 MB smaller. */
const loadRuntime = () =>
  "Suspending" in WebAssembly ? import("onnxruntime-web/jspi") : import("onnxruntime-web/webgpu");

const lostDevice = (message: string) =>
  new GanymedeError("DEVICE_LOST", {
    where: "webgpu",
    expected: "a GPU that stays",
    got: message || "its end, without a reason",
    fix: "begin again from the last state that was kept, or train on wasm",
  });

const missing = (got: string) =>
  new GanymedeError("NO_WEBGPU", {
    where: "webgpu",
    expected: "a browser with WebGPU, and a GPU that it uses",
    got,
    fix: "train on wasm instead, or open the page over https in a browser that has WebGPU",
  });
