import type { Oracle } from "../data/source.ts";

/** How points lie about the centres of a mixture. */
export interface ModeReport {
  readonly count: number;
  /** Centres of the mixture. */
  readonly modes: number;
  /** Centres with at least one point within the radius. */
  readonly hit: number;
  /** Share of points within the radius of their nearest centre, in [0, 1]. */
  readonly highQuality: number;
  /** Points within the radius, by nearest centre. */
  readonly perMode: readonly number[];
  /**
   * KL(q ‖ uniform) in nats, q being the shares of all points by nearest centre: 0 = modes evenly
   * filled, ln(modes) = one mode only.
   */
  readonly reverseKl: number;
}

/** Radius, in standard deviations, within which a point belongs to a mode. */
export const modeRadius = 3;

/**
 * Counts modes as VEEGAN (Srivastava et al. 2017, arXiv:1705.07761, section 4) and PacGAN (Lin et al.
 * 2018, arXiv:1712.04086, section 4.1) do: a point is of high quality within `radius` σ (Euclidean)
 * of its nearest centre; a mode is hit when it has at least one such point. In two dimensions perfect
 * samples have a high-quality share of 1 − e^(−9/2) = 0.989.
 *
 * @param points [n, dimension], row-major, in the oracle's raw units, n ≥ 1; a point that is not
 *   finite is near no centre and counts in no share but `count`
 */
export function modeReport(
  points: Float32Array | Float64Array,
  { modes, sigma }: Pick<Oracle, "modes" | "sigma">,
  { radius = modeRadius } = {},
): ModeReport {
  const dimension = modes[0]!.length;
  const count = points.length / dimension;
  const perMode = new Array<number>(modes.length).fill(0);
  const assigned = new Array<number>(modes.length).fill(0);
  for (let i = 0; i < count; i++) {
    const point = points.subarray(i * dimension, (i + 1) * dimension);
    const { mode, square } = nearestMode(point, modes);
    if (mode < 0) continue;
    assigned[mode]! += 1;
    if (square <= (radius * sigma) ** 2) perMode[mode]! += 1;
  }
  const total = assigned.reduce((a, b) => a + b, 0);
  return {
    count,
    modes: modes.length,
    hit: perMode.filter((n) => n > 0).length,
    highQuality: perMode.reduce((a, b) => a + b, 0) / count,
    perMode,
    reverseKl: total === 0 ? Math.log(modes.length) : klToUniform(assigned, total),
  };
}

/** Index −1 for a point that is not finite. */
function nearestMode(point: ArrayLike<number>, modes: Oracle["modes"]) {
  let best = { mode: -1, square: Number.POSITIVE_INFINITY };
  modes.forEach((centre, mode) => {
    const square = centre.reduce((sum, c, axis) => sum + (point[axis]! - c) ** 2, 0);
    if (square < best.square) best = { mode, square };
  });
  return best;
}

/** Σ q ln(q·k) over the k shares q = counts/total. */
export const klToUniform = (counts: readonly number[], total: number): number =>
  counts.reduce((sum, n) => {
    const q = n / total;
    return q > 0 ? sum + q * Math.log(q * counts.length) : sum;
  }, 0);
