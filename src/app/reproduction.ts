import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { GanymedeError } from "../core/errors.ts";
import { writeAtomic } from "../core/files.ts";
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from "../core/safetensors.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import type { DType } from "../engine/ir/type.ts";
import { plainCpu } from "../engine/onnx/emit.ts";
import { toOnnx } from "../engine/onnx/model.ts";
import { cast } from "../engine/ops/index.ts";
import type { Feeds, Provider } from "../engine/run/provider.ts";
import type { Autopsy, Blame } from "../train/autopsy.ts";
import type { Seen } from "../train/taps.ts";
import { firstNonFinite } from "../train/watch.ts";
import { blameText } from "./blame-text.ts";
import type { RunConfig } from "./config.ts";
import { version } from "./version.ts";

/** What report.json of a reproduction says. */
export interface FailureReport {
  /** The tick that failed, counted from 1. */
  readonly step: number;
  /** One sentence. */
  readonly text: string;
  /** The first tensor that was not finite, and its operands; absent when they were not found. */
  readonly made?: Seen;
  readonly from?: readonly Seen[];
  /** Losses, readings and variables that were not finite in the end. */
  readonly reached: readonly string[];
  readonly config: RunConfig;
  readonly version: string;
  /** The runtime's target that the graph was written for. */
  readonly target: Provider["target"];
}

/** Halves live inside graphs: a step is fed none. */
const stored = { f32: "F32", i32: "I32", u8: "U8", bool: "BOOL" } as const;
const dtypes: Record<string, DType> = { F32: "f32", I32: "i32", U8: "u8", BOOL: "bool" };

/** Where a run keeps the failure of tick `step`. */
export const reproductionFolder = (run: string, step: number): string =>
  join(run, "nonfinite", `step-${String(step).padStart(8, "0")}`);

/** Folders of the failures of a run, oldest first. */
export function reproductionsOf(run: string): string[] {
  const folder = join(run, "nonfinite");
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((name) => existsSync(join(folder, name, "report.json")))
    .sort()
    .map((name) => join(folder, name));
}

/**
 * Writes all that it takes to run a failed tick again, without this package too: report.json,
 * step.onnx, inputs.safetensors and a README. The graph is written for any processor where it fails
 * there as well, else for this one. Throws `DISK_FULL` or `UNWRITABLE`. Returns the report.
 */
export async function keepReproduction(
  folder: string,
  found: Autopsy,
  config: RunConfig,
  provider: Provider,
): Promise<FailureReport> {
  const { step, blame, feeds } = found;
  const inputs = new Map<string, StoredTensor>();
  for (const [name, { dtype, shape, data }] of Object.entries(feeds)) {
    inputs.set(name, {
      dtype: stored[dtype as keyof typeof stored],
      shape,
      data: await data(),
    } as StoredTensor);
  }
  const portable = modelOf(found, { ...provider, target: plainCpu });
  const fails = (await nonFiniteOutputs(portable, feeds, provider)).length > 0;
  const target = fails ? plainCpu : provider.target;
  const report: FailureReport = {
    step,
    text: blameText(blame),
    ...(blame && { made: blame.made, from: blame.from }),
    reached: blame?.reached ?? [],
    config,
    version,
    target,
  };
  writeAtomic(join(folder, "step.onnx"), fails ? portable : modelOf(found, provider));
  writeAtomic(join(folder, "inputs.safetensors"), encodeSafetensors(inputs));
  writeAtomic(join(folder, "README.md"), readme(report));
  writeAtomic(join(folder, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
  return report;
}

/** The tick with the operator at fault and its operands as outputs. */
function modelOf({ traced, blame }: Autopsy, { target }: Provider): Uint8Array {
  const { inputs, outputs } = traced.program;
  return toOnnx({ inputs, outputs: { ...outputs, ...suspects(blame) } }, { target });
}

/** Readers without float16 see the same numbers. */
const wide = (t: Tensor): Tensor => (t.dtype === "f16" ? cast(t, { to: "f32" }) : t);

const suspects = (blame: Blame | undefined) =>
  blame
    ? Object.fromEntries([
        ["blame/made", wide(blame.tensors.made)],
        ...blame.tensors.from.map((t, i) => [`blame/from${i}`, wide(t)] as const),
      ])
    : {};

/** What came of running a failure again. */
export interface Reproduced {
  readonly report: FailureReport;
  /** Outputs that were not finite. */
  readonly bad: readonly string[];
  /** Whether what was not finite then is not finite now. */
  readonly reproduced: boolean;
}

/**
 * Runs a kept failure again.
 * Throws `NO_REPRODUCTION`, or `CHECKPOINT_CORRUPT` for damaged inputs.
 */
export async function reproduce(folder: string, provider: Provider): Promise<Reproduced> {
  const report = readReport(folder);
  const file = join(folder, "inputs.safetensors");
  const { tensors } = decodeSafetensors(readFileSync(file), file);
  const feeds = Object.fromEntries(
    [...tensors].map(([name, { dtype, shape, data }]) => [
      name,
      provider.value(dtypes[dtype]!, shape, data as Float32Array),
    ]),
  );
  const model = readFileSync(join(folder, "step.onnx"));
  const bad = await nonFiniteOutputs(model, feeds, provider);
  const reproduced = report.made ? bad.includes("blame/made") : bad.length > 0;
  return { report, bad, reproduced };
}

/** Throws `NO_REPRODUCTION` for a folder without a readable report. */
export function readReport(folder: string): FailureReport {
  try {
    return JSON.parse(readFileSync(join(folder, "report.json"), "utf8")) as FailureReport;
  } catch (cause) {
    const fault = {
      where: folder,
      expected: "report.json of a training that met a non-finite number",
      got: cause instanceof Error ? cause.message : String(cause),
      fix: "name a folder below <run>/nonfinite",
    };
    throw new GanymedeError("NO_REPRODUCTION", fault, { cause });
  }
}

async function nonFiniteOutputs(model: Uint8Array, feeds: Feeds, provider: Provider) {
  const session = await provider.create(model);
  try {
    const results = await session.run(feeds);
    const bad: string[] = [];
    for (const [name, value] of Object.entries(results)) {
      if (firstNonFinite(await value.data()) >= 0) bad.push(name);
    }
    return bad;
  } finally {
    await session.dispose();
  }
}

/** Names in a sentence: the first eight. */
const listed = (names: readonly string[]): string =>
  names.slice(0, 8).join(", ") + (names.length > 8 ? ` and ${names.length - 8} more` : "");

const readme = ({
  step,
  text,
  reached,
  config,
  target,
}: FailureReport): string => `# Step ${step} of \
${config.system} was not finite

${text}

What was not finite in the end: ${listed(reached) || "nothing that was kept"}.

- \`report.json\`: the same for programs, with the whole configuration of the run
- \`step.onnx\`: the tick as one graph; its outputs are \`readings\`, the next value of each variable
  (\`next/…\`), the first tensor that was not finite (\`blame/made\`) and its operands (\`blame/from0\`, …)
- \`inputs.safetensors\`: all that it is fed: the state of before the tick, the batch, the noise

Run it again: \`ganymede health <run> --replay\`, or without Ganymede

    import numpy, onnxruntime
    from safetensors.numpy import load_file
    session = onnxruntime.InferenceSession("step.onnx")
    names = [o.name for o in session.get_outputs()]
    for name, value in zip(names, session.run(names, load_file("inputs.safetensors"))):
        if value.dtype == numpy.float32 and not numpy.isfinite(value).all():
            print(name, value.shape)
${target.nchwcBlock > 0 ? "\nThe graph holds convolution kernels of the processor it ran on: elsewhere they do not compute right.\n" : ""}`;
