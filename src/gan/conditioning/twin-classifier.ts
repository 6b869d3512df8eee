import { add, mul, sub } from "../../engine/ops/index.ts";
import type { ConditioningMaker } from "../condition.ts";
import type { Duel } from "../duel.ts";
import type { Term } from "../game.ts";
import { surprise } from "../surprise.ts";
import { head, inNats, readBy, shareRight } from "./_classifier.ts";

/**
 * TAC: beside the auxiliary classifier a twin learns the classes of fakes alone, and the generator is
 * paid for surprising it: what AC takes from the spread of a class, the twin gives back. Gong, Xu, Li,
 * Zhang, Batmanghelich 2019, arXiv:1907.02690, equation 4.
 */
export const twinClassifier: ConditioningMaker = ({ classes, weight = 1, weightTransform }) => {
  const classifier = head("classifier", classes, weightTransform);
  const twin = head("twin", classes, weightTransform);
  const discriminator = inNats("twin-classifier", (duel) => {
    const { real, fake } = readBy(duel, classifier);
    const both = add(surprise(real, duel.label), surprise(fake, duel.label));
    const own = surprise(readBy(duel, twin).fake, duel.label);
    const right = shareRight(real, duel.label, "share of data that it classifies rightly");
    return {
      loss: mul(add(both, own), weight),
      meaning: "surprise at the classes of data and, twice, of fakes, weighted; falls towards 0",
      readings: { "d.right": right },
    };
  });
  const generator: Term<Duel> = {
    id: "twin-classifier",
    apply(duel) {
      const own = surprise(readBy(duel, twin).fake, duel.label);
      return {
        loss: mul(sub(surprise(readBy(duel, classifier).fake, duel.label), own), weight),
        meaning:
          "how much more a classifier of data and fakes is surprised than one of fakes; near 0",
        unit: "nats",
        healthy: {},
      };
    },
  };
  return {
    id: "twin-classifier",
    owns: [classifier, twin],
    terms: { discriminator: [discriminator], generator: [generator] },
  };
};
