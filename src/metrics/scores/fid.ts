import { GanymedeError } from "../../core/errors.ts";
import type { FeatureMoments } from "../feature-moments.ts";
import { frechetDistance } from "../frechet.ts";
import type { Metric, Score } from "../metric.ts";

/** Fréchet distance between Gaussians fitted to the features of real and of made items. */
export const fid: Metric = {
  id: "fid",
  about: "distance between Gaussians fitted to real and to made features",
  better: "lower",
  range: "0 and up; 0 is perfect, and out of reach of a finite number of items",
  source: "Heusel et al. 2017, arXiv:1706.08500, equation 6",
  needs: ["moments"],
  async measure({ real, fake }) {
    return fidOf(await real.moments(), await fake.moments());
  },
};

/**
 * @throws GanymedeError METRIC_DEGENERATE when all items of a side have the same features, and as
 *   `frechetDistance`
 */
export function fidOf(real: FeatureMoments, fake: FeatureMoments): Score {
  const sides = { real, fake };
  const warnings: string[] = [];
  for (const [side, moments] of Object.entries(sides)) {
    const { count, width } = moments;
    const constant = constantFeatures(moments);
    if (constant === width) throw degenerate(side);
    if (constant > 0) {
      warnings.push(`${constant} of ${width} features have one value on all ${side} items.`);
    }
    if (count <= width) {
      warnings.push(
        `The ${side} side has no more samples than dimensions (${count} items, ${width} ` +
          "dimensions), so the distance is biased upwards; KID is unbiased at this size: ask for kid.",
      );
    }
  }
  const { distance, meanTerm, covarianceTerm } = frechetDistance(real, fake);
  return {
    value: distance,
    parts: { mean: meanTerm, covariance: covarianceTerm },
    ...(warnings.length > 0 && { warnings }),
  };
}

/** Features without any variance. */
function constantFeatures({ width, covariance }: FeatureMoments): number {
  let constant = 0;
  for (let i = 0; i < width; i++) if (covariance[i * width + i] === 0) constant++;
  return constant;
}

const degenerate = (side: string): GanymedeError =>
  new GanymedeError("METRIC_DEGENERATE", {
    where: `fid, ${side} side`,
    expected: "features that differ between items",
    got: "the same features for every item",
    fix:
      side === "fake"
        ? "look at samples: the generator makes one item only, or the extractor ignores its input"
        : "check the extractor and the range of the items it is given",
  });
