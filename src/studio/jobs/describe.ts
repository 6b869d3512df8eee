import { type CodeLayout, codeLayout } from "../../train/codes.ts";
import type { Job } from "../job.ts";

export interface DescribeAsked {
  /** The run's folder. */
  readonly path: string;
}

/** What a run makes, from what. */
export interface Described {
  readonly system: string;
  /** Steps that its newest checkpoint has behind it. */
  readonly step: number;
  /** Of an item: [channels, height, width] where it is a picture. */
  readonly shape: readonly number[];
  readonly classes: readonly string[];
  readonly layout: CodeLayout;
}

export const describe: Job<DescribeAsked, Described> = async ({ path }, bench) => {
  const { config, checkpoint, game, field } = await bench.open(path);
  return {
    system: config.system,
    step: checkpoint.step,
    shape: field.shape,
    classes: game.sampler.classes ?? [],
    layout: codeLayout(game.sampler),
  };
};
