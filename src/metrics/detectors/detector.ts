import type { Advice, Healthy } from "../../core/healthy.ts";
import type { Rows } from "../metric.ts";

/** The values of a reading since the last look, oldest first. */
export interface Window {
  readonly values: readonly number[];
  readonly healthy?: Healthy;
}

/** What the discriminator says of items, without updating it. */
export interface Judged {
  /** Items that it has been trained on. */
  readonly train: Float32Array;
  /** Items of the data that it has never seen, where there are some. */
  readonly heldOut?: Float32Array;
  readonly fake: Float32Array;
}

/** All that can be seen of a training at one moment. */
export interface Observation {
  readonly step: number;
  /** Features of what the same latent codes have become, [n, d]. */
  readonly fakes: Rows;
  /** Features of items that were trained on, [m, d]; m ≥ n. The same at every look. */
  readonly train: Rows;
  /** Whether the data are a set of items that can be remembered, and not an endless supply. */
  readonly finite: boolean;
  readonly judged?: Judged;
  readonly readings: Readonly<Record<string, Window>>;
  /** The gauges of earlier looks, oldest first. */
  readonly past: readonly Readonly<Record<string, number>>[];
}

/** What a detector says: figures that are kept, and an alarm if there is cause for one. */
export interface Sign {
  readonly gauges: Readonly<Record<string, number>>;
  readonly alarm?: Advice;
}

/**
 * Looks for one thing that goes wrong with GANs. One file each in this folder, listed by generation.
 * It raises an alarm only for what chance does not explain at the numbers of items it is given.
 */
export interface Detector {
  /** Kebab-case; also the file name. */
  readonly id: string;
  /** One line: what it looks for. */
  readonly about: string;
  /** Gauge → what it says. */
  readonly gauges: Readonly<Record<string, string>>;
  watch(seen: Observation): Sign;
}
