import { codeOf, evidenceBound, reparameterised } from "../gan/evidence-bound.ts";
import type { AnyPlayer, Game, Objective, Player, Turn } from "../gan/game.ts";
import { normal } from "../gan/latent.ts";
import { encoder as encoderNet } from "../gan/nets/autoencoder.ts";
import { netPair } from "../gan/nets/pair.ts";
import { count, defineSystem, fraction, imitated, positive } from "../gan/system.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { module } from "../nn/module.ts";

/**
 * VAE: an encoder and a decoder that raise a lower bound of the data's likelihood; nobody opposes them.
 *
 * Source   Kingma, Welling 2014, arXiv:1312.6114; as a baseline of GANs, Lucic et al. 2018, arXiv:1711.10337
 * Shapes   z f32[n,latent] → image f32[n,c,s,s] in [−1,1] or point f32[n,d]
 * Units    rate per step; width in channels for images, in units of each of two hidden layers for points;
 *          losses in nats an item, up to a constant
 * Throws   SHAPE for images whose side is not 4 to 7 times a power of two
 * Differs  a Gaussian decoder of fixed deviation for images too; samples are its means, from averaged
 *          weights
 */
export const vae = defineSystem({
  id: "vae",
  about: "an encoder and a decoder that raise a lower bound of the data's likelihood",
  data: "ring8",
  options: {
    batch: count(128, "items per step"),
    latent: count(16, "size of the code"),
    width: count(128, "units of each hidden layer, or channels at the finest map"),
    deviation: positive(0.3, "of the decoder's noise, in the range that nets see"),
    rate: positive(1e-3, "Adam's learning rate"),
    beta1: fraction(0.9, "Adam's decay of the mean gradient"),
    averageHalfLife: positive(20_000, "half-life of the weight average, in items"),
  },
  presets: {
    triangles: {
      about: "triangles at 16x16: every one of them, and much between",
      options: { batch: 32, latent: 8, width: 16, rate: 2e-3, averageHalfLife: 3000 },
      steps: 500,
      data: { source: "triangles" },
    },
  },
  tiny: { batch: 4, latent: 2, width: 8 },
  chunk: 50,
  build(o, data): Game {
    const { field, item } = imitated(data);
    const encoder = module("e", encoderNet({ item, width: o.width, code: 2 * o.latent }));
    const decoder = module("g", netPair({ item, width: o.width }).generator);
    const noise = { z: normal(o.latent) };
    const player: Player<Turn> = {
      name: "vae",
      owns: [encoder, decoder],
      view: (turn) => turn,
      objective(turn) {
        const items = turn.batch[field]!;
        const code = codeOf(turn.call(encoder, items));
        const again = turn.call(decoder, reparameterised(code, turn.noise("z", noise.z)));
        return told(evidenceBound(items, again, code, o.deviation));
      },
      optimiser: adam({ rate: o.rate, beta1: o.beta1 }),
    };
    return {
      field,
      batch: o.batch,
      players: [player as AnyPlayer],
      average: {
        of: [decoder],
        decay: average({ halfLife: o.averageHalfLife, batch: o.batch }),
      },
      sampler: { noise, make: ({ z }, call) => call(decoder, z!) },
    };
  },
});

/** The bound and its two parts, as a reader sees them. */
function told({ loss, misfit, divergence }: ReturnType<typeof evidenceBound>): Objective {
  const nats = { unit: "nats", healthy: {} };
  const ignored = {
    text: "codes say next to nothing of their items: the decoder ignores them",
    tryNext: ["a smaller deviation of the reconstruction", "a smaller decoder"],
  };
  return {
    loss,
    meaning: "minus the evidence bound, nats an item; falls",
    ...nats,
    readings: {
      misfit: { value: misfit, meaning: "its part for errors of reconstruction", ...nats },
      divergence: {
        value: divergence,
        meaning: "its part for what codes say of their items",
        unit: "nats",
        healthy: { low: 0.5, below: ignored },
      },
    },
  };
}
