import type { Advice } from "../core/healthy.ts";
import type { PlayerNorms } from "./norms.ts";
import type { TickReadings } from "./trainer.ts";

/** What a detector has found. */
export interface Alarm extends Advice {
  readonly detector: string;
}

/** What a look at a training's health says. */
export interface Finding {
  readonly gauges: Readonly<Record<string, number>>;
  readonly alarms: readonly Alarm[];
  /** What the discriminator says of the same real items and codes at every look. */
  readonly critic?: CriticHistogram;
  /** How large gradients and updates are, by player. */
  readonly norms?: PlayerNorms;
}

/** Counts of scores in equal bins from `low` to `high`. */
export interface CriticHistogram {
  readonly low: number;
  readonly high: number;
  readonly real: readonly number[];
  readonly fake: readonly number[];
}

/** Enough to see two heaps apart, few enough to be kept of every look. */
const bins = 32;

/** Undefined where no score is finite. */
export function criticHistogram(
  real: Float32Array,
  fake: Float32Array,
): CriticHistogram | undefined {
  const finite = [...real, ...fake].filter(Number.isFinite);
  if (finite.length === 0) return undefined;
  const low = Math.min(...finite);
  const width = (Math.max(...finite) - low) / bins || 1;
  const countsOf = (scores: Float32Array): number[] => {
    const counts = new Array<number>(bins).fill(0);
    for (const score of scores) {
      if (!Number.isFinite(score)) continue;
      counts[Math.min(bins - 1, Math.floor((score - low) / width))]! += 1;
    }
    return counts;
  };
  return { low, high: low + bins * width, real: countsOf(real), fake: countsOf(fake) };
}

/** The values of each reading since the last look, oldest first. */
export type Heard = Readonly<Record<string, readonly number[]>>;

/** Keeps readings from one look to the next. */
export class ReadingWindow {
  private heard: Record<string, number[]> = {};

  add(rows: readonly TickReadings[]): void {
    for (const { values } of rows) {
      for (const [name, value] of Object.entries(values)) {
        this.heard[name] ??= [];
        this.heard[name].push(value);
      }
    }
  }

  /** What has been kept; the window is empty after it. */
  take(): Heard {
    const { heard } = this;
    this.heard = {};
    return heard;
  }
}
