import type { Tensor } from "../../engine/ir/tensor.ts";
import { mean, mul, square, sub, sum } from "../../engine/ops/index.ts";
import { notNegative } from "../advice.ts";
import type { Duel } from "../duel.ts";
import type { Term } from "../game.ts";

/**
 * ‖E f(x) − E f(G(z))‖², the means over the batch of the discriminator's features, [] ≥ 0.
 * Salimans et al. 2016, arXiv:1606.03498, section 3.1. Throws `GAME` when there is no trunk.
 */
export const featureDistance = ({ features }: Pick<Duel, "features">): Tensor =>
  sum(square(sub(mean(features.real, { axes: [0] }), mean(features.fake, { axes: [0] }))));

/** weight · `featureDistance` for the generator's loss. */
export const featureMatching = ({
  weight = 1,
}: {
  readonly weight?: number;
} = {}): Term<Pick<Duel, "features">> => ({
  id: "feature-matching",
  apply: (duel) => ({
    loss: mul(featureDistance(duel), weight),
    meaning: "how far the mean features of fakes are from those of data; 0 = they agree",
    unit: "squared feature",
    healthy: notNegative,
  }),
});
