import { stream } from "../core/random.ts";

/** Where each number of a row of `tab-synthetic` stands. */
export const tabColumns = {
  /** The sensitive group, 0 or 1. */
  group: 0,
  /** The outcome, 0 or 1. */
  label: 1,
  /** Standard normal, the same in both groups; moves the label. */
  skill: 2,
  /** One of five levels from −1.5 to 1.5 and N(0, 0.05²), alike in both groups; moves the label. */
  training: 3,
  /** One of four places from −1.5 to 1.5 and N(0, 0.1²); group 1 lives in the upper two, but for 1 in 10. */
  district: 4,
  /** One of three, as 1 among zeros: the higher the skill the likelier the last. */
  job: [5, 6, 7],
} as const;

/** Numbers of a row. */
export const tabWidth = 8;

/**
 * Rows as a table could hold them: group, label and job made whole. For what a generator made. Each goes
 * to the nearest value it may have, or, with a `seed`, is drawn with its numbers as chances: then a
 * label half-way is 0 or 1 equally often. [n, 8] → [n, 8], a copy.
 */
export function rounded(rows: Float32Array, seed?: number): Float32Array {
  const out = Float32Array.from(rows);
  const nearest = new Float64Array((3 * rows.length) / tabWidth).fill(0.5);
  const chances = seed === undefined ? nearest : stream(seed, "tab/rounded").uniform(nearest);
  const { group, label, job } = tabColumns;
  for (let i = 0; i < rows.length / tabWidth; i++) {
    const row = rows.subarray(i * tabWidth, (i + 1) * tabWidth);
    const [forGroup, forLabel, forJob] = chances.subarray(3 * i, 3 * i + 3);
    out[i * tabWidth + group] = +(row[group]! > forGroup!);
    out[i * tabWidth + label] = +(row[label]! > forLabel!);
    const shares = job.map((column) => Math.max(row[column]!, 0));
    const chosen = seed === undefined ? largest(shares) : drawn(shares, forJob!);
    job.forEach((column, k) => {
      out[i * tabWidth + column] = +(k === chosen);
    });
  }
  return out;
}

const largest = (shares: readonly number[]) => shares.indexOf(Math.max(...shares));

/** The index whose stretch of the total holds `at`, in (0, 1), of it. */
function drawn(shares: readonly number[], at: number): number {
  let left = at * shares.reduce((a, b) => a + b, 0);
  const found = shares.findIndex((share) => {
    left -= share;
    return left < 0;
  });
  return found < 0 ? largest(shares) : found;
}
