import type { Detector } from "./detector.ts";

/** Fewer values than this show no rhythm. */
const fewest = 60;

/** Values that a window is averaged down to: noise goes, swings stay. */
const points = 120;

/** A correlation with itself one period later, and against itself half a period later, from which a series swings. */
const swinging = 0.5;

/** A standard deviation below this, in units of 1 + |mean|, is no movement. */
const still = 1e-5;

/** Means of about equal pieces. */
function averaged(values: readonly number[], count: number): number[] {
  const n = Math.min(count, values.length);
  return Array.from({ length: n }, (_, i) => {
    const [from, to] = [
      Math.floor((i * values.length) / n),
      Math.floor(((i + 1) * values.length) / n),
    ];
    let sum = 0;
    for (let k = from; k < to; k++) sum += values[k]!;
    return sum / (to - from);
  });
}

/** Less its line of least squares. */
function detrended(values: readonly number[]): number[] {
  const n = values.length;
  const [mx, my] = [(n - 1) / 2, values.reduce((a, b) => a + b, 0) / n];
  let [xy, xx] = [0, 0];
  for (let i = 0; i < n; i++) {
    xy += (i - mx) * (values[i]! - my);
    xx += (i - mx) ** 2;
  }
  return values.map((v, i) => v - my - (xy / xx) * (i - mx));
}

/**
 * The period of a series in its own steps, if it swings: its autocorrelation dips below −`swinging` and
 * comes back above it at twice the lag of the dip. At least four periods have to be in sight: a series
 * that only wanders shows one or two.
 */
export function periodOf(values: readonly number[]): number | undefined {
  const x = detrended(values);
  const power = x.reduce((sum, v) => sum + v * v, 0);
  if (power === 0) return undefined;
  const at = (lag: number): number => {
    let sum = 0;
    for (let i = lag; i < x.length; i++) sum += x[i]! * x[i - lag]!;
    return (sum / power) * (x.length / (x.length - lag));
  };
  const longest = Math.floor(x.length / 4);
  const correlations = Array.from({ length: longest + 1 }, (_, lag) => at(lag));
  const crossing = correlations.findIndex((c) => c < 0);
  if (crossing < 1) return undefined;
  const lag = correlations.reduce(
    (best, c, i) => (i > crossing && c > (correlations[best] ?? -1) ? i : best),
    crossing,
  );
  const half = Math.round(lag / 2);
  const swings = correlations[lag]! > swinging && correlations[half]! < -swinging && half >= 2;
  return swings ? lag : undefined;
}

const tryStuck = [
  "other first weights (another seed) or a larger learning rate of the side that stands still",
  "check that the data differ from item to item: `ganymede data`",
];
const trySwinging = [
  "smaller learning rates, or less momentum (beta1 0)",
  "a gradient penalty (r1, gradient-penalty)",
  "an average of the weights: samples from it do not swing along",
];

/** Losses that stand still, or go round in a circle: both say that nobody learns. */
export const rhythm: Detector = {
  id: "rhythm",
  about: "losses that stand still or go round in circles",
  gauges: { "period <loss>": "of its swings, in values of the log" },
  watch({ readings }) {
    const gauges: Record<string, number> = {};
    for (const [name, { values }] of Object.entries(readings)) {
      if (!name.endsWith(".loss") || values.length < fewest) continue;
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const deviation = Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / values.length);
      if (deviation < still * (1 + Math.abs(mean))) {
        const text = `${name} stands still at ${Number(mean.toPrecision(4))}: nothing is learnt`;
        return { gauges, alarm: { text, tryNext: tryStuck } };
      }
      const smooth = averaged(values, points);
      const found = periodOf(smooth);
      if (found === undefined) continue;
      const period = Math.round((found * values.length) / smooth.length);
      gauges[`period ${name}`] = period;
      const text = `${name} swings with a period of about ${period} steps: the players chase each other in circles`;
      return { gauges, alarm: { text, tryNext: trySwinging } };
    }
    return { gauges };
  },
};
