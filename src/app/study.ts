/**
 * Many small trainings, each scored, that can be stopped and taken up again: searches over options,
 * grids, ablations. Lucic et al. 2018, arXiv:1711.10337; Kurach et al. 2019, arXiv:1807.04720.
 */
import { existsSync, readFileSync } from "node:fs";
import { GanymedeError } from "../core/errors.ts";
import { writeAtomic } from "../core/files.ts";
import type { Source } from "../data/source.ts";
import type { Provider } from "../engine/run/provider.ts";
import type { Game } from "../gan/game.ts";
import type { Invertible } from "../metrics/inversion.ts";
import { Sampler } from "../train/sampler.ts";
import { Trainer } from "../train/trainer.ts";
import { type Asked, buildGame, loadSystem, resolveConfig } from "./config.ts";
import { invertible } from "./invertible.ts";

/** A configuration to be trained, its seed and steps with it. */
export interface Cell {
  /** Unique within its study; the key in the file. */
  readonly id: string;
  readonly asked: Asked;
}

export type Scores = Readonly<Record<string, number>>;

/** What became of a cell: its scores, or why it has none (a training that diverged). */
export interface CellResult {
  readonly asked: Asked;
  readonly scores?: Scores;
  readonly failed?: string;
}

/** A finished training, still in memory. */
export interface Trained {
  readonly game: Game;
  readonly source: Source;
  readonly trainer: Trainer;
  /** Items in the data's raw units, from the average of the weights where there is one. */
  samples(count: number, seed: number): Promise<Float32Array>;
  /** The same generator, to be followed backwards; see `invertible`. */
  invertible(): Invertible;
  dispose(): Promise<void>;
}

/** Trains without a run folder. Throws what `resolveConfig` throws, and `NON_FINITE`. */
export async function trainInMemory(asked: Asked, provider: Provider): Promise<Trained> {
  const { config, source } = await resolveConfig(asked);
  const system = await loadSystem(config.system);
  const game = buildGame(system, config);
  const { seed, steps, chunk = system.chunk } = config;
  const trainer = new Trainer({ game, source, provider, seed, chunk });
  try {
    while (trainer.step < steps) await trainer.advance(steps);
  } catch (error) {
    await trainer.dispose();
    throw error;
  }
  return {
    game,
    source,
    trainer,
    async samples(count, sampleSeed) {
      const sampler = new Sampler(game, trainer.variables, provider, Math.min(count, 500));
      const request = { count, seed: sampleSeed };
      const items = await sampler.sample((name) => trainer.value(name), request);
      await sampler.dispose();
      const { scale, offset } = source.fields[game.field]!;
      return items.map((v) => (v - offset) / scale);
    },
    invertible() {
      const value = (name: string) => trainer.value(name);
      return invertible({ game, variables: trainer.variables, value });
    },
    dispose: () => trainer.dispose(),
  };
}

export interface Study {
  readonly cells: readonly Cell[];
  readonly provider: Provider;
  /** Called once for each training that ended well. */
  score(trained: Trained, cell: Cell): Promise<Scores>;
  /**
   * Where results are kept, as JSON by cell id, written whole after each cell. What is there already
   * with the same `asked` is not run again, even when the code has changed since: then remove the
   * file. Nothing is kept when absent.
   */
  readonly file?: string;
  /** Told after each cell that was run, not after those that were known. */
  readonly onCell?: (id: string, result: CellResult, done: number) => void;
}

/**
 * Runs the cells that are not known yet, in order. A training that meets a number that is not finite
 * is a result (`failed`); any other error ends the study, which can then be taken up again.
 *
 * @returns results by cell id, in the order of the cells
 */
export async function runStudy(study: Study): Promise<Map<string, CellResult>> {
  const { cells, file, onCell } = study;
  const known = file === undefined ? {} : readCells(file);
  const results = new Map<string, CellResult>();
  for (const { id, asked } of cells) {
    const old = known[id];
    if (old && same(old.asked, asked)) {
      results.set(id, old);
      continue;
    }
    const result = await runCell(study, { id, asked });
    results.set(id, result);
    known[id] = result;
    if (file !== undefined) writeAtomic(file, `${JSON.stringify(known, null, 1)}\n`);
    onCell?.(id, result, results.size);
  }
  return results;
}

async function runCell({ provider, score }: Study, cell: Cell): Promise<CellResult> {
  const { asked } = cell;
  let trained: Trained;
  try {
    trained = await trainInMemory(asked, provider);
  } catch (error) {
    if (!(error instanceof GanymedeError) || error.code !== "NON_FINITE") throw error;
    return { asked, failed: error.message };
  }
  try {
    return { asked, scores: await score(trained, cell) };
  } finally {
    await trained.dispose();
  }
}

function readCells(file: string): Record<string, CellResult> {
  if (!existsSync(file)) return {};
  return JSON.parse(readFileSync(file, "utf8")) as Record<string, CellResult>;
}

/** Equal as JSON, whatever the order of names. */
const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, v) =>
    v !== null && typeof v === "object" && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([x], [y]) => (x < y ? -1 : 1)))
      : v,
  );
