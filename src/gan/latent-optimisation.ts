import { grad } from "../engine/autodiff/grad.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { add, cast, clip, div, less, mean, mul, square, sum } from "../engine/ops/index.ts";
import { notNegative } from "./advice.ts";
import type { Duel } from "./duel.ts";
import type { Term } from "./game.ts";

export interface LatentStep {
  /** α; 0.9 when absent. */
  readonly rate?: number;
  /** β, beside the squared length of the slope; 0.1 when absent, where the paper has 5. */
  readonly damping?: number;
  /** Share of codes that move; 0.8 when absent. */
  readonly share?: number;
  /** w_r, of the squared length of the step in both losses; 0.1 when absent, the paper's is 300. */
  readonly weight?: number;
}

/** What `adversarial` takes to train on improved codes. */
export interface LatentOptimisation {
  readonly refine: (codes: Tensor, duel: Duel) => Tensor;
  /** For the terms of both sides. */
  readonly term: Term<Duel>;
}

/** α·g/(β + ‖g‖²), g = ∂D(G(z))/∂z: a step of natural gradient under a damped Fisher matrix. */
export function naturalStep(slope: Tensor, rate: number, damping: number): Tensor {
  const squares = sum(square(slope), { axes: [1], keep: true });
  return div(mul(slope, rate), add(squares, damping));
}

/**
 * LOGAN: before a code is used, it takes one step up the discriminator's score, z' = clip(z + Δz, −1,
 * 1), and both sides' gradients pass through that step, second derivatives with them: each player
 * feels how the other would answer. Codes should be uniform on [−1, 1]; use trains no codes. Wu,
 * Donahue, Balduzzi, Simonyan, Lillicrap 2019, arXiv:1912.00953, section 3.2; rates of StudioGAN's
 * release 0.4 for small images. Cost: a pass of both nets and back, in turn differentiated.
 */
export function latentOptimisation({
  rate = 0.9,
  damping = 0.1,
  share = 0.8,
  weight = 0.1,
}: LatentStep = {}): LatentOptimisation {
  const stepOf = (codes: Tensor, { turn, discriminate, generate }: Duel): Tensor =>
    turn.once("latent step", () => {
      const slope = grad(sum(discriminate(generate(codes))), [codes])[0]!;
      return naturalStep(slope, rate, damping);
    });
  return {
    refine(codes, duel) {
      const moves = cast(less(duel.turn.uniform([duel.turn.size, 1]), share), { to: "f32" });
      return clip(add(codes, mul(stepOf(codes, duel), moves)), { min: -1, max: 1 });
    },
    term: {
      id: "latent-step",
      apply(duel) {
        // Reading the codes makes the step, if nothing has.
        const step = duel.codes && stepOf(duel.codes, duel);
        return {
          loss: mul(mean(sum(square(step), { axes: [1] })), weight),
          meaning: "squared length of the step that codes are moved by, weighted",
          unit: "squared code",
          healthy: notNegative,
        };
      },
    },
  };
}
