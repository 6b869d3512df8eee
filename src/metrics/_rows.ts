import { GanymedeError } from "../core/errors.ts";
import type { Rows } from "./metric.ts";

/**
 * @param what the rows hold, for the message
 * @param firstRow number of the first row, when these are a batch of more
 * @throws GanymedeError METRIC_INPUT at the first number that is NaN or infinite
 */
export function requireFinite({ data, width }: Rows, what: string, firstRow = 0): void {
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    throw new GanymedeError("METRIC_INPUT", {
      where: `${what}, row ${firstRow + Math.floor(i / width)}, column ${i % width}`,
      expected: "finite numbers",
      got: String(data[i]),
      fix: "look for a generator that has diverged, or an extractor that overflows on these items",
    });
  }
}

/** @throws GanymedeError METRIC_INPUT when the sides differ in width or have fewer than `least` rows */
export function requireComparable(a: Rows, b: Rows, metric: string, least: number): void {
  requireFinite(a, `${metric}, real side`);
  requireFinite(b, `${metric}, fake side`);
  if (a.width === b.width && Math.min(a.count, b.count) >= least) return;
  throw new GanymedeError("METRIC_INPUT", {
    where: metric,
    expected: `rows of one width, at least ${least} on each side`,
    got: `[${a.count}, ${a.width}] and [${b.count}, ${b.width}]`,
    fix: "take both sides' features from the same extractor, and enough items",
  });
}

/** The rows of these numbers, copied, in this order. */
export function pickRows({ width, data }: Rows, numbers: ArrayLike<number>): Rows {
  const picked = new Float64Array(numbers.length * width);
  for (let i = 0; i < numbers.length; i++) {
    const from = numbers[i]! * width;
    picked.set(data.subarray(from, from + width), i * width);
  }
  return { count: numbers.length, width, data: picked };
}
