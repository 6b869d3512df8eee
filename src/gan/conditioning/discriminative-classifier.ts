import { add, mul, sub } from "../../engine/ops/index.ts";
import type { ConditioningMaker } from "../condition.ts";
import type { Duel } from "../duel.ts";
import type { Term } from "../game.ts";
import { surprise } from "../surprise.ts";
import { head, inNats, readBy, shareRight } from "./_classifier.ts";

/**
 * ADC: the classifier tells classes and sides apart at once, 2K classes "y of the data" (y) and "y of
 * the fakes" (K + y); the generator wants the former and not the latter. Its optimum is p(x|y), with or
 * without the adversarial loss. Hou, Cao, Shen, Cheng 2022, arXiv:2107.10060, equations 6 and 7.
 */
export const discriminativeClassifier: ConditioningMaker = ({
  classes,
  weight = 1,
  weightTransform,
}) => {
  const classifier = head("classifier", 2 * classes, weightTransform);
  const discriminator = inNats("discriminative-classifier", (duel) => {
    const { real, fake } = readBy(duel, classifier);
    const right = shareRight(
      real,
      duel.label,
      "share of data whose class and side it tells rightly",
    );
    return {
      loss: mul(add(surprise(real, duel.label), surprise(fake, add(duel.label, classes))), weight),
      meaning: "surprise at class and side of data and fakes, weighted",
      readings: { "d.right": right },
    };
  });
  const generator: Term<Duel> = {
    id: "discriminative-classifier",
    apply(duel) {
      const { fake } = readBy(duel, classifier);
      const asData = surprise(fake, duel.label);
      return {
        loss: mul(sub(asData, surprise(fake, add(duel.label, classes))), weight),
        meaning:
          "how much rather fakes are taken for fakes of their class than for data; 0 = alike",
        unit: "nats",
        healthy: {},
      };
    },
  };
  return {
    id: "discriminative-classifier",
    owns: [classifier],
    terms: { discriminator: [discriminator], generator: [generator] },
  };
};
