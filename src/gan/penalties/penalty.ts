import type { Duel } from "../duel.ts";
import type { Term } from "../game.ts";

/** Makes a term of the discriminator's loss. */
export interface Penalty {
  /** `weight` multiplies the term; the paper's own when absent. */
  (options?: { readonly weight?: number }): Term<Duel>;
  /** What it is defined on: "image" for items [c, h, w] in [−1, 1]; any items when absent. */
  readonly items?: "image";
}
