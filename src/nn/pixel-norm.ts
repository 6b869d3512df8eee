import { add, mean, mul, rsqrt, square } from "../engine/ops/index.ts";
import type { Layer } from "./module.ts";

/**
 * x/√(mean over channels of x² + eps): every pixel of x [n,c,…], or latent [n,c], to length √c.
 * Karras, Aila, Laine, Lehtinen 2018, arXiv:1710.10196, section 4.2.
 */
export const pixelNorm =
  ({ eps = 1e-8 }: { readonly eps?: number } = {}): Layer =>
  (x) =>
    mul(x, rsqrt(add(mean(square(x), { axes: [1], keep: true }), eps)));
