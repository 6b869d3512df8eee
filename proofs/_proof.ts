/**
 * What every proof is made of. A file `proofs/<id>.ts` exports `proof`; `npm run prove -- <id>` runs
 * it, prints each figure beside its threshold and writes proofs/results/<id>.json.
 *
 * Thresholds are frozen before the real run, each with its reason. A miss is recorded as a miss.
 */
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { GanymedeError } from "../src/core/errors.ts";
import { writeAtomic } from "../src/core/files.ts";
import { nodeCpu } from "../src/engine/run/node-cpu.ts";
import type { Provider } from "../src/engine/run/provider.ts";

/** A bound on a figure, and why it is that and not another. */
export type Threshold = { readonly because: string } & (
  | { readonly atLeast: number }
  | { readonly atMost: number }
);

/** One number, or one for each seed: then each must keep the threshold. */
export type Figure = number | readonly number[];

export interface ProofContext {
  readonly provider: Provider;
  readonly seeds: readonly number[];
  /** The first of the two, or in a smoke run the second. */
  size(full: number, smoke: number): number;
  say(text: string): void;
}

/** Where a proof stands in docs/systems.md. */
export interface Row {
  readonly family:
    | "objective"
    | "architecture"
    | "conditioning"
    | "representation"
    | "sampling"
    | "latent-editing"
    | "analysis"
    | "evaluation";
  /** One line: how it works. */
  readonly mechanism: string;
  /** Source files that the proof puts to work, from the repository's root. */
  readonly parts: readonly string[];
}

export interface Proof {
  /** The row of systems.md, or that and a suffix; also the file name. */
  readonly id: string;
  /** What is claimed, in one line. */
  readonly claim: string;
  readonly row: Row;
  readonly seeds: readonly number[];
  /** Figure → bound. A figure without one is reported only. */
  readonly thresholds: Readonly<Record<string, Threshold>>;
  /** After a miss: what we believe the cause is. Written after the run, so not part of its result. */
  readonly cause?: string;
  /** What an earlier run showed that made us change the experiment, and what was changed. */
  readonly history?: string;
  run(context: ProofContext): Promise<Readonly<Record<string, Figure>>>;
}

/** A measured figure beside its bound. */
export interface Measured {
  readonly name: string;
  readonly value: Figure;
  readonly threshold?: Threshold;
  /** Absent when there is no threshold. */
  readonly holds?: boolean;
}

export interface ProofResult {
  readonly id: string;
  readonly claim: string;
  readonly verdict: "pass" | "miss";
  readonly figures: readonly Measured[];
  readonly seeds: readonly number[];
  readonly date: string;
  readonly seconds: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly provider: { readonly id: string; readonly nchwcBlock: number; readonly threads: number };
  readonly machine: { readonly processor: string; readonly cores: number };
}

export interface ProofOptions {
  readonly smoke?: boolean;
  /** 1 when absent: figures then do not depend on the number of cores. */
  readonly threads?: number;
  readonly say?: (text: string) => void;
}

const root = fileURLToPath(new URL("..", import.meta.url));
export const resultFile = (id: string): string => join(root, "proofs", "results", `${id}.json`);

/** Runs a proof. A smoke run takes one seed and seconds, and its verdict means nothing. */
export async function runProof(proof: Proof, options: ProofOptions = {}): Promise<ProofResult> {
  const { smoke = false, threads = 1, say = () => {} } = options;
  const provider = await nodeCpu({ threads });
  const seeds = smoke ? proof.seeds.slice(0, 1) : proof.seeds;
  const began = performance.now();
  const size = (full: number, tiny: number) => (smoke ? tiny : full);
  const figures = weigh(proof, await proof.run({ provider, seeds, size, say }));
  const passed = figures.every(({ holds }) => holds !== false);
  return {
    id: proof.id,
    claim: proof.claim,
    verdict: passed ? "pass" : "miss",
    figures,
    seeds,
    date: new Date().toISOString(),
    seconds: Number(((performance.now() - began) / 1000).toFixed(1)),
    versions: versions(),
    provider: { id: provider.id, nchwcBlock: provider.target.nchwcBlock, threads },
    machine: { processor: cpus()[0]?.model ?? "unknown", cores: cpus().length },
  };
}

/** Puts each figure beside its threshold. Throws `PROOF` when a threshold's figure was not measured. */
export function weigh(
  { id, thresholds }: Pick<Proof, "id" | "thresholds">,
  figures: Readonly<Record<string, Figure>>,
): Measured[] {
  const forgotten = Object.keys(thresholds).find((name) => !(name in figures));
  if (forgotten !== undefined) {
    throw new GanymedeError("PROOF", {
      where: `proof ${id}`,
      expected: `the figure "${forgotten}", which has a threshold`,
      got: `only ${Object.keys(figures).join(", ")}`,
      fix: "return it from run(), under the same name",
    });
  }
  return Object.entries(figures).map(([name, value]) => {
    const threshold = thresholds[name];
    return { name, value, ...(threshold && { threshold, holds: keeps(value, threshold) }) };
  });
}

/** What is not a number keeps no bound. */
const keeps = (value: Figure, threshold: Threshold): boolean =>
  [value]
    .flat()
    .every((v) => ("atLeast" in threshold ? v >= threshold.atLeast : v <= threshold.atMost));

/**
 * One line a figure: its name, its value (or the value of each seed), its bound, and unless `smoke`
 * whether it holds.
 */
export function table({ figures }: Pick<ProofResult, "figures">, smoke = false): string {
  const wide = Math.max(...figures.map(({ name }) => name.length));
  return figures
    .map(({ name, value, threshold, holds }) => {
      const shown = [value].flat().map(brief).join(" ");
      if (!threshold) return `      ${name.padEnd(wide)}  ${shown}`;
      const bound = "atLeast" in threshold ? `≥ ${threshold.atLeast}` : `≤ ${threshold.atMost}`;
      const mark = smoke ? "    " : holds ? "ok  " : "MISS";
      return `${mark}  ${name.padEnd(wide)}  ${shown}  (${bound})`;
    })
    .join("\n");
}

const brief = (v: number): string => String(Number(v.toPrecision(4)));

/** Writes a result whole or not at all. JSON has no NaN: it is written by name. */
export function writeResult(result: ProofResult): string {
  const file = resultFile(result.id);
  const named = (_: string, v: unknown) =>
    typeof v === "number" && !Number.isFinite(v) ? String(v) : v;
  writeAtomic(file, `${JSON.stringify(result, named, 2)}\n`);
  return file;
}

function versions(): Record<string, string> {
  const { version, dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const onnxruntime = dependencies["onnxruntime-node"] as string;
  return { ganymede: version, node: process.versions.node, onnxruntime };
}
