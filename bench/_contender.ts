import type { Size } from "./_steps.ts";

/** What is asked: `count` uses of a step or, with `make`, of its generator alone. */
export interface Request {
  readonly step: string;
  readonly count: number;
  readonly size: Size;
  readonly make?: boolean;
  /** Of the first values; 0 when absent. */
  readonly seed?: number;
}

export interface Parameters {
  readonly generator: number;
  readonly discriminator: number;
}

/** What a contender answers: times, or why it cannot run the step. */
export interface Timing {
  /** Wall time of every use in ms; of ours, of a call divided by its ticks. */
  readonly ms?: readonly number[];
  /** The loss of each step, the warming ones first. */
  readonly losses?: readonly number[];
  readonly parameters?: Parameters;
  readonly cannot?: string;
}

/** Ours or another library: whoever is timed. */
export interface Contender {
  readonly name: string;
  /** A library that needs seconds for one item: it is asked once, for a batch that it can do. */
  readonly slow: boolean;
  /** The first request of its kind also builds and warms up, untimed. */
  time(request: Request): Promise<Timing>;
  /** Versions and threads. */
  info(): unknown;
  end(): Promise<void>;
}
