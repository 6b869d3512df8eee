import { parseOptions } from "../src/core/options.ts";
import type { Source } from "../src/data/source.ts";
import { adversarial } from "../src/gan/adversarial.ts";
import type { Game } from "../src/gan/game.ts";
import { normal } from "../src/gan/latent.ts";
import { hinge } from "../src/gan/losses/hinge.ts";
import { resnetDiscriminator, resnetGenerator } from "../src/gan/nets/resnet.ts";
import { adam } from "../src/nn/adam.ts";
import { module } from "../src/nn/module.ts";
import { spectralNorm } from "../src/nn/spectral-norm.ts";
import { dcgan } from "../src/zoo/dcgan.ts";
import { wganGp } from "../src/zoo/wgan-gp.ts";

const field = { shape: [3, 32, 32], dtype: "f32", scale: 1, offset: 0 } as const;
const fields = { image: field };
const pixels = Float32Array.from({ length: 64 * 3 * 32 * 32 }, (_, i) => Math.sin(i * 0.37));

/** One batch of fixed pixels: the peers are fed likewise, so that no side pays for decoding. */
export const source: Source = {
  id: "bench",
  fields,
  size: 64,
  about: { title: "fixed pixels", credit: "none", licence: "none" },
  batch: () => ({ image: pixels }),
};

const withoutAverage = ({ average: _, ...game }: Game): Game => game;

/** DCGAN-32 as bench/peers/README.md describes it; the peers keep no average. */
const dcgan32 = () => withoutAverage(dcgan.build(parseOptions("dcgan", dcgan.options), { fields }));

/** The critic's move alone. */
function wganGpCritic(): Game {
  const options = { batch: 64, latent: 100, width: 64, beta1: 0 };
  const game = withoutAverage(
    wganGp.build(parseOptions("wgan-gp", wganGp.options, options), { fields }),
  );
  return { ...game, players: game.players.filter((p) => p.name === "d") };
}

function sngan32(): Game {
  const shape = { image: field.shape, width: 64 };
  const optimiser = adam({ rate: 2e-4, beta1: 0, beta2: 0.9 });
  return adversarial({
    field: "image",
    batch: 64,
    latent: normal(128),
    generator: module("g", resnetGenerator(shape)),
    discriminator: module("d", resnetDiscriminator({ width: 64, weightTransform: spectralNorm() })),
    loss: hinge(),
    optimise: { generator: optimiser, discriminator: optimiser },
  });
}

/** The steps that are timed, by the names that the peers know. */
export const steps: Readonly<Record<string, () => Game>> = {
  dcgan32,
  "wgan-gp": wganGpCritic,
  "sngan-resnet32": sngan32,
};
