import { z } from "zod";
import type { OptionValues } from "../core/options.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { accumulated } from "../nn/accumulated.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { linear } from "../nn/linear.ts";
import { type Module, module, type Net, sequential } from "../nn/module.ts";
import { reshape } from "../nn/shape.ts";
import { spectralNorm } from "../nn/spectral-norm.ts";
import { adversarial, type Conditional } from "./adversarial.ts";
import { type Asked, type Condition, type ConditioningMaker, labelField } from "./condition.ts";
import type { Game } from "./game.ts";
import { normal } from "./latent.ts";
import {
  type BigGanGenerator,
  type BigGanShape,
  bigganFeatures,
  bigganGenerator,
} from "./nets/biggan.ts";
import { count, type DataInfo, fieldOf, fraction, positive } from "./system.ts";

/** A whole number of which 0 means that there is no such thing. */
export const orNone = (initial: number, about: string) =>
  z.int().min(0).default(initial).describe(about);

/** What the class-conditional residual systems have in common; each says what it does otherwise. */
export const residualOptions = {
  batch: count(64, "items per step"),
  latent: count(80, "size of the noise vector"),
  width: count(32, "channels: 4 times as many in each block for images up to 32 pixels"),
  shared: orNone(
    128,
    "size of the class vector that blocks share; 0 = each norm has its own gains",
  ),
  attention: orNone(0, "how often the map that attends to itself is halved; 0 = none attends"),
  spectral: z
    .enum(["both", "discriminator"])
    .default("both")
    .describe("whose weights are divided by their largest singular value"),
  generatorRate: positive(2e-4, "Adam's learning rate of the generator"),
  discriminatorRate: positive(2e-4, "Adam's learning rate of the discriminator"),
  beta1: fraction(0, "Adam's decay of the mean gradient"),
  beta2: fraction(0.999, "Adam's decay of the mean squared gradient"),
  discriminatorMoves: count(4, "discriminator moves per generator move"),
  accumulation: count(1, "steps whose mean gradient makes one move of each side"),
  averageHalfLife: positive(10_000, "half-life of the weight average, in items"),
};

/** With a weight of what both sides are told of classes, where that is a term of their losses. */
export const weightedOptions = {
  ...residualOptions,
  conditioningWeight: positive(1, "weight of the classes in both losses"),
};

/** Sizes at which a test trains such a system in a second. */
export const tinyResidual = {
  batch: 2,
  latent: 6,
  width: 1,
  shared: 2,
  discriminatorMoves: 1,
} as const;

/** What sets one such system apart: whatever a conditional game may have beside its nets. */
export interface ResidualParts
  extends Pick<Conditional, "loss" | "terms" | "augment" | "refine" | "heads">,
    Partial<Pick<Conditional, "latent">>,
    Pick<Condition, "dataLabel"> {
  readonly by: ConditioningMaker;
  /** BigGAN's when absent. */
  readonly nets?: ResidualNets;
}

/** The same of parts that look through the trunk of BigGAN's discriminator, or must know the classes. */
export type ResidualPartsOf = (seen: {
  readonly trunk: Module<Tensor, Tensor>;
  readonly classes: readonly string[];
}) => ResidualParts;

/** A generator, and a discriminator up to its features. */
export interface ResidualNets {
  readonly generator: (shape: BigGanGenerator) => Net<Asked, Tensor>;
  readonly features: (shape: BigGanShape) => Net<Tensor, Tensor>;
}

const biggan: ResidualNets = { generator: bigganGenerator, features: bigganFeatures };

/** What a system gives of its options. */
export type ResidualOptions = OptionValues<typeof residualOptions> & {
  readonly conditioningWeight?: number;
};

function netsOf(
  o: ResidualOptions,
  { generator, features }: ResidualNets,
  image: readonly number[],
  classes: number,
) {
  const weightTransform = spectralNorm();
  const shape = { image, width: o.width, attention: o.attention || undefined };
  const made = {
    ...shape,
    classes,
    shared: o.shared || undefined,
    ...(o.spectral === "both" && { weightTransform }),
  };
  const logit = sequential({ logit: linear(1, { weightTransform }), one: reshape([]) });
  return {
    generator: module("g", generator(made)),
    trunk: module("trunk", features({ ...shape, weightTransform })),
    discriminator: module("d", logit),
  };
}

/**
 * BigGAN's nets, on data with an `image` and a `label`, under a loss and a conditioning. Throws
 * `DATA_FIELD` for data without classes and `SHAPE` for images of a side that is not 4 to 7 times 2^k,
 * or that is not halved as often as the attention asks for.
 */
export function residualGame(
  o: ResidualOptions,
  data: DataInfo,
  given: ResidualParts | ResidualPartsOf,
): Game {
  const image = fieldOf(data, "image").shape;
  const { classes } = labelField(data);
  const made = (kind: ResidualNets) => netsOf(o, kind, image, classes.length);
  const parts = typeof given === "function" ? given({ ...made(biggan), classes }) : given;
  const { by, dataLabel, nets: kind = biggan, ...rest } = parts;
  const weight = o.conditioningWeight === undefined ? {} : { weight: o.conditioningWeight };
  const nets = made(kind);
  const betas = { beta1: o.beta1, beta2: o.beta2 };
  return adversarial({
    field: "image",
    batch: o.batch,
    latent: normal(o.latent),
    ...nets,
    ...rest,
    condition: {
      label: "label",
      classes,
      by: by({ classes: classes.length, weightTransform: spectralNorm(), ...weight }),
      ...(dataLabel && { dataLabel }),
    },
    optimise: {
      generator: accumulated(adam({ rate: o.generatorRate, ...betas }), o.accumulation),
      discriminator: accumulated(adam({ rate: o.discriminatorRate, ...betas }), o.accumulation),
    },
    discriminatorMoves: o.discriminatorMoves,
    average: {
      of: [nets.generator],
      decay: average({ halfLife: o.averageHalfLife, batch: o.batch }),
    },
  });
}
