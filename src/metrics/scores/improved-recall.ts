import { recallOf } from "../manifold.ts";
import type { Metric } from "../metric.ts";

export const improvedRecall: Metric = {
  id: "improved-recall",
  about: "share of data that lie where fakes lie (variety); Wilson interval given the fakes",
  better: "higher",
  range: "0 to 1; perfect: about 0.9 or more, what a second real set gets",
  source: "Kynkäänniemi et al. 2019, arXiv:1904.06991, equation 2; k = 3",
  needs: ["features"],
  measure: recallOf,
};
