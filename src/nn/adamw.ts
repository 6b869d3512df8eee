import { type Adam, family } from "./adam.ts";
import type { Optimiser } from "./optimiser.ts";

/**
 * Adam whose weight decay (0.01 when absent) shrinks the parameter and not the gradient. Loshchilov,
 * Hutter 2019, arXiv:1711.05101, algorithm 2; PyTorch's semantics.
 */
export const adamw = ({ weightDecay = 0.01, ...options }: Adam = {}): Optimiser =>
  family("adamw", { ...options, weightDecay }, true);
