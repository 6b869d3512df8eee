/**
 * Measures a GPU: whole training steps of the five systems on it, ours and, where Python has PyTorch with
 * a GPU, PyTorch's, in turns. Needs nothing but the project.
 *
 *   npm run bench:gpu [-- --device webgpu|cuda|dml|coreml] [--steps dcgan32,…] [--batch 64] [--width 64]
 *                     [--rounds 3] [--python python3] [--save] [--tiny]
 *
 * Prints the device, steps per second and the GFLOP/s that the convolutions and products of a step make.
 * `--save` writes bench/results/gpu.json. `--tiny` takes nets so small that WebGPU without a GPU, by
 * SwiftShader, ends soon: it proves the way, its figures say nothing. Without a GPU it fails and says why.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { GanymedeError } from "../src/core/errors.ts";
import type { DeviceChoice } from "../src/engine/run/device-names.ts";
import { openProvider } from "../src/engine/run/devices.ts";
import type { Provider } from "../src/engine/run/provider.ts";
import type { Contender } from "./_contender.ts";
import { flopsOfTick, Ganymede } from "./_ours.ts";
import { Peer } from "./_peer.ts";
import { circumstances, median, writeResults } from "./_results.ts";
import { type Size, steps } from "./_steps.ts";

const { values: flags } = parseArgs({
  options: {
    device: { type: "string", default: "webgpu" },
    steps: { type: "string", default: Object.keys(steps).join() },
    batch: { type: "string" },
    width: { type: "string" },
    rounds: { type: "string", default: "3" },
    python: { type: "string", default: "python3" },
    save: { type: "boolean", default: false },
    tiny: { type: "boolean", default: false },
  },
});

const tiny: Size = { batch: 2, width: 8 };

function sizeOf(step: string): Size {
  const { batch, width } = flags.tiny ? tiny : steps[step]!.standard;
  return { batch: Number(flags.batch ?? batch), width: Number(flags.width ?? width) };
}

/** What a program prints, or undefined where it is missing or fails. */
function output(command: string, ...args: string[]): string | undefined {
  try {
    const stdio: ["ignore", "pipe", "ignore"] = ["ignore", "pipe", "ignore"];
    return execFileSync(command, args, { encoding: "utf8", stdio, timeout: 60_000 }).trim();
  } catch {
    return undefined;
  }
}

/** The runtime does not tell the name of the device that it took. */
function deviceName(): string {
  const nvidia = output("nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader");
  if (nvidia) return nvidia.replaceAll("\n", "; ");
  const vulkan = output("vulkaninfo", "--summary")?.match(/deviceName\s*=\s*(.*)/)?.[1];
  return vulkan ?? "a device that neither nvidia-smi nor vulkaninfo names here";
}

const script = fileURLToPath(new URL("./peers/torch_step.py", import.meta.url));
const asksTorch = [
  "import torch",
  "mps = torch.backends.mps.is_available()",
  "print('cuda' if torch.cuda.is_available() else 'mps' if mps else 'none')",
].join("\n");

/** PyTorch on the same device, or nothing and a word why. */
function pytorch(): Contender[] {
  const device = output(flags.python, "-c", asksTorch);
  if (device === "cuda" || device === "mps") {
    const command = [flags.python, script, "--device", device];
    return [
      new Peer("PyTorch", command),
      new Peer("PyTorch, channels last", command, {
        words: ["channels-last"],
      }),
    ];
  }
  const why = device ? "its PyTorch finds no GPU" : "it has no PyTorch";
  console.log(`PyTorch is left out: ${flags.python}: ${why}`);
  return [];
}

interface GpuRow extends Size {
  readonly step: string;
  readonly who: string;
  readonly stepsPerSecond?: number;
  readonly gflops?: number;
  readonly cannot?: string;
}

async function race(contenders: readonly Contender[], step: string): Promise<GpuRow[]> {
  const size = sizeOf(step);
  const { game, source, turn } = steps[step]!;
  const flops = flopsOfTick(game(size), source);
  const all = new Map<string, number[]>();
  const refusals = new Map<string, string>();
  for (let round = 0; round < Number(flags.rounds); round++) {
    for (const who of contenders) {
      if (refusals.has(who.name)) continue;
      const timing = await who.time({ step, size, count: flags.tiny ? 1 : turn * 5 });
      if (timing.ms) all.set(who.name, [...(all.get(who.name) ?? []), ...timing.ms]);
      else refusals.set(who.name, timing.cannot!);
    }
  }
  return contenders.map(({ name: who }): GpuRow => {
    const cannot = refusals.get(who);
    if (cannot !== undefined) return { step, who, ...size, cannot };
    const stepsPerSecond = 1000 / median(all.get(who)!);
    return { step, who, ...size, stepsPerSecond, gflops: (stepsPerSecond * flops) / 1e9 };
  });
}

function show({ step, who, batch, width, stepsPerSecond, gflops, cannot }: GpuRow): void {
  const figures =
    cannot === undefined
      ? `${stepsPerSecond!.toPrecision(4)} steps/s  ${gflops!.toPrecision(4)} GFLOP/s`
      : `cannot run it: ${cannot}`;
  console.log(`${step.padEnd(15)} ${who.padEnd(23)} batch ${batch}, ${width} wide  ${figures}`);
}

async function open(): Promise<Provider> {
  try {
    return await openProvider({ device: flags.device as DeviceChoice });
  } catch (error) {
    if (!(error instanceof GanymedeError)) throw error;
    const { expected, got, fix } = error.fault;
    console.error(`bench:gpu needs ${expected}: ${flags.device} does not start: ${got}\n${fix}`);
    process.exit(1);
  }
}

const provider = await open();
const device = deviceName();
console.log(`${provider.id}, ${provider.runtime}, on ${device}`);
// Where a graph cannot loop, a chunk is as many calls, and the host waits for the last one only.
const ours = new Ganymede("Ganymede", Promise.resolve(provider), flags.tiny ? 1 : 10);
const contenders = [ours, ...pytorch()];
const rows: GpuRow[] = [];
for (const step of flags.steps.split(",")) {
  const more = await race(contenders, step);
  for (const row of more) show(row);
  rows.push(...more);
}
if (flags.save) writeResults("gpu", { ...circumstances(), provider: provider.id, device, rows });
for (const who of contenders) await who.end();
process.exit(0);
