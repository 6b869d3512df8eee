import type { Tensor } from "../../engine/ir/tensor.ts";
import type { Net } from "../../nn/module.ts";
import type { Reading } from "../game.ts";
import type { Logits } from "../losses/loss.ts";
import { requireImages, type Transform } from "../transforms/transform.ts";

/** Items of the data and generated ones, [n,…] each. */
export interface Sides {
  readonly real: Tensor;
  readonly fake: Tensor;
}

/**
 * What the discriminator is shown in the place of data and fakes. Gradients pass through it to the
 * generator, and what it keeps from step to step is its scope's state.
 */
export interface Augmentation {
  readonly id: string;
  /** What it is defined on: "image" for items [c,h,w] in [−1, 1]; any items when absent. */
  readonly items?: "image";
  /** Both sides as they are shown, each of its own draw, one draw a tick. */
  readonly show: Net<Sides, Sides>;
  /** Follows the discriminator: moves what it keeps, of what the shown items were said to be. */
  readonly follow?: Net<Logits, Readonly<Record<string, Reading>>>;
}

/** Makes an augmentation at the settings of its paper. */
export type AugmentationMaker = () => Augmentation;

/** The same transform of data and of fakes. Throws `ITEMS` for what is not images. */
export const byTransform = (id: string, transform: Transform): Augmentation => ({
  id,
  items: "image",
  show({ real, fake }, scope) {
    requireImages(id, real);
    return { real: transform(real, scope), fake: transform(fake, scope) };
  },
});
