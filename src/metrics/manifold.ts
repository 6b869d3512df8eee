/** A set as a union of balls, each reaching from an item to its k-th nearest other item. */
import { requireVaried } from "./_checks.ts";
import { perEvidence } from "./_per-evidence.ts";
import { requireComparable } from "./_rows.ts";
import { normalInterval, shareScore, spread } from "./bootstrap.ts";
import type { Evidence, Rows, Score } from "./metric.ts";
import { eachDistanceBlock, neighbourSquares } from "./neighbours.ts";

/** Which balls. */
export interface Balls {
  /** The radius reaches to the k-th nearest other item. */
  readonly k: number;
  /** Whether a point at exactly the radius lies inside. */
  readonly closed: boolean;
}

/** Which points lie in which balls. */
export interface Membership {
  /** For each point, how many balls hold it. */
  readonly holders: Uint32Array;
  /** For each ball, whether it holds any point: 0 or 1. */
  readonly occupied: Uint8Array;
}

/**
 * Improved precision and recall: closed balls, k = 3. Kynkäänniemi et al. 2019, arXiv:1904.06991,
 * equation 1 and section 3.
 */
export const improvedBalls: Balls = { k: 3, closed: true };

/**
 * Density and coverage: k = 5, and open balls as the authors' code has them, so that a copy of the
 * data has a density of exactly 1. Naeem et al. 2020, arXiv:2002.09797, equations 5 and 6.
 */
export const densityBalls: Balls = { k: 5, closed: false };

/**
 * Counts points [n, d] in balls about centres [m, d], for several kinds of balls in one pass. Exact.
 * Time O(m²·d + n·m·d), memory O(n + m).
 *
 * @throws GanymedeError METRIC_INPUT when there are not more than k centres
 */
export function memberships(points: Rows, centres: Rows, kinds: readonly Balls[]): Membership[] {
  const radii = neighbourSquares(
    centres,
    kinds.map(({ k }) => k),
  );
  const found = kinds.map(({ closed }, b) => ({
    closed,
    squared: radii[b]!,
    holders: new Uint32Array(points.count),
    occupied: new Uint8Array(centres.count),
  }));
  eachDistanceBlock(points, centres, ({ firstA, countA, firstB, countB, squares, stride }) => {
    for (const { closed, squared, holders, occupied } of found) {
      for (let i = 0; i < countA; i++) {
        for (let j = 0; j < countB; j++) {
          const gap = squared[firstB + j]! - squares[i * stride + j]!;
          if (gap < 0 || (gap === 0 && !closed)) continue;
          holders[firstA + i]! += 1;
          occupied[firstB + j] = 1;
        }
      }
    }
  });
  return found;
}

/** Share of points [n, d] inside at least one ball about the centres [m, d]. In [0, 1]. */
export const shareInside = ({ holders }: Membership): number => hits(holders) / holders.length;

function hits(flags: Uint32Array | Uint8Array): number {
  let count = 0;
  for (const flag of flags) if (flag > 0) count++;
  return count;
}

const bothFeatures = perEvidence(async (evidence) => {
  const [real, fake] = [await evidence.real.features(), await evidence.fake.features()];
  requireComparable(real, fake, "nearest-neighbour balls", densityBalls.k + 1);
  requireVaried(real, "nearest-neighbour balls, real side");
  return { real, fake };
});

/** Fakes in balls about reals: precision, density and coverage of one evidence share this pass. */
const fakesInReals = perEvidence(async (evidence) => {
  const { real, fake } = await bothFeatures(evidence);
  const [improved, dense] = memberships(fake, real, [improvedBalls, densityBalls]);
  return { improved: improved!, dense: dense! };
});

/** Share of fakes inside the balls of the reals. */
export async function precisionOf(evidence: Evidence): Promise<Score> {
  const { holders } = (await fakesInReals(evidence)).improved;
  return withWarnings(evidence, shareScore(hits(holders), holders.length));
}

/** Share of reals inside the balls of the fakes. */
export async function recallOf(evidence: Evidence): Promise<Score> {
  const { real, fake } = await bothFeatures(evidence);
  const { holders } = memberships(real, fake, [improvedBalls])[0]!;
  return withWarnings(evidence, shareScore(hits(holders), holders.length));
}

/** Mean over fakes of the balls that hold them, over k. */
export async function densityOf(evidence: Evidence): Promise<Score> {
  const { holders } = (await fakesInReals(evidence)).dense;
  const balls = Float64Array.from(holders, (n) => n / densityBalls.k);
  const { mean, standardError } = spread(balls);
  const interval = normalInterval(mean, standardError);
  return withWarnings(evidence, { value: mean, standardError, interval });
}

/** Share of the reals' balls that hold a fake. */
export async function coverageOf(evidence: Evidence): Promise<Score> {
  const { occupied } = (await fakesInReals(evidence)).dense;
  return withWarnings(evidence, shareScore(hits(occupied), occupied.length));
}

/** Below this many items on a side the estimates are known to be far off. */
const fewItems = 1000;

/** Both sides of one size, or the side with more items has it easier. */
function withWarnings({ real, fake }: Evidence, score: Score): Score {
  const warnings: string[] = [];
  if (Math.min(real.count, fake.count) < fewItems) {
    const counts = `${real.count} real and ${fake.count} made`;
    warnings.push(`Only ${counts} items: below ${fewItems} the balls are too wide to tell much.`);
  }
  if (real.count !== fake.count) {
    const counts = `${real.count} real against ${fake.count} made items`;
    warnings.push(`${counts}: compare only with scores of the same two counts.`);
  }
  return warnings.length > 0 ? { ...score, warnings } : score;
}
