import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Appraisal } from "../app/appraise.ts";
import type { RunConfig } from "../app/config.ts";
import type { TrainOutcome, TrainRequest } from "../app/run-training.ts";
import { healthyText } from "../core/healthy.ts";
import { sizeOf } from "../engine/ir/type.ts";
import type { ReadingAbout } from "../gan/game.ts";
import type { Ending, LoopEvent } from "../train/loop.ts";
import { liveLine, Pacemaker, type Progress, plainLine } from "./live-line.ts";
import type { Terminal } from "./terminal.ts";
import { bytes, clock, grouped, table } from "./text.ts";

/** Seconds between lines where nobody watches. */
const quiet = 10;

const endings: Record<Ending, string> = {
  steps: "done: step",
  minutes: "time is up at step",
  patience: "no better score for too long: ended at step",
  stopped: "stopped at step",
};

/** Tells a person, a log file or a program how a training goes. */
export class TrainReport {
  private readonly terminal: Terminal;
  private readonly config: RunConfig;
  private readonly runPath: string;
  private readonly pacemaker = new Pacemaker();
  private explained = false;
  /** Detectors whose alarm was on at the last look. */
  private alarmed = new Set<string>();
  private spokeAt = Number.NEGATIVE_INFINITY;
  private seconds = 0;

  /** What it will hold, where that is known. */
  private memory: number | undefined;
  private readonly about: string;

  constructor(terminal: Terminal, { config, runPath }: TrainRequest, about: string) {
    this.terminal = terminal;
    this.config = config;
    this.runPath = runPath;
    this.about = about;
  }

  /** What is about to happen. */
  private open(step: number): void {
    const { terminal, config } = this;
    const { title, credit, licence } = config.data.about;
    const shapes = Object.values(config.fields).map(({ shape }) => shape);
    const largest = shapes.sort((a, b) => sizeOf(b) - sizeOf(a))[0]!;
    const rows = [
      ["data", `${title} (${licence}): items of ${largest.join("x")}. Credit: ${credit}`],
      ["run", `${this.runPath}, ${grouped(config.steps)} steps, seed ${config.seed}`],
      ...(this.memory === undefined ? [] : [["memory", `at most some ${bytes(this.memory)}`]]),
      ["see", `${join(this.runPath, "samples")} fills with pictures; Ctrl-C saves a checkpoint`],
    ];
    terminal.out(`${terminal.colours.bold(config.system)}: ${this.about}`);
    terminal.out(table(rows, terminal.columns));
    if (step > 0) terminal.out(`going on from step ${grouped(step)}`);
    if (terminal.isLive) terminal.live("compiling the training step");
  }

  hear(event: LoopEvent): void {
    if (event.kind === "memory") this.memory = event.processBytes;
    if (event.kind === "start") this.open(event.step);
    if (event.kind === "note") this.terminal.out(this.terminal.colours.yellow(event.text));
    if (event.kind === "scores") this.score(event);
    if (event.kind === "health") this.alarm(event);
    if (event.kind === "nonfinite" || event.kind === "rollback") this.warn(event);
    if (event.kind === "device-lost") this.lost(event);
    if (event.kind !== "progress") return;
    this.explain(event.about);
    this.seconds = event.seconds;
    const progress: Progress = { ...event, steps: this.config.steps };
    const pace = this.pacemaker.hear(progress);
    const { terminal } = this;
    const isLast = event.step === this.config.steps;
    if (terminal.isLive) terminal.live(liveLine(progress, pace, terminal.columns));
    else if (isLast || event.seconds - this.spokeAt >= quiet) {
      this.spokeAt = event.seconds;
      terminal.out(plainLine(progress, pace));
    }
  }

  /** An alarm that lasts is told once. */
  private alarm({ step, alarms }: LoopEvent & { readonly kind: "health" }): void {
    const { terminal } = this;
    for (const { detector, text, tryNext } of alarms) {
      if (this.alarmed.has(detector)) continue;
      const head = `step ${grouped(step)} ${detector}:`;
      terminal.out(`${terminal.colours.yellow(head)} ${text}`);
      for (const hint of tryNext) terminal.out(`  try: ${hint}`);
    }
    this.alarmed = new Set(alarms.map(({ detector }) => detector));
  }

  private warn(event: LoopEvent & { readonly kind: "nonfinite" | "rollback" }): void {
    const { terminal } = this;
    const at = `step ${grouped(event.step)}`;
    if (event.kind === "nonfinite") {
      terminal.out(`${terminal.colours.red(`${at} was not finite.`)} ${event.text}`);
      if (event.folder !== undefined) terminal.out(`  all that runs it again: ${event.folder}`);
    } else terminal.out(`going on from ${at} with ${event.factor} of the learning rates`);
  }

  private lost({ failedAt, step, text }: LoopEvent & { readonly kind: "device-lost" }): void {
    const { terminal } = this;
    const head = `the device was lost after step ${grouped(failedAt)}:`;
    terminal.out(`${terminal.colours.red(head)} ${text}`);
    terminal.out(`it was opened again; going on from step ${grouped(step)}`);
  }

  private score({ step, values, took, isBest }: LoopEvent & { readonly kind: "scores" }): void {
    const shown = Object.entries(values).map(([name, v]) => `${name} ${Number(v.toPrecision(4))}`);
    const best = isBest ? "best so far, " : "";
    this.terminal.out(
      `step ${grouped(step)}  ${shown.join("  ")}  (${best}measured in ${took.toFixed(1)} s)`,
    );
  }

  /** What the readings mean, once they are known. */
  private explain(about: Readonly<Record<string, ReadingAbout>>): void {
    if (this.explained) return;
    this.explained = true;
    const rows = Object.entries(about).map(([name, { unit = "", healthy = {}, meaning }]) => [
      name,
      unit,
      healthyText(healthy),
      meaning,
    ]);
    const head = ["reading", "unit", "healthy", "meaning; ! marks values that are not healthy"];
    this.terminal.out(table([head, ...rows], this.terminal.columns));
  }

  close({ step, why }: TrainOutcome, appraisal: Appraisal | undefined): void {
    const { terminal, runPath } = this;
    const { self, colours } = terminal;
    const time = clock(this.seconds);
    terminal.out(`${colours.bold(`${endings[why]} ${grouped(step)}`)} after ${time}`);
    const judged = appraisal ? [["quality", `of ${appraisal.samples}: ${appraisal.text}`]] : [];
    terminal.out(table([...judged, ...this.files()], terminal.columns));
    const next = [
      ["new samples", `${self} sample ${runPath}`],
      ["ONNX file", `${self} export ${runPath}`],
    ];
    const resume = `${self} resume ${runPath}`;
    if (why === "stopped") next.unshift(["go on", resume]);
    // Commands are not wrapped: they are there to be pasted.
    terminal.out(`${colours.bold("next")}\n${table(next, Number.POSITIVE_INFINITY)}`);
  }

  private files(): [string, string][] {
    const newest = (folder: string, ending: string): string | undefined => {
      const path = join(this.runPath, folder);
      const files = existsSync(path) ? readdirSync(path).filter((f) => f.endsWith(ending)) : [];
      const last = files.sort().at(-1);
      return last && join(path, last);
    };
    const all: [string, string | undefined][] = [
      ["samples", newest("samples", ".png")],
      ["checkpoint", newest("checkpoints", ".safetensors")],
      ["metrics", newest(".", "metrics.jsonl")],
      ["settings", newest(".", "run.json")],
    ];
    return all.filter((row): row is [string, string] => row[1] !== undefined);
  }
}
