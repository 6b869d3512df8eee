/** The place of the step nearest to `step` among ascending ones; −1 where there are none. */
export function nearest(steps: readonly number[], step: number): number {
  let best = -1;
  for (const [i, s] of steps.entries()) {
    if (best < 0 || Math.abs(s - step) <= Math.abs(steps[best]! - step)) best = i;
  }
  return best;
}
