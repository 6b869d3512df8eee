import { precisionOf } from "../manifold.ts";
import type { Metric } from "../metric.ts";

export const improvedPrecision: Metric = {
  id: "improved-precision",
  about: "share of fakes that lie where data lie (quality); Wilson interval given the data",
  better: "higher",
  range: "0 to 1; perfect: about 0.9 or more, what a second real set gets",
  source: "Kynkäänniemi et al. 2019, arXiv:1904.06991, equation 2; k = 3",
  needs: ["features"],
  measure: precisionOf,
};
