import { constant } from "../../engine/ir/leaves.ts";
import { add, logSumExp, mean, slice, sub } from "../../engine/ops/index.ts";
import { discriminatorLoses, discriminatorWins } from "../advice.ts";
import type { ConditioningMaker } from "../condition.ts";
import { surprise } from "../surprise.ts";
import { head } from "./_classifier.ts";

/**
 * K + 1 without targets, LabelGAN: the classifier of K classes and of "fake" that semi-supervised GANs
 * have; the generator wants its fakes taken for data of any class, −E log Σ_{k≤K} p_k. Its gradient is the
 * mean of `fakeClass`'s over targets k, weighed by p_k/Σp: fakes between classes are pulled to several at
 * once. Salimans et al. 2016, arXiv:1606.03498, section 5; Zhou et al. 2018, arXiv:1703.02000, section 3.
 */
export const anyClass: ConditioningMaker = ({ classes, weightTransform }) => ({
  id: "any-class",
  instead: {
    discriminator: head("d", classes + 1, weightTransform),
    loss: {
      id: "any-class",
      discriminator: ({ real, fake }, { label, turn }) =>
        add(surprise(real, label), surprise(fake, constant(classes, [turn.size], "i32"))),
      generator: ({ fake }) => {
        const ofData = slice(fake, { starts: [0, 0], ends: [fake.shape[0]!, classes] });
        return mean(sub(logSumExp(fake, { axes: [1] }), logSumExp(ofData, { axes: [1] })));
      },
      unit: "nats",
      scoreUnit: "logit",
      healthy: {
        discriminator: { low: 0.05, high: 5, below: discriminatorWins, above: discriminatorLoses },
        generator: { low: 0, high: 8, above: discriminatorWins },
      },
      meaning: {
        discriminator: "surprise at the classes of data and at fakes; 0 = it always knows",
        generator: "surprise at fakes being data of some class; 0 = all pass",
      },
    },
  },
});
