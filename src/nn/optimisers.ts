import { adam } from "./adam.ts";
import type { Optimiser } from "./optimiser.ts";
import { rmsprop } from "./rmsprop.ts";
import type { Scheduled } from "./schedule.ts";
import { sgd } from "./sgd.ts";

/** What optimisers are told where a system lets one choose; each takes what it knows. */
export interface OptimiserOptions {
  readonly rate: Scheduled;
  /** Decay of the mean gradient: Adam's β₁, the momentum of the others. */
  readonly beta1: number;
  /** Decay of the mean squared gradient: Adam's β₂, RMSProp's α. */
  readonly beta2: number;
}

/** Optimisers by the name that options give them. */
export const optimisers = {
  adam,
  rmsprop: ({ rate, beta1, beta2 }) => rmsprop({ rate, momentum: beta1, alpha: beta2 }),
  sgd: ({ rate, beta1 }) => sgd({ rate, momentum: beta1 }),
} satisfies Record<string, (options: OptimiserOptions) => Optimiser>;

export const optimiserIds = Object.keys(optimisers) as [keyof typeof optimisers];
