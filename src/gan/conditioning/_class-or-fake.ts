import { constant } from "../../engine/ir/leaves.ts";
import { add } from "../../engine/ops/index.ts";
import { discriminatorLoses, discriminatorWins } from "../advice.ts";
import type { Conditioning, ConditioningOptions } from "../condition.ts";
import type { AdversarialLoss } from "../losses/loss.ts";
import { surprise } from "../surprise.ts";
import { head } from "./_classifier.ts";

/** What the generator makes of the K + 1 logits of its fakes, and what that number means. */
export interface Wish {
  readonly generator: AdversarialLoss["generator"];
  readonly meaning: AdversarialLoss["meaning"]["generator"];
}

/** One classifier of the K classes of data and of "fake", in place of the adversarial loss. */
export const classOrFake = (
  id: string,
  { classes, weightTransform }: ConditioningOptions,
  { generator, meaning }: Wish,
): Conditioning => ({
  id,
  instead: {
    discriminator: head("d", classes + 1, weightTransform),
    loss: {
      id,
      discriminator: ({ real, fake }, { label, turn }) =>
        add(surprise(real, label), surprise(fake, constant(classes, [turn.size], "i32"))),
      generator,
      unit: "nats",
      scoreUnit: "logit",
      healthy: {
        discriminator: { low: 0.05, high: 5, below: discriminatorWins, above: discriminatorLoses },
        generator: { low: 0, high: 8, above: discriminatorWins },
      },
      meaning: {
        discriminator: "surprise at the classes of data and at fakes; 0 = it always knows",
        generator: meaning,
      },
    },
  },
});
