import { add, mul } from "../../engine/ops/index.ts";
import type { ConditioningMaker } from "../condition.ts";
import { surprise } from "../surprise.ts";
import { head, inNats, readBy, shareRight } from "./_classifier.ts";

/**
 * AC: a classifier on the discriminator's features learns the classes of data and of fakes, and the
 * generator wants its fakes classified as they were asked for. Odena, Olah, Shlens 2017,
 * arXiv:1610.09585, equation 3. It rewards fakes that are easy to classify: classes lose spread.
 */
export const auxiliaryClassifier: ConditioningMaker = ({
  classes,
  weight = 1,
  weightTransform,
}) => {
  const classifier = head("classifier", classes, weightTransform);
  const discriminator = inNats("auxiliary-classifier", (duel) => {
    const { real, fake } = readBy(duel, classifier);
    const right = shareRight(real, duel.label, "share of data that it classifies rightly");
    return {
      loss: mul(add(surprise(real, duel.label), surprise(fake, duel.label)), weight),
      meaning: "surprise at the classes of data and fakes, weighted; falls towards 0",
      readings: { "d.right": right },
    };
  });
  const generator = inNats("auxiliary-classifier", (duel) => ({
    loss: mul(surprise(readBy(duel, classifier).fake, duel.label), weight),
    meaning: "the classifier's surprise at what the fakes were asked to be; falls towards 0",
  }));
  return {
    id: "auxiliary-classifier",
    owns: [classifier],
    terms: { discriminator: [discriminator], generator: [generator] },
  };
};
