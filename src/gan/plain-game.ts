import type { OptionValues } from "../core/options.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { module } from "../nn/module.ts";
import { adversarial, type Unconditional } from "./adversarial.ts";
import type { Game } from "./game.ts";
import { normal } from "./latent.ts";
import { netPair } from "./nets/pair.ts";
import { type NormalisationId, normalisations } from "./normalisation.ts";
import { count, type DataInfo, fraction, imitated, positive } from "./system.ts";

/** What systems on DCGAN's nets have in common; each says what it does otherwise. */
export const plainOptions = {
  batch: count(64, "items per step"),
  latent: count(64, "size of the noise vector"),
  width: count(32, "channels at the finest map, or units of each hidden layer for points"),
  generatorRate: positive(2e-4, "Adam's learning rate of the generator"),
  discriminatorRate: positive(2e-4, "Adam's learning rate of the discriminator"),
  beta1: fraction(0.5, "Adam's decay of the mean gradient"),
  beta2: fraction(0.999, "Adam's decay of the mean squared gradient"),
  discriminatorMoves: count(1, "discriminator moves per generator move"),
  averageHalfLife: positive(10_000, "half-life of the weight average, in items"),
};

/** Sizes at which a test trains such a system in a second. */
export const tinyPlain = { batch: 4, latent: 4, width: 4, discriminatorMoves: 1 } as const;

/** What sets one such system apart: whatever a game without classes may have beside its nets. */
export interface PlainParts
  extends Pick<Unconditional, "loss" | "terms" | "augment" | "refine" | "constrain"> {
  /** Of images' discriminators; points have none. */
  readonly discriminatorNorm: NormalisationId;
}

/**
 * DCGAN's nets, or dense ones for points, under a loss and what goes with it. Throws `SHAPE` for images
 * whose side is not 4 to 7 times a power of two.
 */
export function plainGame(
  o: OptionValues<typeof plainOptions>,
  data: DataInfo,
  { discriminatorNorm, ...parts }: PlainParts,
): Game {
  const { isImage, field, item } = imitated(data);
  const norm = isImage ? normalisations[discriminatorNorm] : {};
  const nets = netPair({ item, width: o.width, discriminatorNorm: norm });
  const generator = module("g", nets.generator);
  const betas = { beta1: o.beta1, beta2: o.beta2 };
  return adversarial({
    field,
    batch: o.batch,
    latent: normal(o.latent),
    generator,
    discriminator: module("d", nets.discriminator),
    ...parts,
    optimise: {
      generator: adam({ rate: o.generatorRate, ...betas }),
      discriminator: adam({ rate: o.discriminatorRate, ...betas }),
    },
    discriminatorMoves: o.discriminatorMoves,
    average: {
      of: [generator],
      decay: average({ halfLife: o.averageHalfLife, batch: o.batch }),
    },
  });
}
