import { type GroupNorm, groupNorm } from "./group-norm.ts";
import type { Layer } from "./module.ts";

/**
 * Instance normalisation: each channel of each item of x [n,c,…] by its own statistics. `affine` is
 * false when absent, as in PyTorch. Ulyanov, Vedaldi, Lempitsky 2016, arXiv:1607.08022.
 */
export const instanceNorm =
  ({ affine = false, ...options }: GroupNorm = {}): Layer =>
  (x, scope) =>
    groupNorm(x.shape[1]!, { ...options, affine })(x, scope);
