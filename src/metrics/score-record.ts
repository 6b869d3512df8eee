import { GanymedeError } from "../core/errors.ts";
import type { Filter } from "../engine/ops/index.ts";
import type { Extractor } from "./extractor.ts";
import type { Score } from "./metric.ts";

/** The extractor that a score was seen through. */
export interface ScoredBy {
  readonly id: string;
  /** Of its model. */
  readonly sha256: string;
  /** Of all that its features depend on. */
  readonly fingerprint: string;
  /** Brings images to the extractor's size. */
  readonly resizer: Filter;
}

/** A score with all that it must share with another one before the two may be compared. */
export interface ScoreRecord extends Score {
  /** Id of the metric. */
  readonly metric: string;
  /** Absent where a metric looks at the items themselves. */
  readonly extractor?: ScoredBy;
  /** Items on each side. */
  readonly samples: { readonly real: number; readonly fake: number };
  readonly seed: number;
}

/** What a record says of an extractor. */
export const scoredBy = ({ manifest, sha256, fingerprint }: Extractor): ScoredBy => ({
  id: manifest.id,
  sha256,
  fingerprint,
  resizer: manifest.input.resize,
});

/** What must be equal, by the name that a reader knows it by. */
const facets: readonly (readonly [string, (r: ScoreRecord) => unknown])[] = [
  ["metric", (r) => r.metric],
  ["extractor", (r) => r.extractor?.id ?? "none"],
  ["extractor's hash", (r) => r.extractor?.sha256],
  ["resizer", (r) => r.extractor?.resizer],
  ["extractor's input and output", (r) => r.extractor?.fingerprint],
  ["real samples", (r) => r.samples.real],
  ["generated samples", (r) => r.samples.fake],
];

/** Two scores are comparable when all but the seed of how they were measured agrees. */
export const comparable = (a: ScoreRecord, b: ScoreRecord): boolean =>
  facets.every(([, of]) => of(a) === of(b));

/**
 * Refuses to compare what differs in more than the generator.
 *
 * @throws GanymedeError SCORES_DIFFER naming the first difference that matters
 */
export function assertComparable(a: ScoreRecord, b: ScoreRecord): void {
  const found = facets.find(([, of]) => of(a) !== of(b));
  if (found === undefined) return;
  const [name, of] = found;
  throw new GanymedeError("SCORES_DIFFER", {
    where: `${a.metric} against ${b.metric}`,
    expected: `the same ${name}`,
    got: `${of(a) ?? "none"} and ${of(b) ?? "none"}`,
    fix: "measure both again with the same extractor and numbers of samples",
  });
}
