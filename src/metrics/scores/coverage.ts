import { coverageOf } from "../manifold.ts";
import type { Metric } from "../metric.ts";

export const coverage: Metric = {
  id: "coverage",
  about:
    "share of data with a fake in their neighbourhood (variety, robust to outliers); Wilson interval",
  better: "higher",
  range: "0 to 1; perfect: 1 − 2⁻⁵ = 0.97 with as many fakes as data",
  source: "Naeem et al. 2020, arXiv:2002.09797, equations 6 and 10; k = 5",
  needs: ["features"],
  measure: coverageOf,
};
