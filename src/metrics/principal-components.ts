import { stream } from "../core/random.ts";
import { symmetricEigen } from "./eigenvectors.ts";
import type { Rows } from "./metric.ts";

/** Rows seen along the axes on which they differ most. */
export interface PrincipalComponents {
  /** Where each row lies on each axis, about the mean: [n, count]. */
  readonly scores: Float64Array;
  /** Of the rows along each axis, in falling order. */
  readonly variances: readonly number[];
  /** Of the rows in all: Σ of all axes' variances. */
  readonly total: number;
}

/** Axes beyond those asked for: the block converges by the gap behind them. */
const beside = 8;
const sweeps = 100;

/**
 * The first principal components of rows, by orthogonal iteration on the matrix of their inner products
 * [n, n], which is small where rows are long. Golub and Van Loan, Matrix Computations, 8.2.4 (the
 * iteration) and 8.7 (Ritz values). Time O(n²·(width + count)); deterministic.
 *
 * @param rows [n, width], finite
 * @param count axes; at most n − 1 of them have any variance
 */
export function principalComponents(rows: Rows, count: number): PrincipalComponents {
  const n = rows.count;
  const gram = centredGram(rows);
  const kept = Math.min(count, n);
  const width = Math.min(n, kept + beside);
  let basis = orthonormal(stream(0, "principal components").normal(new Float64Array(n * width)), n);
  let values = new Float64Array(width);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const moved = times(gram, basis, n, width);
    const ritz = symmetricEigen(inner(basis, moved, n, width), width);
    const settled = ritz.values
      .subarray(0, kept)
      .every((v, i) => Math.abs(v - values[i]!) <= 1e-9 * ritz.values[0]!);
    values = Float64Array.from(ritz.values);
    basis = orthonormal(turned(moved, ritz.vectors, n, width), n);
    if (settled) break;
  }
  const scores = new Float64Array(n * kept);
  for (let k = 0; k < kept; k++) {
    const spread = Math.sqrt(Math.max(0, values[k]!));
    for (let i = 0; i < n; i++) scores[i * kept + k] = basis[k * n + i]! * spread;
  }
  let total = 0;
  for (let i = 0; i < n; i++) total += gram[i * n + i]! / n;
  return { scores, variances: [...values.subarray(0, kept)].map((v) => Math.max(0, v) / n), total };
}

/** (x − x̄)(x − x̄)ᵀ of rows x. */
function centredGram({ count: n, width, data }: Rows): Float64Array {
  const mean = new Float64Array(width);
  for (let i = 0; i < data.length; i++) mean[i % width]! += data[i]! / n;
  const centred = Float64Array.from(data, (v, i) => v - mean[i % width]!);
  const gram = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += centred[i * width + k]! * centred[j * width + k]!;
      gram[i * n + j] = sum;
      gram[j * n + i] = sum;
    }
  }
  return gram;
}

/** matrix·v for each vector v of a basis; vectors are rows [width, n]. */
function times(matrix: Float64Array, basis: Float64Array, n: number, width: number) {
  const out = new Float64Array(width * n);
  for (let k = 0; k < width; k++) {
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += matrix[i * n + j]! * basis[k * n + j]!;
      out[k * n + i] = sum;
    }
  }
  return out;
}

/** Inner products of the vectors of two bases, [width, width]. */
function inner(a: Float64Array, b: Float64Array, n: number, width: number): Float64Array {
  const out = new Float64Array(width * width);
  for (let k = 0; k < width; k++) {
    for (let l = 0; l <= k; l++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += a[k * n + i]! * b[l * n + i]!;
      out[k * width + l] = sum;
      out[l * width + k] = sum;
    }
  }
  return out;
}

/** The basis in which row k is Σ turn[k, l] · vector l. */
function turned(basis: Float64Array, turn: Float64Array, n: number, width: number): Float64Array {
  const out = new Float64Array(width * n);
  for (let k = 0; k < width; k++) {
    for (let l = 0; l < width; l++) {
      const share = turn[k * width + l]!;
      for (let i = 0; i < n; i++) out[k * n + i]! += share * basis[l * n + i]!;
    }
  }
  return out;
}

/** Gram and Schmidt, twice over, since once loses digits; a vector that vanishes stays nought. */
function orthonormal(vectors: Float64Array, n: number): Float64Array {
  const out = vectors.slice();
  const width = out.length / n;
  const row = (k: number) => out.subarray(k * n, (k + 1) * n);
  for (let k = 0; k < width; k++) {
    const own = row(k);
    const before = Math.hypot(...own);
    for (let pass = 0; pass < 2; pass++) {
      for (let l = 0; l < k; l++) {
        const other = row(l);
        let dot = 0;
        for (let i = 0; i < n; i++) dot += own[i]! * other[i]!;
        for (let i = 0; i < n; i++) own[i]! -= dot * other[i]!;
      }
    }
    const length = Math.hypot(...own);
    own.forEach((v, i) => {
      own[i] = length > 1e-12 * before ? v / length : 0;
    });
  }
  return out;
}
