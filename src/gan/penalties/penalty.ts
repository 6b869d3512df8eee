import type { Duel } from "../adversarial.ts";
import type { Term } from "../game.ts";

/** Makes a term of the discriminator's loss; `weight` multiplies it, the paper's own when absent. */
export type Penalty = (options?: { readonly weight?: number }) => Term<Duel>;
