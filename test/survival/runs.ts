/** Runs that are started as a user starts them, and ended as no user would. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, watch } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeFolder } from "../../src/core/files.ts";
import { listCheckpoints, loadCheckpoint } from "../../src/train/checkpoint.ts";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

/** A small run whose ten checkpoints are large for its size, so that writing them takes time. */
export interface Trial {
  /** The folder of runs. */
  readonly out: string;
  readonly name: string;
  readonly steps: number;
}

export const folderOf = ({ out, name }: Trial): string => join(out, name);
const checkpointsOf = (trial: Trial): string => join(folderOf(trial), "checkpoints");

/** The newest complete checkpoint's step, 0 where there is none; reads it, so that it must be whole. */
export function newest(trial: Trial): number {
  const folder = checkpointsOf(trial);
  return listCheckpoints(folder).length === 0 ? 0 : loadCheckpoint(folder).snapshot.step;
}

/** Starts the run, or goes on with it where it has been started. */
export function start(trial: Trial): Started {
  const begun = existsSync(join(folderOf(trial), "run.json"));
  const { out, name, steps } = trial;
  const common = ["--out", out, "--json", "--threads", "1", "--chunk", "10", "--steps", `${steps}`];
  const how = begun ? ["resume", name] : ["train", "gan-vanilla", "--name", name, "--width", "256"];
  const argv = ["--import", "tsx", main, ...how, ...common];
  return new Started(spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "pipe"] }));
}

/** A process that trains. */
export class Started {
  /** The step it went on from, once it has said so. */
  readonly from: Promise<number>;
  /** Exit code; null after a signal. */
  readonly ended: Promise<number | null>;
  private readonly child: ChildProcess;
  private said = "";
  private complaint = "";

  constructor(child: ChildProcess) {
    this.child = child;
    this.ended = new Promise((resolve) => child.once("close", resolve));
    this.from = new Promise((resolve) => {
      child.stdout!.on("data", (text: Buffer) => {
        this.said += text;
        const first = /"kind":"start","step":(\d+)/.exec(this.said);
        if (first) resolve(Number(first[1]));
      });
      void this.ended.then(() => resolve(-1));
    });
    child.stderr!.on("data", (text: Buffer) => {
      this.complaint += text;
    });
  }

  /** What it wrote to standard error. */
  get errors(): string {
    return this.complaint;
  }

  kill(): void {
    this.child.kill("SIGKILL");
  }
}

/** Resolves when a checkpoint has begun to be written. */
export function writing(trial: Trial): { readonly seen: Promise<void>; stop(): void } {
  const folder = checkpointsOf(trial);
  makeFolder(folder);
  let stop = () => {};
  const seen = new Promise<void>((resolve) => {
    const watcher = watch(folder, (_, file) => {
      if (file?.endsWith(".tmp")) resolve();
    });
    stop = () => watcher.close();
  });
  return { seen, stop };
}

/** Temporary files left anywhere in the run: signs of a write that did not end. */
export const halves = (trial: Trial): string[] =>
  readdirSync(folderOf(trial), { recursive: true, encoding: "utf8" }).filter((f) =>
    f.endsWith(".tmp"),
  );

/** All that two runs of one seed must agree in, by name; times are left out. */
export function remains(trial: Trial): Map<string, string> {
  const folder = folderOf(trial);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const kept = files.filter((f) => /^(checkpoints|samples).*\.(safetensors|png)$/.test(f)).sort();
  const logged = readFileSync(join(folder, "metrics.jsonl"), "utf8");
  const untimed = logged.replace(/,"seconds":[^,}]*/g, "");
  return new Map([
    ...kept.map((f) => [f, readFileSync(join(folder, f)).toString("latin1")] as const),
    ["metrics.jsonl", untimed],
  ]);
}
