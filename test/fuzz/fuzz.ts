import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stream } from "../../src/core/random.ts";
import { damaged } from "./damage.ts";
import { forget, type Material, materials, type RunMaterial, trainedRun } from "./material.ts";
import type { Outcome, Task } from "./reader.ts";

/** What reading many damaged files led to. */
export interface Harm {
  readonly inputs: number;
  /** How often each end came: `read`, or an error's code. */
  readonly ends: Readonly<Record<string, number>>;
  /** The most memory that a reading process had, in bytes. */
  readonly peak: number;
  /** Longest reading, in ms. */
  readonly slowest: number;
  /** Crashes, hangs, unforeseen errors, too much memory, files outside; empty when all went well. */
  readonly faults: readonly string[];
}

export interface FuzzOptions {
  readonly inputs: number;
  /** Milliseconds that one reading may take. */
  readonly patience: number;
  readonly say?: (text: string) => void;
}

const memory = 2 ** 30;
/** Readings of one process: what swells slowly is not the fault of the last file. */
const lifetime = 100;

const readerFile = fileURLToPath(new URL("./reader.ts", import.meta.url));

/** A process that reads, started anew when it has ended or is worn. */
class Reader {
  private child: ChildProcess | undefined;
  private used = 0;
  private readonly cwd: string;

  constructor(cwd: string) {
    this.cwd = cwd;
  }

  async read(task: Task, patience: number): Promise<Outcome> {
    const child = await this.fresh();
    this.used++;
    return new Promise((resolve) => {
      const end = (outcome: Outcome) => {
        clearTimeout(timer);
        child.removeAllListeners();
        resolve(outcome);
      };
      const lost = (message: string) => {
        this.stop();
        end({ end: "fault", message, peak: 0 });
      };
      const timer = setTimeout(() => lost(`no end within ${patience} ms`), patience);
      child.once("message", (message) => end(message as Outcome));
      child.once("exit", (code, signal) => lost(`the process ended: ${code ?? signal}`));
      child.send(task);
    });
  }

  stop(): void {
    this.child?.kill("SIGKILL");
    this.child = undefined;
  }

  /** Warm: loading the code is not part of a reading's time. */
  private async fresh(): Promise<ChildProcess> {
    if (this.child && this.used < lifetime) return this.child;
    this.stop();
    this.used = 0;
    const env = { ...process.env, GANYMEDE_CACHE: join(this.cwd, "cache") };
    const started = fork(readerFile, {
      cwd: this.cwd,
      env,
      execArgv: ["--import", import.meta.resolve("tsx")],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.child = started;
    await new Promise((resolve) => started.once("message", resolve));
    return started;
  }
}

/** Reads damaged files of all kinds, each in a folder of its own, and says what came of it. */
export async function fuzz({ inputs, patience, say = () => {} }: FuzzOptions): Promise<Harm> {
  const home = mkdtempSync(join(tmpdir(), "ganymede-fuzz-"));
  const room = join(home, "room");
  mkdirSync(room);
  const run = await trainedRun();
  const reader = new Reader(room);
  const ends: Record<string, number> = {};
  const faults: string[] = [];
  let [peak, slowest, index] = [0, 0, 0];
  for (const material of await choose(run, inputs)) {
    const began = performance.now();
    const folder = join(room, `${index}`);
    mkdirSync(folder);
    const { kind, name, bytes } = material;
    const task = { kind, path: join(folder, name), run: run.path };
    writeFileSync(task.path, bytes);
    const outcome = await reader.read(task, patience);
    slowest = Math.max(slowest, performance.now() - began);
    peak = Math.max(peak, outcome.peak);
    ends[outcome.end] = (ends[outcome.end] ?? 0) + 1;
    const wrong = faultOf(material, outcome, readdirSync(home));
    if (wrong) faults.push(`input ${index} (${name}): ${wrong}`);
    say(`${index} ${name}: ${outcome.end}${wrong ? `  FAULT ${wrong}` : ""}`);
    rmSync(folder, { recursive: true, force: true });
    index++;
  }
  reader.stop();
  forget(run);
  rmSync(home, { recursive: true });
  return { inputs: index, ends, peak, slowest, faults };
}

function faultOf(
  { isGood }: Material,
  { end, message, peak }: Outcome,
  home: readonly string[],
): string | undefined {
  if (end === "fault") return message;
  if (isGood && end !== "read") return `refused: ${message}`;
  if (peak > memory) return `${Math.round(peak / 2 ** 20)} MiB of memory`;
  if (home.length > 1) return `files outside: ${home}`;
  return undefined;
}

/** All whole files and all lies once, then damaged copies in turn. */
async function choose(run: RunMaterial, inputs: number): Promise<Material[]> {
  const { whole, lies } = await materials(run);
  const known = [...whole, ...lies].slice(0, inputs);
  const copies = Array.from({ length: inputs - known.length }, (_, i) => {
    const { kind, name, bytes } = whole[i % whole.length]!;
    return { kind, name, bytes: damaged(bytes, stream(0, "fuzz/damage", i)) };
  });
  return [...known, ...copies];
}
