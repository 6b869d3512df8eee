/** A linear classifier of features: how much of the classes they lay out in straight lines. */
import { GanymedeError } from "../core/errors.ts";
import { stream } from "../core/random.ts";
import { pickRows, requireFinite } from "./_rows.ts";
import type { Rows } from "./metric.ts";

export interface SvmOptions {
  /** Weight of the hinge against ½‖w‖², on standardised features; 1 when absent. */
  readonly cost?: number;
  /** Passes over the items; 50 when absent. */
  readonly passes?: number;
  /** Orders the items of a pass. */
  readonly seed: number;
}

/** Says the class of each row. */
export type LinearSvm = (rows: Rows) => Int32Array;

/**
 * One class against the rest, each ½‖w‖² + cost·Σ max(0, 1 − y·wᵀx)², by dual coordinate descent:
 * Hsieh, Chang, Lin, Keerthi, Sundararajan 2008, algorithm 1 (LIBLINEAR's L2-loss SVM). Features are
 * standardised by the taught rows and get a constant beside them; one that never varies is left out.
 *
 * @param rows [n, width], finite
 * @param labels the class of each, from 0
 * @throws GanymedeError METRIC_INPUT for no rows, other counts or numbers that are not finite
 */
export function linearSvm(
  rows: Rows,
  labels: ArrayLike<number>,
  { cost = 1, passes = 50, seed }: SvmOptions,
): LinearSvm {
  requireFinite(rows, "linear SVM");
  requireLabels(rows, labels);
  const scaling = scalingOf(rows);
  const taught = scaled(rows, scaling);
  const classes = Math.max(...Array.from(labels)) + 1;
  const weights = Array.from({ length: classes }, (_, c) =>
    oneAgainstRest(taught, (i) => (labels[i] === c ? 1 : -1), { cost, passes, seed }),
  );
  return (asked) => {
    const seen = scaled(asked, scaling);
    return Int32Array.from({ length: asked.count }, (_, i) => {
      const scores = weights.map((w) => dot(w, seen.data, i * seen.width));
      return scores.indexOf(Math.max(...scores));
    });
  };
}

/**
 * The same with the cost among `costs` that does best on a fifth of the rows, taught on the rest; then
 * on all. The first of equals wins.
 */
export function tunedSvm(
  rows: Rows,
  labels: ArrayLike<number>,
  { costs, ...options }: Omit<SvmOptions, "cost"> & { readonly costs: readonly number[] },
): LinearSvm {
  const order = stream(options.seed, "linear-svm/held out").permutation(rows.count);
  const held = Math.floor(rows.count / 5);
  const part = (numbers: Uint32Array) => ({
    rows: pickRows(rows, numbers),
    labels: Int32Array.from(numbers, (i) => labels[i]!),
  });
  const [asked, taught] = [part(order.subarray(0, held)), part(order.subarray(held))];
  const shares = costs.map((cost) =>
    shareRight(linearSvm(taught.rows, taught.labels, { ...options, cost }), asked),
  );
  const cost = costs[shares.indexOf(Math.max(...shares))]!;
  return linearSvm(rows, labels, { ...options, cost });
}

/** The share of rows of which it says the class rightly. */
export function shareRight(
  svm: LinearSvm,
  { rows, labels }: { readonly rows: Rows; readonly labels: ArrayLike<number> },
): number {
  const said = svm(rows);
  return said.reduce((right, c, i) => right + (c === labels[i] ? 1 : 0), 0) / rows.count;
}

/** w of one class, the constant's weight last. */
function oneAgainstRest(
  { count, width, data }: Rows,
  sideOf: (i: number) => number,
  { cost, passes, seed }: Required<SvmOptions>,
): Float64Array {
  const w = new Float64Array(width);
  const alpha = new Float64Array(count);
  const diagonal = 1 / (2 * cost);
  const squares = Float64Array.from({ length: count }, (_, i) =>
    dot(data.subarray(i * width, (i + 1) * width), data, i * width),
  );
  for (let pass = 0; pass < passes; pass++) {
    for (const i of stream(seed, "linear-svm", pass).permutation(count)) {
      const y = sideOf(i);
      const slope = y * dot(w, data, i * width) - 1 + diagonal * alpha[i]!;
      const next = Math.max(0, alpha[i]! - slope / (squares[i]! + diagonal));
      const step = (next - alpha[i]!) * y;
      alpha[i] = next;
      if (step === 0) continue;
      for (let k = 0; k < width; k++) w[k] = w[k]! + step * data[i * width + k]!;
    }
  }
  return w;
}

interface Scaling {
  readonly mean: Float64Array;
  /** 1/deviation; 0 for a feature that never varies. */
  readonly factor: Float64Array;
}

function scalingOf({ count, width, data }: Rows): Scaling {
  const [mean, factor] = [new Float64Array(width), new Float64Array(width)];
  data.forEach((v, at) => {
    mean[at % width] = mean[at % width]! + v / count;
  });
  data.forEach((v, at) => {
    factor[at % width] = factor[at % width]! + (v - mean[at % width]!) ** 2 / count;
  });
  return { mean, factor: factor.map((v) => (v > 1e-20 ? 1 / Math.sqrt(v) : 0)) };
}

/** Standardised rows with a 1 at the end of each; of unit mean square, whatever the width. */
function scaled({ count, width, data }: Rows, { mean, factor }: Scaling): Rows {
  const wide = width + 1;
  const out = new Float64Array(count * wide);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < width; k++) {
      out[i * wide + k] = ((data[i * width + k]! - mean[k]!) * factor[k]!) / Math.sqrt(width);
    }
    out[i * wide + width] = 1;
  }
  return { count, width: wide, data: out };
}

function dot(w: Rows["data"], data: Rows["data"], at: number): number {
  let sum = 0;
  for (let k = 0; k < w.length; k++) sum += w[k]! * data[at + k]!;
  return sum;
}

function requireLabels({ count }: Rows, labels: ArrayLike<number>): void {
  if (count > 0 && labels.length === count) return;
  throw new GanymedeError("METRIC_INPUT", {
    where: "linear SVM",
    expected: "at least one row, and the class of each",
    got: `${count} rows and ${labels.length} classes`,
    fix: "give each row its class",
  });
}
