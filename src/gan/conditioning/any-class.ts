import { logSumExp, mean, slice, sub } from "../../engine/ops/index.ts";
import type { ConditioningMaker } from "../condition.ts";
import { classOrFake } from "./_class-or-fake.ts";

/**
 * K + 1 without targets, LabelGAN: the classifier of K classes and of "fake" that semi-supervised GANs
 * have; the generator wants its fakes taken for data of any class, −E log Σ_{k≤K} p_k. Its gradient is the
 * mean of `fakeClass`'s over targets k, weighed by p_k/Σp: fakes between classes are pulled to several at
 * once. Salimans et al. 2016, arXiv:1606.03498, section 5; Zhou et al. 2018, arXiv:1703.02000, section 3.
 */
export const anyClass: ConditioningMaker = (asked) =>
  classOrFake("any-class", asked, {
    generator: ({ fake }) => {
      const ofData = slice(fake, { starts: [0, 0], ends: [fake.shape[0]!, asked.classes] });
      return mean(sub(logSumExp(fake, { axes: [1] }), logSumExp(ofData, { axes: [1] })));
    },
    meaning: "surprise at fakes being data of some class; 0 = all pass",
  });
