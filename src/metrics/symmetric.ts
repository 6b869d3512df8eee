import { GanymedeError } from "../core/errors.ts";
import { addProduct } from "./_product.ts";

/** A semi-definite matrix as P·Σ·Pᵀ = LLᵀ. */
export interface PivotedCholesky {
  /** L, row-major [n, n]: lower triangular, zero from column `rank` on. */
  readonly factor: Float64Array;
  readonly rank: number;
  /** Row i of L belongs to row and column `order[i]` of the matrix. */
  readonly order: Int32Array;
}

/** Columns of the factor that wait for one product. */
const blockWidth = 128;

/**
 * Cholesky factor of a positive semi-definite matrix [n, n] with diagonal pivoting. It ends at the
 * first pivot below n·ε times the largest, which is the numerical rank, and so never takes the root
 * of a negative number. Source: Higham, Accuracy and Stability of Numerical Algorithms, 10.3.
 */
export function pivotedCholesky(matrix: Float64Array, n: number): PivotedCholesky {
  const residual = Float64Array.from({ length: n }, (_, i) => matrix[i * n + i]!);
  const least = n * Number.EPSILON * residual.reduce((a, b) => Math.max(a, b), 0);
  // Rows stay where they are in the matrix while the factor grows; the pivots order them at the end.
  const rows = new Float64Array(n * n);
  const order = Int32Array.from({ length: n }, (_, i) => i);
  // RRᵀ over the columns of finished blocks, upper triangle.
  const done = new Float64Array(n * n);
  let rank = 0;
  for (let from = 0; rank < n; rank++) {
    const pivot = bringPivot(order, residual, rank);
    if (!(residual[pivot]! > least)) break;
    if (rank === from + blockWidth) {
      const block = { data: rows, depth: blockWidth, count: n, depthStride: 1, itemStride: n };
      addProduct(done, { ...block, offset: from }, { ...block, offset: from }, { upper: true });
      from = rank;
    }
    const root = Math.sqrt(residual[pivot]!);
    rows[pivot * n + rank] = root;
    for (let i = rank + 1; i < n; i++) {
      const row = order[i]!;
      const upper = row < pivot ? row * n + pivot : pivot * n + row;
      let rest = matrix[upper]! - done[upper]!;
      for (let k = from; k < rank; k++) rest -= rows[row * n + k]! * rows[pivot * n + k]!;
      const entry = rest / root;
      rows[row * n + rank] = entry;
      residual[row] = residual[row]! - entry * entry;
    }
  }
  const factor = new Float64Array(n * n);
  order.forEach((row, i) => {
    factor.set(rows.subarray(row * n, row * n + rank), i * n);
  });
  return { factor, rank, order };
}

/** Swaps the row with the greatest residual into place `rank` of the order. */
function bringPivot(order: Int32Array, residual: Float64Array, rank: number): number {
  let best = rank;
  for (let i = rank + 1; i < order.length; i++) {
    if (residual[order[i]!]! > residual[order[best]!]!) best = i;
  }
  const pivot = order[best]!;
  order[best] = order[rank]!;
  order[rank] = pivot;
  return pivot;
}

/**
 * Eigenvalues of a symmetric matrix [n, n], of which only the lower triangle is read, in ascending
 * order. Householder reduction to tridiagonal form (4n³/3 flop), then implicit QL. Errors are of the
 * order of ε times the largest eigenvalue. Source: Golub and Van Loan, Matrix Computations, 8.3.
 *
 * @param overwrite may use the matrix as working memory
 * @throws GanymedeError METRIC_NUMERICS when the matrix holds numbers that are not finite
 */
export function symmetricEigenvalues(
  matrix: Float64Array,
  n: number,
  { overwrite = false } = {},
): Float64Array {
  let scale = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const size = Math.abs(matrix[i * n + j]!);
      if (!Number.isFinite(size)) throw notFinite(size);
      if (size > scale) scale = size;
    }
  }
  if (scale === 0) return new Float64Array(n);
  const a = overwrite ? matrix : matrix.slice();
  // Elements of at most 1: squares cannot overflow, and one that underflows does not matter.
  for (let i = 0; i < a.length; i++) a[i] = a[i]! / scale;
  const { diagonal, beside } = tridiagonal(a, n);
  implicitQl(diagonal, beside);
  return diagonal.map((value) => value * scale).sort();
}

const notFinite = (size: number): GanymedeError =>
  new GanymedeError("METRIC_NUMERICS", {
    where: "eigenvalues of a symmetric matrix",
    expected: "finite numbers",
    got: String(size),
    fix: "scale the features down; their products overflow",
  });

/**
 * Reduces the lower triangle of `a` from the last row up. Each step reflects row m onto its last
 * element, H = I − vvᵀ/h, and HAH = A − vqᵀ − qvᵀ. The change by one step and the product Av of the
 * next go through the matrix together, since memory, not arithmetic, is what takes time.
 */
function tridiagonal(a: Float64Array, n: number) {
  const [diagonal, beside] = [new Float64Array(n), new Float64Array(n)];
  let [v, q, next, product] = [0, 0, 0, 0].map(() => new Float64Array(n)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let m = n - 1; m >= 0; m--) {
    const row = a.subarray(m * n, m * n + m + 1);
    for (let c = 0; c <= m; c++) row[c] = row[c]! - v[m]! * q[c]! - q[m]! * v[c]!;
    diagonal[m] = row[m]!;
    const { h, reflected } = reflector(row, m, next);
    if (m > 0) beside[m] = reflected;
    product.fill(0, 0, m);
    updateAndMultiply(a, n, m, { v, q, next, product });
    if (h > 0) {
      let inner = 0;
      for (let c = 0; c < m; c++) inner += next[c]! * product[c]!;
      for (let c = 0; c < m; c++) product[c] = (product[c]! - (inner / (2 * h)) * next[c]!) / h;
    }
    [v, q, next, product] = [next, product, v, q];
  }
  return { diagonal, beside };
}

/** The vector v that reflects row[0 … m − 1] onto its last element, and h = ‖v‖²/2. */
function reflector(row: Float64Array, m: number, v: Float64Array) {
  let square = 0;
  for (let c = 0; c < m; c++) square += row[c]! * row[c]!;
  const last = row[m - 1] ?? 0;
  v.set(row.subarray(0, m));
  if (square === last * last) {
    v.fill(0, 0, m);
    return { h: 0, reflected: last };
  }
  const reflected = last > 0 ? -Math.sqrt(square) : Math.sqrt(square);
  v[m - 1] = last - reflected;
  return { h: square - last * reflected, reflected };
}

interface Vectors {
  readonly v: Float64Array;
  readonly q: Float64Array;
  readonly next: Float64Array;
  readonly product: Float64Array;
}

/** A −= vqᵀ + qvᵀ and product += A·next on the first m rows, two rows at a time. */
function updateAndMultiply(a: Float64Array, n: number, m: number, vectors: Vectors): void {
  const { v, q, next, product } = vectors;
  for (let r = 0; r + 1 < m; r += 2) {
    const [v0, q0, n0] = [v[r]!, q[r]!, next[r]!];
    const [v1, q1, n1] = [v[r + 1]!, q[r + 1]!, next[r + 1]!];
    let s0 = 0;
    let s1 = 0;
    for (let c = 0, top = r * n, low = top + n; c < r; c++, top++, low++) {
      const vc = v[c]!;
      const qc = q[c]!;
      const nc = next[c]!;
      const x0 = a[top]! - (v0 * qc + q0 * vc);
      const x1 = a[low]! - (v1 * qc + q1 * vc);
      a[top] = x0;
      a[low] = x1;
      s0 += x0 * nc;
      s1 += x1 * nc;
      product[c] = product[c]! + x0 * n0 + x1 * n1;
    }
    product[r] = product[r]! + s0;
    product[r + 1] = product[r + 1]! + s1;
    single(a, n, vectors, r, r, r + 1);
    single(a, n, vectors, r + 1, r, r + 2);
  }
  if (m % 2 === 1) single(a, n, vectors, m - 1, 0, m);
}

/** The same for one row and the columns from `first` to before `end`. */
function single(
  a: Float64Array,
  n: number,
  { v, q, next, product }: Vectors,
  row: number,
  first: number,
  end: number,
): void {
  for (let c = first; c < end; c++) {
    const x = a[row * n + c]! - (v[row]! * q[c]! + q[row]! * v[c]!);
    a[row * n + c] = x;
    product[row] = product[row]! + x * next[c]!;
    if (c < row) product[c] = product[c]! + x * next[row]!;
  }
}

/** Turns the diagonal into the eigenvalues; `beside[i]` is next to the diagonal in row i ≥ 1. */
function implicitQl(diagonal: Float64Array, beside: Float64Array): void {
  const n = diagonal.length;
  beside.copyWithin(0, 1);
  beside[n - 1] = 0;
  for (let low = 0; low < n; low++) {
    // Three sweeps find an eigenvalue on average; a sweep more is never wrong.
    for (let sweep = 0; sweep < 1000; sweep++) {
      const high = blockEnd(diagonal, beside, low);
      if (high === low) break;
      qlSweep(diagonal, beside, low, high);
    }
  }
}

/** The last row of the unreduced block that begins at `low`. */
function blockEnd(diagonal: Float64Array, beside: Float64Array, low: number): number {
  let end = low;
  for (; end < diagonal.length - 1; end++) {
    const size = Math.abs(diagonal[end]!) + Math.abs(diagonal[end + 1]!);
    if (Math.abs(beside[end]!) <= Number.EPSILON * size) break;
  }
  return end;
}

/** One sweep with Wilkinson's shift. */
function qlSweep(d: Float64Array, e: Float64Array, low: number, high: number): void {
  const half = (d[low + 1]! - d[low]!) / (2 * e[low]!);
  const root = Math.hypot(half, 1);
  let g = d[high]! - d[low]! + e[low]! / (half + (half < 0 ? -root : root));
  let [sine, cosine, shift] = [1, 1, 0];
  for (let i = high - 1; i >= low; i--) {
    const f = sine * e[i]!;
    const b = cosine * e[i]!;
    const r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1] = d[i + 1]! - shift;
      e[high] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = d[i + 1]! - shift;
    const t = (d[i]! - g) * sine + 2 * cosine * b;
    shift = sine * t;
    d[i + 1] = g + shift;
    g = cosine * t - b;
  }
  d[low] = d[low]! - shift;
  e[low] = g;
  e[high] = 0;
}
