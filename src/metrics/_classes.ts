import { GanymedeError } from "../core/errors.ts";
import type { Evidence } from "./metric.ts";

/** As the data name it, else its number. */
export const className = ({ classes }: Pick<Evidence, "classes">, label: number): string =>
  classes?.[label] ?? String(label);

/**
 * Numbers of the items of each class, by label.
 *
 * @throws GanymedeError METRIC_LABELS for a count other than the items', or a negative label
 */
export function itemsByClass(labels: Int32Array, count: number): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  labels.forEach((label, item) => {
    if (label < 0) throw labelFault("labels of 0 or more", `${label} for item ${item}`);
    const group = groups.get(label);
    if (group) group.push(item);
    else groups.set(label, [item]);
  });
  if (labels.length !== count) throw labelFault(`${count} labels`, String(labels.length));
  return groups;
}

const labelFault = (expected: string, got: string): GanymedeError =>
  new GanymedeError("METRIC_LABELS", {
    where: "labels of a comparison",
    expected,
    got,
    fix: "give each item the number of its class",
  });
