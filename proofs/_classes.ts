/** Games of items with classes on small nets, alike in all but the conditioning and the loss. */
import type { Source } from "../src/data/source.ts";
import type { Tensor } from "../src/engine/ir/tensor.ts";
import { adversarial } from "../src/gan/adversarial.ts";
import { type ConditioningMaker, labelField, withLabel } from "../src/gan/condition.ts";
import { normal } from "../src/gan/latent.ts";
import type { AdversarialLoss } from "../src/gan/losses/loss.ts";
import { dcganFeatures, dcganGenerator } from "../src/gan/nets/dcgan.ts";
import { logit, mlpFeatures, mlpGenerator } from "../src/gan/nets/mlp.ts";
import { imitated } from "../src/gan/system.ts";
import { adam } from "../src/nn/adam.ts";
import { average } from "../src/nn/average.ts";
import { module, type Net } from "../src/nn/module.ts";
import { cosine, steps } from "../src/nn/schedules.ts";
import type { Table } from "./_play.ts";

export interface ClassGame {
  readonly by: ConditioningMaker;
  readonly loss: AdversarialLoss;
  /** Of what both sides are told of classes; the part's own when absent. */
  readonly weight?: number;
  readonly batch: number;
  readonly latent: number;
  /** Channels at the finest map (images), or units of each of two hidden layers (points). */
  readonly width: number;
  readonly rate: number;
  readonly beta1: number;
  /** Numbers that stand for a class beside the code: as many as the code's when absent. */
  readonly vector?: number;
  /** Ticks over which the rate falls to 0, along half a cosine; constant when absent. */
  readonly decay?: number;
  /** Of the weight average, in items. */
  readonly halfLife: number;
}

/** The game on data with classes: DCGAN's nets for images, dense ones for points. */
export function classGame(source: Source, o: ClassGame): Table {
  const { field, item, isImage } = imitated(source);
  const { classes } = labelField(source);
  const shape = { image: item, width: o.width };
  const hidden = [o.width, o.width];
  const made: Net<Tensor, Tensor> = isImage
    ? dcganGenerator(shape)
    : mlpGenerator({ item, hidden });
  const generator = module("g", withLabel(made, classes.length, o.vector ?? o.latent));
  const moving = () =>
    adam({
      rate: o.decay === undefined ? o.rate : cosine(o.rate, 0, steps(o.decay)),
      beta1: o.beta1,
      beta2: 0.99,
    });
  const weight = o.weight === undefined ? {} : { weight: o.weight };
  const game = adversarial({
    field,
    batch: o.batch,
    latent: normal(o.latent),
    generator,
    trunk: module("trunk", isImage ? dcganFeatures(shape) : mlpFeatures({ hidden })),
    discriminator: module("d", logit()),
    loss: o.loss,
    condition: { label: "label", classes, by: o.by({ classes: classes.length, ...weight }) },
    optimise: { generator: moving(), discriminator: moving() },
    average: { of: [generator], decay: average({ halfLife: o.halfLife, batch: o.batch }) },
  });
  return { game, source, chunk: isImage ? 10 : 100 };
}
