/** The process that reads: what crashes, hangs or swells here does so alone. */
import { copyFileSync, cpSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadData } from "../../src/app/config.ts";
import { readConfigFile } from "../../src/app/config-file.ts";
import { openRun } from "../../src/app/sample.ts";
import { GanymedeError } from "../../src/core/errors.ts";
import { nodeCpu } from "../../src/engine/run/node-cpu.ts";
import { startExtractor } from "../../src/metrics/extractor.ts";
import { readManifest } from "../../src/metrics/extractor-file.ts";
import type { Kind } from "./material.ts";

/** What to read, where. */
export interface Task {
  readonly kind: Kind;
  /** The file, in a folder of its own. */
  readonly path: string;
  /** The run that a damaged record or checkpoint belongs to. */
  readonly run: string;
}

/** What came of it. */
export interface Outcome {
  /** `read`, a code, or `fault`: an error that nobody foresaw. */
  readonly end: string;
  readonly message: string;
  /** The most memory that the process has had, in bytes. */
  readonly peak: number;
}

const readers: Readonly<Record<Kind, (task: Task) => Promise<void>>> = {
  async data({ path }) {
    // Pictures are read by the folder.
    const isPicture = /\.(png|jpg|webp|gif|tiff)$/.test(path);
    const { definition, options } = await loadData(isPicture ? dirname(path) : path);
    const source = await definition.open(options);
    const batch = source.batch(0, Math.min(4, source.size), 0);
    for (const [name, values] of Object.entries(batch)) {
      if (values.some((v) => !Number.isFinite(v))) throw new Error(`${name} has ${values}`);
    }
  },
  async checkpoint(task) {
    const folder = copied(task);
    const file = readdirSync(join(folder, "checkpoints")).find((f) => f.endsWith(".safetensors"))!;
    await sampleWith(folder, join("checkpoints", file), task.path);
  },
  run: (task) => sampleWith(copied(task), "run.json", task.path),
  async config({ path }) {
    await readConfigFile(path);
  },
  async onnx({ path }) {
    const { sha256: _, ...manifest } = readManifest("encoder");
    const extractor = await startExtractor(
      manifest,
      readFileSync(path),
      await nodeCpu({ threads: 1 }),
    );
    const { channels, height, width } = manifest.input;
    const data = new Float32Array(2 * channels * height * width).map((_, i) => (i % 89) / 89);
    await extractor.extract({ data, count: 2, channels, height, width, range: [0, 1] });
    await extractor.dispose();
  },
};

function copied({ path, run }: Task): string {
  const folder = join(dirname(path), "run");
  rmSync(folder, { recursive: true, force: true });
  cpSync(run, folder, { recursive: true });
  return folder;
}

async function sampleWith(folder: string, file: string, instead: string): Promise<void> {
  copyFileSync(instead, join(folder, file));
  const run = await openRun(folder, { threads: 1 });
  await run.sample({ count: 2, seed: 0 });
  await run.dispose();
}

process.on("message", async (task: Task) => {
  let [end, message] = ["read", ""];
  try {
    await readers[task.kind](task);
  } catch (error) {
    const coded = error instanceof GanymedeError;
    end = coded ? error.code : "fault";
    message = coded ? error.message : String((error as Error)?.stack ?? error);
  }
  const outcome: Outcome = { end, message, peak: 1024 * process.resourceUsage().maxRSS };
  process.send!(outcome);
});

// Loading the code is over.
process.send!("ready");
