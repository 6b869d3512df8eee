import { GanymedeError } from "../../core/errors.ts";
import { requireFinite } from "../_rows.ts";
import type { Metric, Score } from "../metric.ts";
import { modeReport } from "../modes.ts";

export const modeCoverage: Metric = {
  id: "mode-coverage",
  about: "share of the mixture's modes with at least one sample within 3σ",
  better: "higher",
  range: "0 to 1; perfect: 1",
  source: "Srivastava et al. 2017, arXiv:1705.07761, section 4; Lin et al. 2018, arXiv:1712.04086",
  needs: ["items"],
  /** The evidence's oracle must be in the items' units. */
  async measure({ fake, oracle }): Promise<Score> {
    const points = await fake.items();
    requireFinite(points, "mode coverage, fake side");
    if (!oracle || oracle.modes[0]!.length !== points.width) {
      throw new GanymedeError("METRIC_NEEDS", {
        where: "mode-coverage",
        expected: `a mixture whose centres are known, in ${points.width} dimensions`,
        got: oracle ? `centres in ${oracle.modes[0]!.length} dimensions` : "none",
        fix: "use it on ring8, grid25 and the like; for images take coverage or improved-recall",
      });
    }
    const report = modeReport(points.data, oracle);
    const { hit, modes, highQuality, reverseKl, count } = report;
    // A perfect sampler misses each mode with probability (1 − 1/modes)^count.
    const luck = modes * (1 - 1 / modes) ** count;
    return {
      value: hit / modes,
      parts: { hit, modes, highQuality, reverseKl },
      ...(luck > 0.5 && {
        warnings: [
          `${count} samples of ${modes} modes: a perfect sampler would miss ${luck.toFixed(1)}.`,
        ],
      }),
    };
  },
};
