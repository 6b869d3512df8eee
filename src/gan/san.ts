import { stopGradient } from "../engine/autodiff/stop-gradient.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { add, div, matmul, mean, reshape, sqrt, square, sub, sum } from "../engine/ops/index.ts";
import { normal, zeros } from "../nn/initialisers.ts";
import { type Module, module, type Net } from "../nn/module.ts";
import type { Scope } from "../nn/trace.ts";
import type { Duel } from "./duel.ts";
import type { AdversarialLoss, LogitLoss, Logits } from "./losses/loss.ts";

/** ω = w/‖w‖ as a column, from the learnt w: one number a feature. */
function direction(width: number, scope: Scope): Tensor {
  const w = scope.parameter("weight", [width, 1], normal(1 / Math.sqrt(width)));
  return div(w, sqrt(sum(square(w))));
}

/**
 * ⟨ω, h + b⟩. The learnt shift b belongs to h: without it the score's level would be in the mean of
 * h, and ω could not turn without losing it.
 */
const scoreBy =
  (turn: (omega: Tensor) => Tensor): Net =>
  (x, scope) => {
    const features = reshape(x, { shape: [x.shape[0]!, -1] });
    const width = features.shape[1]!;
    const shifted = add(features, scope.parameter("bias", [width], zeros));
    const omega = turn(direction(width, scope));
    return reshape(matmul(shifted, omega), { shape: [x.shape[0]!] });
  };

/** Features f32[n,…] → ⟨ω, h⟩ f32[n], ‖ω‖ = 1: a head that can turn but not grow. */
export const slice: Net = scoreBy((omega) => omega);

/** The same, ω being data. */
const heldSlice: Net = scoreBy(stopGradient);

/** What `adversarial` takes, beside a `trunk`, to be a slicing adversarial network. */
export interface Slicing {
  readonly discriminator: Module;
  readonly loss: AdversarialLoss;
}

/**
 * Makes any GAN a slicing one: the trunk h minimises the loss of ⟨ω, h⟩, ω held; ω alone maximises
 * E⟨ω, h(x)⟩ − E⟨ω, h(G(z))⟩, h held, and so turns to where the features of data and fakes differ
 * most, the direction along which the generator should be moved. The generator's side stays as it is.
 * Takida et al. 2024, arXiv:2301.12811, section 5.
 *
 * With R1 or R2 the score that is penalised is ⟨ω, h⟩ of both parts. The trunk must be given:
 * `adversarial({ …, trunk, ...sliced(hinge()) })`.
 *
 * @param name of the head's parameters, d when absent
 */
export function sliced(loss: LogitLoss, name = "d"): Slicing {
  const head = module(name, slice);
  const held = module(name, heldSlice);
  const scored = (duel: Duel, score: (features: Tensor) => Tensor): Logits => ({
    get real() {
      return score(duel.features.real);
    },
    get fake() {
      return score(duel.features.fake);
    },
  });
  return {
    discriminator: head,
    loss: {
      id: `sliced-${loss.id}`,
      discriminator(_, duel) {
        const { turn } = duel;
        const ordinary = scored(duel, (h) => turn.call(held, h));
        const turned = scored(duel, (h) => turn.call(head, stopGradient(h)));
        return sub(loss.discriminator(ordinary), sub(mean(turned.real), mean(turned.fake)));
      },
      generator: (logits) => loss.generator(logits),
      unit: loss.unit ?? "score",
      scoreUnit: loss.scoreUnit ?? "score",
      // The discriminator's loss has no level of its own once the distance along ω is taken off.
      healthy: { ...loss.healthy, discriminator: {} },
      meaning: {
        discriminator: `${loss.meaning.discriminator}; less the distance of features along ω`,
        generator: loss.meaning.generator,
      },
    },
  };
}
