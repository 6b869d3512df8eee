import type { Advice } from "../core/healthy.ts";
import type { TickReadings } from "./trainer.ts";

/** What a detector has found. */
export interface Alarm extends Advice {
  readonly detector: string;
}

/** What a look at a training's health says. */
export interface Finding {
  readonly gauges: Readonly<Record<string, number>>;
  readonly alarms: readonly Alarm[];
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
