/** Changes of a set of features that keep its mean and covariance, and how the classifier sees them. */
import { stream } from "../src/core/random.ts";
import type { Provider } from "../src/engine/run/provider.ts";
import { openExtractor, readManifest } from "../src/metrics/extractor-file.ts";
import { momentsOf } from "../src/metrics/feature-moments.ts";
import type { Rows } from "../src/metrics/metric.ts";
import { pivotedCholesky } from "../src/metrics/symmetric.ts";
import { look } from "./_images.ts";
import { softmax } from "./_sums.ts";

/**
 * The classifier's last layer, logits = W·relu(features) + b, for features that no picture has: found
 * from its logits on `raw` by least squares, whose solution is exact as the relation is linear.
 */
export async function lastLayer(
  provider: Provider,
  { features, raw, side }: { features: Rows; raw: Float32Array; side: number },
): Promise<(rows: Rows) => Rows> {
  const { classes: names, ...record } = readManifest("digits");
  const classes = names!.length;
  const outputs = { features: { name: record.outputs.logits!, width: classes } };
  const net = await openExtractor(provider, { ...record, outputs });
  const logits = (await look(net, raw, side)).features;
  await net.dispose();
  const rectified = (rows: Rows, i: number): number[] => {
    const row = rows.data.subarray(i * rows.width, (i + 1) * rows.width);
    return [...Array.from(row, (v) => Math.max(0, v)), 1];
  };
  const inputs = Array.from({ length: logits.count }, (_, i) => rectified(features, i));
  const wanted = inputs.map((_, i) => [...logits.data.subarray(i * classes, (i + 1) * classes)]);
  const weights = leastSquares(inputs, wanted);
  return (rows) => {
    const said = Array.from({ length: rows.count }, (_, i) => {
      const sums = new Float64Array(classes);
      rectified(rows, i).forEach((v, k) => {
        for (let c = 0; c < classes; c++) sums[c] = sums[c]! + v * weights[k]![c]!;
      });
      return softmax(sums);
    });
    const data = new Float64Array(rows.count * classes);
    said.forEach((row, i) => {
      data.set(row, i * classes);
    });
    return { count: rows.count, width: classes, data };
  };
}

/** W [n, m] with inputs·W ≈ outputs, by the normal equations (Gauss–Jordan; they are positive definite). */
function leastSquares(inputs: readonly number[][], outputs: readonly number[][]): Float64Array[] {
  const n = inputs[0]!.length;
  const m = outputs[0]!.length;
  const rows = Array.from({ length: n }, () => new Float64Array(n + m));
  inputs.forEach((x, i) => {
    const both = [...x, ...outputs[i]!];
    x.forEach((v, a) => {
      if (v === 0) return;
      both.forEach((w, b) => {
        rows[a]![b]! += v * w;
      });
    });
  });
  rows.forEach((pivot, a) => {
    const size = pivot[a]!;
    for (let b = 0; b < n + m; b++) pivot[b]! /= size;
    for (const row of rows) {
      const factor = row[a]!;
      if (row === pivot || factor === 0) continue;
      for (let b = a; b < n + m; b++) row[b]! -= factor * pivot[b]!;
    }
  });
  return rows.map((row) => row.slice(n));
}

/**
 * x → μ + L·H·L⁻¹(x − μ), LLᵀ being the rows' own covariance and H a product of reflections: for any
 * orthogonal H mean and covariance stay as they are. Each reflection is the one that takes the mean of
 * one class of a pair to that of the other, in whitened coordinates, where the means of separate classes
 * are corners of a nearly regular simplex: others hardly move.
 */
export function swapClasses(rows: Rows, labels: Int32Array, pairs: Uint32Array): Rows {
  const { whiten, colour } = whitening(rows);
  const white = whiten(rows);
  for (let p = 0; p < pairs.length; p += 2) {
    const [a, b] = [pairs[p]!, pairs[p + 1]!].map((c) => meanOf(white, labels, c));
    const across = a!.map((v, j) => v - b![j]!);
    const square = across.reduce((sum, v) => sum + v * v, 0);
    for (let at = 0; at < white.data.length; at += white.width) {
      const along = across.reduce((sum, v, j) => sum + v * white.data[at + j]!, 0);
      across.forEach((v, j) => {
        white.data[at + j]! -= (2 * along * v) / square;
      });
    }
  }
  return colour(white);
}

function meanOf({ width, data }: Rows, labels: Int32Array, c: number): Float64Array {
  const mean = new Float64Array(width);
  const members = [...labels.keys()].filter((i) => labels[i] === c);
  for (const i of members)
    mean.forEach((v, j) => {
      mean[j] = v + data[i * width + j]! / members.length;
    });
  return mean;
}

/** Items of one Gaussian with the rows' mean and covariance, up to the noise of a sample. */
export function gaussianLike(rows: Rows, seed: number): Rows {
  const noise = stream(seed, "proof/blob").normal(new Float64Array(rows.count * rows.width));
  return whitening(rows).colour({ ...rows, data: noise });
}

/** To coordinates with mean 0 and covariance I, and back. The covariance must have full rank. */
function whitening(rows: Rows) {
  const { width, mean, covariance } = momentsOf(rows);
  const { factor, order } = pivotedCholesky(covariance, width);
  const each = (from: Rows, change: (row: Float64Array, to: Float64Array) => void): Rows => {
    const data = new Float64Array(from.data.length);
    for (let at = 0; at < data.length; at += width) {
      const row = Float64Array.from(from.data.subarray(at, at + width));
      change(row, data.subarray(at, at + width));
    }
    return { count: from.count, width, data };
  };
  const whiten = (from: Rows) =>
    each(from, (row, to) => {
      for (let k = 0; k < width; k++) {
        let rest = row[order[k]!]! - mean[order[k]!]!;
        for (let j = 0; j < k; j++) rest -= factor[k * width + j]! * to[j]!;
        to[k] = rest / factor[k * width + k]!;
      }
    });
  const colour = (from: Rows) =>
    each(from, (row, to) => {
      for (let k = 0; k < width; k++) {
        let sum = mean[order[k]!]!;
        for (let j = 0; j <= k; j++) sum += factor[k * width + j]! * row[j]!;
        to[order[k]!] = sum;
      }
    });
  return { whiten, colour };
}
