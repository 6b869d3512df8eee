import { sideOf } from "../core/healthy.ts";
import type { ReadingAbout } from "../gan/game.ts";
import { clock, grouped } from "./text.ts";

/** What the loop last said, and how far it is to go. */
export interface Progress {
  readonly step: number;
  readonly steps: number;
  readonly images: number;
  /** Since the training began, in this session. */
  readonly seconds: number;
  readonly values: Readonly<Record<string, number>>;
  /** What the readings are, by name. */
  readonly about: Readonly<Record<string, ReadingAbout>>;
}

export interface Pace {
  readonly imagesPerSecond: number;
  readonly secondsLeft: number;
}

/** Seconds over which the pace is measured: long enough to be calm, short enough to be true. */
const span = 15;

/** Measures the pace of a run from what it hears. The first call's time to compile is left out. */
export class Pacemaker {
  private readonly heard: Progress[] = [];

  hear(progress: Progress): Pace | undefined {
    this.heard.push(progress);
    while (this.heard.length > 2 && progress.seconds - this.heard[1]!.seconds > span) {
      this.heard.shift();
    }
    const first = this.heard[0]!;
    const seconds = progress.seconds - first.seconds;
    if (seconds <= 0) return undefined;
    const stepsPerSecond = (progress.step - first.step) / seconds;
    return {
      imagesPerSecond: (progress.images - first.images) / seconds,
      secondsLeft: (progress.steps - progress.step) / stepsPerSecond,
    };
  }
}

/**
 * `step 120/2,000 6 %  1,024 images/s  eta 1:58  d.loss 1.312  g.loss 0.702`, never wider than
 * `columns`. Each reading is followed by what it means where all of that fits, then losses alone are.
 */
export function liveLine(progress: Progress, pace: Pace | undefined, columns: number): string {
  const { values, about } = progress;
  const names = Object.keys(values);
  const losses = names.filter((name) => name.endsWith(".loss"));
  const bare = (name: string) => spoken(name, values[name]!, about[name]);
  const told = (name: string) => `${bare(name)} (${about[name]?.meaning.split(";")[0] ?? name})`;
  const choices = [names.map(told), losses.map(told), names.map(bare), losses.map(bare)].map(
    (readings) => [...headOf(progress, pace), ...readings].join("  "),
  );
  const fitting = choices.find((line) => line.length < columns);
  return fitting ?? choices.at(-1)!.slice(0, Math.max(0, columns - 1));
}

/** All readings without their meanings, for logs. */
export function plainLine(progress: Progress, pace: Pace | undefined): string {
  const readings = Object.entries(progress.values).map(([name, v]) =>
    spoken(name, v, progress.about[name]),
  );
  return [...headOf(progress, pace), ...readings].join("  ");
}

const headOf = ({ step, steps }: Progress, pace: Pace | undefined): string[] => [
  `step ${grouped(step)}/${grouped(steps)} ${Math.floor((100 * step) / steps)} %`,
  ...(pace ? [`${grouped(pace.imagesPerSecond)} images/s`] : []),
  ...(pace && step < steps ? [`eta ${clock(pace.secondsLeft)}`] : []),
];

/** Three decimals: the same width for most of a run. What is not healthy has a mark. */
function spoken(name: string, v: number, about: ReadingAbout | undefined): string {
  const mark = sideOf(about?.healthy ?? {}, v) === "inside" ? "" : "!";
  return `${name} ${Math.abs(v) < 1000 ? v.toFixed(3) : v.toExponential(2)}${mark}`;
}
