import { matmul, mul, reshape, softmax, transpose } from "../engine/ops/index.ts";
import type { AdditiveAttention } from "./additive-attention.ts";
import { linear } from "./linear.ts";
import type { Layer } from "./module.ts";

/**
 * Attention of every token to every token, x [n,t,c] → [n,t,c]: in each head softmax(q·kᵀ/√d)·v. Vaswani,
 * Shazeer, Parmar, Uszkoreit, Jones, Gomez, Kaiser, Polosukhin 2017, arXiv:1706.03762, section 3.2. Time
 * O(t²·c + t·c²), memory heads·t² numbers an item. Maps attend by `selfAttention`.
 *
 * Parameters: linear maps `query`, `key`, `value`, `out`, the first three without bias.
 */
export const dotProductAttention =
  ({ heads = 4, ...weighted }: AdditiveAttention = {}): Layer =>
  (x, scope) => {
    const [n = 1, t = 1, c = 1] = x.shape;
    const d = c / heads;
    // [n, heads, t, d]
    const project = (name: string) => {
      const flat = linear(c, { bias: false, ...weighted })(x, scope.child(name));
      return transpose(reshape(flat, { shape: [n, t, heads, d] }), { perm: [0, 2, 1, 3] });
    };
    const scores = matmul(mul(project("query"), 1 / Math.sqrt(d)), project("key"), {
      transposeB: true,
    });
    const gathered = matmul(softmax(scores), project("value"));
    const heard = reshape(transpose(gathered, { perm: [0, 2, 1, 3] }), { shape: [n, t, c] });
    return linear(c, weighted)(heard, scope.child("out"));
  };
