import { grad } from "../../engine/autodiff/grad.ts";
import { add, mean, mul, reshape, square, sub, sum } from "../../engine/ops/index.ts";
import { notNegative } from "../advice.ts";
import type { Term } from "../game.ts";
import { mixed, type TemperedDuel } from "../tempering.ts";

/**
 * weight · E(⟨∇ₓD(x̃, α̃), x^α₁ − x^α₂⟩²): the critic may change only slowly from one tempering of a
 * pair of rows to another, so that temperatures teach it the same. α₁ is the batch's, α₂ and ν are
 * U(0,1), α̃ = να₁ + (1 − ν)α₂ and x̃ = x^α̃ lies between the two. Sohn, Song 2024, arXiv:2411.11786,
 * the coherency penalty. Cost: a second backward pass through the critic.
 */
export const coherency = ({ weight = 100 } = {}): Term<TemperedDuel> => ({
  id: "coherency",
  apply({ turn, pair, alpha, scoreAt }) {
    const other = turn.uniform([turn.size]);
    const between = add(other, mul(turn.uniform([turn.size]), sub(alpha, other)));
    const items = mixed(pair, between);
    const [slope] = grad(sum(scoreAt(items, between)), [items]);
    const apart = sub(mixed(pair, alpha), mixed(pair, other));
    const along = sum(reshape(mul(slope!, apart), { shape: [turn.size, -1] }), { axes: [1] });
    return {
      loss: mul(mean(square(along)), weight),
      meaning: "how fast the critic changes between temperings of a pair; small and steady",
      unit: "squared score",
      healthy: notNegative,
    };
  },
});
