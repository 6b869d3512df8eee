import { detect } from "../../../../src/app/detect.ts";
import { GanymedeError } from "../../../../src/core/errors.ts";
import type { Healthy } from "../../../../src/core/healthy.ts";
import {
  densityBalls,
  improvedBalls,
  memberships,
  shareInside,
} from "../../../../src/metrics/manifold.ts";
import { modeReport } from "../../../../src/metrics/modes.ts";
import type { Finding } from "../../../../src/train/examination.ts";
import type { TickReadings } from "../../../../src/web/index.ts";
import { type Ground, rawOf, shown } from "./ground.ts";

/** How well the fakes are those of the data, both in [0, 1]. */
export interface Quality {
  /** Modes hit of those there are; or data with a fake near. */
  readonly coverage: number;
  /** Fakes at a mode; or fakes that lie among the data. */
  readonly precision: number;
  /** Where the distribution is known. */
  readonly modes?: { readonly hit: number; readonly all: number };
}

/**
 * By the true centres where the source knows them, else by neighbours: coverage of Naeem et al. 2020,
 * arXiv:2002.09797, and precision of Kynkäänniemi et al. 2019, arXiv:1904.06991.
 */
export function qualityOf({ source, field, real }: Ground, fakes: Float32Array): Quality {
  const { oracle } = source;
  if (oracle) {
    const { hit, modes, highQuality } = modeReport(rawOf(fakes, field), oracle);
    return { coverage: hit / modes, precision: highQuality, modes: { hit, all: modes } };
  }
  const rows = (data: Float32Array) => ({ count: data.length / 2, width: 2, data });
  const found = memberships(rows(fakes), rows(real), [improvedBalls, densityBalls]);
  const occupied = found[1]!.occupied.reduce((sum, flag) => sum + flag, 0);
  return { coverage: occupied / (real.length / 2), precision: shareInside(found[0]!) };
}

/** Steps from one look of the detectors to the next. */
const lookEvery = 100;
/** Looks that are remembered. */
const longestPast = 50;

/** Looks for what goes wrong, as trainings at the command line are looked at. */
export class Watch {
  private readonly past: Finding["gauges"][] = [];
  private heard: Record<string, number[]> = {};
  private next = lookEvery;

  hear(rows: readonly TickReadings[]): void {
    for (const { values } of rows) {
      for (const [name, value] of Object.entries(values)) {
        this.heard[name] ??= [];
        this.heard[name].push(value);
      }
    }
  }

  /** What the detectors say at every hundredth step; undefined in between. */
  look(
    step: number,
    ground: Ground,
    fakes: Float32Array,
    healthy: Readonly<Record<string, Healthy>>,
  ): Finding | undefined {
    if (step < this.next) return undefined;
    this.next = step + lookEvery;
    const readings = Object.fromEntries(
      Object.entries(this.heard).map(([name, values]) => {
        const range = healthy[name];
        return [name, { values, ...(range && { healthy: range }) }];
      }),
    );
    this.heard = {};
    const rows = (data: Float32Array) => ({ count: shown, width: 2, data });
    const { past } = this;
    try {
      const seen = { step, fakes: rows(fakes), train: rows(ground.real), finite: false };
      const found = detect({ ...seen, readings, past });
      past.push(found.gauges);
      past.splice(0, past.length - longestPast);
      return found;
    } catch (error) {
      // Fakes that are all the same have no neighbours to be measured by.
      if (error instanceof GanymedeError) return { gauges: {}, alarms: [] };
      throw error;
    }
  }
}

/** Values by step, thinned out where there are too many to draw. */
export class History {
  private readonly most = 1500;
  private stride = 1;
  private steps: number[] = [];
  private readonly series: Record<string, (number | null)[]> = {};

  add(step: number, values: Readonly<Record<string, number>>): void {
    if (step % this.stride !== 0) return;
    this.steps.push(step);
    for (const name of Object.keys(values)) {
      this.series[name] ??= new Array<null>(this.steps.length - 1).fill(null);
    }
    for (const [name, list] of Object.entries(this.series)) list.push(values[name] ?? null);
    if (this.steps.length > this.most) this.thin();
  }

  lines(names: Readonly<Record<string, string>>) {
    return Object.entries(names).flatMap(([name, colour]) => {
      const y = this.series[name];
      return y ? [{ name, x: [...this.steps], y: [...y], colour }] : [];
    });
  }

  /** The names that were heard. */
  get names(): string[] {
    return Object.keys(this.series);
  }

  private thin(): void {
    this.stride *= 2;
    const kept = this.steps.map((step) => step % this.stride === 0);
    this.steps = this.steps.filter((_, i) => kept[i]);
    for (const [name, list] of Object.entries(this.series)) {
      this.series[name] = list.filter((_, i) => kept[i]);
    }
  }
}
