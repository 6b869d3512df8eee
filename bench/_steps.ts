import type { z } from "zod";
import { parseOptions } from "../src/core/options.ts";
import { stream } from "../src/core/random.ts";
import type { Field, Source } from "../src/data/source.ts";
import { adversarial } from "../src/gan/adversarial.ts";
import type { Game } from "../src/gan/game.ts";
import { normal } from "../src/gan/latent.ts";
import { hinge } from "../src/gan/losses/hinge.ts";
import { wasserstein } from "../src/gan/losses/wasserstein.ts";
import { resnetDiscriminator, resnetGenerator } from "../src/gan/nets/resnet.ts";
import { gradientPenalty } from "../src/gan/penalties/gradient-penalty.ts";
import type { System } from "../src/gan/system.ts";
import { adam } from "../src/nn/adam.ts";
import { module } from "../src/nn/module.ts";
import { spectralNorm } from "../src/nn/spectral-norm.ts";
import { biggan } from "../src/zoo/biggan.ts";
import { dcgan } from "../src/zoo/dcgan.ts";
import { ganVanilla } from "../src/zoo/gan-vanilla.ts";
import { sagan } from "../src/zoo/sagan.ts";
import { wganGp } from "../src/zoo/wgan-gp.ts";

/** How large a step is: items in a batch, and channels at the finest map or units of a layer. */
export interface Size {
  readonly batch: number;
  readonly width: number;
}

/** A training step that is timed. bench/peers/README.md describes it. */
export interface BenchStep {
  /** As the table has it. */
  readonly standard: Size;
  /** What a library that needs seconds for one item is asked for; it is not asked when absent. */
  readonly light?: Size | undefined;
  /** Ticks in one call of the runtime. */
  readonly chunk: number;
  /** Steps in a row, before it is the next one's turn. */
  readonly turn: number;
  readonly source: Source;
  game(size: Size): Game;
  /** Readings whose sum is the loss that the peers report. */
  readonly losses: readonly string[];
}

/** Items of fixed values: the peers are fed likewise, so that no side pays for decoding. */
function fixed(name: string, field: Field, values: Float32Array): Source {
  const item = field.shape.reduce((a, b) => a * b, 1);
  return {
    id: "bench",
    fields: { [name]: field },
    size: values.length / item,
    about: { title: "fixed values", credit: "none", licence: "none" },
    batch: (_, count) => ({ [name]: values.subarray(0, count * item) }),
  };
}

const most = 256;

/** Pixels U(−1, 1). */
export function imagesOf(side: number, count = most): Source {
  const field = { shape: [3, side, side], dtype: "f32", scale: 1, offset: 0 } as const;
  const pixels = stream(1, "bench/pixels", 0).uniform(new Float32Array(count * 3 * side * side));
  return fixed(
    "image",
    field,
    pixels.map((v) => 2 * v - 1),
  );
}

/** The same with a class of ten each. */
function labelledImages(side: number): Source {
  const images = imagesOf(side);
  const labels = Int32Array.from(stream(1, "bench/labels", 0).integers(most, 10));
  const classes = Array.from({ length: 10 }, (_, i) => String(i));
  const label = { shape: [], dtype: "i32", scale: 1, offset: 0, classes } as const;
  return {
    ...images,
    fields: { ...images.fields, label },
    batch: (start, count, seed) => ({
      ...images.batch(start, count, seed),
      label: labels.subarray(0, count),
    }),
  };
}

/** Points around the centres −4, −2, 0, 2, 4 in either direction. */
function grid25(): Source {
  const random = stream(1, "bench/points", 0);
  const points = random.normal(new Float32Array(most * 2)).map((v) => 0.05 * v);
  const centres = random.integers(points.length, 5);
  const field = { shape: [2], dtype: "f32", scale: 1, offset: 0 } as const;
  return fixed(
    "point",
    field,
    points.map((v, i) => v + 2 * centres[i]! - 4),
  );
}

/** Samples are drawn from the weights themselves: the peers keep no average. */
const withoutAverage = ({ average: _, ...game }: Game): Game => game;

/** DCGAN on `fields`, both nets `width` wide: at 64 those of the paper. */
export function dcganGame({ batch, width }: Size, fields: Source["fields"]): Game {
  const sizes = { batch, width, discriminatorWidth: width };
  return withoutAverage(dcgan.build(parseOptions("dcgan", dcgan.options, sizes), { fields }));
}

/** The critic's move alone. */
function wganGpCritic({ batch, width }: Size, fields: Source["fields"]): Game {
  const options = { batch, latent: 100, width, beta1: 0 };
  const game = withoutAverage(
    wganGp.build(parseOptions("wgan-gp", wganGp.options, options), { fields }),
  );
  return { ...game, players: game.players.filter((p) => p.name === "d") };
}

function sngan32({ batch, width }: Size): Game {
  const shape = { image: [3, 32, 32], width };
  const optimiser = adam({ rate: 2e-4, beta1: 0, beta2: 0.9 });
  return adversarial({
    field: "image",
    batch,
    latent: normal(128),
    generator: module("g", resnetGenerator(shape)),
    discriminator: module("d", resnetDiscriminator({ width, weightTransform: spectralNorm() })),
    loss: hinge(),
    optimise: { generator: optimiser, discriminator: optimiser },
  });
}

/** The critic's move alone, SNGAN's nets without its norm. */
function wganGpResnetCritic({ batch, width }: Size): Game {
  const optimiser = adam({ rate: 1e-4, beta1: 0, beta2: 0.9 });
  const game = adversarial({
    field: "image",
    batch,
    latent: normal(128),
    generator: module("g", resnetGenerator({ image: [3, 32, 32], width })),
    discriminator: module("d", resnetDiscriminator({ width })),
    loss: wasserstein(),
    terms: { discriminator: [gradientPenalty({ weight: 10 })] },
    optimise: { generator: optimiser, discriminator: optimiser },
  });
  return { ...game, players: game.players.filter((p) => p.name === "d") };
}

/** One move of each player, at equal rates. */
const conditional =
  <O extends z.ZodRawShape>(system: System<O>) =>
  ({ batch, width }: Size, fields: Source["fields"]): Game => {
    const rates = { generatorRate: 2e-4, discriminatorRate: 2e-4, discriminatorMoves: 1 };
    const options = parseOptions(system.id, system.options, { batch, width, ...rates });
    return withoutAverage(system.build(options, { fields }));
  };

function mlp({ batch, width }: Size, fields: Source["fields"]): Game {
  const options = parseOptions("gan-vanilla", ganVanilla.options, { batch, width });
  return withoutAverage(ganVanilla.build(options, { fields }));
}

const onImages = {
  standard: { batch: 64, width: 64 },
  light: { batch: 1, width: 64 },
  chunk: 2,
  turn: 10,
  losses: ["g.loss"],
} as const;

/** A step whose source is made when it is first asked for. */
function step(
  about: Omit<BenchStep, "source" | "game">,
  open: () => Source,
  game: (size: Size, fields: Source["fields"]) => Game,
): BenchStep {
  let known: Source | undefined;
  const source = () => {
    known ??= open();
    return known;
  };
  return {
    ...about,
    get source() {
      return source();
    },
    game: (size) => game(size, source().fields),
  };
}

/** The steps that are timed, by the names that the peers know. */
export const steps: Readonly<Record<string, BenchStep>> = {
  dcgan32: step(onImages, () => imagesOf(32), dcganGame),
  dcgan64: step({ ...onImages, turn: 4 }, () => imagesOf(64), dcganGame),
  "wgan-gp": step(
    { ...onImages, losses: ["d.loss", "d.gradient-penalty"] },
    () => imagesOf(32),
    wganGpCritic,
  ),
  "sngan-resnet32": step({ ...onImages, turn: 6 }, () => imagesOf(32), sngan32),
  sagan32: step(
    { ...onImages, light: undefined, standard: { batch: 64, width: 16 }, turn: 4 },
    () => labelledImages(32),
    conditional(sagan),
  ),
  biggan32: step(
    { ...onImages, light: undefined, standard: { batch: 64, width: 32 }, turn: 2 },
    () => labelledImages(32),
    conditional(biggan),
  ),
  "wgan-gp-resnet32": step(
    { ...onImages, light: undefined, losses: ["d.loss", "d.gradient-penalty"], turn: 4 },
    () => imagesOf(32),
    wganGpResnetCritic,
  ),
  "mlp-grid25": step(
    {
      standard: { batch: 128, width: 128 },
      light: { batch: 128, width: 128 },
      chunk: 100,
      turn: 500,
      losses: ["g.loss"],
    },
    grid25,
    mlp,
  ),
};
