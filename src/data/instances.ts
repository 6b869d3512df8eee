import { GanymedeError } from "../core/errors.ts";
import { stream } from "../core/random.ts";
import { makeResizer } from "../core/resize.ts";
import { finiteSource } from "./finite.ts";
import type { Field, ItemArray, Source } from "./source.ts";

/** Images and what describes each: features of any net, or of the pixels themselves. */
export interface Described {
  readonly field: Field;
  /** All images one after another. */
  readonly images: Uint8Array;
  /** [count, width], row-major. */
  readonly features: Float32Array;
  /** Numbers of a description. */
  readonly width: number;
}

/**
 * What gives rows mean 0 and unit covariance: y = L⁻¹(x − μ), Σ + ε·I = L·Lᵀ. Numbers of equal meaning for a
 * net, and normal ones where the rows are; of other rows it makes what these would have been among them.
 * Throws `DATA_FORMAT` unless there are more rows than numbers.
 */
export function whitening(
  rows: Float32Array,
  width: number,
): (others: Float32Array) => Float32Array {
  const count = rows.length / width;
  if (!Number.isInteger(count) || count <= width) {
    throw new GanymedeError("DATA_FORMAT", {
      where: "descriptions",
      expected: `more than ${width} rows of ${width} numbers`,
      got: String(count),
      fix: "take more images, or shorter descriptions",
    });
  }
  const mean = new Float64Array(width);
  rows.forEach((v, at) => {
    mean[at % width]! += v / count;
  });
  const lower = cholesky(covariance(rows, mean), width);
  return (others) => solved(others, mean, lower);
}

/** y of L·y = x − μ, for each row x. */
function solved(rows: Float32Array, mean: Float64Array, lower: Float64Array): Float32Array {
  const width = mean.length;
  const out = new Float32Array(rows.length);
  for (let from = 0; from < rows.length; from += width) {
    const y = out.subarray(from, from + width);
    for (let a = 0; a < width; a++) {
      let rest = rows[from + a]! - mean[a]!;
      for (let b = 0; b < a; b++) rest -= lower[a * width + b]! * y[b]!;
      y[a] = rest / lower[a * width + a]!;
    }
  }
  return out;
}

function covariance(rows: Float32Array, mean: Float64Array): Float64Array {
  const width = mean.length;
  const count = rows.length / width;
  const sums = new Float64Array(width * width);
  for (let i = 0; i < count; i++) {
    for (let a = 0; a < width; a++) {
      const x = rows[i * width + a]! - mean[a]!;
      for (let b = 0; b <= a; b++) sums[a * width + b]! += x * (rows[i * width + b]! - mean[b]!);
    }
  }
  return sums.map((v) => v / count);
}

/** L of a symmetric matrix of which the lower half is given, a little added to what lies on its diagonal. */
function cholesky(matrix: Float64Array, n: number): Float64Array {
  let trace = 0;
  for (let a = 0; a < n; a++) trace += matrix[a * n + a]!;
  // Pixels that never change would leave 0 to divide by.
  const least = (1e-4 * trace) / n || 1;
  const lower = new Float64Array(n * n);
  for (let a = 0; a < n; a++) {
    for (let b = 0; b <= a; b++) {
      let rest = matrix[a * n + b]! + (a === b ? least : 0);
      for (let k = 0; k < b; k++) rest -= lower[a * n + k]! * lower[b * n + k]!;
      lower[a * n + b] = a === b ? Math.sqrt(rest) : rest / lower[b * n + b]!;
    }
  }
  return lower;
}

/** The `k` rows nearest to row `item`, itself first, then by distance and number. */
export function nearestRows(
  rows: Float32Array,
  width: number,
  item: number,
  k: number,
): Uint32Array {
  const count = rows.length / width;
  const squares = new Float64Array(count);
  for (let j = 0; j < count; j++) {
    let square = 0;
    for (let a = 0; a < width; a++) {
      square += (rows[j * width + a]! - rows[item * width + a]!) ** 2;
    }
    squares[j] = j === item ? -1 : square;
  }
  const order = Uint32Array.from(squares.keys()).sort((a, b) => squares[a]! - squares[b]! || a - b);
  return order.slice(0, k);
}

/** The rows of `data` with these numbers, each of `size` values. */
function taken<A extends ItemArray>(data: A, items: Int32Array, size: number): A {
  const out = new (data.constructor as new (length: number) => A)(items.length * size);
  items.forEach((item, i) => {
    out.set(data.subarray(item * size, (item + 1) * size), i * size);
  });
  return out;
}

/** The numbers of the rows near a row, found when they are first asked for. */
function neighbourhoods(rows: Float32Array, width: number, k: number) {
  const known = new Map<number, Uint32Array>();
  return (item: number): Uint32Array => {
    const found = known.get(item) ?? nearestRows(rows, width, item, k);
    known.set(item, found);
    return found;
  };
}

/**
 * Instances and their neighbours: fields `condition` f32 [width], the whitened description of an instance,
 * and `image`, one of the `neighbours` images whose descriptions are nearest to it, itself among them.
 * Casanova, Careil, Verbeek, Drozdzal, Romero-Soriano 2021, IC-GAN, arXiv:2109.05070, section 3.1.
 *
 * @throws GanymedeError DATA_FORMAT unless there are more images than numbers of a description
 */
export function instanceSource(
  about: Source["about"],
  { field, images, features, width }: Described,
  neighbours: number,
): Source {
  const rows = whitening(features, width)(features);
  const count = rows.length / width;
  const area = images.length / count;
  const numbers = Int32Array.from({ length: count }, (_, i) => i);
  const number: Field = { shape: [], dtype: "i32", scale: 1, offset: 0 };
  const columns = { number: { field: number, data: numbers } };
  const order = finiteSource({ id: "instances", about }, columns);
  const around = neighbourhoods(rows, width, Math.min(neighbours, count));
  return {
    ...order,
    fields: { image: field, condition: { shape: [width], dtype: "f32", scale: 1, offset: 0 } },
    batch(start, size, seed) {
      const items = order.batch(start, size, seed).number as Int32Array;
      const shown = items.map((item, i) => {
        const near = around(item);
        const [u] = stream(seed, "data/neighbour", start + i).uniform(new Float64Array(1));
        return near[Math.min(near.length - 1, Math.floor(u! * near.length))]!;
      });
      return { image: taken(images, shown, area), condition: taken(rows, items, width) };
    },
    inOrder: (start, size) => {
      const items = numbers.subarray(start, start + size);
      return { image: taken(images, items, area), condition: taken(rows, items, width) };
    },
  };
}

/** Images averaged to 4x4 pixels: [count, 16·channels], what describes them where no net does. */
export function thumbnails(images: Uint8Array, shape: readonly number[]): Float32Array {
  const [height = 1, width = 1] = shape.slice(1);
  const planes = images.length / (height * width);
  const shrink = makeResizer([height, width], [4, 4], "area");
  const out = new Float32Array(planes * 16);
  for (let i = 0; i < planes; i++) {
    const plane = Float32Array.from(images.subarray(i * height * width, (i + 1) * height * width));
    shrink(plane, out.subarray(i * 16, (i + 1) * 16));
  }
  return out;
}
