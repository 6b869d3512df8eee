import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { GanymedeError } from "../core/errors.ts";
import { writeAtomic } from "../core/files.ts";

/** What a run is to be best at. */
export interface Aim {
  /** Id of a metric. */
  readonly metric: string;
  readonly better: "higher" | "lower";
  /** Ends the run after so many measurements in a row that are no better than the best one. */
  readonly patience?: number;
}

/** `checkpoints/best.json`. The best step is worked out from it, so that nothing can contradict it. */
const recordSchema = z.strictObject({
  metric: z.string(),
  better: z.enum(["higher", "lower"]),
  /** [step, value] of each measurement. A value that was not finite is null. */
  history: z.array(z.tuple([z.int().min(0), z.number().nullable()])),
});
type BestRecord = z.output<typeof recordSchema>;

const fileIn = (folder: string): string => join(folder, "best.json");

/**
 * The best-scored of the steps that have a checkpoint, or undefined where no metric chooses. Throws
 * `CHECKPOINT_CORRUPT`.
 */
export function bestStep(folder: string, steps: readonly number[]): number | undefined {
  const record = readRecord(folder);
  return record && bestOf(record, new Set(steps))?.[0];
}

/** Notes scores and tells when one is the best, and when there have been none for too long. */
export class BestKeeper {
  private readonly folder: string;
  private readonly aim: Aim;
  private history: [step: number, value: number | null][];

  /**
   * @param folder of the checkpoints
   * @param step that the run is at: what was measured after it is forgotten, since it will be again
   */
  constructor(folder: string, aim: Aim, step: number) {
    const known = readRecord(folder);
    this.folder = folder;
    this.aim = aim;
    this.history = known?.metric === aim.metric ? known.history : [];
    if (known) this.rewind(step);
  }

  /** The run goes back to `step`. */
  rewind(step: number): void {
    this.history = this.history.filter(([measured]) => measured <= step);
    this.write();
  }

  get metric(): string {
    return this.aim.metric;
  }

  /** Whether this is the best so far. Called before its checkpoint is saved, which must follow. */
  note(step: number, value: number | undefined): boolean {
    this.history.push([step, Number.isFinite(value) ? value! : null]);
    this.write();
    return bestOf({ ...this.aim, history: this.history })?.[0] === step;
  }

  /** Whether as many measurements in a row as `patience` says were no better. */
  get exhausted(): boolean {
    const { patience } = this.aim;
    if (patience === undefined) return false;
    const best = bestOf({ ...this.aim, history: this.history });
    const since = this.history.filter(([step]) => step > (best?.[0] ?? -1));
    return since.length >= patience;
  }

  private write(): void {
    const { metric, better } = this.aim;
    const record: BestRecord = { metric, better, history: this.history };
    writeAtomic(fileIn(this.folder), `${JSON.stringify(record)}\n`);
  }
}

/** The first of the best measurements, among `kept` only if given. */
function bestOf(
  { better, history }: Pick<BestRecord, "better" | "history">,
  kept?: ReadonlySet<number>,
): readonly [step: number, value: number] | undefined {
  const sign = better === "lower" ? 1 : -1;
  let best: readonly [number, number] | undefined;
  for (const [step, value] of history) {
    if (value === null || (kept && !kept.has(step))) continue;
    if (best === undefined || sign * value < sign * best[1]) best = [step, value];
  }
  return best;
}

function readRecord(folder: string): BestRecord | undefined {
  const file = fileIn(folder);
  if (!existsSync(file)) return undefined;
  try {
    return recordSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    throw new GanymedeError(
      "CHECKPOINT_CORRUPT",
      {
        where: file,
        expected: "the record of a run's scores",
        got: cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause),
        fix: "delete this file: the run goes on, and begins to look for its best anew",
      },
      { cause },
    );
  }
}
