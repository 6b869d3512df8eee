/** Angles of the Swiss roll's inner and outer end, in radians: one and a half turns. */
export const rollAngles = [1.5 * Math.PI, 4.5 * Math.PI] as const;

/** The roll at angle t, without noise: radius t/(3π/2), from 1 to 3. */
export function onRoll(t: number): readonly [number, number] {
  const radius = t / (1.5 * Math.PI);
  return [radius * Math.cos(t), radius * Math.sin(t)];
}
