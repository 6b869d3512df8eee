import type { Healthy } from "../../core/healthy.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import type { Duel } from "../duel.ts";

/**
 * What the discriminator said of a batch of real and of generated items, f32[n] or f32[n,…]. Read
 * only what you need: asking for a side runs the discriminator on it.
 */
export interface Logits {
  readonly real: Tensor;
  readonly fake: Tensor;
}

/**
 * A pair of objectives, both to be minimised. Most need only the logits; the rest of what both sides
 * see is there for those that compare items or features.
 */
export interface AdversarialLoss {
  readonly id: string;
  discriminator(logits: Logits, duel: Duel): Tensor;
  generator(logits: Logits, duel: Duel): Tensor;
  /** What the two numbers say to a reader. */
  readonly meaning: { readonly discriminator: string; readonly generator: string };
  /** Of the two numbers, or of each; `score` when absent. */
  readonly unit?: string | { readonly discriminator: string; readonly generator: string };
  /** Of what the discriminator says of an item; `score` when absent. */
  readonly scoreUnit?: string;
  /** The discriminator gives several numbers an item, none of which is a score of it. */
  readonly several?: true;
  /** The values of the two numbers, and of scores, while all is well. */
  readonly healthy?: {
    readonly discriminator?: Healthy;
    readonly generator?: Healthy;
    readonly score?: Healthy;
  };
  /** Lays over another loss, which takes this one's place, what was laid over this one. */
  readonly over?: (other: AdversarialLoss) => AdversarialLoss;
}

/**
 * `loss` with another generator's side, made from it. The same is made from the loss that a conditioning
 * puts in its place.
 */
export const laidOver = (
  loss: AdversarialLoss,
  side: (of: AdversarialLoss) => AdversarialLoss["generator"],
): AdversarialLoss => ({
  ...loss,
  generator: side(loss),
  over: (other) => laidOver(loss.over?.(other) ?? other, side),
});

/** A loss that looks at nothing but logits. */
export interface LogitLoss extends AdversarialLoss {
  discriminator(logits: Logits): Tensor;
  generator(logits: Logits): Tensor;
}
