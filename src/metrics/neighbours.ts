import { GanymedeError } from "../core/errors.ts";
import { addProduct, type Operand } from "./_product.ts";
import type { Rows } from "./metric.ts";

/** Rows of `a` and of `b` whose distances are made together: 2 MiB of float64. */
const [blockA, blockB] = [256, 1024];

/** Below this share of ‖a‖² + ‖b‖² the expanded form has lost too many digits. */
const cancelled = 1e-6;

/** Squared distances of some rows of `a` to some rows of `b`. */
export interface DistanceBlock {
  readonly firstA: number;
  readonly countA: number;
  readonly firstB: number;
  readonly countB: number;
  /** Entry (i, j) at i·stride + j; valid during the call. */
  readonly squares: Float64Array;
  readonly stride: number;
}

/**
 * All squared Euclidean distances between two sets, block by block, rows of `a` outermost: exact to
 * about 1e-9 relative, and exactly 0 between equal rows. A pair has the same bits whichever side its
 * rows are on.
 *
 * ‖a‖² + ‖b‖² − 2a·b; where that cancels, Σ(a − b)². Time O(n·m·d), memory constant beside norms O(n + m).
 *
 * @param a [n, d]
 * @param b [m, d], finite as `a` is
 */
export function eachDistanceBlock(a: Rows, b: Rows, visit: (block: DistanceBlock) => void): void {
  const [normsA, normsB] = [squaredNorms(a), squaredNorms(b)];
  const squares = new Float64Array(blockA * blockB);
  for (let firstA = 0; firstA < a.count; firstA += blockA) {
    const countA = Math.min(blockA, a.count - firstA);
    for (let firstB = 0; firstB < b.count; firstB += blockB) {
      const countB = Math.min(blockB, b.count - firstB);
      squares.fill(0);
      const [left, right] = [items(a, firstA, countA), items(b, firstB, countB)];
      addProduct(squares, left, right, { stride: blockB });
      for (let i = 0; i < countA; i++) {
        const norm = normsA[firstA + i]!;
        for (let j = 0; j < countB; j++) {
          const at = i * blockB + j;
          const norms = norm + normsB[firstB + j]!;
          const square = norms - 2 * squares[at]!;
          squares[at] = square > cancelled * norms ? square : direct(a, firstA + i, b, firstB + j);
        }
      }
      visit({ firstA, countA, firstB, countB, squares, stride: blockB });
    }
  }
}

/** `count` rows from `first` on as the columns of a matrix [width, count]. */
const items = ({ data, width }: Rows, first: number, count: number): Operand => ({
  data,
  depth: width,
  count,
  depthStride: 1,
  itemStride: width,
  offset: first * width,
});

function squaredNorms({ count, width, data }: Rows): Float64Array {
  const norms = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let k = i * width; k < (i + 1) * width; k++) sum += data[k]! * data[k]!;
    norms[i] = sum;
  }
  return norms;
}

function direct(a: Rows, i: number, b: Rows, j: number): number {
  const { width } = a;
  let sum = 0;
  for (let k = 0; k < width; k++) sum += (a.data[i * width + k]! - b.data[j * width + k]!) ** 2;
  return sum;
}

/**
 * Squared distance of each row to its k-th nearest other row of the same set, for each k asked for:
 * the radii of k-nearest-neighbour balls. The bits are those of `eachDistanceBlock`, so that the k-th
 * neighbour lies exactly on its ball. Time O(n²·d), memory O(n·max k).
 *
 * @param rows [n, d]
 * @param ks each in [1, n)
 * @returns one [n] for each k
 * @throws GanymedeError METRIC_INPUT when there are not more than k rows
 */
export function neighbourSquares(rows: Rows, ks: readonly number[]): Float64Array[] {
  const depth = Math.max(...ks);
  if (!(depth < rows.count && Math.min(...ks) >= 1)) {
    throw new GanymedeError("METRIC_INPUT", {
      where: `nearest neighbours of ${rows.count} items`,
      expected: `k from 1 to ${rows.count - 1}`,
      got: String(ks),
      fix: "use more items, or a smaller k",
    });
  }
  const nearest = new Float64Array(rows.count * depth).fill(Number.POSITIVE_INFINITY);
  eachDistanceBlock(rows, rows, ({ firstA, countA, firstB, countB, squares, stride }) => {
    for (let i = 0; i < countA; i++) {
      const end = (firstA + i + 1) * depth - 1;
      const self = firstA + i - firstB;
      for (let j = 0; j < countB; j++) {
        const square = squares[i * stride + j]!;
        if (square < nearest[end]! && j !== self) insert(nearest, end, depth, square);
      }
    }
  });
  return ks.map((k) =>
    Float64Array.from({ length: rows.count }, (_, i) => nearest[i * depth + k - 1]!),
  );
}

/** Puts `value` in its place among the `depth` ascending values that end at `end`. */
function insert(list: Float64Array, end: number, depth: number, value: number): void {
  let at = end;
  while (at > end - depth + 1 && list[at - 1]! > value) {
    list[at] = list[at - 1]!;
    at--;
  }
  list[at] = value;
}

/**
 * The nearest row of `b` to each row of `a`, the first of equals, and how far it is. Time O(n·m·d).
 *
 * @param a [n, d]
 * @param b [m, d], m ≥ 1
 */
export function nearestIn(a: Rows, b: Rows): { index: Int32Array; distance: Float64Array } {
  const index = new Int32Array(a.count).fill(-1);
  const least = new Float64Array(a.count).fill(Number.POSITIVE_INFINITY);
  eachDistanceBlock(a, b, ({ firstA, countA, firstB, countB, squares, stride }) => {
    for (let i = 0; i < countA; i++) {
      for (let j = 0; j < countB; j++) {
        const square = squares[i * stride + j]!;
        if (square >= least[firstA + i]!) continue;
        least[firstA + i] = square;
        index[firstA + i] = firstB + j;
      }
    }
  });
  return { index, distance: least.map(Math.sqrt) };
}
