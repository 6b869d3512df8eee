import { GanymedeError } from "../core/errors.ts";
import { addProduct, type Operand } from "./_product.ts";
import { requireFinite } from "./_rows.ts";
import type { Rows } from "./metric.ts";

/** Count, mean [width] and unbiased covariance [width, width] of features, in float64. */
export interface FeatureMoments {
  readonly count: number;
  readonly width: number;
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
}

/** Gathers moments of rows that come in batches. */
export interface MomentsAccumulator {
  /**
   * @param weights one for each row, ≥ 0; 1 when absent
   * @throws GanymedeError METRIC_INPUT for a wrong width or a feature that is not finite
   */
  add(rows: Rows, weights?: ArrayLike<number>): void;
  /** May be called again after more rows. @throws GanymedeError METRIC_INPUT below two rows */
  finish(): FeatureMoments;
}

/** Rows that go into one product. */
const chunk = 256;

/**
 * Moments of any number of rows in constant memory: two matrices [width, width].
 *
 * Sums are in float64 and of differences from the mean of the first 256 rows, so that a mean far above
 * the spread costs no digits. Rows are summed 256 at a time however they arrive: the result does not
 * depend on the batches, bit for bit. Covariance as `np.cov`: divided by n − 1, or, for weights w, by
 * Σw − Σw²/Σw (`aweights`); a constant feature has a variance of exactly 0. With weights `count` is
 * still the number of rows.
 */
export function momentsAccumulator(width: number): MomentsAccumulator {
  const sums = new ShiftedSums(width);
  return {
    add(rows, weights) {
      if (rows.width !== width) throw widthFault(width, rows.width);
      requireFinite(rows, "features", sums.count);
      sums.add(rows, weights);
    },
    finish: () => sums.finish(),
  };
}

/** Moments of rows that are all at hand; see `momentsAccumulator`. */
export function momentsOf(rows: Rows, weights?: ArrayLike<number>): FeatureMoments {
  const sums = momentsAccumulator(rows.width);
  sums.add(rows, weights);
  return sums.finish();
}

/**
 * Moments of two sets of rows together, from the moments of each. Source: Chan, Golub, LeVeque 1983.
 */
export function mergeMoments(a: FeatureMoments, b: FeatureMoments): FeatureMoments {
  if (a.width !== b.width) throw widthFault(a.width, b.width);
  const { width } = a;
  const count = a.count + b.count;
  const mean = a.mean.map((m, i) => m + (b.count / count) * (b.mean[i]! - m));
  const covariance = new Float64Array(width * width);
  for (let i = 0, at = 0; i < width; i++) {
    const gap = (a.count * b.count * (b.mean[i]! - a.mean[i]!)) / count;
    for (let j = 0; j < width; j++, at++) {
      const within = (a.count - 1) * a.covariance[at]! + (b.count - 1) * b.covariance[at]!;
      covariance[at] = (within + gap * (b.mean[j]! - a.mean[j]!)) / (count - 1);
    }
  }
  return { count, width, mean, covariance };
}

class ShiftedSums {
  count = 0;
  private readonly width: number;
  private readonly buffer: Float64Array;
  /** Of the rows in the buffer. */
  private readonly weights = new Float64Array(chunk);
  private buffered = 0;
  private shift: Float64Array | undefined;
  /** Σw, Σw², Σw·x and Σw·xxᵀ (upper triangle), x being a row less the shift. */
  private weight = 0;
  private squaredWeight = 0;
  private readonly first: Float64Array;
  private readonly second: Float64Array;

  constructor(width: number) {
    this.width = width;
    this.buffer = new Float64Array(chunk * width);
    this.first = new Float64Array(width);
    this.second = new Float64Array(width * width);
  }

  add({ count, data }: Rows, weights?: ArrayLike<number>): void {
    const { width } = this;
    for (let row = 0; row < count; ) {
      const taken = Math.min(chunk - this.buffered, count - row);
      this.buffer.set(data.subarray(row * width, (row + taken) * width), this.buffered * width);
      for (let i = 0; i < taken; i++) this.weights[this.buffered + i] = weights?.[row + i] ?? 1;
      this.buffered += taken;
      row += taken;
      if (this.buffered === chunk) this.flush();
    }
    this.count += count;
  }

  finish(): FeatureMoments {
    if (this.buffered > 0) this.flush();
    const { count, width, weight, first, second } = this;
    const divisor = weight - this.squaredWeight / weight;
    if (count < 2 || !(divisor > 0)) throw tooFew(count);
    const mean = first.map((sum, j) => this.shift![j]! + sum / weight);
    const covariance = new Float64Array(width * width);
    for (let i = 0; i < width; i++) {
      for (let j = i; j < width; j++) {
        const sum = second[i * width + j]! - (first[i]! * first[j]!) / weight;
        covariance[i * width + j] = sum / divisor;
        covariance[j * width + i] = sum / divisor;
      }
    }
    return { count, width, mean, covariance };
  }

  private flush(): void {
    const { width, buffer, buffered, weights } = this;
    this.shift ??= meanOf(buffer.subarray(0, buffered * width), width);
    for (let row = 0; row < buffered; row++) {
      const w = weights[row]!;
      const root = Math.sqrt(w);
      this.weight += w;
      this.squaredWeight += w * w;
      for (let j = 0, at = row * width; j < width; j++, at++) {
        const x = buffer[at]! - this.shift[j]!;
        this.first[j] = this.first[j]! + w * x;
        buffer[at] = root * x;
      }
    }
    const x: Operand = {
      data: buffer,
      depth: buffered,
      count: width,
      depthStride: width,
      itemStride: 1,
    };
    addProduct(this.second, x, x, { upper: true });
    this.buffered = 0;
  }
}

/** As the first row plus the mean of the differences from it, so that a constant comes out exact. */
function meanOf(data: Float64Array, width: number): Float64Array {
  const mean = data.slice(0, width);
  const sums = new Float64Array(width);
  for (let at = 0; at < data.length; at += width) {
    for (let j = 0; j < width; j++) sums[j] = sums[j]! + data[at + j]! - mean[j]!;
  }
  return mean.map((m, j) => m + sums[j]! / (data.length / width));
}

const widthFault = (width: number, got: number): GanymedeError =>
  new GanymedeError("METRIC_INPUT", {
    where: "moments of features",
    expected: `rows of ${width} features`,
    got: `rows of ${got}`,
    fix: "take both sides' features from the same extractor",
  });

const tooFew = (count: number): GanymedeError =>
  new GanymedeError("METRIC_INPUT", {
    where: "moments of features",
    expected: "at least two rows with a weight above zero",
    got: `${count} ${count === 1 ? "row" : "rows"}`,
    fix: "give more items",
  });
