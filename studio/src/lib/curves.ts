/** One line of a chart: `y` at each of `x`, which ascend. A null is a gap. */
export interface Line {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
  /** The least and the greatest value about each point, where a point stands for several. */
  readonly low?: readonly (number | null)[] | undefined;
  readonly high?: readonly (number | null)[] | undefined;
  /** A design token; "series-1" to "series-4" in turn when absent. */
  readonly colour?: string | undefined;
}

/**
 * The exponential moving average of values, which forgets the share 1 − `amount` with each; its start
 * is not drawn towards 0. `amount` of 0 leaves all as it is, gaps stay.
 */
export function smoothed(values: readonly (number | null)[], amount: number): (number | null)[] {
  if (amount <= 0) return [...values];
  let mean = 0;
  let weight = 0;
  return values.map((value) => {
    if (value === null || !Number.isFinite(value)) return null;
    mean = amount * mean + (1 - amount) * value;
    weight = amount * weight + (1 - amount);
    return mean / weight;
  });
}

/** A number for a reader: four digits, or a power of ten where it is very small or large. */
export function shortNumber(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2);
  if (Number.isInteger(value)) return value.toLocaleString("en");
  return Number(value.toPrecision(4)).toString();
}

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

/** As short as there is room beside an axis. */
export const axisNumber = (value: number): string =>
  Math.abs(value) >= 1e4 ? compact.format(value) : shortNumber(value);

/** What a chart shows, in words: for whoever does not see it. */
export function summaryOf(title: string, xLabel: string, lines: readonly Line[]): string {
  const parts = lines.map(({ name, x, y }) => {
    const seen = y.filter((v): v is number => v !== null && Number.isFinite(v));
    if (seen.length === 0) return `${name}: nothing yet`;
    const [low, high] = [Math.min(...seen), Math.max(...seen)].map(shortNumber);
    const last = shortNumber(seen.at(-1));
    return `${name}: ${last} at ${xLabel} ${shortNumber(x.at(-1))}, between ${low} and ${high}`;
  });
  return `${title}. ${parts.join(". ")}.`;
}
