import { adversarial } from "../gan/adversarial.ts";
import type { Game } from "../gan/game.ts";
import { normal } from "../gan/latent.ts";
import { nonSaturating } from "../gan/losses/non-saturating.ts";
import { encoder as encoderNet } from "../gan/nets/autoencoder.ts";
import { netPair } from "../gan/nets/pair.ts";
import { count, defineSystem, fraction, imitated, positive } from "../gan/system.ts";
import { modeRegulariser } from "../gan/terms/mode-regulariser.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { module } from "../nn/module.ts";

/**
 * MRGAN: an encoder says which code each datum should come from, so that no mode is left without.
 *
 * Source   Che, Li, Jacob, Bengio, Li 2017, arXiv:1612.02136, section 3.1
 * Shapes   z f32[n,latent] → image f32[n,c,s,s] in [−1,1] or point f32[n,d]; discriminator: item → logit f32[n]
 * Units    rates per step; width in channels for images, in units of each of two hidden layers for points
 * Throws   SHAPE for images whose side is not 4 to 7 times a power of two
 * Differs  nothing in the objective; the nets are DCGAN's, or dense; samples from averaged weights
 */
export const mrgan = defineSystem({
  id: "mrgan",
  about: "an encoder says which code each datum should come from, so that no mode is left without",
  data: "ring8",
  options: {
    batch: count(128, "items per step"),
    latent: count(16, "size of the noise vector"),
    width: count(128, "units of each hidden layer, or channels at the finest map"),
    distance: positive(0.2, "weight of the squared distance of data from their reconstructions"),
    score: positive(0.4, "weight of how unconvincing reconstructions are"),
    generatorRate: positive(1e-3, "Adam's learning rate of the generator and the encoder"),
    discriminatorRate: positive(1e-3, "Adam's learning rate of the discriminator"),
    beta1: fraction(0.5, "Adam's decay of the mean gradient"),
    averageHalfLife: positive(20_000, "half-life of the weight average, in items"),
  },
  presets: {
    ring8: {
      about: "all eight modes, even with a discriminator slower than its generator",
      options: { latent: 4, width: 64, discriminatorRate: 4e-4 },
      steps: 3000,
      data: { source: "ring8", options: { scale: 0.5 } },
    },
  },
  tiny: { batch: 4, latent: 2, width: 8 },
  chunk: 50,
  build(o, data): Game {
    const { field, item } = imitated(data);
    const nets = netPair({ item, width: o.width });
    const generator = module("g", nets.generator);
    const encoder = module("e", encoderNet({ item, width: o.width, code: o.latent }));
    const game = adversarial({
      field,
      batch: o.batch,
      latent: normal(o.latent),
      generator,
      discriminator: module("d", nets.discriminator),
      loss: nonSaturating(),
      terms: {
        generator: [modeRegulariser({ encoder, distance: o.distance, score: o.score })],
      },
      optimise: {
        generator: adam({ rate: o.generatorRate, beta1: o.beta1 }),
        discriminator: adam({ rate: o.discriminatorRate, beta1: o.beta1 }),
      },
      average: {
        of: [generator],
        decay: average({ halfLife: o.averageHalfLife, batch: o.batch }),
      },
    });
    // Both regularisers are the encoder's whole loss and a part of the generator's: one player.
    const players = game.players.map((p) =>
      p.name === "g" ? { ...p, owns: [...p.owns, encoder] } : p,
    );
    return { ...game, players };
  },
});
