import type { Tensor } from "../engine/ir/tensor.ts";
import { add } from "../engine/ops/index.ts";
import { embedding } from "./embedding.ts";
import { ones, zeros } from "./initialisers.ts";
import { linear } from "./linear.ts";
import type { Scope } from "./trace.ts";
import type { Weighted } from "./weight.ts";

/** An image [n,c,…] and what it is made for. */
export interface Conditioned {
  readonly x: Tensor;
  readonly condition: Tensor;
}

/** Gain and bias [n,features] of a normalisation, from a condition. */
export type Conditioner = (
  condition: Tensor,
  features: number,
  scope: Scope,
) => { readonly gain: Tensor; readonly bias: Tensor };

/**
 * A learnt gain (1) and bias (0) for each class: condition i32[n] of values in [0, classes). Dumoulin,
 * Shlens, Kudlur 2017, arXiv:1610.07629; in GANs Miyato, Koyama 2018, arXiv:1802.05637.
 */
export const byClass =
  (classes: number): Conditioner =>
  (label, features, scope) => ({
    gain: embedding(classes, features, { init: ones })(label, scope.child("gain")),
    bias: embedding(classes, features, { init: zeros })(label, scope.child("bias")),
  });

/**
 * gain = 1 + A·c, bias = B·c: condition f32[n,d], such as a shared class embedding beside a chunk of
 * the latent (Brock, Donahue, Simonyan 2019, arXiv:1809.11096, appendix B) or a style (StyleGAN, with
 * `bias: true`).
 */
export const byVector =
  ({ bias = false, ...options }: Weighted = {}): Conditioner =>
  (vector, features, scope) => {
    const project = linear(features, { ...options, bias });
    return {
      gain: add(project(vector, scope.child("gain")), 1),
      bias: project(vector, scope.child("bias")),
    };
  };
