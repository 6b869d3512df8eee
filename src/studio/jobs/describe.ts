import { join } from "node:path";
import { sizeOf } from "../../engine/ir/type.ts";
import { listCheckpoints } from "../../train/checkpoint.ts";
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
  /** Steps of all its checkpoints, the newest last. */
  readonly checkpoints: readonly number[];
  /** Bytes of the generator's weights. */
  readonly weightBytes: number;
  /** Of an item: [channels, height, width] where it is a picture. */
  readonly shape: readonly number[];
  readonly classes: readonly string[];
  readonly layout: CodeLayout;
}

export const describe: Job<DescribeAsked, Described> = async ({ path }, bench) => {
  const { config, checkpoint, game, field, sampler, variables } = await bench.open(path);
  const weights = sampler.traced.weights.map((name) => sizeOf(variables.get(name)!.shape));
  return {
    system: config.system,
    step: checkpoint.step,
    checkpoints: listCheckpoints(join(path, "checkpoints")),
    weightBytes: 4 * weights.reduce((sum, n) => sum + n, 0),
    shape: field.shape,
    classes: game.sampler.classes ?? [],
    layout: codeLayout(game.sampler),
  };
};
