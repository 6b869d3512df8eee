/** Something that goes wrong, for a reader without statistics. */
export interface Advice {
  /** One sentence. */
  readonly text: string;
  /** What to try, the likeliest first. */
  readonly tryNext: readonly string[];
}

/** The values of a reading while all is well, ends included; no bound on a side that is absent. */
export interface Healthy {
  readonly low?: number;
  readonly high?: number;
  /** What it means to stay below `low`, or above `high`. */
  readonly below?: Advice;
  readonly above?: Advice;
}

/** On which side of its healthy values `v` lies. */
export function sideOf({ low, high }: Healthy, v: number): "below" | "above" | "inside" {
  if (low !== undefined && v < low) return "below";
  return high !== undefined && v > high ? "above" : "inside";
}

/** `0.3 to 1.5`, `at least 0.3`, `at most 1.5`. */
export function healthyText({ low, high }: Healthy): string {
  const [from, to] = [low, high].map((v) => v !== undefined && Number(v.toPrecision(3)));
  if (low === undefined) return high === undefined ? "any value" : `at most ${to}`;
  return high === undefined ? `at least ${from}` : `${from} to ${to}`;
}
