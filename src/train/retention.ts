/** Which checkpoints of a run stay. The best one, where a metric chooses one, always does. */
export interface Retention {
  /** How many of the newest; two when absent, so that a damaged one has a predecessor. */
  readonly last?: number;
  /** The first checkpoint at or after each multiple of so many steps stays for good. */
  readonly everySteps?: number;
}

/**
 * The steps whose checkpoints may go.
 *
 * @param steps of all checkpoints, ascending
 * @param best the step of the best one
 */
export function superseded(
  steps: readonly number[],
  { last = 2, everySteps }: Retention,
  best?: number,
): number[] {
  const newest = new Set(steps.slice(-last));
  const period = (step: number) => (everySteps === undefined ? 0 : Math.floor(step / everySteps));
  // The first of a period is never removed, so that it stays the first.
  const isFirst = (i: number) => period(steps[i]!) > period(steps[i - 1] ?? 0);
  return steps.filter((step, i) => !newest.has(step) && step !== best && !isFirst(i));
}
