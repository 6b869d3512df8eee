import { densityOf } from "../manifold.ts";
import type { Metric } from "../metric.ts";

export const density: Metric = {
  id: "density",
  about: "how densely fakes lie where data lie (quality, robust to outliers); interval by fakes",
  better: "higher",
  range:
    "0 to about the count of data; perfect: 1, and above it by heaping fakes where data are dense",
  source: "Naeem et al. 2020, arXiv:2002.09797, equation 5; k = 5",
  needs: ["features"],
  measure: densityOf,
};
