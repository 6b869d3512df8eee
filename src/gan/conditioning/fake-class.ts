import { constant } from "../../engine/ir/leaves.ts";
import { add } from "../../engine/ops/index.ts";
import { discriminatorLoses, discriminatorWins } from "../advice.ts";
import type { ConditioningMaker } from "../condition.ts";
import { surprise } from "../surprise.ts";
import { head } from "./_classifier.ts";

/**
 * K + 1: one classifier of the K classes and of "fake". The discriminator learns them, the generator
 * wants each fake taken for the class it was asked to be. AM-GAN with predefined labels: Zhou, Cai,
 * Rong, Song, Ren, Zhang, Wang, Yu 2018, arXiv:1703.02000, section 3.3.
 */
export const fakeClass: ConditioningMaker = ({ classes, weightTransform }) => ({
  id: "fake-class",
  instead: {
    discriminator: head("d", classes + 1, weightTransform),
    loss: {
      id: "fake-class",
      discriminator: ({ real, fake }, { label, turn }) =>
        add(surprise(real, label), surprise(fake, constant(classes, [turn.size], "i32"))),
      generator: ({ fake }, { label }) => surprise(fake, label),
      unit: "nats",
      scoreUnit: "logit",
      healthy: {
        discriminator: { low: 0.05, high: 5, below: discriminatorWins, above: discriminatorLoses },
        generator: { low: 0, high: 8, above: discriminatorWins },
      },
      meaning: {
        discriminator: "surprise at the classes of data and at fakes; 0 = it always knows",
        generator: "surprise at what fakes were asked to be; 0 = all pass for data of their class",
      },
    },
  },
});
