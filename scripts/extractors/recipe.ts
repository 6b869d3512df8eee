import type { Source } from "../../src/data/source.ts";
import type { Tensor } from "../../src/engine/ir/tensor.ts";
import type { AnyPlayer } from "../../src/gan/game.ts";
import type { Scope } from "../../src/nn/trace.ts";

/** Images of one training step and of one run of the written model. */
export const batch = 100;

/** Width of the features of every extractor of ours. */
export const featureWidth = 64;

/** Outputs of the written model, by name. */
export type Outputs = { readonly features: Tensor } & Readonly<Record<string, Tensor>>;

/** An extractor of ours before it is trained. */
export interface Recipe {
  readonly id: string;
  readonly about: string;
  /** Of the data it is trained on, in the record's words. */
  readonly data: string;
  readonly train: () => Promise<Source>;
  readonly steps: number;
  readonly player: (steps: number) => AnyPlayer;
  /** Images f32[batch,1,28,28] in [−1,1] → what is written, in inference mode. */
  readonly outputs: (images: Tensor, scopeOf: (module: string) => Scope) => Outputs;
  readonly classes?: readonly string[];
  /** Figures for the record, measured through the written file. */
  readonly examine: (record: string) => Promise<Readonly<Record<string, number>>>;
}
