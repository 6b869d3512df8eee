import { stopGradient } from "../../engine/autodiff/stop-gradient.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { add, div, mean, mul, relu, square, step, sub } from "../../engine/ops/index.ts";
import { zeros } from "../../nn/initialisers.ts";
import { notNegative } from "../advice.ts";
import type { Duel } from "../duel.ts";
import type { Term } from "../game.ts";

export interface LeCam {
  /** λ; 0.3 when absent. */
  readonly weight?: number;
  /** Weight of the old in the running means of scores; 0.99 when absent. */
  readonly decay?: number;
}

/**
 * weight · (E[D(x) − α_F]₊² + E[α_R − D(G(z))]₊²), α_R and α_F the running means of the scores of data
 * and of fakes before this move: each side is held near where the other one has been, which bounds a Le Cam divergence
 * and keeps few data from being learnt by heart. Tseng, Jiang, Liu, Yang, Yang 2021, arXiv:2104.03310,
 * section 3.1; one-sided as in the authors' code. State: both means and the weight they add up to.
 */
export const leCam = ({ weight = 0.3, decay = 0.99 }: LeCam = {}): Term<Duel> => ({
  id: "le-cam",
  state: () => {
    const scalar = { shape: [], init: zeros };
    return { real: scalar, fake: scalar, total: scalar };
  },
  apply({ logits }, old) {
    const { real, fake } = logits;
    const follow = (was: Tensor, now: Tensor) => add(mul(was, decay), mul(now, 1 - decay));
    const next = {
      real: follow(old.real!, stopGradient(mean(real))),
      fake: follow(old.fake!, stopGradient(mean(fake))),
      total: add(mul(old.total!, decay), 1 - decay),
    };
    // What is missing in the weights is divided out; at the first move nothing is known.
    const known = step(old.total!);
    const [data, fakes] = [old.real!, old.fake!].map((m) => div(m, add(old.total!, sub(1, known))));
    const above = mean(square(relu(sub(real, fakes!))));
    const below = mean(square(relu(sub(data!, fake))));
    return {
      loss: mul(mul(add(above, below), known), weight),
      meaning: "how far scores of data are above past fakes and of fakes below past data; small",
      unit: "squared score",
      healthy: notNegative,
      state: next,
    };
  },
});
