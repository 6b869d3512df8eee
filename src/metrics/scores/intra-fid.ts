import { GanymedeError } from "../../core/errors.ts";
import { className, itemsByClass } from "../_classes.ts";
import { pickRows } from "../_rows.ts";
import { momentsOf } from "../feature-moments.ts";
import type { Evidence, Metric, Rows, Score } from "../metric.ts";
import { fidOf } from "./fid.ts";

/** How well a conditional generator does each class it is asked for. */
export const intraFid: Metric = {
  id: "intra-fid",
  about: "mean over classes of the FID between real and made items of that class",
  better: "lower",
  range: "0 and up; 0 is perfect, and out of reach of a finite number of items",
  source: "Miyato and Koyama 2018, arXiv:1802.05637, section 5.1",
  needs: ["features", "labels"],
  async measure(evidence) {
    const { real, fake } = evidence;
    return intraFidOf(
      { features: await real.features(), labels: await real.labels() },
      { features: await fake.features(), labels: await fake.labels() },
      evidence,
    );
  },
};

/** Features and the class of each row. */
export interface Labelled {
  readonly features: Rows;
  readonly labels: Int32Array;
}

/**
 * Every class of either side counts the same.
 *
 * @throws GanymedeError METRIC_LABELS when a side has fewer than two items of a class, METRIC_DEGENERATE
 *   when all items of a class have the same features
 */
export function intraFidOf(
  real: Labelled,
  fake: Labelled,
  names: Pick<Evidence, "classes"> = {},
): Score {
  const groups = [real, fake].map((side) => itemsByClass(side.labels, side.features.count));
  const labels = [...new Set(groups.flatMap((group) => [...group.keys()]))].sort((a, b) => a - b);
  const parts: Record<string, number> = {};
  const few: string[] = [];
  for (const label of labels) {
    const name = className(names, label);
    const [a, b] = [real, fake].map((side, i) => {
      const items = groups[i]!.get(label) ?? [];
      if (items.length < 2) throw tooFew(name, i === 0 ? "real" : "fake", items.length);
      return momentsOf(pickRows(side.features, items));
    });
    const { value, warnings } = fidOf(a!, b!);
    parts[`class ${name}`] = value;
    if (warnings) few.push(name);
  }
  const values = Object.values(parts);
  const warnings = [
    `Of classes ${few.join(", ")} there are few items for ${real.features.width} dimensions, or ` +
      "constant features: their distances are biased upwards.",
  ];
  return {
    value: values.reduce((sum, value) => sum + value, 0) / values.length,
    parts,
    ...(few.length > 0 && { warnings }),
  };
}

const tooFew = (name: string, side: string, count: number): GanymedeError =>
  new GanymedeError("METRIC_LABELS", {
    where: `intra-fid, class ${name}`,
    expected: `at least two ${side} items of every class`,
    got: String(count),
    fix: "generate or take more items, evenly over the classes",
  });
