import { GanymedeError } from "../../core/errors.ts";
import { requireRight } from "./canary.ts";
import type { DeviceChoice, DeviceName } from "./device-names.ts";
import { briefReason, type ProviderReport, probeProvider } from "./native-providers.ts";
import { nodeCpu } from "./node-cpu.ts";
import { nodeNative } from "./node-native.ts";
import { nodeWebgpu } from "./node-webgpu.ts";
import type { Provider } from "./provider.ts";

export interface DeviceRequest {
  /** The CPU when absent. */
  readonly device?: DeviceChoice;
  /** Threads of one operator on the CPU; the machine's cores when absent. */
  readonly threads?: number;
}

export interface ChosenDevice {
  readonly device: DeviceName;
  /** A sentence's end: why this one. */
  readonly why: string;
}

/**
 * Opens a device and checks on it that a convolution and a sum come out right. Throws `DEVICE` where
 * it does not start, with the reason and what to do, and `PROVIDER_WRONG` where it computes wrong.
 */
export async function openProvider({ device, threads }: DeviceRequest = {}): Promise<Provider> {
  const name = device === "auto" ? (await chooseDevice()).device : (device ?? "cpu");
  const cpu = () => nodeCpu(threads === undefined ? {} : { threads });
  // The CPU has been checked while its layouts were chosen.
  if (name === "cpu") return cpu();
  const provider = name === "webgpu" ? nodeWebgpu() : nodeNative(name);
  return requireRight(provider).catch((cause: unknown) => {
    if (cause instanceof GanymedeError && cause.code === "PROVIDER_WRONG") throw cause;
    throw doesNotStart(name, cause);
  });
}

/**
 * The device for `auto`: CUDA if it starts, else WebGPU where it is faster than the CPU, which an
 * adapter in software is not. Starts each in a process of its own, which takes a second or two.
 */
export async function chooseDevice(
  probe: (id: string) => Promise<ProviderReport> = probeProvider,
): Promise<ChosenDevice> {
  const cuda = await probe("cuda");
  if (cuda.starts) return { device: "cuda", why: "CUDA starts here" };
  const webgpu = await probe("webgpu");
  const notCuda = `CUDA does not start (${cuda.reason})`;
  if (!webgpu.starts) {
    return { device: "cpu", why: `${notCuda}, nor does WebGPU (${webgpu.reason})` };
  }
  const cpu = await probe("cpu");
  const [there, here] = [webgpu.gflops!, cpu.gflops!].map((n) =>
    n < 1 ? n.toFixed(2) : Math.round(n),
  );
  const pace = `${there} GFLOP/s by WebGPU, ${here} on the CPU`;
  return webgpu.gflops! > cpu.gflops!
    ? { device: "webgpu", why: `${notCuda}, and WebGPU is faster than the CPU: ${pace}` }
    : { device: "cpu", why: `${notCuda}, and WebGPU is slower than the CPU: ${pace}` };
}

const remedies: Record<DeviceName, string> = {
  cpu: "reinstall Ganymede: `npm ci`",
  webgpu: "install the graphics driver with its Vulkan part, or train with --device cpu",
  cuda:
    "install CUDA 12 with cuDNN 9, then let onnxruntime-node fetch its CUDA files " +
    "(`npm rebuild onnxruntime-node --ignore-scripts=false`), or try --device webgpu",
  dml: "DirectML needs Windows; elsewhere try --device webgpu",
  coreml: "CoreML needs macOS; elsewhere try --device webgpu",
};

function doesNotStart(device: DeviceName, cause: unknown): GanymedeError {
  return new GanymedeError(
    "DEVICE",
    {
      where: `--device ${device}`,
      expected: "a device that starts",
      got: briefReason(cause),
      fix: `${remedies[device]}; \`ganymede doctor\` tells what starts`,
    },
    { cause },
  );
}
