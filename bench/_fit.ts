/** y = factor·x^exponent. */
export interface PowerLaw {
  readonly exponent: number;
  /** Standard error of the exponent. */
  readonly error: number;
  readonly factor: number;
}

/**
 * The line of least squares through (log x, log y). Its slope has the standard error
 * √(Σ residual²/(n − 2)/Σ(log x − mean)²).
 *
 * @throws RangeError unless there are three points and all are above 0
 */
export function fitPowerLaw(xs: readonly number[], ys: readonly number[]): PowerLaw {
  if (xs.length < 3 || ys.length !== xs.length || [...xs, ...ys].some((v) => !(v > 0))) {
    throw new RangeError("a power law needs three points or more, all above 0");
  }
  const [u, v] = [xs.map(Math.log), ys.map(Math.log)];
  const [meanU, meanV] = [mean(u), mean(v)];
  const spread = u.reduce((sum, a) => sum + (a - meanU) ** 2, 0);
  const exponent = u.reduce((sum, a, i) => sum + (a - meanU) * (v[i]! - meanV), 0) / spread;
  const intercept = meanV - exponent * meanU;
  const rest = u.reduce((sum, a, i) => sum + (v[i]! - intercept - exponent * a) ** 2, 0);
  const error = Math.sqrt(rest / (xs.length - 2) / spread);
  return { exponent, error, factor: Math.exp(intercept) };
}

const mean = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;
