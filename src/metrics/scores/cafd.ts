import { GanymedeError } from "../../core/errors.ts";
import { requireDistributions } from "../_checks.ts";
import { className } from "../_classes.ts";
import { type FeatureMoments, momentsOf } from "../feature-moments.ts";
import { frechetDistance } from "../frechet.ts";
import type { Evidence, Metric, Rows, Score } from "../metric.ts";

/** Class-aware Fréchet distance: a Gaussian for each class where FID has one for all. */
export const cafd: Metric = {
  id: "cafd",
  about: "Fréchet distance class by class, by an encoder that knows the classes of the data",
  better: "lower",
  range: "0 and up; 0 is perfect, and out of reach of a finite number of items",
  source: "Liu, Wei, Lu, Zhou 2018, arXiv:1803.07474, section 3",
  needs: ["features", "probabilities"],
  async measure(evidence) {
    const { real, fake } = evidence;
    return cafdOf(
      { features: await real.features(), probabilities: await real.probabilities() },
      { features: await fake.features(), probabilities: await fake.probabilities() },
      evidence,
    );
  },
};

/** Features, and p(class | item) row by row. */
export interface Classified {
  readonly features: Rows;
  readonly probabilities: Rows;
}

/** Items' worth of probability below which a class has no Gaussian of its own. */
const leastMass = 2;

/**
 * Σ_k p_k·Fréchet_k. Both sides are mixtures with a Gaussian for each class k, fitted to all features
 * weighted with p(k | item) as the encoder sees it (soft assignment; with probabilities of 0 and 1 it is
 * hard), and p_k is the real side's share of class k.
 *
 * Part `class kl` is KL(real ‖ fake) in nats between the shares, which tells of dropped classes; one item
 * spread over the classes is added to both sides, so that it is finite. A class that real items lack
 * is left out. One that made items lack is compared with all of them, since what the generator makes
 * then says nothing of this class: the distance is large, as it should be, and a warning says so. The
 * rules for missing classes and the added item are ours.
 *
 * Time: for each class moments and a distance, so K times an FID.
 *
 * @throws GanymedeError METRIC_INPUT for sizes that do not fit or numbers that are not finite
 */
export function cafdOf(
  real: Classified,
  fake: Classified,
  names: Pick<Evidence, "classes"> = {},
): Score {
  const classes = real.probabilities.width;
  const [ofReal, ofFake] = [real, fake].map((side) => masses(side, classes)) as [
    Float64Array,
    Float64Array,
  ];
  const present = [...ofReal.keys()].filter((k) => ofReal[k]! >= leastMass);
  const total = present.reduce((sum, k) => sum + ofReal[k]!, 0);
  const parts: Record<string, number> = { "class kl": classKl(ofReal, ofFake) };
  const missing: string[] = [];
  let all: FeatureMoments | undefined;
  let value = 0;
  for (const k of present) {
    const name = className(names, k);
    const made = ofFake[k]! >= leastMass;
    if (!made) missing.push(name);
    if (!made) all ??= momentsOf(fake.features);
    const theirs = made ? classMoments(fake, k) : all!;
    const { distance } = frechetDistance(classMoments(real, k), theirs);
    parts[`class ${name}`] = distance;
    value += (ofReal[k]! / total) * distance;
  }
  const warnings = [
    `Less than ${leastMass} items were made of classes ${missing.join(", ")}: each is compared ` +
      "with all made items.",
  ];
  return { value, parts, ...(missing.length > 0 && { warnings }) };
}

const classMoments = ({ features, probabilities }: Classified, k: number): FeatureMoments => {
  const { width, count, data } = probabilities;
  return momentsOf(
    features,
    Float64Array.from({ length: count }, (_, i) => data[i * width + k]!),
  );
};

/** Items' worth of each class. */
function masses({ features, probabilities }: Classified, classes: number): Float64Array {
  const { width, count, data } = probabilities;
  if (count !== features.count || width !== classes || count < leastMass) {
    throw inputFault(`[${features.count}, ${classes}], two rows or more`, `[${count}, ${width}]`);
  }
  requireDistributions(probabilities, "cafd, class probabilities");
  const sums = new Float64Array(classes);
  for (let i = 0; i < data.length; i++) sums[i % width] = sums[i % width]! + data[i]!;
  return sums;
}

/** KL between the shares of the classes, one item being spread over them first. */
function classKl(real: Float64Array, fake: Float64Array): number {
  const shares = (masses: Float64Array) => {
    const total = masses.reduce((a, b) => a + b, 0);
    return masses.map((mass) => (mass + 1 / masses.length) / (total + 1));
  };
  const [p, q] = [shares(real), shares(fake)];
  return p.reduce((sum, share, k) => sum + share * Math.log(share / q[k]!), 0);
}

const inputFault = (expected: string, got: string): GanymedeError =>
  new GanymedeError("METRIC_INPUT", {
    where: "cafd, class probabilities",
    expected,
    got,
    fix: "take features and probabilities of both sides from one classifier",
  });
