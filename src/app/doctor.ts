import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { performance } from "node:perf_hooks";
import { stream } from "../core/random.ts";
import type { Source } from "../data/source.ts";
import { type ChosenDevice, chooseDevice } from "../engine/run/devices.ts";
import {
  nativeProviders,
  type ProviderReport,
  runtimeVersion,
} from "../engine/run/native-providers.ts";
import { nodeCpu } from "../engine/run/node-cpu.ts";
import type { Provider } from "../engine/run/provider.ts";
import { Trainer } from "../train/trainer.ts";
import { buildGame, loadSystem, systemOptions } from "./config.ts";
import { toFault } from "./faults.ts";
import { graphicsCards } from "./graphics-cards.ts";
import { version } from "./version.ts";

/** What this machine has, and whether Ganymede trains on it. */
export interface Health {
  readonly ganymede: string;
  readonly node: string;
  readonly nodeIsSupported: boolean;
  readonly platform: string;
  readonly processor: string;
  readonly threads: number;
  readonly memory: { readonly totalBytes: number; readonly freeBytes: number };
  readonly onnxruntime: string;
  readonly providers: readonly ProviderReport[];
  /** What `--device auto` takes here, and why. */
  readonly auto: ChosenDevice;
  /** As far as the system tells: see `graphicsCards`. */
  readonly graphicsCards: readonly string[];
  /** Channel block of the fast convolutions; 0 = this processor has none. */
  readonly nchwcBlock: number;
  readonly selfTest: SelfTest;
}

export interface SelfTest {
  readonly passed: boolean;
  /** Of one training step of a tiny DCGAN, compiled before. */
  readonly milliseconds?: number;
  readonly reason?: string;
}

export async function examine(): Promise<Health> {
  const provider = await nodeCpu().catch((error: unknown) => error);
  const started = typeof provider === "object" && provider !== null && "target" in provider;
  const providers = await nativeProviders();
  const absent = { starts: false, reason: "this build of the runtime has none" };
  return {
    ganymede: version,
    node: process.version,
    nodeIsSupported: isSupported(process.versions.node),
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? "unknown",
    threads: availableParallelism(),
    memory: { totalBytes: totalmem(), freeBytes: freemem() },
    onnxruntime: runtimeVersion(),
    providers,
    auto: await chooseDevice(async (id) => providers.find((p) => p.id === id) ?? { id, ...absent }),
    graphicsCards: graphicsCards(),
    nchwcBlock: started ? (provider as Provider).target.nchwcBlock : 0,
    selfTest: started ? await selfTest(provider as Provider) : failed(provider),
  };
}

/** package.json: engines. */
function isSupported(node: string): boolean {
  const [major = 0, minor = 0] = node.split(".").map(Number);
  return major > 20 || (major === 20 && minor >= 19);
}

const failed = (error: unknown): SelfTest => {
  const { expected, got } = toFault(error).fault;
  return { passed: false, reason: `expected ${expected}, got ${got}` };
};

/** Two steps of the tiniest DCGAN on noise: convolutions, batch norm, Adam and the average. */
async function selfTest(provider: Provider): Promise<SelfTest> {
  try {
    const system = await loadSystem("dcgan");
    const source = noiseImages();
    const options = systemOptions(system, system.tiny);
    const game = buildGame(system, { options, fields: source.fields });
    const trainer = new Trainer({ game, source, provider, seed: 0, chunk: 1 });
    await trainer.advance(1);
    const began = performance.now();
    await trainer.advance(2);
    const milliseconds = performance.now() - began;
    await trainer.dispose();
    return { passed: true, milliseconds };
  } catch (error) {
    return failed(error);
  }
}

/** Grey 8x8 noise: the self-test needs no files. */
function noiseImages(): Source {
  const shape = [1, 8, 8];
  const image = { shape, dtype: "u8", scale: 2 / 255, offset: -1 } as const;
  return {
    id: "noise",
    fields: { image },
    size: Number.POSITIVE_INFINITY,
    about: { title: "noise", credit: "none", licence: "none needed: generated" },
    batch: (start, count, seed) => {
      const values = stream(seed, "noise", start).uniform(new Float32Array(count * 64));
      return { image: Uint8Array.from(values, (v) => 255 * v) };
    },
  };
}
