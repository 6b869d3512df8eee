import { verdictsOf } from "../_two-sample.ts";
import { shareScore } from "../bootstrap.ts";
import type { Metric, Score } from "../metric.ts";

export const c2st: Metric = {
  id: "c2st",
  about:
    "how often a fresh classifier tells held-out real from fake; Wilson interval; part z: deviations above chance",
  better: "lower",
  range: "0 to 1; perfect: 0.5, guessing",
  source: "Lopez-Paz, Oquab 2017, arXiv:1610.06545, section 3",
  needs: ["features"],
  async measure(evidence): Promise<Score> {
    const { real, fake } = await verdictsOf(evidence);
    const hits = real.filter((v) => v > 0).length + fake.filter((v) => v <= 0).length;
    const count = real.length + fake.length;
    const score = shareScore(hits, count);
    // Under equal distributions the accuracy is N(1/2, 1/(4·count)).
    return { ...score, parts: { z: (score.value - 0.5) * 2 * Math.sqrt(count) } };
  },
};
