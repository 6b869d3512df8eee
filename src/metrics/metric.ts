import type { Oracle } from "../data/source.ts";
import type { Provider } from "../engine/run/provider.ts";
import type { FeatureMoments } from "./feature-moments.ts";

/** Rows of numbers [count, width], row-major. */
export interface Rows {
  readonly count: number;
  readonly width: number;
  readonly data: Float32Array | Float64Array;
}

/**
 * What can be known of one side of a comparison: data, or what a generator made. Each member is
 * computed when it is first asked for, so that a metric pays only for what it looks at.
 */
export interface Side {
  readonly count: number;
  /** The extractor's features of each item. Memory: count × width floats. */
  features(): Promise<Rows>;
  /** Mean and covariance of the features, streamed: memory does not grow with the count. */
  moments(): Promise<FeatureMoments>;
  /** p(class | item) of the extractor's classifier. Throws `METRIC_NEEDS` when it is none. */
  probabilities(): Promise<Rows>;
  /** The class of each item, true or asked for. Throws `METRIC_NEEDS` when there are none. */
  labels(): Promise<Int32Array>;
  /** The items themselves, flat, in the range that networks see. */
  items(): Promise<Rows>;
}

/** Both sides of a comparison, seen through one extractor. */
export interface Evidence {
  readonly real: Side;
  readonly fake: Side;
  /** Shape of an item, as [channels, height, width] for images. */
  readonly shape: readonly number[];
  /** Draws subsets, splits and directions. */
  readonly seed: number;
  /** Where metrics that train a classifier of their own run it. */
  readonly provider: Provider;
  readonly classes?: readonly string[];
  /** What is known of a made-up distribution. */
  readonly oracle?: Oracle;
}

/** A figure and how sure it is. */
export interface Score {
  readonly value: number;
  /** Of the value, over subsets, splits or resamples; which, the metric's `about` says. */
  readonly standardError?: number;
  /** 95 % confidence. */
  readonly interval?: readonly [low: number, high: number];
  /** What the value is made of, or figures that belong to it. */
  readonly parts?: Readonly<Record<string, number>>;
  /** What a reader must know before trusting it, in whole sentences. */
  readonly warnings?: readonly string[];
}

/** A way to say how good generated items are. One file each in `scores/`, listed by generation. */
export interface Metric {
  /** Kebab-case; also the file name and the name on the command line. */
  readonly id: string;
  /** One line: what it says. */
  readonly about: string;
  readonly better: "higher" | "lower";
  /** Values that it can take, and the one of a perfect generator. */
  readonly range: string;
  /** Paper, equation. */
  readonly source: string;
  /** Computed from these members of the two sides. */
  readonly needs: readonly Exclude<keyof Side, "count">[];
  measure(evidence: Evidence): Promise<Score>;
}
