/** Eigenvalues in falling order, and their unit vectors as rows [n, n]. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** Off-diagonal elements below this share of the whole no longer matter. */
const tiny = 1e-15;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix [n, n], by cyclic Jacobi rotations: n³ flop a
 * sweep, some six to ten sweeps. Each vector's largest component is positive, so that a result does not
 * depend on chance. Source: Golub and Van Loan, Matrix Computations, 8.5.
 */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  const a = matrix.slice();
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  const whole = a.reduce((sum, x) => sum + x * x, 0);
  for (let sweep = 0; sweep < 50 && outside(a, n) > tiny * tiny * whole; sweep++) {
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, v, { n, p, q });
  }
  const order = Array.from({ length: n }, (_, i) => i).sort(
    (i, j) => a[j * n + j]! - a[i * n + i]!,
  );
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    const row = v.subarray(from * n, from * n + n);
    const largest = row.reduce((x, y) => (Math.abs(y) > Math.abs(x) ? y : x), 0);
    vectors.set(largest < 0 ? row.map((x) => -x) : row, to * n);
  });
  return { values: Float64Array.from(order, (i) => a[i * n + i]!), vectors };
}

/** Σ of the squares off the diagonal. */
const outside = (a: Float64Array, n: number): number =>
  a.reduce((sum, x, i) => (i % (n + 1) === 0 ? sum : sum + x * x), 0);

/** Turns axes p and q so that a[p, q] becomes 0; rows of v are the axes. */
function rotate(
  a: Float64Array,
  v: Float64Array,
  { n, p, q }: { readonly n: number; readonly p: number; readonly q: number },
): void {
  const apq = a[p * n + q]!;
  if (apq === 0) return;
  const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  const turn = (m: Float64Array, i: number, j: number) => {
    const [x, y] = [m[i]!, m[j]!];
    m[i] = c * x - s * y;
    m[j] = s * x + c * y;
  };
  for (let k = 0; k < n; k++) turn(a, k * n + p, k * n + q);
  for (let k = 0; k < n; k++) turn(a, p * n + k, q * n + k);
  for (let k = 0; k < n; k++) turn(v, p * n + k, q * n + k);
}
