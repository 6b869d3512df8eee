import { mul, reshape, softmax, sum } from "../engine/ops/index.ts";
import { linear } from "./linear.ts";
import type { Layer } from "./module.ts";
import type { Weighted } from "./weight.ts";

export interface AdditiveAttention extends Pick<Weighted, "init" | "weightTransform"> {
  /** Parts that attend on their own, of c/heads numbers each; 4 when absent. */
  readonly heads?: number;
}

/**
 * Attention that grows with the number of tokens and not with its square, x [n,t,c] → [n,t,c]. Each head
 * scores the tokens by their whole queries, αᵢ = softmax_i(wᵀqᵢ/√d), makes one vector g = Σ αᵢ·qᵢ of its
 * c/heads numbers of all queries, and gives every token vᵢ·kᵢ·g, element by element. Morales-Juarez,
 * Fuentes 2024, arXiv:2401.09596, section 3 and code; additive attention of Wu, Wu, Qi, Huang, Xie 2021,
 * arXiv:2108.09084. Time O(t·c²).
 *
 * Parameters: linear maps `query`, `key`, `value` [c], `score` [heads] and `out` [c], each with a bias.
 */
export const additiveAttention =
  ({ heads = 4, ...weighted }: AdditiveAttention = {}): Layer =>
  (x, scope) => {
    const [n = 1, t = 1, c = 1] = x.shape;
    const split = { shape: [n, t, heads, c / heads] };
    const project = (name: string) => linear(c, weighted)(x, scope.child(name));
    const query = project("query");
    const scores = mul(linear(heads, weighted)(query, scope.child("score")), (c / heads) ** -0.5);
    const weights = reshape(softmax(scores, { axis: 1 }), { shape: [n, t, heads, 1] });
    const all = sum(mul(weights, reshape(query, split)), { axes: [1], keep: true });
    const pairs = reshape(mul(project("key"), project("value")), split);
    const heard = reshape(mul(pairs, all), { shape: [n, t, c] });
    return linear(c, weighted)(heard, scope.child("out"));
  };
