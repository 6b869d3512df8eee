import { adversarial } from "../gan/adversarial.ts";
import { uniform } from "../gan/latent.ts";
import { autoencoder, reconstructionScore } from "../gan/nets/autoencoder.ts";
import { netPair } from "../gan/nets/pair.ts";
import { count, defineSystem, fraction, imitated, positive } from "../gan/system.ts";
import { equilibrium, reconstruction } from "../gan/terms/equilibrium.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { module } from "../nn/module.ts";

/**
 * BEGAN: the discriminator is an auto-encoder, and a balance weighs fakes against data in its task.
 *
 * Source   Berthelot, Schumm, Metz 2017, arXiv:1703.10717, section 3
 * Shapes   z f32[n,latent] in [−1,1] → image f32[n,c,s,s] in [−1,1] or point f32[n,d]; discriminator:
 *          item → minus its mean absolute reconstruction error f32[n]
 * Units    rates per step; width in channels for images, in units of each of two hidden layers for points
 * Throws   SHAPE for images whose side is not 4 to 7 times a power of two
 * Differs  the nets are DCGAN's, with layer norm in the discriminator, or dense, where the paper has
 *          upsampling and ELU; no vanishing residuals and no decay of rates; samples from averaged
 *          weights
 */
export const began = defineSystem({
  id: "began",
  about:
    "the discriminator is an auto-encoder, and a balance weighs fakes against data in its task",
  data: "ring8",
  options: {
    batch: count(16, "items per step"),
    latent: count(64, "size of the noise vector and of the auto-encoder's code"),
    width: count(64, "units of each hidden layer, or channels at the finest map"),
    diversity: fraction(0.5, "error on fakes as a share of that on data; lower is less varied"),
    gain: positive(1e-3, "how fast the balance follows"),
    generatorRate: positive(1e-4, "Adam's learning rate of the generator"),
    discriminatorRate: positive(1e-4, "Adam's learning rate of the discriminator"),
    beta1: fraction(0.5, "Adam's decay of the mean gradient"),
    averageHalfLife: positive(10_000, "half-life of the weight average, in items"),
  },
  presets: {
    triangles: {
      about:
        "triangles at 16x16, blurred, within a minute; a gain for hundreds of steps, not 100,000",
      options: {
        batch: 32,
        latent: 8,
        width: 16,
        gain: 1,
        diversity: 0.7,
        generatorRate: 2e-3,
        discriminatorRate: 2e-3,
      },
      steps: 500,
      data: { source: "triangles" },
    },
  },
  tiny: { batch: 4, latent: 2, width: 8, gain: 1 },
  chunk: 50,
  build(o, data) {
    const { field, item } = imitated(data);
    const { width } = o;
    const generator = module("g", netPair({ item, width }).generator);
    const reconstruct = autoencoder({ item, width, code: o.latent });
    const { diversity, gain } = o;
    return adversarial({
      field,
      batch: o.batch,
      latent: uniform(o.latent),
      generator,
      discriminator: module("d", reconstructionScore(reconstruct)),
      loss: reconstruction(),
      terms: { discriminator: [equilibrium({ diversity, gain })] },
      optimise: {
        generator: adam({ rate: o.generatorRate, beta1: o.beta1 }),
        discriminator: adam({ rate: o.discriminatorRate, beta1: o.beta1 }),
      },
      average: {
        of: [generator],
        decay: average({ halfLife: o.averageHalfLife, batch: o.batch }),
      },
    });
  },
});
