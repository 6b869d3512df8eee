import { GanymedeError } from "../core/errors.ts";
import { requireFinite } from "./_rows.ts";
import type { Rows } from "./metric.ts";

/** @throws GanymedeError METRIC_DEGENERATE when all rows are one and the same */
export function requireVaried(rows: Rows, what: string): void {
  const { data, width, count } = rows;
  if (data.some((v, i) => v !== data[i % width])) return;
  throw new GanymedeError("METRIC_DEGENERATE", {
    where: what,
    expected: "items that differ",
    got: `${count} equal rows`,
    fix: "check that these are the right data and extractor: constant features tell nothing",
  });
}

/** @throws GanymedeError METRIC_INPUT unless each row's entries are ≥ 0 and sum to 1 within 1e-3 */
export function requireDistributions(rows: Rows, what: string): void {
  requireFinite(rows, what);
  const { data, width, count } = rows;
  if (count < 1) fault(what, "at least one item", "none", "make some items");
  for (let i = 0; i < count; i++) {
    let sum = 0;
    let least = 0;
    for (let k = i * width; k < (i + 1) * width; k++) {
      sum += data[k]!;
      least = Math.min(least, data[k]!);
    }
    if (least >= 0 && Math.abs(sum - 1) <= 1e-3) continue;
    const got = least < 0 ? `${least} in row ${i}` : `a sum of ${sum} in row ${i}`;
    fault(what, "probabilities that sum to 1", got, "pass the softmax, not the logits");
  }
}

/** @throws GanymedeError METRIC_INPUT unless there is one class in [0, classes) for each of `count` */
export function requireLabels(
  labels: Int32Array,
  { count, classes }: { readonly count: number; readonly classes: number },
  what: string,
): void {
  const bad = labels.findIndex((c) => c < 0 || c >= classes);
  if (labels.length === count && bad < 0) return;
  const got = bad < 0 ? `${labels.length} labels` : `class ${labels[bad]} at item ${bad}`;
  fault(what, `${count} classes from 0 to ${classes - 1}`, got, "give each item its own class");
}

function fault(where: string, expected: string, got: string, fix: string): never {
  throw new GanymedeError("METRIC_INPUT", { where, expected, got, fix });
}
